package formats

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Byte order marks.
const (
	markUTF8 = "\xEF\xBB\xBF"
	markLE   = "\xFF\xFE"
	markBE   = "\xFE\xFF"
)

// begin reads up to the header. It is false when the file is refused.
func (r *Reader) begin() bool {
	if r.begun {
		return r.err == nil && r.header != nil
	}
	r.begun, r.first = true, r.lines.number+1
	if len(r.lines.peek(1)) == 0 {
		if _, err := r.lines.next(); err != nil && err != errNoMore {
			return r.unreadable(0, err)
		}
		return r.refuse(0, purchase.FileEmpty, "", wantHeaderLine)
	}
	return r.byteOrder() && r.firstLine()
}

// byteOrder skips a byte order mark that suits the declared charset and
// refuses any other.
func (r *Reader) byteOrder() bool {
	first, c := r.lines.peek(3), r.charset
	r.lines.width, r.lines.big = c.unit(), c.wide == binary.BigEndian
	n := 0
	switch {
	case bytes.HasPrefix(first, []byte(markUTF8)):
		if c.name != utf8Charset.name {
			return r.refuse(r.first, purchase.FileEncoding, "UTF-8", wantCharset+c.name)
		}
		n = len(markUTF8)
	case bytes.HasPrefix(first, []byte(markLE)), bytes.HasPrefix(first, []byte(markBE)):
		big := first[0] == markBE[0]
		if c.wide == nil || !c.mark && big != r.lines.big {
			return r.refuse(r.first, purchase.FileEncoding, "UTF-16", wantCharset+c.name)
		}
		if big {
			r.lines.big, r.charset.wide = true, binary.BigEndian
		}
		n = len(markLE)
	}
	if r.lines.skip(n) != nil || n > 0 && len(r.lines.peek(1)) == 0 {
		return r.refuse(0, purchase.FileEmpty, "", wantHeaderLine)
	}
	return true
}

// firstLine reads the header. Encoding comes before dialect, dialect before
// columns: the first thing that is wrong explains the rest.
func (r *Reader) firstLine() bool {
	line, err := r.lines.next()
	if err != nil && !errors.Is(err, errLineTooLong) && err != errNoMore {
		return r.unreadable(r.first, err)
	}
	tooLong := err != nil
	if tooLong {
		line.bytes = line.bytes[:len(line.bytes)-len(line.bytes)%r.lines.width]
		if r.charset.name == utf8Charset.name {
			line.bytes = wholeRunes(line.bytes)
		}
	}
	text, ok := r.decode(line)
	if !ok {
		return false
	}
	d := &r.profile.dialect
	switch {
	case !line.ended && strings.Contains(text, "\r"):
		return r.refuse(r.first, purchase.FileDialect, "", wantLineFeeds)
	case tooLong:
		return r.refuse(r.first, purchase.FileTooLarge, "", wantLine)
	case strings.IndexByte(text, d.delimiter) < 0:
		return r.refuse(r.first, purchase.FileDialect, "", wantDelimiter+delimiterName(d.delimiter))
	case r.options.MaxSize > 0 && r.lines.offset > r.options.MaxSize:
		return r.refuse(r.first, purchase.FileTooLarge, "", wantSize(r.options.MaxSize))
	case !line.ended:
		return r.refuse(r.first, purchase.FileTruncated, "", wantLineEnd)
	case r.head != nil && !bytes.Equal(r.head, line.bytes):
		return r.refuse(r.first, purchase.FileHeader, "", wantSameHeader)
	}
	r.head = bytes.Clone(line.bytes)
	return r.columns(text)
}

// wholeRunes drops the beginning of a character at the end.
func wholeRunes(b []byte) []byte {
	for i := 0; i < 3 && len(b) > 0 && b[len(b)-1] >= 0x80; i++ {
		last := b[len(b)-1]
		b = b[:len(b)-1]
		if last >= 0xC0 {
			break
		}
	}
	return b
}

func (r *Reader) columns(text string) bool {
	cells, fault := r.profile.dialect.split(text, nil)
	switch fault {
	case whole:
	case tooManyCells:
		return r.refuse(r.first, purchase.FileTooLarge, "", wantColumns)
	case fieldTooLarge:
		return r.refuse(r.first, purchase.FileTooLarge, "", wantField)
	default:
		return r.refuse(r.first, purchase.FileHeader, "", wantQuotes)
	}
	h, refused := r.feed.readHeader(r.schema, cells)
	if refused != nil {
		refused.File, refused.Line = r.file(), r.first
		r.err = refused
		return false
	}
	m, err := newMapping(r.schema, h.names(r.schema))
	if err != nil {
		return r.refuse(r.first, purchase.FileHeader, err.Error(), wantColumn)
	}
	r.header, r.mapping, r.mapped = h, m, make([]string, len(h.columns))
	return true
}

// refuseEncoding names the byte and where it is.
func (r *Reader) refuseEncoding(line rawLine, at int) bool {
	c := r.charset
	if at < len(line.bytes) && (c.wide != nil || line.bytes[at] != 0) {
		value := fmt.Sprintf("0x%02X (byte %d)", line.bytes[at], line.offset+int64(at)+1)
		return r.refuse(line.number, purchase.FileEncoding, value, wantCharset+c.name)
	}
	if line.number == r.first && bytes.Count(line.bytes, []byte{0}) > len(line.bytes)/3 {
		return r.refuse(r.first, purchase.FileEncoding, "UTF-16", wantCharset+c.name)
	}
	return r.refuse(line.number, purchase.FileEncoding, "NUL", wantCharset+c.name)
}

func delimiterName(b byte) string {
	if b == '\t' {
		return "tab"
	}
	return string(rune(b))
}
