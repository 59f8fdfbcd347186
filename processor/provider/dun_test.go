package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// dun runs the dunning of a day, after the bank has spoken, and returns its
// notices; they leave on the same day.
func (w *world) dun(day string) string {
	w.Helper()
	w.at(day + " 05:00")
	w.statement()
	said := w.dunWith()
	w.sent()
	return said
}

// dunWith runs the dunning as the clock and the statements are.
func (w *world) dunWith() string {
	w.Helper()
	before := w.documents()
	w.advance(schedules.Dunning)
	if w.documents() == before {
		return ""
	}
	var found *purchase.Dunning
	for d, err := range w.p.Documents(w.ctx, w.terms.Merchant, 0) {
		if err != nil {
			w.Fatalf("Documents = %v", err)
		}
		if d.Dunning != nil {
			found = d.Dunning
		}
	}
	var said []string
	for n, err := range found.Notices(w.ctx) {
		if err != nil {
			w.Fatalf("Notices = %v", err)
		}
		said = append(said, noticeText(n))
	}
	return strings.Join(said, "\n")
}

func noticeText(n purchase.Notice) string {
	if n.Hold != "" {
		return fmt.Sprintf("%s level %d %s", n.InvoiceNo, n.Level, n.Hold)
	}
	return fmt.Sprintf("%s level %d %s: fee %s flat %s interest %s of %s, due %s", n.InvoiceNo, n.Level, n.Status, n.Fee, n.Flat, n.InterestBooked, n.InterestTotal, n.TotalDue)
}

func (w *world) wantDunning(day, want string) {
	w.Helper()
	if got := w.dun(day); got != want {
		w.Errorf("the notices of %s are\n%s\nwant\n%s", day, got, want)
	}
}

// b2b makes a sale to a company.
func (w *world) b2b(n, customer string, gross money.Amount) []purchase.Record {
	records := w.sale(n, customer, gross)
	o, _ := records[0].(purchase.Order)
	o.CustomerType, o.Company = purchase.B2B, "Muster GmbH"
	records[0] = o
	return records
}

// A consumer from the reminder to collection. Due 15 October; in default from
// 26 October on; 1.52 + 5 percent.
func TestDunningB2C(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 100_000)...)
		w.wantDunning("2026-10-21", "")
		w.wantDunning("2026-10-22", "RE1001 level 1 ISSUED: fee 0.00 flat 0.00 interest 0.00 of 0.00, due 1000.00")
		w.wantDunning("2026-10-28", "")
		w.wantDunning("2026-10-29", "RE1001 level 2 ISSUED: fee 2.50 flat 0.00 interest 0.54 of 0.54, due 1003.04") // 3 days
		w.wantDunning("2026-11-06", "")
		w.taken(w.payment("Z1", 50_000, "RE1001")) // charges first, on 6 November
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 496.96 E 496.96 outstanding 503.04 refund 0.00 charges 0.00")
		// 11 days on 1,000.00, then 3 on 503.04: 196.49 + 26.96 = 2.23.
		w.wantDunning("2026-11-09", "RE1001 level 3 ISSUED: fee 2.50 flat 0.00 interest 1.69 of 2.23, due 507.23")
		w.wantDunning("2026-11-20", "")
		// Collection: no fee; 14 days more on 503.04.
		w.wantDunning("2026-11-23", "RE1001 level 4 COLLECTION: fee 0.00 flat 0.00 interest 1.26 of 3.49, due 508.49")
		w.wantDunning("2026-12-30", "")
		w.wantBalances("receivable 503.04, charges 5.45, pending -503.04, payable -471.46, bank 500.00, fees -25.50, dunning_fees -5.00, interest -3.49")
	})
}

// A company: 40.00 with level 2, which absorb the fees; 9 points.
func TestDunningB2B(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.b2b("1001", "K1", 100_000)...)
		w.wantDunning("2026-10-22", "RE1001 level 1 ISSUED: fee 0.00 flat 0.00 interest 0.00 of 0.00, due 1000.00")
		w.wantDunning("2026-10-29", "RE1001 level 2 ISSUED: fee 0.00 flat 40.00 interest 0.86 of 0.86, due 1040.86")
		w.wantDunning("2026-11-09", "RE1001 level 3 ISSUED: fee 0.00 flat 0.00 interest 3.18 of 4.04, due 1044.04")
		w.taken(w.payment("Z1", 100_000, "RE1001")) // exactly the principal: the debtor's designation
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 1000.00 E 1000.00 outstanding 0.00 refund 0.00 charges 44.04")
		w.wantDunning("2026-12-30", "") // charges alone are never dunned
		w.taken(w.payment("Z2", 5_000, "RE1001"))
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 1005.96 E 1000.00 outstanding 0.00 refund 5.96 charges 0.00")
		w.taken(w.payment("Z2", -5_000, ""))
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 1000.00 E 1000.00 outstanding 0.00 refund 0.00 charges 44.04")
	})
}

