package schedules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/robfig/cron/v3"
	"pgregory.net/rapid"
)

// nights are days around which the clocks of zones do something; the first
// ones are ours, the rest is the worst that the world has to offer.
var nights = []struct{ zone, day string }{
	{"Europe/Berlin", "2026-03-29"},
	{"Europe/Berlin", "2026-10-25"},
	{"Europe/Berlin", "2024-02-29"},
	{"Europe/Berlin", "2040-03-25"},       // beyond the table of transitions, by rule
	{"Europe/Berlin", "2040-12-31"},       // day 366, where time.ZoneBounds errs
	{"America/New_York", "2026-11-01"},    // the other side of UTC
	{"America/Sao_Paulo", "2018-11-04"},   // midnight does not exist
	{"America/Havana", "2026-11-01"},      // midnight exists twice
	{"Asia/Beirut", "2022-03-27"},         // midnight does not exist
	{"Australia/Lord_Howe", "2026-04-05"}, // half an hour
	{"Antarctica/Troll", "2024-03-31"},    // two hours
	{"Pacific/Apia", "2011-12-30"},        // a whole day does not exist
	{"Pacific/Kwajalein", "1993-08-21"},   // another one
	{"Asia/Pyongyang", "2015-08-15"},      // half an hour back, for good
	{"Asia/Kathmandu", "2026-01-01"},      // never, and at a quarter
}

// expressions have fixed hours and real time, dense and sparse.
var expressions = []string{
	"* * * * *", "*/5 * * * *", "7 * * * *", "0 */2 * * *", "30 */2 * * *", "30 1-5/2 * * *", "15 2,*/6 * * *",
	"0 0 * * *", "30 0 * * *", "0 1 * * *", "30 1 * * *", "0 2 * * *", "30 2 * * *", "59 2 * * *", "0 3 * * *",
	"*/5 2 * * *", "*/7 0-4 * * *", "0,15,30 0,1,2,3,23 * * *", "* 0-23 * * *", "30 2 * * SUN", "0 6 * * MON-FRI",
	"30 2 29 * *", "45 23 28-31 * *", "0 0 1 JAN *", "30 2 * MAR,OCT SUN", "10 */3 */2 * *", "0 */4 * * SAT,SUN",
}

// An oracle knows for each minute of a stretch of real time what the clocks
// show. It is slow and obvious. What clocks show is written as a UTC time.
type oracle struct {
	instants []time.Time
	shown    map[time.Time][]int // what the clocks show → at which instants
	skipped  map[time.Time]int   // what they leave out → the instant after the gap
}

func newOracle(z *time.Location, middle time.Time) oracle {
	o := oracle{shown: map[time.Time][]int{}, skipped: map[time.Time]int{}}
	const days = 2
	for t := middle.AddDate(0, 0, -days); t.Before(middle.AddDate(0, 0, days)); t = t.Add(time.Minute) {
		o.add(t.In(z))
	}
	return o
}

// add takes the next minute. A clock that jumps ahead leaves out the minutes
// between the last one shown and this one.
func (o *oracle) add(t time.Time) {
	i := len(o.instants)
	_, offset := t.Zone()
	show := t.UTC().Add(time.Duration(offset) * time.Second)
	if i > 0 {
		_, before := o.instants[i-1].Zone()
		for gap := time.Duration(offset-before) * time.Second; gap > 0; gap -= time.Minute {
			o.skipped[show.Add(-gap)] = i
		}
	}
	o.instants = append(o.instants, t)
	o.shown[show] = append(o.shown[show], i)
}

// fires returns the instants of an expression, as the rule says it: by real
// time all that show a matching minute; otherwise of each matching minute the
// first, or the first after the gap.
func (o *oracle) fires(expr string) []time.Time {
	parts := strings.Fields(expr)
	byRealTime := strings.ContainsAny(parts[1], "*/")
	hit := map[int]bool{}
	for show, at := range o.shown {
		for n, i := range at {
			if (n == 0 || byRealTime) && matches(parts, show) {
				hit[i] = true
			}
		}
	}
	for show, i := range o.skipped {
		if !byRealTime && matches(parts, show) {
			hit[i] = true
		}
	}
	var all []time.Time
	for i, t := range o.instants {
		if hit[i] {
			all = append(all, t)
		}
	}
	return all
}

// matches reads the expression anew for each minute.
func matches(parts []string, show time.Time) bool {
	values := []int{show.Minute(), show.Hour(), show.Day(), int(show.Month()), int(show.Weekday())}
	for i, part := range parts {
		if !slices.ContainsFunc(strings.Split(part, ","), func(e string) bool { return matchesElement(e, i, values[i]) }) {
			return false
		}
	}
	return true
}

func matchesElement(element string, field, value int) bool {
	least, most := []int{0, 0, 1, 1, 0}[field], []int{59, 23, 31, 12, 6}[field]
	bounds, stepText, stepped := strings.Cut(element, "/")
	low, high, isRange := strings.Cut(bounds, "-")
	from, to, step := least, most, 1
	if low != "*" {
		from = number(low)
		if to = from; isRange {
			to = number(high)
		} else if stepped {
			to = most
		}
	}
	if stepped {
		step = number(stepText)
	}
	return from <= value && value <= to && (value-from)%step == 0
}

