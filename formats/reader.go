package formats

import (
	"errors"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// ReadOptions says how to read one file.
type ReadOptions struct {
	File          string // name for messages; its endings say in which containers it comes
	MaxSize       int64  // bytes; 0 means no limit
	IgnoreTrailer bool   // an operator released the file: a wrong or missing trailer does not hold it
	Keys          *container.Keys
}

// A Reader streams one file in constant memory.
type Reader struct {
	profile *Profile
	feed    *feedFormat
	schema  *schema
	options ReadOptions
	source  io.Reader
	lines   *lines
	charset charset // the profile's; of UTF-16 with the byte order of the file
	begun   bool
	err     *FileError

	header  *header
	mapping *mapping
	target  *target
	split   []string // cells of the line, in the file's order
	mapped  []string // those that belong to a column
	cells   []string // by column
	plain   []bool   // by column: the cell has no control character
	row     int64
	trailer trailer

	opened  bool   // the containers around the file
	zipped  bool   // what is in them is a ZIP
	packs   int    // how many they are
	part    string // of a ZIP: the CSV that is read, for messages
	first   int64  // line of its header
	earlier int64  // rows before it
	head    []byte // the header that all CSVs of a ZIP have

	unknown  []string // what a ZIP holds besides
	accounts []string // of which statements speak
	named    map[string]bool
	member   string   // name of the document that is read, for messages
	keep     bool     // rows keep their cells
	shown    []string // cells of the row that was yielded last
	finish   func()   // ends what is open before the end of the file is looked at
}

// Read starts to read a file of a feed. Nothing is read before [Reader.Rows].
func (p *Profile) Read(feed purchase.Feed, r io.Reader, o ReadOptions) *Reader {
	s := schemaOf(feed)
	reader := &Reader{profile: p, schema: s, options: o, source: r, lines: newLines(r), charset: p.dialect.charset, begun: s == nil || s.raw == nil}
	if reader.begun {
		reader.err = &FileError{File: o.File, Code: purchase.FileNotYours}
		return reader
	}
	reader.feed = p.feeds[feed]
	reader.target = newTarget(s)
	reader.cells, reader.plain = make([]string, len(s.columns)), make([]bool, len(s.columns))
	return reader
}

// Err returns nil, or why the file is refused or held; ask after Rows ended.
func (r *Reader) Err() *FileError { return r.err }

// Count is the number of data rows so far.
func (r *Reader) Count() int64 { return r.row }

// UnknownColumns lists the headings that the profile does not know, in the
// file's order; known once the first row came. Of a ZIP it lists the files that
// are not read, too.
func (r *Reader) UnknownColumns() []string {
	if r.header == nil {
		return r.unknown
	}
	return append(r.unknown[:len(r.unknown):len(r.unknown)], r.header.unknown...)
}

// Rows yields every data row, good and bad, in order. It stops at what makes
// the whole file doubtful; see [Reader.Err]: what was yielded before is then
// not to be used. It can be ranged over once. Lines without any character are
// no rows.
func (r *Reader) Rows() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		if !r.begun {
			if !r.unpack() {
				return
			}
			switch kind := r.kind(); kind {
			case zipFile:
				r.packed(yield)
				return
			case xmlFile:
				r.statement(yield)
				return
			}
		}
		r.text(yield)
	}
}

// text yields the rows of a CSV; false ends the reading.
func (r *Reader) text(yield func(Row) bool) bool {
	if !r.begin() {
		return false
	}
	if r.header.group >= 0 {
		return r.grouped(yield)
	}
	for {
		line, ok := r.line()
		if !ok {
			return r.err == nil
		}
		if len(line.bytes) == 0 && line.ended {
			continue
		}
		row, ok := r.record(line)
		if !ok || row.Row > 0 && !yield(row) {
			return false
		}
	}
}

