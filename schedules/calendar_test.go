package schedules

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
)

// closed reads days of testdata, see its README.
func closed(t *testing.T, file string) map[Date]string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var days map[Date]string
	if err := json.Unmarshal(text, &days); err != nil {
		t.Fatal(err)
	}
	return days
}

func weekend(d Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// Both calendars agree with the published ones on each day of 26 years.
func TestCalendarsAgainstReference(t *testing.T) {
	bank, public := closed(t, "XECB.json"), closed(t, "DE_COMMON.json")
	delete(public, NewDate(2017, time.October, 31)) // the Reformation's 500 years, not in our rule
	for d := NewDate(2010, time.January, 1); d <= NewDate(2035, time.December, 31); d++ {
		if want := !weekend(d) && bank[d] == ""; IsBankDay(d) != want {
			t.Errorf("IsBankDay(%v) = %t; want %t %s", d, !want, want, bank[d])
		}
		if want := !weekend(d) && public[d] == ""; IsWorkingDay(d) != want {
			t.Errorf("IsWorkingDay(%v) = %t; want %t %s", d, !want, want, public[d])
		}
	}
}

// easter finds Easter Sunday as the church's tables do, not by the formula of
// the library: the first Sunday after the paschal full moon of the year's
// golden number. The table is that of 1900 to 2199.
func easter(year int) Date {
	moons := [19]Date{
		NewDate(year, time.April, 14), NewDate(year, time.April, 3), NewDate(year, time.March, 23), NewDate(year, time.April, 11),
		NewDate(year, time.March, 31), NewDate(year, time.April, 18), NewDate(year, time.April, 8), NewDate(year, time.March, 28),
		NewDate(year, time.April, 16), NewDate(year, time.April, 5), NewDate(year, time.March, 25), NewDate(year, time.April, 13),
		NewDate(year, time.April, 2), NewDate(year, time.March, 22), NewDate(year, time.April, 10), NewDate(year, time.March, 30),
		NewDate(year, time.April, 17), NewDate(year, time.April, 7), NewDate(year, time.March, 27),
	}
	moon := moons[year%19]
	return moon + 7 - Date(moon.Weekday())
}

// The holidays by their names, over a century and a half.
func TestHolidaysByRule(t *testing.T) {
	for year := 1950; year <= 2099; year++ {
		sunday := easter(year)
		both := map[Date]bool{
			NewDate(year, time.January, 1): true, sunday - 2: true, sunday + 1: true, NewDate(year, time.May, 1): true,
			NewDate(year, time.December, 25): true, NewDate(year, time.December, 26): true,
		}
		german := map[Date]bool{sunday + 39: true, sunday + 50: true, NewDate(year, time.October, 3): true}
		for d := NewDate(year, time.January, 1); d < NewDate(year+1, time.January, 1); d++ {
			bank := !weekend(d) && !both[d]
			if working := bank && !german[d]; IsBankDay(d) != bank || IsWorkingDay(d) != working {
				t.Errorf("%v: IsBankDay, IsWorkingDay = %t, %t; want %t, %t", d, IsBankDay(d), IsWorkingDay(d), bank, working)
			}
		}
	}
}

// 1986 began at 01:00 in Lima: a machine that stands there still knows New
// Year, as machines at both ends of the date line do.
func TestHolidaysOnAMachineWithoutMidnight(t *testing.T) {
	before := cal.DefaultLoc
	t.Cleanup(func() { cal.DefaultLoc = before })
	for _, name := range []string{"America/Lima", "Pacific/Kiritimati", "Pacific/Pago_Pago"} {
		cal.DefaultLoc = zone(t, name)
		for d := NewDate(1985, time.December, 30); d <= NewDate(1986, time.January, 3); d++ {
			if got, want := IsBankDay(d), d != NewDate(1986, time.January, 1); got != want {
				t.Errorf("%s: IsBankDay(%v) = %t; want %t", name, d, got, want)
			}
		}
	}
}

func TestNextDays(t *testing.T) {
	tests := []struct{ name, day, working, bank string }{
		{"a Tuesday", "2026-10-06", "2026-10-06", "2026-10-06"},
		{"a Saturday", "2026-10-10", "2026-10-12", "2026-10-12"},
		{"a Sunday", "2026-10-11", "2026-10-12", "2026-10-12"},
		{"Maundy Thursday", "2026-04-02", "2026-04-02", "2026-04-02"},
		{"Good Friday to Easter Monday", "2026-04-03", "2026-04-07", "2026-04-07"},
		{"Easter Monday", "2026-04-06", "2026-04-07", "2026-04-07"},
		{"1 May, a Friday", "2026-05-01", "2026-05-04", "2026-05-04"},
		{"Ascension, a bank day", "2026-05-14", "2026-05-15", "2026-05-14"},
		{"Whit Monday, a bank day", "2026-05-25", "2026-05-26", "2026-05-25"},
		{"3 October, a Monday", "2033-10-03", "2033-10-04", "2033-10-03"},
		{"Corpus Christi is one of some states", "2026-06-04", "2026-06-04", "2026-06-04"},
		{"Christmas Eve", "2026-12-24", "2026-12-24", "2026-12-24"},
		{"Christmas", "2026-12-25", "2026-12-28", "2026-12-28"},
		{"the last day of the year", "2026-12-31", "2026-12-31", "2026-12-31"},
		{"New Year, a Friday", "2027-01-01", "2027-01-04", "2027-01-04"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := date(t, tt.day)
			if got := NextWorkingDay(d); got != date(t, tt.working) {
				t.Errorf("NextWorkingDay(%v) = %v; want %v", d, got, tt.working)
			}
			if got := NextBankDay(d); got != date(t, tt.bank) {
				t.Errorf("NextBankDay(%v) = %v; want %v", d, got, tt.bank)
			}
		})
	}
}

func TestBankDayBefore(t *testing.T) {
	tests := []struct {
		name, day string
		n         int
		want      string
	}{
		{"the third before a Friday", "2026-10-09", 3, "2026-10-06"},
		{"over a weekend", "2026-10-13", 3, "2026-10-08"},
		{"from a Sunday", "2026-10-11", 1, "2026-10-09"},
		{"over Easter", "2026-04-08", 3, "2026-04-01"},
		{"over Christmas", "2026-12-28", 1, "2026-12-24"},
		{"none", "2026-10-11", 0, "2026-10-11"},
		{"fewer than none", "2026-10-11", -1, "2026-10-11"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := BankDayBefore(date(t, tt.day), tt.n); got != date(t, tt.want) {
				t.Errorf("BankDayBefore(%s, %d) = %v; want %s", tt.day, tt.n, got, tt.want)
			}
		})
	}
}
