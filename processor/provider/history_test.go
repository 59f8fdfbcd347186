package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A happening is one record of a random history, made when its step comes.
type happening struct {
	step int
	make func(w *world) purchase.Record
}

// The sales of a history: A1 to A3 have one invoice each, A4 has two.
var (
	invoicesOf = map[string][]string{"A0001": {"RE0001"}, "A0002": {"RE0002"}, "A0003": {"RE0003"}, "A0004": {"RE0004", "RE0005"}}
	grossOf    = map[string]money.Amount{"RE0001": 10_000, "RE0002": 4_990, "RE0003": 120_000, "RE0004": 5_000, "RE0005": 7_000}
)

const steps = 6 // of twelve days each

// history draws the sales, and then events of every kind in any order.
func history(t *rapid.T) []happening {
	var all []happening
	add := func(step int, make func(w *world) purchase.Record) { all = append(all, happening{step, make}) }
	step := rapid.IntRange(0, steps-1)
	for i, order := range []string{"A0001", "A0002", "A0003", "A0004"} {
		b2b := rapid.Bool().Draw(t, "b2b")
		add(0, func(w *world) purchase.Record {
			var gross money.Amount
			for _, invoice := range invoicesOf[order] {
				gross += grossOf[invoice]
			}
			o := w.order(order, fmt.Sprint("K", i/2), gross)
			if b2b {
				o.CustomerType, o.Company = purchase.B2B, "Muster GmbH"
			}
			return o
		})
		shipped := 0
		if order != "A0004" {
			shipped = rapid.IntRange(0, 3).Draw(t, "shipped")
		}
		for _, invoice := range invoicesOf[order] {
			add(0, func(w *world) purchase.Record { return w.invoice(invoice, order, grossOf[invoice]) })
			add(shipped, func(w *world) purchase.Record { return w.shipment("L"+invoice, order, invoice) })
		}
	}
	for i := range rapid.IntRange(1, 25).Draw(t, "events") {
		at := step.Draw(t, "step")
		add(at, incident(t, i))
		if rapid.IntRange(0, 4).Draw(t, "undone") == 0 {
			back := money.Amount(rapid.IntRange(1, 8_000).Draw(t, "back"))
			of := fmt.Sprint(rapid.SampledFrom([]string{"Z", "Z", "U"}).Draw(t, "undone of"), i)
			add(rapid.IntRange(at, steps-1).Draw(t, "undone on"), func(w *world) purchase.Record { return w.payment(of, -back, "") })
		}
	}
	return all
}

// incident draws one event. Only a payment that names nothing is assigned: one
// that names its claim is taken by it at the end of the batch, and so the sizes
// of batches would matter.
func incident(t *rapid.T, i int) func(w *world) purchase.Record {
	invoice := rapid.SampledFrom([]string{"RE0001", "RE0002", "RE0003", "RE0004", "RE0005"}).Draw(t, "invoice")
	gross := grossOf[invoice]
	amount := money.Amount(rapid.SampledFrom([]int64{int64(gross), int64(gross), int64(gross) / 2, int64(gross) / 3, 1, int64(gross) + 700}).Draw(t, "amount"))
	number := func(letter string) string { return fmt.Sprint(letter, i) }
	switch rapid.SampledFrom([]string{"pay", "pay", "pay", "unnamed", "return", "return", "credit", "credit", "announce", "direct", "instruct", "due", "cancel"}).Draw(t, "kind") {
	case "pay":
		reference := rapid.SampledFrom([]string{invoice, "a0004", purchase.Reference("A0004"), "short", invoice}).Draw(t, "reference")
		return func(w *world) purchase.Record {
			if reference == "short" {
				return w.payment(number("Z"), amount, purchase.FormatShort(purchase.ShortReference(w.terms.Merchant, "A0004", 0)))
			}
			return w.payment(number("Z"), amount, reference)
		}
	case "unnamed":
		if rapid.Bool().Draw(t, "assign") {
			of := fmt.Sprint("U", rapid.IntRange(0, i).Draw(t, "of"))
			return func(w *world) purchase.Record { return w.command(number("O"), purchase.Assign, of, invoice) }
		}
		return func(w *world) purchase.Record { return w.payment(number("U"), amount, "ohne Angabe") }
	case "return":
		return func(w *world) purchase.Record { return w.received(number("R"), invoice, amount) }
	case "credit":
		kind := rapid.SampledFrom([]string{purchase.Correction, purchase.Correction, purchase.Value, purchase.Goodwill}).Draw(t, "credit")
		names := rapid.SampledFrom([]string{"", "R" + fmt.Sprint(i-1), "R" + fmt.Sprint(i+1)}).Draw(t, "names")
		return func(w *world) purchase.Record { return w.credit(number("G"), kind, invoice, amount, names) }
	case "announce":
		return func(w *world) purchase.Record { return w.announced("R"+fmt.Sprint(i+1), invoice) }
	case "direct":
		return func(w *world) purchase.Record {
			return w.instruction(number("I"), purchase.DirectPayment, invoice, amount)
		}
	case "instruct":
		kind := rapid.SampledFrom([]string{purchase.Hold, purchase.Release, purchase.Dispute, purchase.DisputeClosed}).Draw(t, "instruction")
		return func(w *world) purchase.Record { return w.instruction(number("I"), kind, invoice, 0) }
	case "due":
		moved := rapid.IntRange(0, 40).Draw(t, "moved")
		return func(w *world) purchase.Record {
			change := w.instruction(number("I"), purchase.DueChange, invoice, 0)
			change.Day += schedules.Date(moved)
			return change
		}
	}
	order := rapid.SampledFrom([]string{"A0001", "A0002"}).Draw(t, "order")
	return func(w *world) purchase.Record {
		return purchase.Cancellation{CancelNo: number("S"), OrderNo: order, CancelledOn: schedules.DateOf(w.now)}
	}
}

