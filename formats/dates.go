package formats

import (
	"fmt"
	"slices"
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
	fraction
	offset // from UTC, in minutes
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
	{"h", layoutPart{unit: hour, min: 1, max: 2}},
	{"mm", layoutPart{unit: minute, min: 2, max: 2}},
	{"ss", layoutPart{unit: second, min: 2, max: 2}},
	{"f", layoutPart{unit: fraction, min: 1, max: 9}},
	{"Z", layoutPart{unit: offset}},
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
// seconds, their fraction and the offset from UTC.
func compileTime(text string) (layout, error) {
	for n := 2; n <= 4; n++ {
		some := []unit{hour, minute, second, fraction}[:n]
		for _, want := range [][]unit{some, append(some[:n:n], offset)} {
			if l, ok := compile(text, want); ok {
				return l, nil
			}
		}
	}
	return layout{}, fmt.Errorf("%q is not a time layout such as hh:mm:ss, or hh:mm:ss Z with an offset from UTC", text)
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
		if p.unit == offset {
			if values[offset], s, ok = parseOffset(s); !ok {
				return values, s, false
			}
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
	if !ok || rest != "" && !d.timeOfDay(rest, &v) {
		return 0, malformed
	}
	if v[month] < 1 || v[month] > 12 || v[day] < 1 || v[day] > lastDay(v[year], v[month]) {
		return 0, malformed
	}
	if v[year] < firstYear || v[year] > lastYear {
		return 0, outOfRange
	}
	return d.dateOf(v, rest != ""), fine
}

// dateOf is the date as it is written, or of that instant in the zone of the
// profile where there is one, and the time has an offset.
func (d *dialect) dateOf(v [units]int, timed bool) schedules.Date {
	if d.zone == nil || !timed || !d.time.has(offset) {
		return schedules.NewDate(v[year], time.Month(v[month]), v[day])
	}
	east := time.FixedZone("", v[offset]*60)
	return schedules.DateOf(time.Date(v[year], time.Month(v[month]), v[day], v[hour], v[minute], v[second], 0, east).In(d.zone))
}

// timeOfDay checks what follows a date, and adds it to the values.
func (d *dialect) timeOfDay(s string, values *[units]int) bool {
	if len(d.time.parts) == 0 || s[0] != ' ' && s[0] != 'T' {
		return false
	}
	v, rest, ok := d.time.parse(s[1:])
	for _, u := range []unit{hour, minute, second, offset} {
		values[u] = v[u]
	}
	return ok && rest == "" && v[hour] < 24 && v[minute] < 60 && v[second] < 60
}

func (l layout) has(u unit) bool {
	return slices.ContainsFunc(l.parts, func(p layoutPart) bool { return p.unit == u })
}

// parseOffset reads Z, +02, +0200 or +02:00 and returns what is left.
func parseOffset(s string) (minutes int, rest string, ok bool) {
	if strings.HasPrefix(s, "Z") {
		return 0, s[1:], true
	}
	if len(s) < 3 || s[0] != '+' && s[0] != '-' || !numeric(s[1:3]) {
		return 0, s, false
	}
	minutes = int(s[1]-'0')*600 + int(s[2]-'0')*60
	rest = s[3:]
	if more := strings.TrimPrefix(rest, ":"); len(more) >= 2 && numeric(more[:2]) {
		minutes += int(more[0]-'0')*10 + int(more[1]-'0')
		rest = more[2:]
	}
	if s[0] == '-' {
		minutes = -minutes
	}
	return minutes, rest, minutes <= 18*60 && minutes >= -18*60
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
