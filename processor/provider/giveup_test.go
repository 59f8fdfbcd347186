package provider

import (
	"fmt"
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A guarantee that is taken back: the merchant keeps what the debtor paid, and
// gets what he pays later; it is not given again.
func TestRecourse(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.payment("Z1", 3_000, "RE1001"))
		if got := w.batch(w.command("O1", purchase.Recourse, "RE1001", ""), w.command("O2", purchase.Recourse, "RE9", "")); got != "CLOSED UNKNOWN_INVOICE" {
			t.Errorf("the receipt says %s; want CLOSED UNKNOWN_INVOICE", got)
		}
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines("FEE RE1001 RE1001 -3.00", "COLLECTION RE1001 Z1 30.00", "GUARANTEE RE1001 RE1001 70.00")
		w.taken(w.command("O3", purchase.Recourse, "RE1001", ""))
		w.wantLines("REVERSAL RE1001 O3 -70.00")
		w.at("2026-11-01 04:00")
		w.advance(schedules.Guarantee)
		w.taken(w.payment("Z2", 2_000, "RE1001"))
		w.wantLines("COLLECTION RE1001 Z2 20.00")
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 50.00 E 50.00 outstanding 50.00 refund 0.00 charges 0.00")
	})
}

// A write-off is the provider's loss: the merchant is guaranteed all the same.
func TestWriteOffBeforeGuarantee(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.payment("Z1", 3_000, "RE1001"), w.command("O1", purchase.WriteOff, "RE1001", ""))
		w.wantBalances("pending -70.00, payable -27.00, bank 30.00, fees -3.00, losses 70.00")
		if got := stateOf(w.claim("RE1001"), 4); got != "PARTIALLY_PAID" {
			t.Errorf("the state is %s; want PARTIALLY_PAID", got)
		}
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines("FEE RE1001 RE1001 -3.00", "COLLECTION RE1001 Z1 30.00", "GUARANTEE RE1001 RE1001 70.00")
		w.wantBalances("payable -97.00, bank 30.00, fees -3.00, losses 70.00")
	})
}

// What is written off is a loss; money that comes after all makes it smaller.
func TestWriteOff(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.dun("2026-10-22")
		w.dun("2026-10-29")
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.taken(w.command("O1", purchase.WriteOff, "RE1001", ""))
		w.wantBalances("payable -97.00, fees -3.00, dunning_fees -2.50, interest -0.05, losses 102.55")
		if got := w.batch(w.command("O2", purchase.WriteOff, "RE1001", "")); got != "CLOSED" {
			t.Errorf("written off again: the receipt says %s; want CLOSED", got)
		}
		w.wantDunning("2026-11-30", "")
		w.taken(w.payment("Z1", 4_000, "RE1001"))
		w.wantBalances("payable -97.00, bank 40.00, fees -3.00, dunning_fees -2.50, interest -0.05, losses 62.55")
		w.taken(w.received("R1", "RE1001", 10_000))
		w.wantBalances("payable 3.00, bank 40.00, refunds -40.00, fees -3.00")
	})
}

// What is written off before its 30 days have passed is paid to the merchant all
// the same, told as still to come, and never told as paid; it still counts
// against a further order.
func TestGuaranteeAfterWriteOff(t *testing.T) {
	each(t, func(terms *purchase.Terms) { terms.Credit.OpenSumMax = 15_000 }, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.payment("Z1", 3_000, "RE1001"))
		w.taken(w.command("O1", purchase.WriteOff, "RE1001", ""))
		w.wantBalances("pending -70.00, payable -27.00, bank 30.00, fees -3.00, losses 70.00")
		w.wantState("RE1001 PARTIALLY_PAID: 70.00 owed, 30.00 paid, level 0")
		weeks, err := w.p.Maturities(w.ctx, "acme")
		if err != nil || len(weeks) != 1 || weeks[0].Claims != 1 || weeks[0].Amount != 7_000 {
			t.Errorf("Maturities = %v, %v; want one claim with 70.00", weeks, err)
		}
		w.taken(w.order("A1002", "K1", 9_000))
		if code := w.receipt(w.number).Decisions[0].Code; code != "LIMIT_OPEN_SUM" {
			t.Errorf("an order of 90.00 beside 70.00 that were given up, limit 150.00: %s; want LIMIT_OPEN_SUM", code)
		}
		w.wantDunning("2026-10-22", "")
		w.at("2026-10-26 06:00")
		w.advance(schedules.Payout)
		want := `2026-10-26: 1, 0.00
K1 RE1001 due 2026-10-15 11 OVERDUE_1_30: 100.00 - 0.00 - 30.00 = 0.00, settled 30.00, guarantee 2026-10-31, PARTIALLY_PAID 0 []`
		if got := w.openItemsOf("P-acme-2026W43"); got != want {
			t.Errorf("open items:\n%s\nwant\n%s", got, want)
		}
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines("FEE RE1001 RE1001 -3.00", "COLLECTION RE1001 Z1 30.00", "VAT_ON_FEE  P-acme-2026W43 -0.57", "GUARANTEE RE1001 RE1001 70.00")
		w.wantState("RE1001 GUARANTEED: 70.00 owed, 30.00 paid, level 0")
		w.taken(w.payment("Z2", 7_000, "RE1001"))
		w.wantState("RE1001 PAID: 0.00 owed, 100.00 paid, level 0")
		w.wantBalances("payable -70.00, bank 100.00, transit -26.43, fees -3.00, vat -0.57")
	})
}