func number(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	if i := strings.Index("SUNMONTUEWEDTHUFRISAT", s); i >= 0 {
		return i / 3
	}
	return 1 + strings.Index("JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", s)/3
}

// compare asks Between, Next and Latest at random instants for what the
// oracle says.
func compare(t rapid.TB, o oracle, s Schedule, seed uint64) {
	want := o.fires(s.String())
	from, until := o.instants[0], o.instants[len(o.instants)-1]
	got := slices.Collect(s.Between(from.Add(-time.Second), until))
	if !slices.EqualFunc(want, got, time.Time.Equal) {
		t.Fatalf("%q in %v: Between: (-want +got)\n%s", s, s.Zone(), cmp.Diff(texts(want), texts(got)))
	}
	random := rand.New(rand.NewPCG(seed, 1))
	for range 100 {
		at := from.Add(time.Duration(random.Int64N(int64(until.Sub(from)))))
		if random.IntN(2) == 0 {
			at = at.Truncate(time.Minute)
		}
		i, _ := slices.BinarySearchFunc(want, at, func(w, at time.Time) int { return w.Compare(at.Add(1)) })
		if next := s.Next(at); i < len(want) && !next.Equal(want[i]) || i == len(want) && !next.After(until) {
			t.Fatalf("%q in %v: Next(%v) = %v", s, s.Zone(), at, next)
		}
		if latest := s.Latest(at); i > 0 && !latest.Equal(want[i-1]) || i == 0 && !latest.Before(from) {
			t.Fatalf("%q in %v: Latest(%v) = %v", s, s.Zone(), at, latest)
		}
	}
}

func TestAgainstOracle(t *testing.T) {
	for _, night := range nights {
		t.Run(night.zone+" "+night.day, func(t *testing.T) {
			z := zone(t, night.zone)
			o := newOracle(z, at(t, night.day+"T00:00:00Z"))
			for i, expr := range expressions {
				compare(t, o, parse(t, expr, z), uint64(i))
			}
		})
	}
}

// The same with expressions that nobody thought of.
func TestAgainstOracleRandomly(t *testing.T) {
	oracles := map[int]oracle{}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, len(nights)-1).Draw(t, "night")
		z, err := time.LoadLocation(nights[n].zone)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := oracles[n]; !ok {
			middle, _ := ParseDate(nights[n].day)
			oracles[n] = newOracle(z, middle.Time())
		}
		s, err := Parse(drawExpr(t), z)
		if err != nil {
			return // a day that does not exist, which TestParse refuses by name
		}
		compare(t, oracles[n], s, rapid.Uint64().Draw(t, "seed"))
	})
}

// drawExpr makes an expression; day of month and weekday never meet.
func drawExpr(t *rapid.T) string {
	expr := drawField(t, 0, 59) + " " + drawField(t, 0, 23)
	switch rapid.IntRange(0, 3).Draw(t, "day") {
	case 0:
		return expr + " " + drawField(t, 1, 31) + " " + drawField(t, 1, 12) + " *"
	case 1:
		return expr + " * " + drawField(t, 1, 12) + " " + drawField(t, 0, 6)
	}
	return expr + " * * *"
}

func drawField(t *rapid.T, low, high int) string {
	a := rapid.IntRange(low, high).Draw(t, "a")
	b := rapid.IntRange(a, high).Draw(t, "b")
	step := rapid.IntRange(1, high-low).Draw(t, "step")
	shapes := []string{
		"*", fmt.Sprint(a), fmt.Sprintf("%d,%d", a, b), fmt.Sprintf("%d-%d", a, b),
		fmt.Sprintf("*/%d", step), fmt.Sprintf("%d-%d/%d", a, b, step), fmt.Sprintf("%d/%d", a, step),
	}
	return rapid.SampledFrom(shapes).Draw(t, "shape")
}

// Over many years, where no minute can be looked at, cron itself is the
// oracle: in UTC, where its faults do not show, and as far as it looks.
func TestAgainstCron(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		expr := drawExpr(t)
		s, err := Parse(expr, time.UTC)
		if err != nil {
			return // as above
		}
		other, err := cron.ParseStandard(expr)
		if err != nil {
			t.Fatal(err)
		}
		from := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "from"), 0).UTC()
		for range 50 {
			want := other.Next(from)
			if want.IsZero() {
				break
			}
			got := s.Next(from)
			if !got.Equal(want) {
				t.Fatalf("%q.Next(%v) = %v; want %v", expr, from, got, want)
			}
			if latest := s.Latest(got.Add(-1)); latest.After(from) {
				t.Fatalf("%q.Latest(just before %v) = %v; want up to %v", expr, got, latest, from)
			}
			if latest := s.Latest(got); !latest.Equal(got) {
				t.Fatalf("%q.Latest(%v) = %v; want the same", expr, got, latest)
			}
			from = got
		}
	})
}
