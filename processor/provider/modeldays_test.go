package provider_test

import (
	"fmt"
	"time"
)

// A day counts from 1 January 1970; 0 is no day.
type day int

func dayOf(year, month, d int) day {
	return day(time.Date(year, time.Month(month), d, 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

func (d day) time() time.Time       { return time.Unix(int64(d)*86_400, 0).UTC() }
func (d day) weekday() time.Weekday { return d.time().Weekday() }
func (d day) is(month, date int) bool {
	return d.time().Format("1-2") == fmt.Sprintf("%d-%d", month, date)
}

func (d day) String() string {
	if d == 0 {
		return ""
	}
	return d.time().Format(time.DateOnly)
}

func (d day) week() string {
	year, week := d.time().ISOWeek()
	return fmt.Sprintf("%dW%02d", year, week)
}

// easters are the Easter Sundays of the years that histories live in.
var easters = map[int]day{
	2020: dayOf(2020, 4, 12), 2021: dayOf(2021, 4, 4), 2022: dayOf(2022, 4, 17), 2023: dayOf(2023, 4, 9),
	2024: dayOf(2024, 3, 31), 2025: dayOf(2025, 4, 20), 2026: dayOf(2026, 4, 5), 2027: dayOf(2027, 3, 28), 2028: dayOf(2028, 4, 16),
}

func (d day) easter() day { return d - easters[d.time().Year()] }

func (d day) weekend() bool { return d.weekday() == time.Saturday || d.weekday() == time.Sunday }

// bankDay: TARGET2 rests on weekends, 1 January, Good Friday, Easter Monday,
// 1 May, 25 and 26 December.
func (d day) bankDay() bool {
	return !d.weekend() && !d.is(1, 1) && !d.is(5, 1) && !d.is(12, 25) && !d.is(12, 26) && d.easter() != -2 && d.easter() != 1
}

// working: no weekend and no holiday of all Germany.
func (d day) working() bool {
	return d.bankDay() && !d.is(10, 3) && d.easter() != 39 && d.easter() != 50
}

func nextWorking(d day) day {
	for !d.working() {
		d++
	}
	return d
}

// halfYearLater is the day after the half-year of a base rate.
func halfYearLater(d day) day {
	t := d.time()
	return dayOf(t.Year(), int(t.Month())+6, t.Day())
}
