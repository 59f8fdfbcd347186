package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

func TestShortReferencesInText(t *testing.T) {
	s := purchase.ShortReference("acme", "A1001", 0) // SY9N-H9CM
	long := purchase.ShortReference("acme", "A1001", 12)
	tests := []struct {
		name, text string
		want       []string
	}{
		{"alone", s, []string{s}},
		{"as it is shown", "Danke " + purchase.FormatShort(s) + ", bis bald", []string{purchase.FormatShort(s)}},
		{"lower case, blanks in odd places", "danke sy 9nh 9c m!", []string{"sy 9nh 9c m"}},
		{"a longer one", purchase.FormatShort(long), []string{purchase.FormatShort(long)}},
		{"part of a word", s + "X", nil},
		{"other signs inside", "SY9N/H9CM", nil},
		{"a wrong character", "SY8N-H9CM", nil},
		{"two places changed", "SYN9-H9CM", nil},
		{"a date", "20261005", nil},
		{"a word", "RECHNUNG", nil},
	}
	for _, tt := range tests {
		var got []string
		for _, f := range shortReferences(tt.text) {
			got = append(got, f.text)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: shortReferences(%q) (-want +got):\n%s", tt.name, tt.text, diff)
		}
	}
}

// A payment with a short reference finds its order, after RF and before numbers.
func TestMatchingByShortReference(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(append(w.sale("1001", "K1", 10_000), w.sale("1002", "K2", 10_000)...)...)
		one, two := purchase.ShortReference("acme", "A1001", 0), purchase.ShortReference("acme", "A1002", 0)
		foreign := purchase.ShortReference("acme", "A7", 0)
		tests := []struct{ name, reference, want string }{
			{"typed", strings.ToLower(one), "RE1001"},
			{"in groups, with a number of another", purchase.FormatShort(two) + " RE1001", "RE1002"},
			{"RF goes before", one + " " + purchase.Reference("A1002"), "RE1002"},
			{"two", one + " " + two, ""},
			{"of no order that is known", foreign, ""},
			{"of no order, and an invoice", foreign + " RE1001", "RE1001"},
		}
		for i, tt := range tests {
			id := fmt.Sprintf("Z%d", i)
			w.taken(w.payment(id, 100, tt.reference))
			if got := w.takenBy(id); got != tt.want {
				t.Errorf("%s: %q took %q; want %q", tt.name, got, tt.reference, tt.want)
			}
		}
		wantSuffix(t, w.way("Z0"), `SHORT "`+strings.ToLower(one)+`" A1001 OLDEST_FIRST; RE1001 takes 0.00 + 0.00 + 1.00`)
		o, _, err := w.p.Order(w.ctx, "acme", "A1001")
		if err != nil || o.Short != purchase.FormatShort(one) {
			t.Errorf("Order = %q, %v; want %s", o.Short, err, purchase.FormatShort(one))
		}
	})
}

// Whoever mistypes a short reference pays the right order or waits: whatever
// orders there are, a single wrong or exchanged character leads to no other.
func TestMistypedShortReferences(t *testing.T) {
	const n = 400
	s := &session{}
	s.forget()
	l := &lookup{map[string][]*order{}, map[string]*order{}, map[string][]*order{}, map[string][]*claim{}}
	for i := range n {
		o := &order{OrderNo: fmt.Sprintf("A%d", i)}
		o.Short = purchase.ShortReference("acme", o.OrderNo, 0)
		l.byShort[o.Short] = o
	}
	rapid.Check(t, func(t *rapid.T) {
		o := l.byShort[purchase.ShortReference("acme", fmt.Sprintf("A%d", rapid.IntRange(0, n-1).Draw(t, "order")), 0)]
		typed := []byte(purchase.FormatShort(o.Short))
		at := rapid.IntRange(0, len(typed)-2).Draw(t, "at")
		if rapid.Bool().Draw(t, "exchanged") {
			typed[at], typed[at+1] = typed[at+1], typed[at]
		} else {
			typed[at] = rapid.SampledFrom([]byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz -/")).Draw(t, "key")
		}
		for _, h := range s.shortHits(l, &payment{Reference: "Rechnung " + string(typed) + " 2026"}) {
			if h.order != o {
				t.Fatalf("%q typed for %q hits order %s, whose is %q", typed, o.Short, h.order.OrderNo, h.order.Short)
			}
		}
	})
}

// Where a short reference is taken, by an order of whichever merchant, the next
// order gets a longer one; a decision made anew keeps what was printed.
func TestShortReferenceCollision(t *testing.T) {
	each(t, nil, func(w *world) {
		taken := purchase.ShortReference("acme", "A1001", 0)
		w.taken(w.order("B1", "K9", 10_000))
		w.exec("UPDATE provider_orders SET short_reference = '" + taken + "', merchant_id = 'beta' WHERE order_no = 'B1'")
		first := w.order("A1001", "K1", 10_000)
		first.Phone = ""
		w.taken(first, w.order("A1002", "K2", 10_000))
		w.taken(w.order("A1001", "K1", 10_000))
		for number, want := range map[string]string{
			"A1001": purchase.ShortReference("acme", "A1001", 12), "A1002": purchase.ShortReference("acme", "A1002", 0),
		} {
			var got string
			w.scalar(&got, "SELECT short_reference FROM provider_orders WHERE order_no = ?", number)
			if got != want {
				t.Errorf("order %s has %q; want %q", number, got, want)
			}
		}
	})
}

// A short reference that was moved to another order is found.
func TestVerifyFindsMovedShortReference(t *testing.T) {
	db := databasetest.Open(t, database.SQLite)
	migrate(t, db)
	w := newWorld(t, t.Context(), db, testTerms())
	w.taken(w.sale("1001", "K1", money.Amount(10_000))...)
	other := purchase.ShortReference("acme", "A9", 0)
	broken := w.damaged("provider_orders", "short_reference", "'"+other+"'", "order_no = 'A1001'")
	if len(broken) != 1 || !strings.Contains(broken[0], "order A1001: its short reference") {
		t.Errorf("Verify says %q", broken)
	}
}
