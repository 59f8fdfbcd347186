package report

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// countries is the form of a country code (ISO 3166-1 alpha-2).
var countries = regexp.MustCompile(`^[A-Z]{2}$`)

// sepaText writes a text in the characters that every bank of SEPA takes:
// letters, digits and / - ? : ( ) . , ' + blank. German letters are written
// out, other accents left out, and what then is none of them is a blank; blanks
// at the ends and beside each other go. It has at most most characters.
func sepaText(s string, most int) string {
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

// sepaLetters are the characters that have a usual spelling.
var sepaLetters = strings.NewReplacer(
	"ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss", "ẞ", "SS",
	"æ", "ae", "Æ", "AE", "ø", "o", "Ø", "O", "œ", "oe", "Œ", "OE", "ł", "l", "Ł", "L", "đ", "d", "Đ", "D",
	"&", "+", "€", "EUR", "_", "-", "–", "-", "—", "-", "‘", "'", "’", "'", "`", "'", "´", "'", `"`, "'", "„", "'", "“", "'", "”", "'",
	";", ",", "[", "(", "]", ")", "{", "(", "}", ")",
)

// houseNumber is a house number at the end of a street: 5, 12 a, 3-5, 1/2,
// 10 - 12b. It begins with a digit after a blank, so "Straße des 17. Juni" has
// none.
var houseNumber = regexp.MustCompile(`^(.*?\S)\s+(\d+\s?[A-Za-z]?(\s?[-/+]\s?\d+\s?[A-Za-z]?)*)$`)

// splitStreet parts street and house number; what does not look like both is
// all street.
func splitStreet(s string) (street, number string) {
	s = strings.TrimSpace(s)
	m := houseNumber.FindStringSubmatch(s)
	if m == nil || len(m[2]) > transferCode {
		return s, ""
	}
	return m[1], m[2]
}
