package provider

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// payout runs the slot of the clock's time and returns what was said: id, date,
// opening, lines, amount and closing.
func (w *world) payout() string {
	w.Helper()
	w.advance(schedules.Payout)
	all, err := w.p.Payouts(w.ctx, w.terms.Merchant)
	if err != nil {
		w.Fatalf("Payouts = %v", err)
	}
	said := ""
	for d, err := range w.p.Documents(w.ctx, w.terms.Merchant, 0) {
		switch {
		case err != nil:
			w.Fatalf("Documents = %v", err)
		case d.Payout != nil:
			said = w.payoutText(d.Payout)
		}
	}
	return fmt.Sprintf("%d: %s", len(all), said)
}

// payoutText checks the identities of a payout and prints it.
func (w *world) payoutText(p *purchase.Payout) string {
	w.Helper()
	balance, n, totals := p.Opening, int64(0), map[purchase.LineType]purchase.Total{}
	for l, err := range p.Lines(w.ctx) {
		if err != nil {
			w.Fatalf("Lines = %v", err)
		}
		n++
		balance += l.Amount
		totals[l.Type] = purchase.Total{Count: totals[l.Type].Count + 1, Cents: totals[l.Type].Cents + l.Amount}
		if l.LineNo != n || l.Balance != balance {
			w.Errorf("payout %s: line %d has number %d and balance %s; want %s", p.ID, n, l.LineNo, l.Balance, balance)
		}
	}
	if balance != p.Amount+p.Closing {
		w.Errorf("payout %s: opening and lines make %s; payout %s, closing %s", p.ID, balance, p.Amount, p.Closing)
	}
	if diff := cmp.Diff(totals, p.Totals); diff != "" {
		w.Errorf("payout %s: totals (-lines +said):\n%s", p.ID, diff)
	}
	return fmt.Sprintf("%s %s–%s on %s: %s + %d lines = %s + %s", p.ID, p.PeriodFrom, p.PeriodTo, p.Date, p.Opening, n, p.Amount, p.Closing)
}

func (w *world) wantPayout(want string) {
	w.Helper()
	if got := w.payout(); got != want {
		w.Errorf("payout is %s\nwant      %s", got, want)
	}
}

// A negative week is carried on, an empty one is a heartbeat, and each week is
// paid once, for ever.
func TestPayouts(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.at("2026-10-05 06:00")
		w.wantPayout("1: P-acme-2026W40 2026-09-28–2026-10-04 on 2026-10-05: 0.00 + 2 lines = 0.00 + -3.57")
		w.taken(w.payment("Z1", 300, "RE1001"))
		w.at("2026-10-05 09:00") // another slot of the same week
		w.wantPayout("1: P-acme-2026W40 2026-09-28–2026-10-04 on 2026-10-05: 0.00 + 2 lines = 0.00 + -3.57")
		w.at("2026-10-12 06:00")
		w.wantPayout("2: P-acme-2026W41 2026-10-05–2026-10-11 on 2026-10-12: -3.57 + 1 lines = 0.00 + -0.57")
		w.at("2026-10-19 06:00")
		w.wantPayout("3: P-acme-2026W42 2026-10-12–2026-10-18 on 2026-10-19: -0.57 + 0 lines = 0.00 + -0.57")
		w.taken(w.payment("Z2", 9_700, "RE1001"))
		w.at("2026-10-26 06:00")
		w.wantPayout("4: P-acme-2026W43 2026-10-19–2026-10-25 on 2026-10-26: -0.57 + 1 lines = 96.43 + 0.00")
		w.wantBalances("bank 100.00, transit -96.43, fees -3.00, vat -0.57")
		w.at("2026-10-19 06:00") // a week that was paid does not come again
		w.wantPayout("4: P-acme-2026W43 2026-10-19–2026-10-25 on 2026-10-26: -0.57 + 1 lines = 96.43 + 0.00")
	})
}

// The year of a payout is the ISO year of its last day; its date is a bank day.
func TestPayoutDates(t *testing.T) {
	each(t, nil, func(w *world) {
		w.at("2027-01-04 06:00")
		w.wantPayout("1: P-acme-2026W53 2026-12-28–2027-01-03 on 2027-01-04: 0.00 + 0 lines = 0.00 + 0.00")
		w.at("2027-03-29 06:00") // Easter Monday
		w.wantPayout("2: P-acme-2027W12 2027-03-22–2027-03-28 on 2027-03-30: 0.00 + 0 lines = 0.00 + 0.00")
	})
}

