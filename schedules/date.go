package schedules

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// A Date is a civil date: the number of days since 31 December of the year 0,
// so 1 is 0001-01-01 and the zero value means "no date". Dates compare with
// the ordinary operators, and d+30 is 30 calendar days later.
type Date int32

// unixDay is the Date of 1970-01-01.
const unixDay Date = 719163

// NewDate returns the date of a year, month and day; out-of-range days carry
// over as in [time.Date].
func NewDate(year int, month time.Month, day int) Date {
	return unixDay + Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/86400)
}

// DateOf returns the civil date that t shows in its own location.
func DateOf(t time.Time) Date { return NewDate(t.Date()) }

// ParseDate reads an ISO 8601 calendar date such as "2026-10-02".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() == 0 {
		return 0, fmt.Errorf("%q is not a date such as 2026-10-02", s)
	}
	return DateOf(t), nil
}

// Time returns midnight UTC of the date.
func (d Date) Time() time.Time { return time.Unix(int64(d-unixDay)*86400, 0).UTC() }

// In returns the first instant at which the clocks of a zone have reached a
// time of the date: of a time that exists twice the first, of one that does
// not exist the first instant after the gap.
func (d Date) In(zone *time.Location, hour, minute int) time.Time {
	return time.Unix(first(wallAt(d, hour*60+minute), zone), 0).In(zone)
}

// AddMonths returns the same day n months later, or earlier if n is negative;
// where that month is too short, its last day (§ 188 (3) BGB).
func (d Date) AddMonths(n int) Date {
	year, month, day := d.Time().Date()
	last := NewDate(year, month+time.Month(n)+1, 0)
	return min(NewDate(year, month+time.Month(n), day), last)
}

// ISOWeek returns the ISO 8601 year and week of the date.
func (d Date) ISOWeek() (year, week int) { return d.Time().ISOWeek() }

// Monday returns the Monday of the ISO week of d, on or before d.
func Monday(d Date) Date { return d - Date(d.Weekday()+6)%7 }

// Age returns the completed years of someone born on a date: a year is
// complete at the beginning of the birthday (§ 187 (2) BGB), and for someone
// born on 29 February on 1 March of years without that day. It is negative
// before the birth.
func Age(born, on Date) int {
	bornYear, bornMonth, bornDay := born.Time().Date()
	year, month, day := on.Time().Date()
	age := year - bornYear
	if month < bornMonth || month == bornMonth && day < bornDay {
		age--
	}
	return age
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday((int(d)%7 + 7) % 7) }

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == 0 }

// Format prints the date by a layout of package time; "" for no date.
func (d Date) Format(layout string) string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(layout)
}

// String prints the ISO form, "" for no date.
func (d Date) String() string { return d.Format(time.DateOnly) }

// MarshalText prints the ISO form, "" for no date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form; "" is no date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := ParseDate(string(b))
	*d = v
	return err
}

// Value stores the ISO form, so that rows read well and sort by date.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads what [Date.Value] stored.
func (d *Date) Scan(v any) error {
	switch v := v.(type) {
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("a date column holds %T, want text such as 2026-10-02", v)
}
