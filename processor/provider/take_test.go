package provider

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// The same bytes again: nothing changes. Other bytes, or a gap: refused.
func TestSubmitAgain(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		first := w.last
		w.taken(w.payment("Z1", 4_000, "RE1001"))
		want, balances, said := w.receipt(1), w.balances(), w.documents()
		for _, b := range []purchase.Batch{w.last, first, w.last} {
			if err := w.p.Submit(w.ctx, b); err != nil {
				t.Errorf("Submit(%d) again = %v", b.Number, err)
			}
		}
		w.verify()
		w.wantBalances(balances)
		if diff := cmp.Diff(want, w.receipt(1)); diff != "" || w.documents() != said {
			t.Errorf("after the batch came again: %d documents, want %d; receipt (-want +got):\n%s", w.documents(), said, diff)
		}
		other := w.zip(w.payment("Z2", 1, "RE1001"))
		w.number--
		other.Number = 2
		if err := w.p.Submit(w.ctx, other); !errors.Is(err, ErrReused) {
			t.Errorf("Submit with a used number = %v; want ErrReused", err)
		}
		other.Number = 4
		if err := w.p.Submit(w.ctx, other); !errors.Is(err, ErrGap) || !strings.Contains(err.Error(), "send 3 first") {
			t.Errorf("Submit with a gap = %v; want ErrGap that names batch 3", err)
		}
		w.verify()
		w.wantBalances(balances)
	})
}

// A batch is taken whole or not at all.
func TestSubmitDamaged(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		good := w.zip(w.payment("Z1", 4_000, "RE1001"))
		file, err := good.Open()
		if err != nil {
			t.Fatal(err)
		}
		text := make([]byte, good.Size)
		if _, err := file.ReadAt(text, 0); err != nil {
			t.Fatal(err)
		}
		cut := batchOf("acme", w.number, w.now, text[:len(text)/2])
		if err := w.p.Submit(w.ctx, cut); !errors.Is(err, formats.ErrBatch) {
			t.Errorf("Submit of half a zip = %v; want ErrBatch", err)
		}
		lost := good
		lost.Open = func() (purchase.ReadAtCloser, error) { return nil, errors.New("the disk is gone") }
		if err := w.p.Submit(w.ctx, lost); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
			t.Errorf("Submit without its file = %v", err)
		}
		foreign := good
		foreign.Merchant = "nobody"
		foreign.Number = 1
		if err := w.p.Submit(w.ctx, foreign); err == nil || !strings.Contains(err.Error(), `"nobody" is not in the config`) {
			t.Errorf("Submit for an unknown merchant = %v", err)
		}
		w.verify()
		if err := w.p.Submit(w.ctx, good); err != nil {
			t.Errorf("Submit of the whole zip = %v", err)
		}
		w.verify()
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 40.00 E 40.00 outstanding 60.00 refund 0.00 charges 0.00")
	})
}

// What the merchant's side should never have sent is refused with its code.
func TestRefused(t *testing.T) {
	each(t, nil, func(w *world) {
		declined := w.order("A1002", "K2", 150_001)
		w.taken(w.order("A1001", "K1", 10_000), declined)
		w.taken(w.invoice("RE1001", "A1001", 6_000))
		late := w.invoice("RE9", "A1001", 4_001)
		late.InvoiceDate = w.day("2026-12-01")
		tests := []struct {
			name   string
			record purchase.Record
			want   purchase.Code
		}{
			{"an order again", w.order("A1001", "K1", 10_000), purchase.DuplicateRow},
			{"a declined order again", declined, purchase.DuplicateRow},
			{"an invoice again", w.invoice("RE1001", "A1001", 6_000), purchase.DuplicateRow},
			{"an invoice of no order", w.invoice("RE9", "A9", 6_000), purchase.UnknownOrder},
			{"an invoice of a declined order", w.invoice("RE9", "A1002", 6_000), purchase.NotAccepted},
			{"an invoice after valid_until", late, purchase.Closed},
			{"an invoice of too much", w.invoice("RE9", "A1001", 4_001), purchase.OverApproved},
			{"a shipment of no invoice", w.shipment("L9", "A1001", "RE9"), purchase.UnknownInvoice},
			{"a return of no invoice", w.received("R9", "RE9", 1), purchase.UnknownInvoice},
			{"a credit of no invoice", w.credit("G9", purchase.Value, "RE9", 1, ""), purchase.UnknownInvoice},
			{"a cancellation of no order", purchase.Cancellation{CancelNo: "S9", OrderNo: "A9", CancelledOn: schedules.DateOf(w.now)}, purchase.UnknownOrder},
			{"an instruction on no invoice", w.instruction("I9", purchase.Hold, "RE9", 0), purchase.UnknownInvoice},
			{"a decision on no order", w.command("O1", purchase.Decide, "A9", purchase.DecisionAccepted), purchase.UnknownOrder},
			{"a decision on an accepted order", w.command("O2", purchase.Decide, "A1001", purchase.DecisionDeclined), purchase.Closed},
			{"an assignment to a claim that is not active", w.command("O3", purchase.Assign, "Z9", "RE1001"), purchase.UnknownInvoice},
		}
		for _, tt := range tests {
			if got := w.batch(tt.record); got != string(tt.want) {
				t.Errorf("%s: the receipt says %s; want %s", tt.name, got, tt.want)
			}
		}
		w.taken(purchase.Cancellation{CancelNo: "S1", OrderNo: "A1001", CancelledOn: schedules.DateOf(w.now)})
		if got := w.batch(w.invoice("RE1002", "A1001", 1_000)); got != "NOT_ACCEPTED" {
			t.Errorf("an invoice after the cancellation: the receipt says %s; want NOT_ACCEPTED", got)
		}
		w.taken(w.shipment("L1", "A1001", "RE1001")) // claims that exist are untouched
		w.taken(w.shipment("L2", "A1001", "RE1001")) // a second parcel changes nothing
		if got := w.batch(w.command("O4", purchase.Assign, "Z9", "RE1001")); got != "CLOSED" {
			t.Errorf("an assignment of no payment: the receipt says %s; want CLOSED", got)
		}
		w.wantLines("FEE RE1001 RE1001 -2.00")
	})
}

