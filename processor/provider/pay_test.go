package provider

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A claim that is bought, paid and paid out: every posting by hand.
func TestCollection(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.wantLines("FEE RE1001 RE1001 -3.00")
		w.wantBalances("receivable 100.00, pending -100.00, payable 3.00, fees -3.00")
		w.at("2026-10-02 12:00")
		w.taken(w.payment("Z1", 4_000, "Rechnung RE1001"), w.payment("Z2", 7_500, "re1001, Rest"))
		w.wantLines("COLLECTION RE1001 Z1 40.00", "COLLECTION RE1001 Z2 60.00")
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 115.00 E 100.00 outstanding 0.00 refund 15.00 charges 0.00")
		w.wantBalances("payable -97.00, bank 115.00, refunds -15.00, fees -3.00")
		w.at("2026-10-05 06:00")
		w.advance(schedules.Payout)
		w.wantLines("VAT_ON_FEE  P-acme-2026W40 -0.57")
		w.wantBalances("bank 115.00, transit -96.43, refunds -15.00, fees -3.00, vat -0.57")
	})
}

// What comes after the guarantee is the provider's money: lines of 0.
func TestAfterGuarantee(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.payment("Z1", 3_000, "RE1001"))
		w.at("2026-10-30 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines("FEE RE1001 RE1001 -3.00", "COLLECTION RE1001 Z1 30.00")
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines("GUARANTEE RE1001 RE1001 70.00")
		w.taken(w.payment("Z2", 7_000, "RE1001"))
		w.wantLines("AFTER_GUARANTEE RE1001 Z2 0.00")
		w.at("2026-11-02 12:00")
		w.taken(w.received("R1", "RE1001", 2_500))
		w.wantLines("RETURN RE1001 R1 -25.00")
		w.taken(w.payment("Z2", -7_000, ""))
		w.wantLines("CHARGEBACK RE1001 Z2 0.00")
		w.wantClaim("RE1001", "K 25.00 D 0.00 P 30.00 E 75.00 outstanding 45.00 refund 0.00 charges 0.00")
	})
}

// Returns and credits, in either order: what names a return replaces it.
func TestReductions(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 20_000)...)
		w.taken(w.payment("Z1", 20_000, "RE1001"))
		w.wantLines("FEE RE1001 RE1001 -5.50", "COLLECTION RE1001 Z1 200.00")
		w.taken(w.received("R1", "RE1001", 5_000))
		w.wantLines("RETURN RE1001 R1 -50.00")
		w.taken(w.credit("G1", purchase.Correction, "RE1001", 4_000, "R1"))
		w.wantLines("REINSTATED RE1001 G1 10.00")
		w.taken(w.credit("G2", purchase.Correction, "RE1001", 3_000, "R2"))
		w.taken(w.received("R2", "RE1001", 3_500))
		w.wantLines("CREDIT RE1001 G2 -30.00", "RETURN RE1001 R2 0.00")
		w.taken(w.received("R3", "RE1001", 1_000), w.credit("G3", purchase.Correction, "RE1001", 1_000, ""))
		w.wantLines("RETURN RE1001 R3 -10.00", "CREDIT RE1001 G3 0.00")
		w.taken(w.credit("G4", purchase.Goodwill, "RE1001", 1_000, ""), w.credit("G5", purchase.Value, "RE1001", 1_000, ""))
		w.wantLines("CREDIT RE1001 G4 -10.00", "CREDIT RE1001 G5 -10.00")
		w.taken(w.instruction("I1", purchase.DirectPayment, "RE1001", 2_000))
		w.wantLines("DIRECT_PAYMENT RE1001 I1 -20.00")
		w.wantClaim("RE1001", "K 100.00 D 20.00 P 200.00 E 80.00 outstanding 0.00 refund 120.00 charges 0.00")
		if got := w.batch(w.received("R9", "RE1001", 8_001), w.received("R1", "RE1001", 1)); got != "OVER_CREDIT DUPLICATE" {
			t.Errorf("the receipt says %s; want OVER_CREDIT DUPLICATE", got)
		}
		w.wantLines()
	})
}

