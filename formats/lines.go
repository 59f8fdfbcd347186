package formats

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// Caps of one file. They bound memory, whatever the file is.
const (
	maxLine    = 1 << 20 // bytes
	maxColumns = 200
	maxField   = 64 << 10 // bytes of its text
)

// A rawLine is one line of a file as bytes; the bytes are valid until the next
// line is read.
type rawLine struct {
	number int64
	offset int64
	bytes  []byte // without line end
	ended  bool   // by a line feed
}

// lines cuts a file at line feeds. A carriage return before one belongs to the
// line end.
type lines struct {
	r      *bufio.Reader
	width  int // bytes of a line feed
	big    bool
	number int64
	offset int64
	long   []byte
}

var (
	errLineTooLong = errors.New("line too long")
	errNoMore      = io.EOF
)

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 64<<10), width: 1} }

// next returns the next line; of a line over the cap what fits, and
// errLineTooLong; at the end errNoMore; else the error of the underlying
// reader.
func (l *lines) next() (rawLine, error) {
	line := rawLine{number: l.number + 1, offset: l.offset}
	data, err := l.r.ReadSlice('\n')
	if err != nil || l.width > 1 {
		data, err = l.rest(data, err)
	}
	l.offset += int64(len(data))
	if err != nil && err != io.EOF {
		line.bytes = data
		return line, err
	}
	if len(data) == 0 {
		return line, errNoMore
	}
	l.number++
	line.bytes, line.ended = l.cut(data)
	if len(data) > maxLine {
		return line, errLineTooLong
	}
	return line, nil
}

// rest goes on where one ReadSlice did not find the end of the line.
func (l *lines) rest(data []byte, err error) ([]byte, error) {
	l.long = append(l.long[:0], data...)
	for {
		if err != nil && err != bufio.ErrBufferFull {
			return l.long, err
		}
		if err == nil && l.width == 2 && !l.big && len(l.long)%2 == 1 {
			// The second byte of a little-endian line feed comes after it.
			if b, e := l.r.ReadByte(); e == nil {
				l.long = append(l.long, b)
			}
		}
		if _, ended := l.cut(l.long); ended {
			return l.long, nil
		}
		if len(l.long) > maxLine {
			return l.long, errLineTooLong
		}
		data, err = l.r.ReadSlice('\n')
		l.long = append(l.long, data...)
	}
}

// cut removes the line end.
func (l *lines) cut(data []byte) (line []byte, ended bool) {
	feed, ret := []byte("\n"), []byte("\r")
	if l.width == 2 {
		feed, ret = []byte("\n\x00"), []byte("\r\x00")
		if l.big {
			feed, ret = []byte("\x00\n"), []byte("\x00\r")
		}
		if len(data)%2 != 0 {
			return data, false
		}
	}
	line, ended = bytes.CutSuffix(data, feed)
	if ended && len(line)%l.width == 0 {
		line = bytes.TrimSuffix(line, ret)
	}
	return line, ended
}

// peek returns up to n bytes of what comes next.
func (l *lines) peek(n int) []byte {
	b, err := l.r.Peek(n)
	if err != nil {
		return b // the error comes again with the next line
	}
	return b
}

// skip drops n bytes that were peeked.
func (l *lines) skip(n int) error {
	m, err := l.r.Discard(n)
	l.offset += int64(m)
	return err
}