// decisions returns the decisions of a receipt, a line each.
func (w *world) decisions(number int64) []string {
	w.Helper()
	var all []string
	for _, d := range w.receipt(number).Decisions {
		all = append(all, fmt.Sprintf("%s %s %s %s %s %s %s", d.OrderNo, d.Decision, d.Code, d.Approved, d.ValidUntil, d.Reference, d.Amount))
	}
	return all
}

// DATA_MISSING is no end; a person's word is one, and the old decision stays.
func TestDecisionsOverTime(t *testing.T) {
	each(t, func(terms *purchase.Terms) { terms.Credit.AddressMismatch = "review" }, func(w *world) {
		missing := w.order("A1001", "K1", 10_000)
		missing.Phone = ""
		elsewhere := w.order("A1002", "K2", 10_000)
		elsewhere.ShipCity = "Köln"
		w.taken(missing, elsewhere, w.order("A1003", "K3", 99))
		if diff := cmp.Diff([]string{
			"A1001 DECLINED DATA_MISSING 0.00 2026-11-30 RF35A1001 0.00",
			"A1002 REVIEW ADDRESS_MISMATCH 0.00 2026-11-30 RF08A1002 0.00",
			"A1003 DECLINED LIMIT_ORDER 0.00 2026-11-30 RF78A1003 0.00",
		}, w.decisions(1)); diff != "" {
			t.Errorf("decisions (-want +got):\n%s", diff)
		}
		// In one batch: the order anew, and commands on the others. Each is the
		// first record of its file.
		w.taken(w.order("A1001", "K1", 10_000), w.command("O1", purchase.Decide, "A1002", purchase.DecisionDeclined),
			w.command("O2", purchase.Decide, "A1003", purchase.DecisionAccepted))
		if diff := cmp.Diff([]string{
			"A1001 ACCEPTED OK 100.00 2026-11-30 RF35A1001 100.00",
			"A1002 DECLINED REVIEWED 0.00 2026-11-30 RF08A1002 0.00",
			"A1003 ACCEPTED REVIEWED 0.99 2026-11-30 RF78A1003 0.99",
		}, w.decisions(2)); diff != "" {
			t.Errorf("decisions (-want +got):\n%s", diff)
		}
		w.taken(w.command("O3", purchase.Decide, "A1002", purchase.DecisionAccepted), w.invoice("RE1003", "A1003", 99))
		info, found, err := w.p.Order(w.ctx, "acme", "A1002")
		if err != nil || !found || len(info.Decisions) != 3 {
			t.Errorf("Order(A1002) = %+v, %t, %v; want three decisions", info, found, err)
		}
	})
}