// What comes before the claim is active counts at once, and is booked directly
// after the activation, each with its own line.
func TestBeforeActivation(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.order("A1001", "K1", 10_000), w.invoice("RE1001", "A1001", 10_000))
		if got := w.batch(w.received("R1", "RE1001", 3_000), w.credit("G1", purchase.Value, "RE1001", 7_001, "")); got != "- OVER_CREDIT" {
			t.Errorf("the receipt says %s; want - OVER_CREDIT", got)
		}
		w.taken(w.credit("G2", purchase.Correction, "RE1001", 2_000, "R1"), w.instruction("I1", purchase.DirectPayment, "RE1001", 500), w.instruction("I2", purchase.Hold, "RE1001", 0))
		w.wantLines()
		w.wantBalances("")
		w.at("2026-10-05 12:00")
		w.taken(w.payment("Z1", 1_000, "RE1001"), w.payment("Z2", 1_000, "A1001"))
		w.wantWaiting("Z1 10.00, Z2 10.00")
		w.taken(w.shipment("L1", "A1001", "RE1001"))
		w.wantLines("FEE RE1001 RE1001 -3.00", "RETURN RE1001 R1 0.00", "REINSTATED RE1001 G2 0.00", "DIRECT_PAYMENT RE1001 I1 0.00",
			"COLLECTION RE1001 Z1 10.00", "COLLECTION RE1001 Z2 10.00")
		w.wantWaiting("")
		w.wantClaim("RE1001", "K 20.00 D 5.00 P 20.00 E 20.00 outstanding 55.00 refund 0.00 charges 0.00")
	})
}

// One payment over the claims of an order, oldest due first, and back.
func TestSpreadAndChargeback(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.order("A1001", "K1", 60_000))
		w.taken(w.invoice("RE3", "A1001", 10_000), w.invoice("RE0002", "A1001", 10_000), w.invoice("RE0001", "A1001", 10_000),
			w.shipment("L1", "A1001", "RE3"), w.shipment("L2", "A1001", "RE0002"))
		w.at("2026-10-02 12:00")
		w.taken(w.shipment("L3", "A1001", "RE0001"))
		w.wantLines("FEE RE3 RE3 -3.00", "FEE RE0002 RE0002 -3.00", "FEE RE0001 RE0001 -3.00")
		w.taken(w.payment("Z1", 25_000, "A1001"))
		w.wantLines("COLLECTION RE0002 Z1 100.00", "COLLECTION RE3 Z1 100.00", "COLLECTION RE0001 Z1 50.00")
		w.taken(w.payment("Z2", 6_000, purchase.Reference("A1001")))
		w.wantLines("COLLECTION RE0001 Z2 50.00")
		w.taken(w.payment("Z3", 500, "A1001"))
		w.wantLines("COLLECTION RE0001 Z3 0.00") // none is open: the one due last
		w.taken(w.payment("Z1", -12_000, ""))
		w.wantLines("CHARGEBACK RE0001 Z1 -35.00", "CHARGEBACK RE3 Z1 -70.00")
		w.wantClaim("RE0001", "K 0.00 D 0.00 P 65.00 E 65.00 outstanding 35.00 refund 0.00 charges 0.00")
		w.taken(w.payment("Z4", 3_500, "A1001")) // exactly what RE0001 has open
		w.wantLines("COLLECTION RE0001 Z4 35.00")
		w.taken(w.payment("Z5", 9_000, "A1001")) // the last one takes all the rest
		w.wantLines("COLLECTION RE3 Z5 70.00")
		w.wantClaim("RE3", "K 0.00 D 0.00 P 120.00 E 100.00 outstanding 0.00 refund 20.00 charges 0.00")
	})
}

// A payment is returned once, not before it came, and not by more.
func TestReturnedPayment(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.at("2026-10-05 12:00")
		w.taken(w.payment("Z1", 5_000, "RE1001"), w.payment("Z2", 5_000, "wer weiß"))
		early := w.payment("Z1", -5_000, "")
		early.BookedOn--
		if got := w.batch(w.payment("Z9", -1, ""), early, w.payment("Z1", -5_001, ""), w.payment("Z1", 5_000, "RE1001")); got != "UNKNOWN_INVOICE FIELD_RANGE FIELD_RANGE DUPLICATE" {
			t.Errorf("the receipt says %s", got)
		}
		w.taken(w.payment("Z3", 700, "RE1001"), w.payment("Z3", -700, "")) // both in one batch
		w.taken(w.payment("Z1", -2_000, ""), w.payment("Z2", -1_500, ""))
		w.wantWaiting("Z2 35.00")
		if got := w.batch(w.payment("Z1", -1, ""), w.payment("Z2", -1, "")); got != "FIELD_RANGE FIELD_RANGE" {
			t.Errorf("a second return: the receipt says %s; want FIELD_RANGE twice", got)
		}
		w.taken(w.command("O1", purchase.Assign, "Z2", "RE1001"))
		w.wantWaiting("")
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 65.00 E 65.00 outstanding 35.00 refund 0.00 charges 0.00")
		w.wantBalances("receivable 35.00, pending -35.00, payable -62.00, bank 65.00, fees -3.00")
	})
}

