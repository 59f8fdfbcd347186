package report

import (
	"regexp"
	"strings"
)

// countries is the form of a country code (ISO 3166-1 alpha-2).
var countries = regexp.MustCompile(`^[A-Z]{2}$`)

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
