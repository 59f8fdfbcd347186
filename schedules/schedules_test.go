package schedules

import (
	"fmt"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the tests need the zones, whatever the machine has

	"github.com/google/go-cmp/cmp"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func parse(t testing.TB, expr string, z *time.Location) Schedule {
	t.Helper()
	s, err := Parse(expr, z)
	if err != nil {
		t.Fatalf("Parse(%q) = %v", expr, err)
	}
	return s
}

// at reads RFC 3339 in tests.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func texts(times []time.Time) []string {
	var all []string
	for _, t := range times {
		all = append(all, t.Format(time.RFC3339))
	}
	return all
}

// The nights of 2026 in Berlin, and a leap day that is eight years away.
func TestBetween(t *testing.T) {
	tests := []struct {
		name, expr, after, until string
		want                     []string
	}{
		{
			"the ends: open before, closed after", "0 4 * * *", "2026-10-01T04:00:00+02:00", "2026-10-03T04:00:00+02:00",
			[]string{"2026-10-02T04:00:00+02:00", "2026-10-03T04:00:00+02:00"},
		},
		{"nothing between", "0 4 * * *", "2026-10-01T04:00:00+02:00", "2026-10-02T03:59:59+02:00", nil},
		{"ends in the wrong order", "0 4 * * *", "2026-10-03T04:00:00+02:00", "2026-10-01T04:00:00+02:00", nil},
		{
			"payout over the change of clocks", "0 6 * * MON", "2026-10-18T00:00:00+02:00", "2026-10-27T00:00:00+01:00",
			[]string{"2026-10-19T06:00:00+02:00", "2026-10-26T06:00:00+01:00"},
		},
		{
			"fixed, does not exist", "30 2 * * *", "2026-03-28T12:00:00+01:00", "2026-03-29T12:00:00+02:00",
			[]string{"2026-03-29T03:00:00+02:00"},
		},
		{
			"fixed, exists twice", "30 2 * * *", "2026-10-24T12:00:00+02:00", "2026-10-25T12:00:00+01:00",
			[]string{"2026-10-25T02:30:00+02:00"},
		},
		{"fixed, asked for in the second pass", "30 2 * * *", "2026-10-25T02:00:00+01:00", "2026-10-25T12:00:00+01:00", nil},
		{
			"fixed hours, a whole gap is one instant", "*/20 1-3 * * *", "2026-03-29T00:00:00+01:00", "2026-03-29T12:00:00+02:00",
			[]string{
				"2026-03-29T01:00:00+01:00", "2026-03-29T01:20:00+01:00", "2026-03-29T01:40:00+01:00",
				"2026-03-29T03:00:00+02:00", "2026-03-29T03:20:00+02:00", "2026-03-29T03:40:00+02:00",
			},
		},
		{
			"fixed hours, the second pass is silent", "*/30 2-3 * * *", "2026-10-25T00:00:00+02:00", "2026-10-25T12:00:00+01:00",
			[]string{"2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T03:00:00+01:00", "2026-10-25T03:30:00+01:00"},
		},
		{
			"every hour, in spring", "15 * * * *", "2026-03-29T01:00:00+01:00", "2026-03-29T04:00:00+02:00",
			[]string{"2026-03-29T01:15:00+01:00", "2026-03-29T03:15:00+02:00"},
		},
		{
			"every hour, in autumn", "15 * * * *", "2026-10-25T02:00:00+02:00", "2026-10-25T03:00:00+01:00",
			[]string{"2026-10-25T02:15:00+02:00", "2026-10-25T02:15:00+01:00"},
		},
		{
			"step, in spring", "30 */2 * * *", "2026-03-29T00:00:00+01:00", "2026-03-29T07:00:00+02:00",
			[]string{"2026-03-29T00:30:00+01:00", "2026-03-29T04:30:00+02:00", "2026-03-29T06:30:00+02:00"},
		},
		{
			"step, in autumn", "30 */2 * * *", "2026-10-25T00:00:00+02:00", "2026-10-25T05:00:00+01:00",
			[]string{"2026-10-25T00:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T04:30:00+01:00"},
		},
		{
			"no leap day in 2100", "0 0 29 2 *", "2096-02-28T00:00:00+01:00", "2105-01-01T00:00:00+01:00",
			[]string{"2096-02-29T00:00:00+01:00", "2104-02-29T00:00:00+01:00"},
		},
		{
			"no leap day in 2100, by real time", "0 */12 29 2 *", "2096-02-29T13:00:00+01:00", "2104-02-29T01:00:00+01:00",
			[]string{"2104-02-29T00:00:00+01:00"},
		},
		{
			"the last of long months only", "0 0 31 * *", "2026-01-31T00:00:00+01:00", "2026-07-01T00:00:00+02:00",
			[]string{"2026-03-31T00:00:00+02:00", "2026-05-31T00:00:00+02:00"},
		},
	}
	berlin := zone(t, "Europe/Berlin")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := parse(t, tt.expr, berlin)
			got := texts(slices.Collect(s.Between(at(t, tt.after), at(t, tt.until))))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%q.Between(%s, %s): (-want +got)\n%s", tt.expr, tt.after, tt.until, diff)
			}
		})
	}
}

