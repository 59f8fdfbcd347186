package schedules

import (
	"fmt"
	"strings"
	"time"
)

// A Deadline is a time on the wall, on some days, by which something is
// expected: "Mon-Fri 07:00", "Tue,Thu 18:30", "daily 07:00" or "bank-days
// 12:00". Named weekdays leave out the nationwide public holidays, since nobody
// is at work then; daily leaves out none; bank-days are those of TARGET2.
type Deadline struct {
	days     set // of weekdays; 0: bank days
	holidays bool
	minute   int // of the day
	text     string
}

// ParseDeadline reads a deadline.
func ParseDeadline(s string) (Deadline, error) {
	wrong := fmt.Errorf("%q is not a deadline such as Mon-Fri 07:00, Tue,Thu 18:30, daily 07:00 or bank-days 12:00", s)
	words := strings.Fields(s)
	if len(words) != 2 {
		return Deadline{}, wrong
	}
	d := Deadline{text: strings.Join(words, " ")}
	clock, err := time.Parse("15:04", words[1])
	if err != nil || len(words[1]) != len("15:04") {
		return Deadline{}, wrong
	}
	d.minute = clock.Hour()*60 + clock.Minute()
	switch days := strings.ToLower(words[0]); days {
	case "daily":
		d.days, d.holidays = 1<<7-1, true
	case "bank-days":
	default:
		if d.days, err = weekdays(days); err != nil {
			return Deadline{}, wrong
		}
	}
	return d, nil
}

// weekdays reads a list of weekdays and of ranges of them, such as mon-wed,sat.
func weekdays(s string) (days set, err error) {
	for part := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !isRange {
			to = from
		}
		first, err := weekday(from)
		if err != nil {
			return 0, err
		}
		last, err := weekday(to)
		if err != nil {
			return 0, err
		}
		for d := first; ; d = (d + 1) % 7 {
			days |= 1 << d
			if d == last {
				break
			}
		}
	}
	return days, nil
}

func weekday(s string) (int, error) {
	for d := range 7 {
		if strings.EqualFold(s, time.Weekday(d).String()[:3]) {
			return d, nil
		}
	}
	return 0, fmt.Errorf("%q is not a weekday such as Mon", s)
}

// String returns the deadline as it was written.
func (d Deadline) String() string { return d.text }

// on reports whether something is expected on a day.
func (d Deadline) on(day Date) bool {
	if d.days == 0 {
		return IsBankDay(day)
	}
	return d.days.has(int(day.Weekday())) && (d.holidays || !isHoliday(day))
}

// Latest returns the last deadline at or before a time, in a zone; zero when
// there was none for two months.
func (d Deadline) Latest(t time.Time, zone *time.Location) time.Time {
	today := DateOf(t.In(zone))
	for day := today; day > today-62; day-- {
		if at := day.In(zone, d.minute/60, d.minute%60); d.on(day) && !at.After(t) {
			return at
		}
	}
	return time.Time{}
}
