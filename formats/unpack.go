package formats

import (
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Files that come packed or encrypted are read as what is in them. The endings
// of the name say which containers these are: a file orders_1.csv.gz.age is a
// drop of orders like orders_1.csv. In a ZIP there may be several CSVs, which
// have the same header: rows, lines and offsets count on from one to the next,
// each has its own trailer and its own end. [Content] gives these bytes back.

// FeedOf returns the feed of a file by its name, the first whose globs match,
// with or without the endings of containers.
func (p *Profile) FeedOf(fileName string) (purchase.Feed, bool) {
	base, _ := container.Layers(fileName)
	for name := fileName; ; name = strings.TrimSuffix(name, path.Ext(name)) {
		if feed, ok := p.feedOf(name); ok || name == base {
			return feed, ok
		}
	}
}

func (p *Profile) feedOf(name string) (purchase.Feed, bool) {
	for _, feed := range purchase.Feeds() {
		for _, glob := range globs(p.feeds[feed].files) {
			if ok, err := path.Match(glob, name); ok && err == nil {
				return feed, true
			}
		}
	}
	return 0, false
}

// CheckHeader reads only the first line and reports why the profile cannot
// read it, nil when it can. The reason has neither path nor cells, so that it
// may be told to the other side. Containers are opened; a ZIP is not looked into.
func (p *Profile) CheckHeader(feed purchase.Feed, r io.Reader, o ReadOptions) error {
	reader := p.Read(feed, r, o)
	switch {
	case reader.err != nil || !reader.unpack():
	case reader.kind() != textFile:
		reader.err = reader.checkStatement(reader.kind())
	default:
		reader.begin()
	}
	if reader.err == nil {
		return nil
	}
	e := *reader.err
	e.File, e.Value = "", ""
	return e
}

// unpack opens the containers around the file. What is left is a text, a bank
// statement or a ZIP. It is false when the file is refused.
func (r *Reader) unpack() bool {
	if r.opened {
		return r.err == nil
	}
	r.opened = true
	_, layers := container.Layers(r.options.File)
	if len(layers) == 0 || len(r.lines.peek(1)) == 0 {
		return true // an empty file is empty, whatever its name says
	}
	outer, zipped, refused := around(layers)
	if refused != nil {
		return r.fail(r.file(), refused)
	}
	r.zipped, r.packs = zipped, len(outer)+1
	if len(outer) == 0 {
		return true
	}
	content, err := container.Open(r.lines.r, outer, r.options.Keys)
	if err != nil {
		return r.unreadable(0, err)
	}
	r.source, r.lines = content, newLines(content)
	return true
}

// around takes the containers that lie around a ZIP, or all where there is none;
// what lies in a ZIP has names of its own.
func around(layers []container.Kind) (outer []container.Kind, zipped bool, refused *FileError) {
	if len(layers) > container.MaxLayers {
		return nil, false, &FileError{Code: purchase.FileDialect, Want: wantTwoLayers}
	}
	if n := slices.Index(layers, container.ZIP); n >= 0 {
		return layers[:n], true, nil
	}
	return layers, false, nil
}

// file names what is read, for errors of whole files.
func (r *Reader) file() string {
	if r.part != "" {
		return r.part
	}
	return r.options.File
}

// closed reports whether the containers of a file cannot be opened, for it is not
// what its name says, or not for us.
func (e FileError) closed() bool {
	return e.Code == purchase.FileDialect && slices.ContainsFunc([]string{wantKind, wantKey, wantOurKey, wantTwoLayers},
		func(want string) bool { return strings.HasPrefix(e.Want, want) })
}

// unreadable refuses a file of which a read failed.
func (r *Reader) unreadable(line int64, err error) bool {
	code, want, value := unreadable(err)
	return r.refuse(line, code, value, want)
}

// unreadable says what a failed read means for the file.
func unreadable(err error) (code purchase.Code, want, value string) {
	var c *container.Error
	switch {
	case errors.Is(err, errRatio):
		return purchase.FileTooLarge, wantPacked, ""
	case !errors.As(err, &c):
		return purchase.FileTruncated, wantReadable, err.Error()
	}
	switch c.Fault {
	case container.Foreign:
		return purchase.FileDialect, wantKind + c.Kind.String(), ""
	case container.Keyless:
		return purchase.FileDialect, wantKey + c.Kind.String(), ""
	case container.OtherKey:
		return purchase.FileDialect, wantOurKey + c.Kind.String(), ""
	case container.TooLarge:
		return purchase.FileTooLarge, wantPacked, ""
	case container.TooDeep:
		return purchase.FileDialect, wantTwoLayers, ""
	}
	if c.Err != nil {
		cause := c.Err
		for next := errors.Unwrap(cause); next != nil; next = errors.Unwrap(cause) {
			cause = next
		}
		value = shorten(plainLine([]byte(cause.Error())))
	}
	return purchase.FileTruncated, wantUndamaged + c.Kind.String(), value
}