// A part payment that the bank takes back after the rest was written off is owed
// again, and dunned.
func TestChargebackAfterWriteOff(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.payment("Z1", 6_000, "RE1001"))
		w.taken(w.command("O1", purchase.WriteOff, "RE1001", ""))
		w.taken(w.payment("Z1", -6_000, ""))
		w.wantBalances("receivable 60.00, pending -100.00, payable 3.00, fees -3.00, losses 40.00")
		w.wantDunning("2026-10-22", "RE1001 level 1 ISSUED: fee 0.00 flat 0.00 interest 0.00 of 0.00, due 60.00")
	})
}

// A payment that the bank takes back after a part of it was paid back: the
// merchant loses what it was credited, no more; the debtor owes the refund too.
func TestChargebackAfterRefund(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		paid := w.payment("Z1", 15_000, "RE1001")
		paid.DebtorIBAN, paid.DebtorName = "DE75512108001245126199", "Anna Muster"
		w.taken(paid)
		w.taken(w.command("O1", purchase.PayRefund, "RE1001", ""))
		w.taken(w.payment("Z1", -15_000, ""))
		w.wantLines("FEE RE1001 RE1001 -3.00", "COLLECTION RE1001 Z1 100.00", "CHARGEBACK RE1001 Z1 -100.00")
		w.wantClaim("RE1001", "K 0.00 D 0.00 P -50.00 E 0.00 outstanding 150.00 refund 0.00 charges 0.00")
		w.wantBalances("receivable 150.00, pending -100.00, payable 3.00, transit -50.00, fees -3.00")
		w.wantState("RE1001 OPEN: 150.00 owed, -50.00 paid, level 0")
		if weeks, err := w.p.Maturities(w.ctx, "acme"); err != nil || len(weeks) != 1 || weeks[0].Amount != 10_000 {
			t.Errorf("Maturities = %v, %v; want 100.00: what the debtor owes of the refund is not the merchant's", weeks, err)
		}
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.taken(w.payment("Z2", 15_000, "RE1001"))
		w.wantLines("GUARANTEE RE1001 RE1001 100.00", "AFTER_GUARANTEE RE1001 Z2 0.00")
		w.at("2026-11-02 06:00")
		w.wantPayout("1: P-acme-2026W44 2026-10-26–2026-11-01 on 2026-11-02: 0.00 + 6 lines = 96.43 + 0.00")
		w.wantState("RE1001 PAID: 0.00 owed, 100.00 paid, level 0")
		w.wantBalances("bank 150.00, transit -146.43, fees -3.00, vat -0.57")
	})
}

// A refund to a debtor whose bank told no name that a transfer can have goes to
// the name on the order; without one that is Latin nothing is booked.
func TestRefundNames(t *testing.T) {
	cyrillic := func(o purchase.Order) purchase.Order {
		o.FirstName, o.LastName = "Анна-Мария", "Петрова"
		return o
	}
	tests := []struct {
		name, told, argument string
		order                func(purchase.Order) purchase.Order
		want, paid           string
	}{
		{"the bank tells it", "Anna Muster", "", nil, "-", "Anna Muster"},
		{"the order does", "", "", nil, "-", "Erika MusterK1"},
		{"the bank tells one without Latin letters", "Анна-Мария", "", nil, "-", "Erika MusterK1"},
		{"a company", "", "", func(o purchase.Order) purchase.Order { o.CustomerType, o.Company = purchase.B2B, "1&1"; return o }, "-", "1&1"},
		{"nobody does", "Анна-Мария", "", cyrillic, "FIELD_REQUIRED", ""},
		{"the operator does", "", purchase.RefundTo("", "Anna Petrowa"), cyrillic, "-", "Anna Petrowa"},
		{"the operator tells one without", "Anna", purchase.RefundTo("", "Анна"), nil, "FIELD_REQUIRED", ""},
	}
	each(t, nil, func(w *world) {
		for i, tt := range tests {
			n := fmt.Sprint(1001 + i)
			sale := w.sale(n, "K1", 10_000)
			if o, ok := sale[0].(purchase.Order); ok && tt.order != nil {
				sale[0] = tt.order(o)
			}
			paid := w.payment("Z"+n, 15_000, "RE"+n)
			paid.DebtorName, paid.DebtorIBAN = tt.told, "DE75512108001245126199"
			w.taken(append(sale, paid)...)
			before := w.balances()
			if got := w.batch(w.command("O"+n, purchase.PayRefund, "RE"+n, tt.argument)); got != tt.want {
				w.Errorf("%s: the receipt says %s; want %s", tt.name, got, tt.want)
			}
			if got := w.refundOf("RE" + n); got != tt.paid {
				w.Errorf("%s: paid to %q; want %q", tt.name, got, tt.paid)
			}
			if tt.paid == "" && w.balances() != before {
				w.Errorf("%s: refused, but %s became %s", tt.name, before, w.balances())
			}
		}
	})
}

