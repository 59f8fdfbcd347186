package purchase

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The most that the SEPA rulebook lets the name of a party and the text of a
// transfer have.
const (
	SEPAName       = 70
	SEPARemittance = 140
)

// SEPAText writes a text in the characters that every bank of SEPA takes:
// letters, digits and / - ? : ( ) . , ' + blank. German letters are written
// out, other accents left out, and what then is none of them is a blank; blanks
// at the ends and beside each other go. It has at most most characters.
func SEPAText(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("/-?:().,'+ ", r):
			return r
		case r >= 0x300 && r < 0x370: // an accent
			return -1
		}
		return ' '
	}, norm.NFKD.String(sepaLetters.Replace(norm.NFC.String(s))))
	s = strings.Join(strings.Fields(s), " ")
	return strings.TrimSpace(s[:min(len(s), most)])
}

// SEPAPayee returns the name of a party as a transfer writes it; "" for a name
// of which that leaves no letter and no digit, so that no bank would take it.
func SEPAPayee(name string) string {
	name = SEPAText(name, SEPAName)
	if !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return name
}

// sepaLetters are the characters that have a usual spelling.
var sepaLetters = strings.NewReplacer(
	"ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss", "ẞ", "SS",
	"æ", "ae", "Æ", "AE", "ø", "o", "Ø", "O", "œ", "oe", "Œ", "OE", "ł", "l", "Ł", "L", "đ", "d", "Đ", "D",
	"&", "+", "€", "EUR", "_", "-", "–", "-", "—", "-", "‘", "'", "’", "'", "`", "'", "´", "'", `"`, "'", "„", "'", "“", "'", "”", "'",
	";", ",", "[", "(", "]", ")", "{", "(", "}", ")",
)