// A payout slot need not be a Monday; the period is a whole week that is over.
func TestPayoutOnWednesday(t *testing.T) {
	each(t, nil, func(w *world) {
		w.at("2026-10-07 06:00")
		w.wantPayout("1: P-acme-2026W40 2026-09-28–2026-10-04 on 2026-10-07: 0.00 + 0 lines = 0.00 + 0.00")
	})
}

// What is below the minimum is carried on; what reaches it is paid.
func TestPayoutMin(t *testing.T) {
	each(t, func(terms *purchase.Terms) { terms.PayoutMin, terms.Fees = 5_000, purchase.FeeTerms{} }, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.payment("Z1", 4_999, "RE1001"))
		w.at("2026-10-05 06:00")
		w.wantPayout("1: P-acme-2026W40 2026-09-28–2026-10-04 on 2026-10-05: 0.00 + 2 lines = 0.00 + 49.99")
		w.taken(w.payment("Z2", 1, "RE1001"))
		w.at("2026-10-12 06:00")
		w.wantPayout("2: P-acme-2026W41 2026-10-05–2026-10-11 on 2026-10-12: 49.99 + 1 lines = 50.00 + 0.00")
	})
}

// VAT is rounded once a payout, on the sum of its fees, and is the last line.
func TestVATOncePerPayout(t *testing.T) {
	each(t, func(terms *purchase.Terms) { terms.Fees = purchase.FeeTerms{Fixed: 3, VAT: 1900} }, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.sale("1002", "K2", 10_000)...)
		w.taken(w.payment("Z1", 100, "RE1001"))
		w.at("2026-10-05 06:00")
		w.payout()
		w.wantLines("FEE RE1001 RE1001 -0.03", "FEE RE1002 RE1002 -0.03", "COLLECTION RE1001 Z1 1.00", "VAT_ON_FEE  P-acme-2026W40 -0.01")
		w.wantBalances("receivable 199.00, pending -199.00, bank 1.00, transit -0.93, fees -0.06, vat -0.01")
	})
}

// Lines carry what accountants follow them by.
func TestLineColumns(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.at("2026-10-02 12:00")
		w.taken(w.payment("Z1", 4_000, "RE1001"))
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.at("2026-11-02 06:00")
		w.advance(schedules.Payout)
		var got []purchase.Line
		for d, err := range w.p.Documents(w.ctx, "acme", 0) {
			if err != nil {
				t.Fatal(err)
			}
			if d.Payout != nil {
				got = collectLines(t, w.ctx, d.Payout)
			}
		}
		line := func(no int64, kind purchase.LineType, booked, document string, amount, balance money.Amount, source string) purchase.Line {
			return purchase.Line{
				LineNo: no, Type: kind, BookedOn: w.day(booked), OrderNo: "A1001", InvoiceNo: "RE1001", DocumentNo: document, CustomerNo: "K1",
				GrossClaim: 10_000, Amount: amount, Balance: balance, GuaranteeDate: w.day("2026-10-31"), Source: source,
				InvoiceDate: w.day("2026-10-01"), DueDate: w.day("2026-10-15"),
			}
		}
		want := []purchase.Line{
			line(1, purchase.LineFee, "2026-10-01", "RE1001", -300, -300, "shipments.csv:3"),
			line(2, purchase.LineCollection, "2026-10-02", "Z1", 4_000, 3_700, "payments.csv:4"),
			line(3, purchase.LineGuarantee, "2026-10-31", "RE1001", 6_000, 9_700, "guarantee 2026-10-31T04:00:00+01:00"),
			{
				LineNo: 4, Type: purchase.LineVAT, BookedOn: w.day("2026-11-02"), DocumentNo: "P-acme-2026W44", Amount: -57, Balance: 9_643,
				Source: "payout 2026-11-02T06:00:00+01:00",
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
	})
}

func collectLines(t *testing.T, ctx context.Context, p *purchase.Payout) (all []purchase.Line) {
	t.Helper()
	for l, err := range p.Lines(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// Guarantees that were missed are booked at their own time, and the payouts of
// the weeks that were missed one after the other.
func TestCatchUp(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.at("2026-10-06 12:00")
		w.taken(w.sale("1002", "K2", 20_000)...)
		// The machine was down until 10 November.
		for _, slot := range []string{"2026-10-12", "2026-10-19", "2026-10-26", "2026-10-31", "2026-11-02", "2026-11-05", "2026-11-09"} {
			w.at(slot + " 04:00")
			w.advance(schedules.Guarantee)
			if w.now.Weekday() == 1 {
				w.at(slot + " 06:00")
				w.advance(schedules.Payout)
			}
		}
		var got []string
		for _, invoice := range []string{"RE1001", "RE1002"} {
			life, _, err := w.p.Claim(w.ctx, "acme", invoice)
			if err != nil {
				t.Fatal(err)
			}
			l := life.Lines[len(life.Lines)-1]
			got = append(got, fmt.Sprint(l.Type, " ", l.BookedOn, " ", l.PayoutID))
		}
		if diff := cmp.Diff([]string{"GUARANTEE 2026-10-31 P-acme-2026W44", "GUARANTEE 2026-11-05 P-acme-2026W45"}, got); diff != "" {
			t.Errorf("guarantees (-want +got):\n%s", diff)
		}
	})
}