// refundOf returns the name of the refund that was told of a claim.
func (w *world) refundOf(invoice string) (name string) {
	w.Helper()
	for d, err := range w.p.Documents(w.ctx, w.terms.Merchant, 0) {
		if err != nil {
			w.Fatalf("Documents = %v", err)
		}
		if d.Refund != nil && d.Refund.InvoiceNo == invoice {
			name = d.Refund.Name
		}
	}
	return name
}

// wantState compares the one state that is told next.
func (w *world) wantState(want string) {
	w.Helper()
	w.advance(schedules.Deliver)
	got := ""
	for d, err := range w.p.Documents(w.ctx, w.terms.Merchant, w.documents()-1) {
		if err != nil || d.States == nil {
			w.Fatalf("Documents = %+v, %v; want states", d, err)
		}
		for s, err := range d.States.Claims(w.ctx) {
			got += fmt.Sprintf("%s %s: %s owed, %s paid, level %d", s.InvoiceNo, s.State, s.Outstanding, s.Paid, s.DunningLevel)
			if err != nil {
				w.Fatalf("Claims = %v", err)
			}
		}
	}
	if got != want {
		w.Errorf("states: %s\nwant %s", got, want)
	}
}

// A refund that comes back after the payment was charged back in part is the
// merchant's money again, with a line.
func TestRefundComesBack(t *testing.T) {
	each(t, nil, func(w *world) {
		transfer := func(id string, amount money.Amount) purchase.Payment {
			p := w.payment(id, amount, "")
			p.Purpose, p.EndToEndID = purchase.PurposeRefund, "R-acme-000001"
			return p
		}
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.payment("Z1", 10_000, "RE1001"), w.received("R1", "RE1001", 4_000))
		w.taken(w.command("O1", purchase.PayRefund, "RE1001", settlement))
		w.taken(transfer("B1", -4_000), w.payment("Z1", -2_000, ""))
		w.wantClaim("RE1001", "K 40.00 D 0.00 P 40.00 E 40.00 outstanding 20.00 refund 0.00 charges 0.00")
		w.taken(transfer("B2", 4_000))
		w.wantClaim("RE1001", "K 40.00 D 0.00 P 80.00 E 60.00 outstanding 0.00 refund 20.00 charges 0.00")
		w.wantLines("FEE RE1001 RE1001 -3.00", "RETURN RE1001 R1 0.00", "COLLECTION RE1001 Z1 60.00", "CHARGEBACK RE1001 Z1 -20.00", "COLLECTION RE1001 R-acme-000001 20.00")
		w.wantBalances("payable -57.00, bank 80.00, refunds -20.00, fees -3.00")
		w.at("2026-10-05 06:00")
		w.payout() // is proven by the books
	})
}

// A refund goes where the last payment came from, also when that was assigned
// by the same batch.
func TestRefundAfterAssignment(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		first, second := w.payment("Z1", 10_000, "RE1001"), w.payment("Z2", 500, "ohne Angabe")
		first.DebtorIBAN, second.DebtorIBAN = "DE89370400440532013000", "DE02500105170137075030"
		w.taken(first, second)
		w.taken(w.command("O1", purchase.Assign, "Z2", "RE1001"), w.command("O2", purchase.PayRefund, "RE1001", ""))
		var iban string
		w.scalar(&iban, "SELECT iban FROM provider_transfers WHERE merchant_id = ?", w.terms.Merchant)
		if iban != second.DebtorIBAN {
			t.Errorf("the refund goes to %s; want %s", iban, second.DebtorIBAN)
		}
	})
}
