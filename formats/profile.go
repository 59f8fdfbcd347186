package formats

import (
	"io"
	"maps"
	"path"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A Profile (Dialekt) is how one ERP writes its files. It does not change
// after it was built and may be shared.
type Profile struct {
	Name string

	dialect dialect
	feeds   map[purchase.Feed]*feedFormat
}

// A feedFormat is how the files of one feed look. Slices are by column of the
// feed's schema.
type feedFormat struct {
	headings []string
	values   []map[string]string // what comes → canonical; nil: as it comes
	fixed    []string            // value of every row, where heading is ""

	document string   // heading of the document code (Belegart), "" for none
	codes    []string // document codes of the feed

	files         string // globs, braces allowed
	trailer       bool   // required
	trailerProves bool   // a trailer makes up for a missing last line end
}

// FeedOf returns the feed of a file by its name, the first whose globs match.
func (p *Profile) FeedOf(fileName string) (purchase.Feed, bool) {
	for _, feed := range purchase.Feeds() {
		for _, glob := range globs(p.feeds[feed].files) {
			if ok, err := path.Match(glob, fileName); ok && err == nil {
				return feed, true
			}
		}
	}
	return 0, false
}

// globs expands one pair of braces: a_*.{csv,txt} is a_*.csv and a_*.txt.
func globs(s string) []string {
	before, rest, open := strings.Cut(s, "{")
	within, after, closed := strings.Cut(rest, "}")
	if !open || !closed {
		return []string{s}
	}
	var all []string
	for _, alternative := range strings.Split(within, ",") {
		all = append(all, before+alternative+after)
	}
	return all
}

// WithFiles returns a copy of the profile with other globs for some feeds.
func (p *Profile) WithFiles(globs map[purchase.Feed]string) *Profile {
	other := *p
	other.feeds = maps.Clone(p.feeds)
	for feed, glob := range globs {
		if f, ok := other.feeds[feed]; ok {
			changed := *f
			changed.files = glob
			other.feeds[feed] = &changed
		}
	}
	return &other
}

// CheckHeader reads only the first line and reports why the profile cannot
// read it, nil when it can. The reason has neither path nor cells, so that it
// may be told to the other side.
func (p *Profile) CheckHeader(feed purchase.Feed, r io.Reader) error {
	reader := p.Read(feed, r, ReadOptions{})
	if kind := reader.kind(); kind != textFile {
		if reader.err == nil {
			reader.err = reader.checkStatement(kind)
		}
	} else if reader.begin() {
		return nil
	}
	if reader.err == nil {
		return nil
	}
	e := *reader.err
	e.File, e.Value = "", ""
	return e
}