// An overdue debtor is declined, under any number.
func TestOverdueDebtor(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.dun("2026-10-22")
		w.taken(w.order("A1002", "K1", 10_000))
		w.dun("2026-10-29")
		other := w.order("A1004", "K9", 10_000)
		other.LastName = "MUSTERK1"
		w.taken(w.order("A1003", "K1", 10_000), other, w.order("A1005", "K2", 10_000))
		w.taken(w.payment("Z1", 10_255, "RE1001"))
		w.taken(w.order("A1006", "K1", 10_000))
		var got []string
		for _, number := range []int64{2, 3, 5} {
			for _, d := range w.receipt(number).Decisions {
				got = append(got, string(d.Code))
			}
		}
		if s := strings.Join(got, " "); s != "OK OVERDUE_EXISTS OVERDUE_EXISTS OK OK" {
			t.Errorf("the decisions are %s", s)
		}
	})
}

// Each reason holds the notice, and is told; when it is gone the notice leaves.
func TestDunningHolds(t *testing.T) {
	each(t, nil, func(w *world) {
		for _, n := range []string{"1001", "1002", "1003", "1004"} {
			w.taken(w.sale(n, "K"+n, 10_000+money.Amount(n[3]))...)
		}
		w.at("2026-10-20 12:00")
		w.taken(w.instruction("I1", purchase.Hold, "RE1001", 0), w.instruction("I2", purchase.Dispute, "RE1002", 0),
			w.announced("R3", "RE1003"), w.payment("Z4", 10_000+'4', "ohne Angabe"))
		w.wantDunning("2026-10-22", "RE1001 level 1 HOLD\nRE1002 level 1 DISPUTE\nRE1003 level 1 RETURN_ANNOUNCED\nRE1004 level 1 PAYMENT_WAITING")
		w.taken(w.instruction("I3", purchase.Release, "RE1001", 0), w.instruction("I4", purchase.DisputeClosed, "RE1002", 0),
			w.received("R3", "RE1003", 1_000), w.command("O1", purchase.Assign, "Z4", "RE1004"))
		w.wantDunning("2026-10-23", "RE1001 level 1 ISSUED: fee 0.00 flat 0.00 interest 0.00 of 0.00, due 100.49\n"+
			"RE1002 level 1 ISSUED: fee 0.00 flat 0.00 interest 0.00 of 0.00, due 100.50\n"+
			"RE1003 level 1 ISSUED: fee 0.00 flat 0.00 interest 0.00 of 0.00, due 90.51")
	})
}

// Without a statement of the last three bank days no notice leaves.
func TestDunningNeedsStatement(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.at("2026-10-23 05:00") // a Friday; three bank days before: Tuesday
		w.write(func(tx *database.Tx) error { return w.p.Statement(w.ctx, tx, "acme", w.day("2026-10-19")) })
		if got := w.dunWith(); got != "RE1001 level 1 STATEMENT_OLD" {
			t.Errorf("with a statement of Monday: %s; want STATEMENT_OLD", got)
		}
		w.at("2026-10-26 05:00") // Monday; three bank days before: Wednesday
		w.write(func(tx *database.Tx) error { return w.p.Statement(w.ctx, tx, "acme", w.day("2026-10-21")) })
		if got := w.dunWith(); !strings.HasPrefix(got, "RE1001 level 1 ISSUED") {
			t.Errorf("with a statement of Wednesday: %s; want a notice", got)
		}
	})
}

// A slot that is caught up on a later day sees what was collected on that day.
func TestDunningCaughtUp(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.at("2026-11-08 12:00") // a Sunday: files are collected, then Friday's slot runs
		w.statement()
		w.at("2026-11-06 05:00")
		if got := w.dunWith(); !strings.HasPrefix(got, "RE1001 level 1 ISSUED") {
			t.Errorf("the notices are %q; want a reminder", got)
		}
	})
}

// Below 5.00, charges included, nobody is dunned.
func TestDunningMin(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 499)...)
		w.taken(w.sale("1002", "K2", 500)...)
		w.wantDunning("2026-10-22", "RE1002 level 1 ISSUED: fee 0.00 flat 0.00 interest 0.00 of 0.00, due 5.00")
	})
}