// line returns the next line; ok is false at the end, good or bad.
func (r *Reader) line() (rawLine, bool) {
	line, err := r.lines.next()
	switch {
	case err == errNoMore:
		r.end()
		return line, false
	case errors.Is(err, errLineTooLong):
		return line, r.refuse(line.number, purchase.FileTooLarge, "", wantLine)
	case err != nil:
		return line, r.unreadable(line.number, err)
	case r.options.MaxSize > 0 && r.lines.offset > r.options.MaxSize:
		return line, r.refuse(line.number, purchase.FileTooLarge, "", wantSize(r.options.MaxSize))
	case !line.ended && r.isEndOfText(line.bytes):
		r.end()
		return line, false
	}
	return line, true
}

// isEndOfText: some systems end a text file with Ctrl-Z.
func (r *Reader) isEndOfText(b []byte) bool {
	text, bad := r.charset.decode(b)
	return bad < 0 && text == "\x1a"
}

// record makes a row of a line; row.Row is 0 for the trailer, ok is false when
// the file is refused.
func (r *Reader) record(line rawLine) (row Row, ok bool) {
	text, fault, isTrailer, ok := r.cut(line)
	switch {
	case !ok:
		return Row{}, false
	case isTrailer:
		r.trailer.read(&r.profile.dialect, line.number, r.split)
		return Row{}, true
	}
	return r.dataRow(line, text, fault), true
}

// cut cuts a line into r.split; ok is false when the file is refused.
func (r *Reader) cut(line rawLine) (text string, fault splitFault, isTrailer, ok bool) {
	if text, ok = r.decode(line); !ok {
		return "", whole, false, false
	}
	r.split, fault = r.profile.dialect.split(text, r.split)
	isTrailer = len(r.split) > 0 && r.split[0] == trailerMark
	switch {
	case fault == tooManyCells:
		return "", fault, false, r.refuse(line.number, purchase.FileTooLarge, "", wantColumns)
	case fault == fieldTooLarge:
		return "", fault, false, r.refuse(line.number, purchase.FileTooLarge, "", wantField)
	case !line.ended && !(isTrailer && r.feed.trailerProves):
		return "", fault, false, r.refuse(line.number, purchase.FileTruncated, "", wantLineEnd)
	}
	return text, fault, isTrailer, true
}

// decode refuses what the charset cannot decode, and NUL in any charset.
func (r *Reader) decode(line rawLine) (string, bool) {
	text, bad := r.charset.decode(line.bytes)
	switch {
	case bad < 0 && strings.IndexByte(text, 0) < 0:
		return text, true
	case bad < 0:
		bad = indexNUL(line.bytes, r.lines.width)
	case !line.ended && r.cutCharacter(line.bytes, bad):
		return "", r.refuse(line.number, purchase.FileTruncated, "", wantLineEnd)
	}
	return "", r.refuseEncoding(line, bad)
}

// indexNUL returns where the first NUL stands in a line of characters or code
// units of that width.
func indexNUL(b []byte, width int) int {
	for i := 0; i+width <= len(b); i += width {
		if b[i] == 0 && b[i+width-1] == 0 {
			return i
		}
	}
	return 0
}

// cutCharacter reports whether the bytes from a bad one on may be the
// beginning of a character: then the file is cut, not wrongly encoded.
func (r *Reader) cutCharacter(b []byte, bad int) bool {
	rest := b[bad:]
	if r.charset.wide != nil {
		return len(rest) < 4
	}
	return r.charset.single == nil && !utf8.FullRune(rest)
}

// end checks what only the end of a file shows.
func (r *Reader) end() {
	if r.finish != nil {
		r.finish()
	}
	if r.options.IgnoreTrailer {
		return
	}
	if want, value, line := r.trailer.check(r.feed.trailer, r.row-r.earlier); want != "" {
		r.refuse(line, purchase.FileTrailer, value, want)
	}
}

// refuse ends the file; it returns false so that callers can return it.
func (r *Reader) refuse(line int64, code purchase.Code, value, want string) bool {
	r.err = &FileError{File: r.file(), Line: line, Code: code, Value: value, Want: want}
	return false
}
