package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// What a file has booked is taken back row by row, and the sums that later rows are
// judged by agree; what cannot be refuses all.
func TestReverse(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		w := newWorld(t, db, "kontor")
		w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1"), orderRow("A2")))
		w.drop("invoices_1.csv", csv(invoicesHeader, "R1;A1;2026-10-01;EUR;100.00"))
		w.drop("shipments_1.csv", csv(shipmentsHeader, "L1;A1;2026-10-01;R1;"))
		w.drop("returns_1.csv", csv(returnsHeader, "T1;RECEIVED;R1;;2026-10-01;50.00"))
		w.drop("credits_1.csv", csv(creditsHeader, "G1;CORRECTION;R1;2026-10-01;20.00;T1", "G2;VALUE;R1;2026-10-01;60.00;"))
		w.drop("instructions_1.csv", csv(instructionsHeader, "I1;DIRECT_PAYMENT;R1;2026-10-01;10.00"))
		w.step("2026-10-01T12-00")
		reverse := func(name string, lines func(int64) bool) (said []string, err error) {
			f, err := w.in.Find(t.Context(), "acme", name)
			must(t, err)
			q := Reversing{Merchant: "acme", Number: f.Number, Lines: lines, At: 1, Operator: "ada"}
			q.Order = func(_ context.Context, _ *database.Tx, n int, _ ReversedRow) (string, error) {
				return fmt.Sprintf("REV-%s-%d", name, n), nil
			}
			rows, err := w.in.Reverse(t.Context(), q)
			for _, r := range rows {
				said = append(said, fmt.Sprintf("%d %s %s %s", r.Line, r.DocumentNo, r.Outcome, r.Reversal))
			}
			return said, err
		}
		line := func(n int64) func(int64) bool { return func(m int64) bool { return m == n } }
		steps := []struct {
			name, file string
			lines      func(int64) bool
			fails      error
			want       []string
		}{
			{"goods stay sent", "shipments_1.csv", nil, ErrRefused, []string{"2 L1 REFUSED unknown - "}},
			{"the order is invoiced", "orders_1.csv", nil, ErrRefused, []string{"2 A1 REFUSED unknown - ", "3 A2 REVERSED orders - A2"}},
			{"the return would count again", "credits_1.csv", line(2), ErrRefused, []string{"2 G1 REFUSED unknown - "}},
			{"both, in the order that goes", "credits_1.csv", nil, nil, []string{"2 G1 REVERSED credits CORRECTION G1", "3 G2 REVERSED credits VALUE G2"}},
			{"twice", "credits_1.csv", nil, ErrNothing, nil},
			{"paid to the shop", "instructions_1.csv", nil, nil, []string{"2 I1 REVERSED instructions DIRECT_PAYMENT I1"}},
			{"what is left of it", "invoices_1.csv", nil, nil, []string{"2 R1 REVERSED invoices - 50.00"}},
			{"the rest of an order", "orders_1.csv", line(3), nil, []string{"3 A2 REVERSED orders - A2"}},
		}
		for _, s := range steps {
			got, err := reverse(s.file, s.lines)
			if !errors.Is(err, s.fails) || s.fails == nil && err != nil {
				t.Errorf("%s: %v; want %v", s.name, err, s.fails)
			}
			if diff := cmp.Diff(s.want, got); diff != "" {
				t.Errorf("%s: %s", s.name, diff)
			}
			w.verify("2026-10-01T12-00")
		}
		all, err := w.in.Reversals(t.Context(), "acme", 1)
		must(t, err)
		first := slices.IndexFunc(all, func(r ReversalInfo) bool { return r.Number == "G2" })
		if len(all) != 2 || all[first].CommandNo != "REV-credits_1.csv-1" {
			t.Errorf("Reversals = %+v; want G2 first, since G1 alone is too much", all)
		}
		// What is credited in full takes no further credit, and no number is free.
		w.drop("credits_2.csv", csv(creditsHeader, "G3;VALUE;R1;2026-10-02;1.00;", "G1;CORRECTION;R1;2026-10-01;20.00;T1"))
		w.drop("invoices_2.csv", csv(invoicesHeader, "R2;A2;2026-10-02;EUR;10.00"))
		w.step("2026-10-02T12-00")
		f, err := w.in.Find(t.Context(), "acme", "credits_2.csv")
		must(t, err)
		if f.Now.Rejected != 1 || f.Now.Duplicate != 1 {
			t.Errorf("credits after it: %+v; want one too much and one duplicate", f.Now)
		}
		if f, err = w.in.Find(t.Context(), "acme", "invoices_2.csv"); err != nil || f.Now.Rejected != 1 {
			t.Errorf("an invoice of the order that was taken back: %+v, %v; want it rejected", f.Now, err)
		}
		w.verify("2026-10-02T12-00")
	})
}
