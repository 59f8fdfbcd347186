package samples

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/schedules"
)

// Generate looks at an order only on the days of its span, and on few of them
// when it is brief; so nothing may happen outside.
func TestSpan(t *testing.T) {
	for _, term := range []int{3, 14, 30} {
		o := Options{Orders: 50_000, Days: 365, Seed: uint64(term), TermDays: term, Shares: Typical()}
		o.Shares.Split, o.Shares.Late, o.Shares.Returned, o.Shares.Missing = 300, 300, 300, 100
		g, err := newGenerator(o)
		if err != nil {
			t.Fatal(err)
		}
		h := &history{g: g}
		for order := range o.Orders {
			h.tell(order, order%365, always)
			limit := g.span
			if h.fate.brief {
				limit = g.brief
			}
			for _, e := range h.events {
				if e.day < h.day || e.day > h.day+limit {
					t.Errorf("term %d, order %d of day %d, brief %t: %+v; want within %d days", term, order, h.day, h.fate.brief, e, limit)
				}
			}
		}
	}
}

// The days of a history, told one by one, are the whole history.
func TestHistoryByDay(t *testing.T) {
	g, err := newGenerator(Options{Orders: 3000, Days: 30, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	h := &history{g: g}
	for order := range 3000 {
		h.tell(order, order%30, always)
		want := map[int][]event{}
		for _, e := range h.events {
			want[e.day] = append(want[e.day], e)
		}
		got := map[int][]event{}
		for day := range 30 + g.span + 1 {
			h.tell(order, order%30, day)
			if len(h.events) > 0 {
				got[day] = append([]event(nil), h.events...)
			}
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(event{})); diff != "" {
			t.Fatalf("order %d (-at once +by day):\n%s", order, diff)
		}
	}
}

func TestCalendar(t *testing.T) {
	c := newCalendar(schedules.NewDate(2026, 10, 1), 1_000_003, 50, 10, 14)
	for day := range 50 {
		n := c.first(day+1) - c.first(day)
		if day < 40 && (n < 10_000 || n > 60_000) || day >= 40 && n != 0 {
			t.Errorf("%d orders on day %d", n, day)
		}
	}
	if c.first(0) != 0 || c.first(50) != 1_000_003 {
		t.Errorf("orders %d to %d; want 0 to 1000003", c.first(0), c.first(50))
	}
}

// A change of the generator would change every file: its numbers are those of
// the reference implementation.
func TestDraw(t *testing.T) {
	d := draw(1234567)
	for i, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423} {
		if got := d.next(); got != want {
			t.Errorf("number %d = %d; want %d", i, got, want)
		}
	}
	for range 1000 {
		if n := d.between(-3, 3); n < -3 || n > 3 {
			t.Errorf("between(-3, 3) = %d", n)
		}
	}
}