// The next level counts from the day on which the letter really left; a notice
// that has not left holds the next one up.
func TestDunningSentLate(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.at("2026-10-22 05:00")
		w.statement()
		w.advance(schedules.Dunning)
		w.wantDunning("2026-11-02", "")
		leave := func(day string) {
			w.write(func(tx *database.Tx) error { return w.p.Sent(w.ctx, tx, "acme", w.day("2026-10-22"), w.day(day)) })
		}
		leave("2026-11-03")
		leave("2026-11-04") // again: no effect
		w.wantDunning("2026-11-09", "")
		// Received on 6 November: 7 to 9 November are in default.
		w.wantDunning("2026-11-10", "RE1001 level 2 ISSUED: fee 2.50 flat 0.00 interest 0.05 of 0.05, due 102.55")
		var status string
		w.scalar(&status, "SELECT status FROM provider_notices WHERE merchant_id = ? AND run_date = ?", "acme", "2026-10-22")
		if status != purchase.NoticeSent {
			t.Errorf("the reminder is %s; want SENT", status)
		}
	})
}

// No rate is guessed: a notice that needs one waits for it.
func TestDunningBaseRate(t *testing.T) {
	each(t, nil, func(w *world) {
		w.at("2026-12-10 12:00")
		w.taken(w.sale("1001", "K1", 100_000)...)
		w.taken(w.sale("1002", "K2", 100_000)...)
		w.dun("2027-01-04") // due 24 December
		w.wantDunning("2027-01-11", "RE1001 level 2 BASE_RATE\nRE1002 level 2 BASE_RATE")
		w.taken(w.payment("Z1", 99_000, "RE1002"))
		rates := append(testRates(w), purchase.BaseRate{From: w.day("2027-01-01"), Rate: 200})
		w.p = New(w.db, map[string]purchase.Terms{"acme": w.terms}, rates)
		// In default from 8 January on: 4 days at 7 percent, one payment on the last.
		w.wantDunning("2027-01-12", "RE1001 level 2 ISSUED: fee 2.50 flat 0.00 interest 0.77 of 0.77, due 1003.27\n"+
			"RE1002 level 2 ISSUED: fee 2.50 flat 0.00 interest 0.58 of 0.58, due 13.08")
	})
}

// Late returns lower the interest: the difference is booked, never more than is
// open, also when negative.
func TestInterestBooksTheDifference(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 100_000)...)
		w.dun("2026-10-22")
		w.dun("2026-10-29")
		back := w.received("R1", "RE1001", 90_000)
		back.ReturnedOn = w.day("2026-10-20")
		w.taken(back)
		// 14 days on 100.00: 0.25; 0.54 were booked.
		w.wantDunning("2026-11-09", "RE1001 level 3 ISSUED: fee 2.50 flat 0.00 interest -0.29 of 0.25, due 105.25")
	})
}

// A claim that returns and credits bring to zero loses its charges; what was
// paid on them is owed back, and undone with its payment.
func TestWaiver(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.b2b("1001", "K1", 10_000)...)
		w.dun("2026-10-22")
		w.dun("2026-10-29")
		w.wantLines("FEE RE1001 RE1001 -3.00")
		w.wantBalances("receivable 100.00, charges 40.09, pending -100.00, payable 3.00, fees -3.00, dunning_fees -40.00, interest -0.09")
		w.taken(w.payment("Z1", 3_000, "RE1001"), w.payment("Z2", 2_000, "RE1001"))
		w.wantLines("COLLECTION RE1001 Z1 0.00", "COLLECTION RE1001 Z2 9.91")
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 9.91 E 9.91 outstanding 90.09 refund 0.00 charges 0.00")
		w.taken(w.received("R1", "RE1001", 10_000))
		w.wantLines("RETURN RE1001 R1 -9.91")
		w.wantClaim("RE1001", "K 100.00 D 0.00 P 50.00 E 0.00 outstanding 0.00 refund 50.00 charges 0.00")
		w.wantBalances("payable 3.00, bank 50.00, refunds -50.00, fees -3.00")
		w.taken(w.payment("Z1", -3_000, "")) // all of it is principal now
		w.wantLines("CHARGEBACK RE1001 Z1 0.00")
		w.wantClaim("RE1001", "K 100.00 D 0.00 P 20.00 E 0.00 outstanding 0.00 refund 20.00 charges 0.00")
		// The claim comes back: charges do not; interest counts from the waiver on.
		w.at("2026-11-02 12:00")
		w.taken(w.credit("G1", purchase.Correction, "RE1001", 2_000, "R1"))
		w.wantLines("REINSTATED RE1001 G1 20.00")
		w.wantClaim("RE1001", "K 20.00 D 0.00 P 20.00 E 20.00 outstanding 60.00 refund 0.00 charges 0.00")
		w.wantDunning("2026-11-09", "RE1001 level 3 ISSUED: fee 0.00 flat 0.00 interest 0.12 of 0.12, due 60.12")
	})
}