// Every five minutes is every five minutes of the real world, in all nights.
func TestFiveMinutesAreReal(t *testing.T) {
	s := parse(t, "*/5 * * * *", zone(t, "Europe/Berlin"))
	start, end := at(t, "2026-01-01T00:00:00Z"), at(t, "2027-01-01T00:00:00Z")
	want := start
	for got := range s.Between(start, end) {
		want = want.Add(5 * time.Minute)
		if !got.Equal(want) {
			t.Fatalf("Next = %v; want %v", got, want)
		}
	}
	if !want.Equal(end) {
		t.Errorf("the last one is %v; want %v", want, end)
	}
}

// A fixed hour fires exactly once for each civil day, through twelve years of
// changing clocks, and on the right day.
func TestFixedHourOnceADay(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, hour := range []int{0, 1, 2, 3, 4, 23} {
		s := parse(t, fmt.Sprintf("30 %d * * *", hour), berlin)
		day, last := NewDate(2024, time.January, 1), NewDate(2035, time.December, 31)
		for got := range s.Between(day.In(berlin, 0, 0).Add(-1), (last+1).In(berlin, 0, 0)) {
			slot := Slot{Dunning, got}
			if slot.Day(berlin) != day {
				t.Fatalf("%v: fired at %v; want the day %v", s, got, day)
			}
			if show := got.Format("15:04"); show != fmt.Sprintf("%02d:30", hour) && (hour != 2 || show != "03:00") {
				t.Fatalf("%v: fired at %v", s, got)
			}
			day++
		}
		if day != last+1 {
			t.Errorf("%v: fired up to %v; want up to %v", s, day-1, last)
		}
	}
}

func TestNextAndLatestOfFractions(t *testing.T) {
	s := parse(t, "0 6 * * *", time.UTC)
	six := at(t, "2026-10-02T06:00:00Z")
	tests := []struct {
		name         string
		at           time.Time
		next, latest time.Time
	}{
		{"on the instant", six, six.AddDate(0, 0, 1), six},
		{"a nanosecond before", six.Add(-1), six, six.AddDate(0, 0, -1)},
		{"a nanosecond after", six.Add(1), six.AddDate(0, 0, 1), six},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := s.Next(tt.at); !got.Equal(tt.next) {
				t.Errorf("Next(%v) = %v; want %v", tt.at, got, tt.next)
			}
			if got := s.Latest(tt.at); !got.Equal(tt.latest) {
				t.Errorf("Latest(%v) = %v; want %v", tt.at, got, tt.latest)
			}
		})
	}
}

func TestZeroSchedule(t *testing.T) {
	var s Schedule
	now := at(t, "2026-10-02T06:00:00Z")
	if !s.Next(now).IsZero() || !s.Latest(now).IsZero() || s.String() != "" || s.Weekly() || s.OnceADay() {
		t.Error("the zero Schedule fires; want never")
	}
	for got := range s.Between(now, now.AddDate(1, 0, 0)) {
		t.Errorf("the zero Schedule fires at %v", got)
	}
}

func TestWeeklyAndOnceADay(t *testing.T) {
	tests := []struct {
		expr             string
		weekly, onceADay bool
	}{
		{"0 6 * * MON", true, true},
		{"0 6 * * 1-1", true, true},
		{"0 6 * * MON,THU", false, true},
		{"0 6 * * *", false, true},
		{"0 6 1 * *", false, true},
		{"0 6,18 * * MON", true, false},
		{"0,30 6 * * MON", true, false},
		{"*/5 * * * MON", true, false},
		{"30 2/22 * * MON", true, false}, // counts real time: twice in autumn
		{"@weekly", true, true},
	}
	for _, tt := range tests {
		s := parse(t, tt.expr, time.UTC)
		if s.Weekly() != tt.weekly || s.OnceADay() != tt.onceADay {
			t.Errorf("%q: Weekly, OnceADay = %t, %t; want %t, %t", tt.expr, s.Weekly(), s.OnceADay(), tt.weekly, tt.onceADay)
		}
	}
}
