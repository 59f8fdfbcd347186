package purchase

import (
	"net/mail"
	"strings"
)

// ValidEmail reports whether a text is an address that a letter can be sent to:
// one bare address in ASCII, with a domain that has a dot.
func ValidEmail(s string) bool {
	const longest = 254 // RFC 5321, 4.5.3.1.3
	if len(s) > longest || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s {
		return false
	}
	_, domain, _ := strings.Cut(s, "@")
	return strings.Contains(strings.Trim(domain, "."), ".") && !strings.ContainsAny(s, "\"[]")
}