// A person may decide in the very batch that brought the order anew; both
// decisions are kept.
func TestDecisionsInOneBatch(t *testing.T) {
	each(t, nil, func(w *world) {
		missing, elsewhere := w.order("A1001", "K1", 40_000), w.order("A1001", "K1", 40_000)
		missing.Phone, elsewhere.ShipCity = "", "Köln"
		w.taken(missing)
		w.taken(elsewhere, w.command("O1", purchase.Decide, "A1001", purchase.DecisionAccepted))
		info, _, err := w.p.Order(w.ctx, "acme", "A1001")
		var got []string
		for _, d := range info.Decisions {
			got = append(got, fmt.Sprint(d.Batch, " ", d.Decision, " ", d.Code))
		}
		want := []string{"1 DECLINED DATA_MISSING", "2 DECLINED ADDRESS_MISMATCH", "2 ACCEPTED REVIEWED"}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("Order: %v; decisions (-want +got):\n%s", err, diff)
		}
	})
}

// An order twice in one batch, first without data: decided twice, no error.
func TestOrderTwiceInOneBatch(t *testing.T) {
	each(t, nil, func(w *world) {
		missing := w.order("A1001", "K1", 40_000)
		missing.Phone = ""
		if got := w.batch(missing, w.order("A1001", "K1", 40_000), w.order("A1001", "K1", 40_000)); got != "- - DUPLICATE" {
			t.Errorf("the receipt says %s; want - - DUPLICATE", got)
		}
	})
}

// Rule 8: every kind of exposure, and the debtor by number and by person.
func TestExposureOfDebtor(t *testing.T) {
	each(t, nil, func(w *world) {
		decide := func(number, customer, last string, gross money.Amount) string {
			o := w.order(number, customer, gross)
			o.LastName = last
			w.taken(o)
			return string(w.receipt(w.number).Decisions[0].Code)
		}
		want := func(got, want string) {
			w.Helper()
			if got != want {
				t.Errorf("the decision is %s; want %s", got, want)
			}
		}
		want(decide("A1001", "K1", "Müller", 100_000), "OK") // accepted, nothing invoiced
		want(decide("A1002", "K1", "Meier", 100_000), "OK")
		want(decide("A1003", "K1", "Meier", 50_001), "LIMIT_OPEN_SUM")
		want(decide("A1004", "K2", "MUELLER", 150_001), "LIMIT_ORDER")
		want(decide("A1005", "K2", "MUELLER", 150_000), "OK")           // the person has 1,000.00, K2 nothing
		want(decide("A1006", "K2", "Mueller", 1), "LIMIT_ORDER")        // below 1.00
		want(decide("A1007", "K2", "müller", 100), "LIMIT_OPEN_SUM")    // person: A1001 + A1005
		want(decide("A1008", "K1", "Müller", 50_000), "LIMIT_OPEN_SUM") // A1001, A1002 by number, A1005 by person
		// Invoiced in part: the rest still counts; paid: it does not.
		w.taken(w.invoice("RE1002", "A1002", 60_000), w.shipment("L1", "A1002", "RE1002"))
		want(decide("A1009", "K1", "Meier", 50_001), "LIMIT_OPEN_SUM")
		w.taken(w.payment("Z1", 60_000, "RE1002"))
		want(decide("A1010", "K1", "Meier", 110_001), "LIMIT_OPEN_SUM")
		want(decide("A1011", "K1", "Meier", 110_000), "OK")
		w.taken(purchase.Cancellation{CancelNo: "S1", OrderNo: "A1002", CancelledOn: schedules.DateOf(w.now)})
		want(decide("A1012", "K1", "Meier", 40_001), "LIMIT_OPEN_SUM")
		want(decide("A1013", "K1", "Meier", 40_000), "OK")
		// An invoice that is not active: less what came for it.
		w.taken(w.invoice("RE1013", "A1013", 40_000))
		w.taken(w.received("R1", "RE1013", 10_000))
		want(decide("A1014", "K1", "Meier", 10_001), "LIMIT_OPEN_SUM")
		// On the last day of validity it counts, the day after no more.
		w.at("2026-11-30 12:00")
		want(decide("A1015", "K1", "Meier", 10_001), "LIMIT_OPEN_SUM")
		w.at("2026-12-01 12:00")
		want(decide("A1016", "K1", "Meier", 150_000), "OK")
	})
}

// An accepted order counts at once for the next one of its batch.
func TestExposureInOneBatch(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.order("A1001", "K1", 150_000), w.order("A1002", "K1", 100_000), w.order("A1003", "K1", 100), w.order("A1004", "K2", 100))
		var got []string
		for _, d := range w.receipt(1).Decisions {
			got = append(got, string(d.Code))
		}
		if s := strings.Join(got, " "); s != "OK OK LIMIT_OPEN_SUM OK" {
			t.Errorf("the decisions are %s; want OK OK LIMIT_OPEN_SUM OK", s)
		}
	})
}

