package report

import (
	"regexp"
	"strings"

	"github.com/kontor-exchange/kontor/formats"
)

// A spreadsheet that opens a CSV file decides by the look of each cell what it
// is: 0001234 becomes 1234, 1E5 becomes 100000, 3-4 the third of April, DEZ26 a
// date, and 123456789012 is shown, and saved again, as 1,23457E+11. Numbers
// that we make begin with letters. Those that came from others get the same
// leading apostrophe that makes formulas harmless when, and only when, they
// would not survive; a plain 4711 stays a plain 4711.

var (
	// plain are digits that are shown and saved as they are.
	plain = regexp.MustCompile(`^(0|[1-9][0-9]{0,10})$`)
	// exponent is a number in scientific notation, also Fortran's.
	exponent = regexp.MustCompile(`(?i)^[0-9.,]+[ed][+-]?[0-9]+$`)
	// clock is a time of day.
	clock = regexp.MustCompile(`(?i)^[0-9]{1,2}(:[0-9]{2})* ?[ap]m?$`)
	// month is a date with a month by name, in German or English.
	month = regexp.MustCompile(`(?i)^[0-9]*[-./ ]*(jan|jän|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]*[-./ ]*[0-9]*([-./ ]+[0-9]*)?$`)
	// word is a truth value.
	word = regexp.MustCompile(`(?i)^(true|false|wahr|falsch)$`)
	// letters has at least one letter beside signs of currency and the like.
	letters = regexp.MustCompile(`\pL`)
	digits  = regexp.MustCompile(`[0-9]`)
)

// changes reports whether a spreadsheet takes a text for something else.
func changes(s string) bool {
	s = strings.TrimSpace(s)
	switch {
	case plain.MatchString(s):
		return false
	case !letters.MatchString(s):
		return digits.MatchString(s)
	}
	return exponent.MatchString(s) || clock.MatchString(s) || word.MatchString(s) ||
		digits.MatchString(s) && month.MatchString(s)
}

// triggers begin a formula, or an apostrophe of somebody else, which would be
// mistaken for ours.
const triggers = "=+-@\t\r\n'＝＋－＠"

// foreign prints a text of others in a table that people open. RFC 4180 is for
// those who want it as it is, but for formulas.
func (r Renderer) foreign(s string) string {
	if s == "" {
		return s
	}
	if strings.ContainsAny(firstRune(s), triggers) || r.Style != formats.RFC4180 && changes(s) {
		return "'" + s
	}
	return s
}

func firstRune(s string) string {
	for _, c := range s {
		return string(c)
	}
	return ""
}
