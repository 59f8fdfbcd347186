package formats

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/schedules"
)

// Years that a date of a document may have.
const (
	firstYear = 1900
	lastYear  = 2199
)

// A layout is the notation of dates or times of day, compiled from tokens:
// YYYY MM DD M D for dates, hh mm ss for times; all else stands for itself.
type layout struct {
	text  string
	parts []layoutPart
}

// A unit is what a number in a layout counts.
type unit int

const (
	literalText unit = iota
	year
	month
	day
	hour
	minute
	second
	units
)

type layoutPart struct {
	unit     unit
	min, max int // digits
	literal  string
}

var layoutTokens = []struct {
	token string
	part  layoutPart
}{
	{"YYYY", layoutPart{unit: year, min: 4, max: 4}},
	{"MM", layoutPart{unit: month, min: 2, max: 2}},
	{"DD", layoutPart{unit: day, min: 2, max: 2}},
	{"M", layoutPart{unit: month, min: 1, max: 2}},
	{"D", layoutPart{unit: day, min: 1, max: 2}},
	{"hh", layoutPart{unit: hour, min: 2, max: 2}},
	{"mm", layoutPart{unit: minute, min: 2, max: 2}},
	{"ss", layoutPart{unit: second, min: 2, max: 2}},
}

// compileDate compiles a layout that has year, month and day once each.
func compileDate(text string) (layout, error) {
	l, ok := compile(text, []unit{year, month, day})
	if !ok {
		return layout{}, fmt.Errorf("%q is not a date layout such as DD.MM.YYYY (tokens YYYY MM M DD D, each part once)", text)
	}
	return l, nil
}

// compileTime compiles a layout that has hours and minutes, with or without
// seconds.
func compileTime(text string) (layout, error) {
	if l, ok := compile(text, []unit{hour, minute}); ok {
		return l, nil
	}
	l, ok := compile(text, []unit{hour, minute, second})
	if !ok {
		return layout{}, fmt.Errorf("%q is not a time layout such as hh:mm:ss", text)
	}
	return l, nil
}

// compile makes a layout with exactly the units wanted, each once.
func compile(text string, want []unit) (layout, bool) {
	l := layout{text: text}
	var seen [units]int
	for rest := text; rest != ""; {
		part, n := nextPart(rest)
		rest = rest[n:]
		if part.unit == literalText && !strings.Contains(". -/:", part.literal) {
			return layout{}, false
		}
		seen[part.unit]++
		l.parts = append(l.parts, part)
	}
	seen[literalText] = 0
	for _, u := range want {
		seen[u]--
	}
	return l, seen == [units]int{}
}

func nextPart(s string) (layoutPart, int) {
	for _, t := range layoutTokens {
		if strings.HasPrefix(s, t.token) {
			return t.part, len(t.token)
		}
	}
	return layoutPart{literal: s[:1]}, 1
}

// parse reads the numbers of s and returns what is left of it.
func (l layout) parse(s string) (values [units]int, rest string, ok bool) {
	for _, p := range l.parts {
		if p.unit == literalText {
			if !strings.HasPrefix(s, p.literal) {
				return values, s, false
			}
			s = s[len(p.literal):]
			continue
		}
		n, v := 0, 0
		for n < p.max && n < len(s) && s[n] >= '0' && s[n] <= '9' {
			v = v*10 + int(s[n]-'0')
			n++
		}
		if n < p.min {
			return values, s, false
		}
		values[p.unit], s = v, s[n:]
	}
	return values, s, true
}

// parseDate reads a real date of the calendar; with a time layout in the
// profile a time of day may follow after one blank or T, is checked and
// dropped.
func (d *dialect) parseDate(s string) (schedules.Date, parseFault) {
	v, rest, ok := d.date.parse(s)
	if !ok || rest != "" && !d.timeOfDay(rest) {
		return 0, malformed
	}
	if v[month] < 1 || v[month] > 12 || v[day] < 1 || v[day] > lastDay(v[year], v[month]) {
		return 0, malformed
	}
	if v[year] < firstYear || v[year] > lastYear {
		return 0, outOfRange
	}
	return schedules.NewDate(v[year], time.Month(v[month]), v[day]), fine
}

func (d *dialect) timeOfDay(s string) bool {
	if len(d.time.parts) == 0 || s[0] != ' ' && s[0] != 'T' {
		return false
	}
	v, rest, ok := d.time.parse(s[1:])
	return ok && rest == "" && v[hour] < 24 && v[minute] < 60 && v[second] < 60
}

func lastDay(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// formatDate prints a date in the profile's layout, "" for no date.
func (d *dialect) formatDate(date schedules.Date) string {
	if date.IsZero() {
		return ""
	}
	y, m, dd := date.Time().Date()
	values := [units]int{year: y, month: int(m), day: dd}
	b := make([]byte, 0, 16)
	for _, p := range d.date.parts {
		if p.unit == literalText {
			b = append(b, p.literal...)
			continue
		}
		digits := strconv.Itoa(values[p.unit])
		for range p.min - len(digits) {
			b = append(b, '0')
		}
		b = append(b, digits...)
	}
	return string(b)
}