// A return that names its order goes to the only invoice of it.
func TestReturnByOrder(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		by := func(number, order string) purchase.Return {
			r := w.received(number, "", 1_000)
			r.OrderNo = order
			return r
		}
		w.taken(by("R1", "A1001"))
		w.wantClaim("RE1001", "K 10.00 D 0.00 P 0.00 E 0.00 outstanding 90.00 refund 0.00 charges 0.00")
		w.taken(w.order("A1002", "K1", 10_000), w.invoice("RE1002", "A1002", 4_000), w.invoice("RE1003", "A1002", 4_000))
		if got := w.batch(by("R2", "A1002"), by("R3", "A9")); got != "UNKNOWN_INVOICE UNKNOWN_INVOICE" {
			t.Errorf("the receipt says %s; want UNKNOWN_INVOICE twice", got)
		}
	})
}

// The terms of a claim: its own, else the order's, else the merchant's; fees
// and guarantee are those of its activation.
func TestTermsOfClaims(t *testing.T) {
	each(t, nil, func(w *world) {
		order := w.order("A1001", "K1", 40_000)
		order.TermDays = purchase.Days{N: 21, Given: true}
		own := w.invoice("RE1002", "A1001", 10_000)
		own.TermDays = purchase.Days{N: 0, Given: true}
		given := w.invoice("RE1003", "A1001", 10_000)
		given.DueDate = w.day("2026-10-31")
		w.taken(order, w.invoice("RE1001", "A1001", 10_000), own, given,
			w.shipment("L1", "A1001", "RE1001"), w.shipment("L2", "A1001", "RE1002"), w.shipment("L3", "A1001", "RE1003"))
		w.taken(append(w.sale("2001", "K2", 10_000), w.order("A2002", "K3", 10_000), w.invoice("RE2002", "A2002", 10_000))...)
		w.taken(w.instruction("I1", purchase.DueChange, "RE2002", 0))
		w.retake(func(terms *purchase.Terms) {
			terms.Fees.Fixed, terms.TermDays, terms.Guarantee.Days = 100, 30, 14
		})
		w.at("2026-10-06 12:00")
		w.taken(w.shipment("L9", "A2002", "RE2002"))
		for invoice, want := range map[string]string{
			"RE1001": "2026-10-22 2026-10-31", "RE1002": "2026-10-01 2026-10-31", "RE1003": "2026-11-02 2026-10-31",
			"RE2001": "2026-10-15 2026-10-31", "RE2002": "2026-10-01 2026-10-20",
		} {
			c := w.claim(invoice)
			if got := c.DueOn.String() + " " + c.GuaranteeOn.String(); got != want {
				t.Errorf("claim %s: due and guaranteed %s; want %s", invoice, got, want)
			}
		}
		w.wantLines("FEE RE1001 RE1001 -3.00", "FEE RE1002 RE1002 -3.00", "FEE RE1003 RE1003 -3.00", "FEE RE2001 RE2001 -3.00", "FEE RE2002 RE2002 -3.50")
		var n int64
		w.scalar(&n, "SELECT COUNT(*) FROM provider_terms WHERE merchant_id = ?", "acme")
		if n != 2 {
			t.Errorf("%d terms are stored; want 2", n)
		}
	})
}

// What a bulk of records costs does not grow with it.
func TestStatements(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db)
		cost := func(merchant string, n int) int64 {
			terms := testTerms()
			terms.Merchant = merchant
			w := newWorld(t, t.Context(), db, terms)
			var records []purchase.Record
			for i := range n {
				number := fmt.Sprint(100_000 + i)
				records = append(records, w.sale(number, "K"+number, 10_000)...)
				p := w.payment("Z"+number, 4_000, "RE"+number)
				p.DebtorIBAN = "DE" + number
				records = append(records, p, w.received("R"+number, "RE"+number, 1_000))
			}
			b := w.zip(records...)
			before := db.Statements()
			if err := w.p.Submit(w.ctx, b); err != nil {
				t.Fatal(err)
			}
			sent := db.Statements() - before
			w.at("2026-10-31 04:00")
			before = db.Statements()
			if err := w.p.Advance(w.ctx, merchant, schedules.Slot{Job: schedules.Guarantee, At: w.now}); err != nil {
				t.Fatal(err)
			}
			sent += db.Statements() - before
			w.verify()
			return sent
		}
		if few, many := cost("few", 200), cost("many", 2_000); many > few {
			t.Errorf("200 orders cost %d statements, 2,000 cost %d; want no more", few, many)
		}
	})
}
