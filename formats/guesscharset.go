package formats

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Why nothing can be guessed.
var (
	ErrNothing = errors.New("the file has no lines; a header and some rows are needed")
	ErrBinary  = errors.New("the file is no text; export it as CSV")
)

// decode finds the charset and returns the text.
func (g *guesser) decode(data []byte) (string, error) {
	name, sure, why := charsetOfBytes(data)
	c, _ := charsetOf(name)
	g.dialect.charset = c
	g.found("charset", name, sure, why)
	for _, mark := range []string{markUTF8, markLE, markBE} {
		if rest, ok := bytes.CutPrefix(data, []byte(mark)); ok && (mark == markUTF8) == (name == "utf-8") {
			data = rest
			if mark == markBE {
				c, _ = charsetOf("utf-16be")
			}
		}
	}
	if c.wide != nil {
		data = data[:len(data)-len(data)%2]
	}
	text, bad := c.decode(data)
	for bad >= 0 && bad > len(data)-utf8.UTFMax { // cut inside a character
		data = data[:bad]
		text, bad = c.decode(data)
	}
	if bad >= 0 || strings.ContainsRune(text, 0) {
		return "", fmt.Errorf("%w (%s)", ErrBinary, why)
	}
	return text, nil
}

// charsetOfBytes says in which charset bytes are, how sure that is, and why.
func charsetOfBytes(data []byte) (name string, sure int, why string) {
	switch {
	case bytes.HasPrefix(data, []byte(markUTF8)):
		return "utf-8", 100, "the file begins with the byte order mark of UTF-8"
	case bytes.HasPrefix(data, []byte(markLE)), bytes.HasPrefix(data, []byte(markBE)):
		return "utf-16", 100, "the file begins with the byte order mark of UTF-16"
	}
	even, odd, high := 0, 0, 0
	for i, b := range data {
		switch {
		case b == 0 && i%2 == 0:
			even++
		case b == 0:
			odd++
		case b >= utf8.RuneSelf:
			high++
		}
	}
	switch {
	case odd > len(data)/3:
		return "utf-16le", 95, "every other byte is zero"
	case even > len(data)/3:
		return "utf-16be", 95, "every other byte is zero"
	case high == 0:
		return "utf-8", 70, "only ASCII so far, so any charset reads it; compare a name with an umlaut"
	case utf8.Valid(wholeRunes(data)):
		return "utf-8", 99, fmt.Sprintf("%d bytes beyond ASCII, all valid UTF-8", high)
	}
	return singleByte(data, high)
}

// singleByte tells charsets of one byte per character by their letters.
func singleByte(data []byte, high int) (name string, sure int, why string) {
	best, second := -1<<30, -1<<30
	for _, n := range []string{"windows-1252", "iso-8859-15", "cp850"} {
		c, _ := charsetOf(n)
		score := 0
		for _, b := range data {
			if b >= utf8.RuneSelf {
				score += likely(c.single.decode[b])
			}
		}
		if score > best {
			name, best, second = n, score, best
		} else if score > second {
			second = score
		}
	}
	why = fmt.Sprintf("not UTF-8; %d bytes beyond ASCII make the likeliest letters in it", high)
	if best == second {
		return name, 85, why + ", and the same ones in iso-8859-15"
	}
	return name, 90, why
}

// likely is how much a character speaks for a charset.
func likely(r rune) int {
	switch {
	case r == utf8.RuneError, unicode.IsControl(r):
		return -10
	case strings.ContainsRune("äöüÄÖÜß", r):
		return 3
	case strings.ContainsRune("éèêáàâóòôúñçÉ€–„“”’§°", r):
		return 2
	case unicode.IsLetter(r):
		return 0
	}
	return -1
}
