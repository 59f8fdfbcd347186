package schedules

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// columns are the five fields in their order, each with its bounds and the
// sentence that says what it may hold.
var columns = [5]struct {
	name     string
	option   cron.ParseOption
	min, max int
	want     string
}{
	{"minute", cron.Minute, 0, 59, "0-59, a list 0,30, a range 0-29, a step */5 or *"},
	{"hour", cron.Hour, 0, 23, "0-23, a list 6,18, a range 8-17, a step */2 or *"},
	{"day of month", cron.Dom, 1, 31, "1-31, a list 1,15, a range 1-7, a step */10 or *"},
	{"month", cron.Month, 1, 12, "1-12 or JAN-DEC, a list 1,7, a range APR-JUN, a step */3 or *"},
	{"weekday", cron.Dow, 0, 6, "0-6 or SUN-SAT (0 is Sunday), a list MON,THU, a range MON-FRI or *"},
}

// shorthand are the names of cron for common schedules.
var shorthand = map[string]string{
	"@HOURLY": "0 * * * *", "@DAILY": "0 0 * * *", "@MIDNIGHT": "0 0 * * *", "@WEEKLY": "0 0 * * SUN",
	"@MONTHLY": "0 0 1 * *", "@YEARLY": "0 0 1 1 *", "@ANNUALLY": "0 0 1 1 *",
}

// Parse reads five fields "minute hour day-of-month month weekday", such as
// "0 6 * * MON", as times on the clocks of a zone. Names of months and
// weekdays and @hourly, @daily, @weekly, @monthly and @yearly are read in any
// case. Refused, each with what to write instead, are expressions that cron
// reads in more than one way (@every, TZ=, day of month together with weekday,
// a step beyond its field) and those that never fire.
func Parse(expr string, zone *time.Location) (Schedule, error) {
	if zone == nil {
		return Schedule{}, fmt.Errorf("%q: no zone given, want one such as Europe/Berlin", expr)
	}
	text, err := normalise(expr)
	if err != nil {
		return Schedule{}, fmt.Errorf("%q: %w", expr, err)
	}
	f, err := parseFields(strings.Fields(text))
	if err != nil {
		return Schedule{}, fmt.Errorf("%q: %w", expr, err)
	}
	hour := strings.Fields(text)[1]
	return Schedule{text: text, zone: zone, field: f, real: strings.ContainsAny(hour, "*/")}, nil
}

// normalise returns the five fields in capitals with single blanks.
func normalise(expr string) (string, error) {
	upper := strings.ToUpper(expr)
	parts := strings.Fields(upper)
	text := strings.Join(parts, " ")
	switch {
	case strings.Contains(upper, "TZ="):
		return "", errors.New("a schedule has no TZ= of its own; leave it out and set zone")
	case strings.HasPrefix(text, "@EVERY"):
		return "", errors.New(`@every counts from the start of the program; write five fields, such as "*/5 * * * *" for every five minutes`)
	case strings.HasPrefix(text, "@"):
		if five, ok := shorthand[text]; ok {
			return five, nil
		}
		return "", errors.New("not known; write five fields or @hourly, @daily, @weekly, @monthly, @yearly")
	case len(parts) != len(columns):
		return "", fmt.Errorf(`%d fields, want five: minute hour day-of-month month weekday, such as "0 6 * * MON"`, len(parts))
	}
	return text, nil
}

// parseFields reads five fields and refuses what would mean two things or
// nothing.
func parseFields(parts []string) (fields, error) {
	var sets [len(columns)]set
	for i, part := range parts {
		var err error
		if sets[i], err = parseField(i, part); err != nil {
			return fields{}, err
		}
	}
	f := fields{minutes: sets[0], hours: sets[1], days: sets[2], months: sets[3], weekdays: sets[4]}
	if parts[2] != "*" && parts[4] != "*" {
		return fields{}, fmt.Errorf("day of month %s together with weekday %s would mean either of them; name one and write * for the other", parts[2], parts[4])
	}
	const leapYear = 2000
	if _, ok := f.dayFrom(NewDate(leapYear, time.January, 1)); !ok {
		return fields{}, fmt.Errorf("day of month %s does not exist in month %s; write a day that does", parts[2], parts[3])
	}
	return f, nil
}

// parseField reads the i-th field by cron's parser, behind a stricter door:
// cron takes an empty list, "*-5", "+5" and steps beyond the field without a
// word.
func parseField(i int, part string) (set, error) {
	c := columns[i]
	for element := range strings.SplitSeq(part, ",") {
		if !plain(element) {
			return 0, fmt.Errorf("%s %q, want %s", c.name, part, c.want)
		}
		if _, step, ok := strings.Cut(element, "/"); ok && tooLong(step, c.max-c.min) {
			return 0, fmt.Errorf("%s %q: a step of %s is longer than the field, which begins anew after %d; want at most %d", c.name, part, step, c.max, c.max-c.min)
		}
	}
	parsed, err := cron.NewParser(c.option).Parse(part)
	spec, ok := parsed.(*cron.SpecSchedule)
	if err != nil || !ok {
		return 0, fmt.Errorf("%s %q, want %s", c.name, part, c.want)
	}
	all := [len(columns)]uint64{spec.Minute, spec.Hour, spec.Dom, spec.Month, spec.Dow}
	const starBit = 1 << 63
	return set(all[i] &^ starBit), nil
}

// plain reports whether an element of a list is spelled with letters, digits,
// "-" and "/" alone, or with a "*" that is followed by nothing but a step.
func plain(element string) bool {
	if rest, ok := strings.CutPrefix(element, "*"); ok {
		return rest == "" || strings.HasPrefix(rest, "/")
	}
	return element != "" && strings.Trim(element, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-/") == ""
}

func tooLong(step string, most int) bool {
	n, err := strconv.Atoi(step)
	return err == nil && n > most
}
