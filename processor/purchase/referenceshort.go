package purchase

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

// The short reference of an order: what a debtor types by hand where the RF
// reference is too long, such as 7KQ2-M9XP.
//
// Its letters and digits are those of Crockford's base 32: 0–9 and A–Z without
// I, L, O and U, so that none can be taken for another; who types them all the
// same means 1, 1 and 0. The last two are check characters by ISO/IEC 7064, MOD
// 1271-36. Of the systems of that standard it is the one that finds, in letters
// and digits mixed, every single wrong character and every two that changed
// places, next to each other or around a third. (MOD 97-10 does so for digits
// alone: a letter counts as two digits there, so one typed for a digit shifts
// all before it. MOD 37,36 has one check character, and misses exchanges.)

const (
	shortAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	shortGroup    = 4 // characters between two hyphens
	shortestShort = 8 // characters, check characters included
	shortCheck    = 2 // check characters
)

// LongestShort is the number of characters of a short reference after two
// collisions.
const LongestShort = 16

// ShortReference makes the short reference of an order, upper case and without
// hyphens. It is the same whenever it is made. size 0 is the usual one of 8
// characters; when another order has it, the next longer one is that of
// [LongerShort]. A longer one has a whole group more, so that a character that
// is missing or twice never makes one of another size.
func ShortReference(merchant, orderNo string, size int) string {
	size = max(size, shortestShort)
	for try := uint64(0); ; try++ {
		seed := binary.BigEndian.AppendUint64([]byte(join("short reference", merchant, orderNo)), uint64(size)<<32|try)
		sum := sha256.Sum256(seed)
		body := make([]byte, 0, size)
		for _, b := range sum[:size-shortCheck] {
			body = append(body, shortAlphabet[b%byte(len(shortAlphabet))])
		}
		if s := string(append(body, checkCharacters(string(body))...)); wellMixed(s) {
			return s
		}
	}
}

// LongerShort returns the size of a short reference that follows one that is
// taken, the usual size after 0; it is 0 when there is none.
func LongerShort(size int) int {
	switch {
	case size < shortestShort:
		return shortestShort
	case size >= LongestShort:
		return 0
	}
	return size + shortGroup
}

// wellMixed reports whether all characters are of the alphabet, the check
// characters too, and at least two are letters and two digits: so it is neither
// a date nor a word.
func wellMixed(s string) bool {
	letters, digits := 0, 0
	for i := range len(s) {
		switch {
		case strings.IndexByte(shortAlphabet, s[i]) < 0:
			return false
		case s[i] <= '9':
			digits++
		default:
			letters++
		}
	}
	return letters >= 2 && digits >= 2
}

// ParseShort reads a short reference as people type it: in any case, with
// blanks and hyphens anywhere, O for 0, and I or L for 1. It reports whether the
// check characters fit.
func ParseShort(text string) (string, bool) {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		switch c {
		case ' ', '-':
			continue
		case 'O':
			c = '0'
		case 'I', 'L':
			c = '1'
		}
		b.WriteByte(c)
	}
	s := b.String()
	if len(s) < shortestShort || len(s) > LongestShort || len(s)%shortGroup != 0 || !wellMixed(s) {
		return "", false
	}
	return s, s[len(s)-shortCheck:] == checkCharacters(s[:len(s)-shortCheck])
}

// FormatShort writes a short reference in groups, as it is shown.
func FormatShort(s string) string {
	var groups []string
	for len(s) > shortGroup {
		groups, s = append(groups, s[:shortGroup]), s[shortGroup:]
	}
	return strings.Join(append(groups, s), "-")
}

// checkCharacters are the two characters of ISO/IEC 7064, MOD 1271-36 (a pure
// system: the whole string, read to the base 36, is 1 modulo 1271).
func checkCharacters(s string) string {
	const modulus, radix, digits = 1271, 36, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	p := 0
	for i := range len(s) {
		p = (p + strings.IndexByte(digits, s[i])) * radix % modulus
	}
	check := (modulus + 1 - p*radix%modulus) % modulus
	return string([]byte{digits[check/radix], digits[check%radix]})
}
