package purchase

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Reference makes the ISO 11649 creditor reference ("RF35A1001") of an order
// number: its letters A–Z and digits upper-cased, the last 21 of them, check
// digits by mod 97-10. It is "" for a number without any.
func Reference(orderNo string) string {
	body := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, orderNo)
	if body == "" {
		return ""
	}
	body = body[max(0, len(body)-21):]
	check := 98 - mod97(body+"RF00")
	return "RF" + string([]byte{byte('0' + check/10), byte('0' + check%10)}) + body
}

// ValidReference reports whether s is a creditor reference with right check
// digits (ISO 11649), upper case and without blanks.
func ValidReference(s string) bool {
	if len(s) < 5 || len(s) > 25 || !strings.HasPrefix(s, "RF") {
		return false
	}
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return s[2] <= '9' && s[3] <= '9' && mod97(s[4:]+s[:4]) == 1
}

// mod97 computes ISO 7064 mod 97-10 over digits and upper-case letters (A = 10).
func mod97(s string) int {
	m := 0
	for i := range len(s) {
		if c := s[i]; c <= '9' {
			m = (m*10 + int(c-'0')) % 97
		} else {
			m = (m*100 + int(c-'A') + 10) % 97
		}
	}
	return m
}

// ValidIBAN reports whether s has the form and check digits of an IBAN
// (ISO 13616), upper case and without blanks.
func ValidIBAN(s string) bool {
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter, digit := c >= 'A' && c <= 'Z', c >= '0' && c <= '9'
		if i < 2 && !letter || i >= 2 && i < 4 && !digit || !letter && !digit {
			return false
		}
	}
	return mod97(s[4:]+s[:4]) == 1
}

// Normalize folds a name, street or postcode for comparison: NFC, case-folded,
// ä→ae ö→oe ü→ue ß→ss, other accents removed, only a–z and 0–9 kept.
func Normalize(s string) string {
	s = umlauts.Replace(strings.ToLower(norm.NFC.String(s)))
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, norm.NFD.String(s))
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ẞ", "ss")

// Person identifies a debtor across customer numbers: the normalised last
// name, first name, birth date and postcode; "" unless all are present.
func (o Order) Person() string {
	last, first, postcode := Normalize(o.LastName), Normalize(o.FirstName), Normalize(o.Postcode)
	if last == "" || first == "" || postcode == "" || o.BirthDate.IsZero() {
		return ""
	}
	return join(last, first, o.BirthDate.String(), postcode)
}

// Letters counts the letters of a name.
func Letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