// The roads by which a payment finds its claim, and those that it does not go.
func TestMatching(t *testing.T) {
	each(t, nil, func(w *world) {
		for _, s := range []string{"1001", "1002", "1003", "1004"} {
			w.taken(w.sale(s, "K"+s, 10_000)...)
		}
		w.taken(w.order("700123", "K5", 10_000), w.invoice("800123", "700123", 10_000), w.shipment("L5", "700123", "800123"))
		w.taken(w.order("A-1006", "K6", 10_000), w.order("a1006", "K7", 10_000), w.invoice("RE1006", "A-1006", 10_000), w.shipment("L6", "A-1006", "RE1006"))
		w.taken(w.order("12345", "K8", 10_000), w.invoice("123", "12345", 10_000), w.shipment("L8", "12345", "123"))
		rf := purchase.Reference("A1002")
		tests := []struct {
			name      string
			reference string
			amount    money.Amount
			iban      string
			want      string // the claim that took it, "" for suspense
		}{
			{"RF with blanks in lower case", "Danke " + rf[:4] + " " + rf[4:6] + "  " + rf[6:] + "!", 100, "", "RE1002"},
			{"RF before an invoice number", rf + " RE1001", 100, "", "RE1002"},
			{"two RF", rf + " " + purchase.Reference("A1003"), 100, "", ""},
			{"RF of two orders, so the invoice", purchase.Reference("A-1006") + " RE1001", 100, "", "RE1001"},
			{"RF of two orders", purchase.Reference("A-1006"), 100, "", ""},
			{"invoice before order", "A1003 re1001", 100, "", "RE1001"},
			{"two invoices", "RE1001/RE1002", 100, "", ""},
			{"one invoice twice", "RE1001 RE1001", 100, "", "RE1001"},
			{"part of a word", "RE10041", 100, "", ""},
			{"order", "Auftrag:A1003;", 100, "", "RE1003"},
			{"order with a sign", "(a-1006)", 100, "", "RE1006"},
			{"digits, another amount", "800123", 100, "", ""},
			{"digits, the amount", "800123", 10_000, "DE75512108001245126199", "800123"},
			{"digits, IBAN known", "700123", 100, "DE75512108001245126199", "800123"},
			{"digits, IBAN of another", "800123", 100, "DE02120300000000202051", ""},
			{"digits that are too few, the amount", "12345", 10_000, "", ""},
			{"digits that are too few, RF", purchase.Reference("12345"), 100, "", "123"},
			{"nothing, IBAN unknown", "", 10_000, "DE02120300000000202051", ""},
			{"learn an IBAN", "RE1004", 4_000, "DE02120300000000202051", "RE1004"},
			{"IBAN, another amount", "danke", 5_999, "DE02120300000000202051", ""},
			{"IBAN, the amount", "danke", 6_000, "DE02120300000000202051", "RE1004"},
		}
		for i, tt := range tests {
			p := w.payment("Z"+string(rune('a'+i)), tt.amount, tt.reference)
			p.DebtorIBAN = tt.iban
			w.taken(p)
			if got := w.takenBy(p.PaymentID); got != tt.want {
				t.Errorf("%s: %q took the payment; want %q", tt.name, got, tt.want)
			}
		}
	})
}

// Within one batch a payment may teach the IBAN that matches the next one, and
// a return may reopen what it matches.
func TestMatchingInOneBatch(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(append(w.sale("1001", "K1", 10_000), w.payment("Z0", 10_000, "RE1001"))...)
		w.taken(w.sale("1002", "K1", 7_000)...)
		one, two, three := w.payment("Z1", 1_000, "RE1002"), w.payment("Z2", 6_000, ""), w.payment("Z3", 10_000, "")
		one.DebtorIBAN, two.DebtorIBAN, three.DebtorIBAN = "DE1", "DE1", "DE1"
		w.taken(one, two, w.payment("Z0", -10_000, ""), three)
		for id, want := range map[string]string{"Z1": "RE1002", "Z2": "RE1002", "Z3": "RE1001"} {
			if got := w.takenBy(id); got != want {
				t.Errorf("%q took %s; want %s", got, id, want)
			}
		}
	})
}

// An IBAN that fits two claims of its customers fits none.
func TestMatchingNeverGuesses(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(append(w.sale("1001", "K1", 10_000), w.sale("1002", "K1", 10_000)...)...)
		p, q := w.payment("Z1", 1, "RE1001"), w.payment("Z2", 10_000, "")
		p.DebtorIBAN, q.DebtorIBAN = "DE1", "DE1"
		w.taken(p, w.payment("Z1", -1, ""), q)
		w.wantWaiting("Z2 100.00")
	})
}

// takenBy returns the first claim that took a payment.
func (w *world) takenBy(id string) string {
	w.Helper()
	all, err := w.p.Payments(w.ctx, w.terms.Merchant, false)
	if err != nil {
		w.Fatalf("Payments = %v", err)
	}
	for _, p := range all {
		if p.PaymentID == id && len(p.Invoices) > 0 {
			return p.Invoices[0]
		}
	}
	return ""
}