// A waiver before anything was paid on charges; a direct payment waives nothing.
func TestWaiverOfOpenCharges(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.sale("1002", "K2", 10_000)...)
		w.dun("2026-10-22")
		w.dun("2026-10-29")
		w.taken(w.received("R1", "RE1001", 6_000), w.credit("G1", purchase.Goodwill, "RE1001", 4_000, ""), w.instruction("I1", purchase.DirectPayment, "RE1002", 10_000))
		w.wantClaim("RE1001", "K 100.00 D 0.00 P 0.00 E 0.00 outstanding 0.00 refund 0.00 charges 0.00")
		w.wantClaim("RE1002", "K 0.00 D 100.00 P 0.00 E 0.00 outstanding 0.00 refund 0.00 charges 2.55")
		w.wantDunning("2026-12-01", "")
	})
}

// A due change moves the next level and the start of default; levels that were
// sent stay.
func TestDueChange(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 100_000)...)
		w.dun("2026-10-22")
		change := func(number, day string) purchase.Instruction {
			i := w.instruction(number, purchase.DueChange, "RE1001", 0)
			i.Day = w.day(day)
			return i
		}
		w.taken(change("I1", "2026-11-30"))
		w.taken(change("I2", "2026-10-31")) // a Saturday; the last one that was booked wins
		if c := w.claim("RE1001"); c.DueOn != w.day("2026-11-02") || c.GuaranteeOn != w.day("2026-10-31") {
			t.Errorf("due %s, guarantee %s; want 2026-11-02 and 2026-10-31", c.DueOn, c.GuaranteeOn)
		}
		w.wantDunning("2026-11-06", "")
		// Not in default before the day after the due date: 3 to 8 November.
		w.wantDunning("2026-11-09", "RE1001 level 2 ISSUED: fee 2.50 flat 0.00 interest 1.07 of 1.07, due 1003.57")
	})
}

// States are told when they change, unmatched payments each day.
func TestReports(t *testing.T) {
	each(t, nil, func(w *world) {
		report := func() string {
			w.Helper()
			before := w.documents()
			w.advance(schedules.Deliver)
			var said []string
			for d, err := range w.p.Documents(w.ctx, "acme", before) {
				if err != nil {
					t.Fatal(err)
				}
				said = append(said, w.reportText(d)...)
			}
			return strings.Join(said, "\n")
		}
		want := func(want string) {
			w.Helper()
			if got := report(); got != want {
				t.Errorf("on %s the reports say\n%s\nwant\n%s", w.now, got, want)
			}
		}
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.order("A1002", "K2", 10_000), w.invoice("RE1002", "A1002", 10_000)) // not active: not told
		want("RE1001 OPEN 100.00 paid 0.00 credited 0.00")
		w.taken(w.payment("Z1", 4_000, "RE1001"), w.payment("Z2", 4_000, "A1002"))
		want("RE1001 PARTIALLY_PAID 60.00 paid 40.00 credited 0.00\nunmatched Z2 40.00 0 [RE1002]")
		w.at("2026-10-02 12:00")
		want("unmatched Z2 40.00 1 [RE1002]")
		w.taken(w.shipment("L2", "A1002", "RE1002"), w.payment("Z3", 1_000, "RE1001"), w.payment("Z3", -1_000, ""))
		want("RE1002 PARTIALLY_PAID 60.00 paid 40.00 credited 0.00\nunmatched nothing")
		w.at("2026-10-03 12:00")
		want("")
		w.taken(w.payment("Z4", 7_000, "RE1001"), w.received("R1", "RE1002", 10_000))
		want("RE1001 OVERPAID 0.00 paid 110.00 credited 0.00\nRE1002 CREDITED 0.00 paid 40.00 credited 100.00")
	})
}

func (w *world) reportText(d purchase.Document) (said []string) {
	w.Helper()
	if d.States != nil {
		for s, err := range d.States.Claims(w.ctx) {
			if err != nil {
				w.Fatalf("Claims = %v", err)
			}
			said = append(said, fmt.Sprintf("%s %s %s paid %s credited %s", s.InvoiceNo, s.State, s.Outstanding, s.Paid, s.Credited))
		}
	}
	if d.Unmatched != nil && len(d.Unmatched.Payments) == 0 {
		said = append(said, "unmatched nothing")
	}
	if d.Unmatched != nil {
		for _, p := range d.Unmatched.Payments {
			said = append(said, fmt.Sprintf("unmatched %s %s %d %s", p.PaymentID, p.Amount, p.AgeDays, p.Candidates))
		}
	}
	return said
}