// Disputes and announced returns hold the guarantee, and for how long.
func TestGuaranteeHolds(t *testing.T) {
	each(t, nil, func(w *world) {
		for _, n := range []string{"1001", "1002", "1003", "1004", "1005"} {
			w.taken(w.sale(n, "K"+n, 10_000)...)
		}
		w.wantLinesOf(5)
		w.at("2026-10-20 12:00")
		w.taken(w.instruction("I1", purchase.Dispute, "RE1001", 0), w.announced("R2", "RE1002"), w.announced("R3", "RE1003"),
			w.instruction("I4", purchase.Hold, "RE1004", 0), w.instruction("I5", purchase.Dispute, "RE1005", 0))
		closed := w.instruction("I6", purchase.DisputeClosed, "RE1005", 0)
		closed.Day = w.day("2026-11-02")
		w.taken(closed)
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines("GUARANTEE RE1004 RE1004 100.00")
		w.at("2026-11-01 12:00")
		w.taken(w.credit("G1", purchase.Correction, "RE1003", 2_000, "R3"))
		w.at("2026-11-02 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines("CREDIT RE1003 G1 0.00", "GUARANTEE RE1003 RE1003 80.00", "GUARANTEE RE1005 RE1005 100.00")
		w.at("2026-11-09 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines()
		w.at("2026-11-10 04:00") // 21 days after the announcement
		w.advance(schedules.Guarantee)
		w.wantLines("GUARANTEE RE1002 RE1002 100.00")
		w.at("2027-11-10 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines()
		w.taken(w.instruction("I7", purchase.DisputeClosed, "RE1001", 0))
		w.at("2027-11-11 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines("GUARANTEE RE1001 RE1001 100.00")
	})
}

// wantLinesOf counts the lines since the last call and passes over them.
func (w *world) wantLinesOf(n int64) {
	w.Helper()
	var last int64
	w.scalar(&last, "SELECT COALESCE(MAX(n), 0) FROM provider_lines WHERE merchant_id = ?", w.terms.Merchant)
	if last-w.seen != n {
		w.Errorf("%d lines were booked; want %d", last-w.seen, n)
	}
	w.seen = last
}

// The invoice's debtor account goes before the order's; both reach the payout's
// lines, whatever comes after.
func TestDebtorAccounts(t *testing.T) {
	each(t, nil, func(w *world) {
		first, second := w.order("A1", "K1", 30_000), w.order("A2", "K2", 10_000)
		first.DebtorAccount = "10001"
		own := w.invoice("RE1002", "A1", 10_000)
		own.DebtorAccount = "20002"
		w.taken(first, second, w.invoice("RE1001", "A1", 10_000), own, w.invoice("RE1003", "A2", 10_000),
			w.shipment("L1", "A1", "RE1001"), w.shipment("L2", "A1", "RE1002"), w.shipment("L3", "A2", "RE1003"))
		w.taken(w.payment("Z1", 10_000, "RE1002"), w.payment("Z2", 10_000, "RE1003"))
		w.at("2026-10-05 06:00")
		w.advance(schedules.Payout)
		found := map[string]string{}
		for d, err := range w.p.Documents(w.ctx, w.terms.Merchant, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if d.Payout == nil {
				continue
			}
			for l, err := range d.Payout.Lines(w.ctx) {
				if err != nil {
					t.Fatal(err)
				}
				found[l.InvoiceNo+" "+string(l.Type)] = l.DebtorAccount
			}
		}
		want := map[string]string{
			"RE1001 FEE": "10001", "RE1002 FEE": "20002", "RE1003 FEE": "", " VAT_ON_FEE": "", "RE1002 COLLECTION": "20002", "RE1003 COLLECTION": "",
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("debtor accounts of lines (-want +got):\n%s", diff)
		}
	})
}
