package samples

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// A charset is one of the two that the shipped profiles use. Reading and
// writing keep what is invalid: as U+FFFD in text, as the byte invalid in files.
type charset int

const (
	utf8Text charset = iota
	windows1252
)

// invalid is a byte that neither charset can decode.
const invalid = 0x81

// charsetOf tells the charset of what a profile wrote, which had an umlaut.
func charsetOf(b []byte) charset {
	if utf8.Valid(b) {
		return utf8Text
	}
	return windows1252
}

// decode returns the text of a line.
func (c charset) decode(b []byte) string {
	if c == utf8Text {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	var text strings.Builder
	for _, x := range b {
		text.WriteRune(charmap.Windows1252.DecodeByte(x))
	}
	return text.String()
}

// encode is the inverse of decode. A letter that the charset does not have
// loses its accent, or becomes a question mark.
func (c charset) encode(text string) []byte {
	var b []byte
	for _, r := range text {
		switch {
		case r == utf8.RuneError:
			b = append(b, invalid)
		case c == utf8Text:
			b = utf8.AppendRune(b, r)
		default:
			b = append(b, singleByte(r))
		}
	}
	return b
}

func singleByte(r rune) byte {
	if x, ok := charmap.Windows1252.EncodeRune(r); ok {
		return x
	}
	base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
	if x, ok := charmap.Windows1252.EncodeRune(base); ok {
		return x
	}
	return '?'
}
