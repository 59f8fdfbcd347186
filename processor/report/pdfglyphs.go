package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// printable replaces what the current font lacks: by the letter without its
// accents, else by a question mark. Control characters are blanks.
func (p *paper) printable(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		switch {
		case unicode.IsControl(r):
			b.WriteByte(' ')
		case p.has(r):
			b.WriteRune(r)
		default:
			b.WriteRune(p.plainer(r))
		}
	}
	return b.String()
}

func (p *paper) plainer(r rune) rune {
	if base, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r))); p.has(base) {
		return base
	}
	return '?'
}

func (p *paper) has(r rune) bool {
	ok, err := p.pdf.IsCurrFontContainGlyph(r)
	p.keep(err)
	return ok
}
