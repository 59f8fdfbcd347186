package formats

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// A charset is one of the encodings that a profile can declare. Only the
// declared one is tried; nothing is guessed.
type charset struct {
	name   string
	single *singleBytes
	wide   byteOrder // of UTF-16
	mark   bool      // UTF-16 whose byte order mark decides
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// singleBytes is the table of an encoding with one byte per character;
// utf8.RuneError marks a byte that stands for nothing.
type singleBytes struct {
	decode [256]rune
	encode map[rune]byte
}

var (
	utf8Charset        = charset{name: "utf-8"}
	windows1252Charset = charset{name: "windows-1252", single: table(charmap.Windows1252)}
)

// charsetOf returns the charset of a name in a config.
func charsetOf(name string) (charset, bool) {
	switch strings.ToLower(name) {
	case "utf-8":
		return utf8Charset, true
	case "windows-1252":
		return windows1252Charset, true
	case "iso-8859-15":
		return charset{name: "iso-8859-15", single: table(charmap.ISO8859_15)}, true
	case "cp850":
		return charset{name: "cp850", single: table(charmap.CodePage850)}, true
	case "utf-16":
		return charset{name: "utf-16", wide: binary.LittleEndian, mark: true}, true
	case "utf-16le":
		return charset{name: "utf-16le", wide: binary.LittleEndian}, true
	case "utf-16be":
		return charset{name: "utf-16be", wide: binary.BigEndian}, true
	}
	return charset{}, false
}

// table asks the decoder byte by byte: a whole text would come back with
// U+FFFD for what is undefined, and no error.
func table(m *charmap.Charmap) *singleBytes {
	t := &singleBytes{encode: map[rune]byte{}}
	for i := range 256 {
		r := m.DecodeByte(byte(i))
		if m == charmap.Windows1252 && i >= 0x80 && r >= 0x80 && r < 0xA0 {
			r = utf8.RuneError // the five holes of the code page
		}
		t.decode[i] = r
		if r != utf8.RuneError {
			t.encode[r] = byte(i)
		}
	}
	return t
}

// unit is the number of bytes that make up a line feed.
func (c charset) unit() int {
	if c.wide != nil {
		return 2
	}
	return 1
}

// decode returns the text of a line, or the position of the first byte that
// stands for nothing.
func (c charset) decode(line []byte) (text string, bad int) {
	switch {
	case c.wide != nil:
		return c.decodeWide(line)
	case c.single != nil:
		return c.single.text(line)
	case utf8.Valid(line):
		return string(line), -1
	}
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && n == 1 {
			return "", i
		}
		i += n
	}
	return "", 0
}

func (t *singleBytes) text(line []byte) (string, int) {
	ascii := true
	for i, b := range line {
		if t.decode[b] == utf8.RuneError {
			return "", i
		}
		ascii = ascii && b < utf8.RuneSelf
	}
	if ascii {
		return string(line), -1
	}
	out := make([]byte, 0, len(line)+len(line)/8)
	for _, b := range line {
		out = utf8.AppendRune(out, t.decode[b])
	}
	return string(out), -1
}

func (c charset) decodeWide(line []byte) (string, int) {
	if len(line)%2 != 0 {
		return "", len(line) - 1
	}
	out := make([]byte, 0, len(line))
	for i := 0; i < len(line); i += 2 {
		r := rune(c.wide.Uint16(line[i:]))
		if utf16.IsSurrogate(r) {
			if i+4 > len(line) {
				return "", i
			}
			r = utf16.DecodeRune(r, rune(c.wide.Uint16(line[i+2:])))
			if r == utf8.RuneError {
				return "", i
			}
			i += 2
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out), -1
}

var errCharset = errors.New("character does not exist in the charset")

// append adds the bytes of a text to b. A character that does not exist in the
// charset becomes a question mark, and the error says so.
func (c charset) append(b []byte, s string) ([]byte, error) {
	switch {
	case c.wide != nil:
		for _, r := range s {
			for _, u := range utf16.AppendRune(nil, r) {
				b = c.wide.AppendUint16(b, u)
			}
		}
		return b, nil
	case c.single == nil:
		return append(b, s...), nil
	}
	var err error
	for _, r := range norm.NFC.String(s) {
		x, ok := c.single.encode[r]
		if !ok {
			x, err = '?', errCharset
		}
		b = append(b, x)
	}
	return b, err
}

// preamble is what a file that we write begins with.
func (c charset) preamble() []byte {
	if c.wide == nil {
		return nil
	}
	return c.wide.AppendUint16(nil, 0xFEFF)
}
