package formats

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Reasons of a source to stop.
var (
	errNUL       = errors.New("NUL byte")
	errNoChar    = errors.New("byte that the charset does not have")
	errSize      = errors.New("file too large")
	errCharLabel = errors.New("charset not known")
)

// An xmlSource hands the bytes of a document to the XML decoder one by one, as
// UTF-8, and knows for the last one where it stands in the file. It bounds what
// the decoder can be made to keep: the file, and one token of it.
type xmlSource struct {
	r      *bufio.Reader
	limit  int64        // bytes of the document; 0: none
	single *singleBytes // of the declared charset, nil for UTF-8
	ascii  bool

	offset, line int64 // of the byte that comes next
	at, on       int64 // offset and line of the last one
	given        int64 // bytes handed out, as UTF-8
	token        int64 // of these since the last token
	rest         []byte
	label        string // of a charset that is not known
	err          error
}

func newXMLSource(r *bufio.Reader, limit int64) *xmlSource {
	s := &xmlSource{r: r, limit: limit, line: 1, on: 1}
	if first, err := r.Peek(len(markUTF8)); err == nil && string(first) == markUTF8 {
		n, err := r.Discard(len(markUTF8))
		s.offset, s.err = int64(n), err
	}
	return s
}

// Read is there because the decoder asks for a reader; it reads byte by byte.
func (s *xmlSource) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := s.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// ReadByte returns the next byte of the text as UTF-8.
func (s *xmlSource) ReadByte() (byte, error) {
	if s.err != nil {
		return 0, s.err
	}
	if len(s.rest) > 0 {
		b := s.rest[0]
		s.rest = s.rest[1:]
		s.given++
		return b, nil
	}
	b, err := s.r.ReadByte()
	if err != nil {
		return 0, s.stop(err)
	}
	s.at, s.on = s.offset, s.line
	s.offset++
	s.token++
	if b == '\n' {
		s.line++
	}
	switch {
	case s.limit > 0 && s.offset > s.limit:
		return 0, s.stop(errSize)
	case s.token > maxLine:
		return 0, s.stop(errLineTooLong)
	case b == 0:
		return 0, s.stop(errNUL)
	case b >= 0x80 && s.ascii:
		return 0, s.stop(errNoChar)
	case b >= 0x80 && s.single != nil:
		return s.wide(b)
	}
	s.given++
	return b, nil
}

// wide returns the first byte of a character that takes more than one.
func (s *xmlSource) wide(b byte) (byte, error) {
	text, bad := s.single.text([]byte{b})
	if bad >= 0 {
		return 0, s.stop(errNoChar)
	}
	s.rest = []byte(text[1:])
	s.given++
	return text[0], nil
}

func (s *xmlSource) stop(err error) error {
	s.err = err
	return err
}

// charset switches to the charset that the XML declaration names; it is the
// decoder's CharsetReader.
func (s *xmlSource) charset(label string, _ io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "utf8":
		s.single, s.ascii = nil, false
	case "us-ascii", "ascii":
		s.single, s.ascii = nil, true
	case "iso-8859-1", "latin1":
		s.single, s.ascii = table(charmap.ISO8859_1), false
	case "iso-8859-15":
		s.single, s.ascii = table(charmap.ISO8859_15), false
	case "windows-1252", "cp1252":
		s.single, s.ascii = windows1252Charset.single, false
	default:
		s.label = label
		return nil, s.stop(errCharLabel)
	}
	return s, nil
}

// place says where the byte at a position of the decoder's input stands. The
// decoder is at most one byte behind.
func (s *xmlSource) place(decoded int64) (offset, line int64) {
	if decoded < s.given {
		return s.at, s.on
	}
	return s.offset, s.line
}

// fault says why the source stopped; nil when it came to its end.
func (s *xmlSource) fault() *FileError {
	e := FileError{Line: s.on}
	switch {
	case s.err == nil || s.err == io.EOF:
		return nil
	case s.err == errSize:
		e.Code, e.Want = purchase.FileTooLarge, wantSize(s.limit)
	case s.err == errLineTooLong:
		e.Code, e.Want = purchase.FileTooLarge, wantElement
	case s.err == errNUL:
		e.Code, e.Want, e.Value = purchase.FileEncoding, wantCharsets, "NUL"
	case s.err == errNoChar, s.err == errCharLabel:
		e.Code, e.Want, e.Value = purchase.FileEncoding, wantCharsets, s.label
	default:
		e.Code, e.Want, e.Value = unreadable(s.err)
	}
	return &e
}