// live plays a history. cut says into how many batches the records of a step
// are cut; each batch comes twice.
func (w *world) live(all []happening, cut func(n int) int) {
	w.Helper()
	day := w.day("2026-10-01")
	for step := range steps {
		w.now = day.In(w.zone, 12, 0)
		var records []purchase.Record
		for _, e := range all {
			if e.step == step {
				records = append(records, e.make(w))
			}
		}
		slices.SortStableFunc(records, func(a, b purchase.Record) int { return int(a.Feed() - b.Feed()) })
		for len(records) > 0 {
			n := min(max(1, cut(len(records))), len(records))
			batches := w.hand(records[:n])
			records = records[n:]
			for range 2 {
				if err := w.p.Submit(w.ctx, batches...); err != nil {
					w.Fatalf("Submit = %v", err)
				}
			}
		}
		for range 2 {
			day += 6
			w.pass(day)
		}
		w.sound()
	}
}

// pass runs the jobs of a day; what is done already has no effect.
func (w *world) pass(day schedules.Date) {
	w.Helper()
	slot := func(job schedules.Job, hour int) {
		w.Helper()
		w.now = day.In(w.zone, hour, 0)
		if err := w.p.Advance(w.ctx, w.terms.Merchant, schedules.Slot{Job: job, At: w.now}); err != nil {
			w.Fatalf("Advance(%s on %s) = %v", job, day, err)
		}
	}
	slot(schedules.Guarantee, 4)
	slot(schedules.Payout, 6)
	w.statement()
	slot(schedules.Dunning, 7)
	w.sent()
}

// sound checks what must hold at any time.
func (w *world) sound() {
	w.Helper()
	w.verify()
	for _, c := range w.claims() {
		if v := c.values(); v.Entitlement() < 0 || v.Outstanding() < 0 || v.P < 0 || c.Charges < 0 || c.ChargesPaid < 0 || c.Interest < 0 || v.Base() < 0 {
			w.Fatalf("claim %s is %+v; want nothing below 0", c.InvoiceNo, c)
		}
	}
	var sum money.Amount
	err := w.db.Read(w.ctx, func(tx *database.Tx) error {
		all, err := ledger.Balances(w.ctx, tx, w.terms.Merchant)
		for _, a := range all {
			sum += a
		}
		return err
	})
	if sum != 0 || err != nil {
		w.Fatalf("the balances sum to %s, %v; want 0", sum, err)
	}
}

func (w *world) claims() (found []*claim) {
	w.Helper()
	err := w.db.Read(w.ctx, func(tx *database.Tx) (err error) {
		found, err = claims.find(w.ctx, tx, "merchant_id = ? ORDER BY invoice_no", w.terms.Merchant)
		return err
	})
	if err != nil {
		w.Fatalf("%v", err)
	}
	return found
}

// summary prints claims, balances, suspense and what was paid out.
func (w *world) summary() string {
	w.Helper()
	var b strings.Builder
	for _, c := range w.claims() {
		v := c.values()
		fmt.Fprintf(&b, "%s K %s D %s P %s g %t E %s charges %s level %d due %s next %s exposure %s\n",
			c.InvoiceNo, v.K, v.D, v.P, v.Guaranteed, v.Entitlement(), c.Charges, c.Level, c.DueOn, c.NextLevelOn, c.Exposure)
	}
	fmt.Fprintln(&b, w.balances())
	waiting, err := w.p.Payments(w.ctx, w.terms.Merchant, true)
	if err != nil {
		w.Fatalf("Payments = %v", err)
	}
	for _, p := range waiting {
		fmt.Fprintln(&b, p.PaymentID, p.Waiting)
	}
	paid, err := w.p.Payouts(w.ctx, w.terms.Merchant)
	if err != nil {
		w.Fatalf("Payouts = %v", err)
	}
	for _, p := range paid {
		fmt.Fprintln(&b, p.Date, p.Opening, p.Amount, p.Closing)
	}
	return b.String()
}

// Whatever happens in whatever order, the books are sound; and the same history
// in batches of other sizes, each delivered twice, comes to the same.
func TestHistory(t *testing.T) {
	db := databasetest.Open(t, database.SQLite)
	migrate(t, db)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		all := history(rt)
		sizes := rapid.SliceOfN(rapid.IntRange(1, 7), 1, 5).Draw(rt, "sizes")
		world := func(cut func(n int) int) string {
			n++
			terms := testTerms()
			terms.Merchant = fmt.Sprint("m", n)
			terms.Guarantee.Anchor = []string{"activation", "due", "invoice"}[len(all)%3]
			terms.Allocation.Within = [][]string{nil, byLaw, consumer, lenient}[len(all)%4]
			terms.Allocation.Across = []string{"", purchase.OldestFirst, purchase.ExactThenOldest}[len(all)/3%3]
			w := newWorld(rt, t.Context(), db, terms)
			w.live(all, cut)
			return w.summary()
		}
		whole := world(func(n int) int { return n })
		i := 0
		pieces := world(func(int) int { i++; return sizes[i%len(sizes)] })
		if whole != pieces {
			rt.Fatalf("in whole batches:\n%s\nin pieces of %v:\n%s", whole, sizes, pieces)
		}
	})
}
