package provider

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

var (
	byLaw    = []string{purchase.PayCharges, purchase.PayInterest, purchase.PayPrincipal} // § 367 (1) BGB
	consumer = []string{purchase.PayCharges, purchase.PayPrincipal, purchase.PayInterest} // § 497 (3) BGB
	lenient  = []string{purchase.PayPrincipal, purchase.PayInterest, purchase.PayCharges}
)

func TestDivide(t *testing.T) {
	owed := shares{charges: 500, interest: 120, principal: 10_000}
	tests := []struct {
		name   string
		amount money.Amount
		order  []string
		want   shares
	}{
		{"by law: fees only", 499, byLaw, shares{charges: 499}},
		{"by law: fees and a part of the interest", 510, byLaw, shares{charges: 500, interest: 10}},
		{"by law: a part of the principal", 700, byLaw, shares{charges: 500, interest: 120, principal: 80}},
		{"by law: all and more", 10_621, byLaw, shares{charges: 500, interest: 120, principal: 10_001}},
		{"consumer credit: interest comes last", 10_510, consumer, shares{charges: 500, interest: 10, principal: 10_000}},
		{"lenient: principal first", 9_999, lenient, shares{principal: 9_999}},
		{"lenient: then interest", 10_100, lenient, shares{interest: 100, principal: 10_000}},
		{"lenient: more than all is owed back", 10_700, lenient, shares{charges: 500, interest: 120, principal: 10_080}},
	}
	for _, tt := range tests {
		if got := divide(tt.amount, owed, tt.order); got != tt.want {
			t.Errorf("%s: divide(%s) = %v; want %v", tt.name, tt.amount, got, tt.want)
		}
	}
}

// Whatever is taken back comes off the end of what was paid: what stays is what
// a smaller payment had paid.
func TestUndoIsDivideBackwards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(0, 2_000)
		owed := shares{money.Amount(cents.Draw(t, "charges")), money.Amount(cents.Draw(t, "interest")), money.Amount(cents.Draw(t, "principal"))}
		order := rapid.Permutation(byLaw).Draw(t, "order")
		amount := money.Amount(cents.Draw(t, "amount"))
		back := money.Amount(rapid.Int64Range(0, int64(amount)).Draw(t, "back"))
		paid := divide(amount, owed, order)
		if paid.charges+paid.interest+paid.principal != amount {
			t.Fatalf("divide(%s, %v, %v) = %v", amount, owed, order, paid)
		}
		undone := undo(back, paid, order)
		if undone.charges+undone.interest+undone.principal != back {
			t.Fatalf("undo(%s, %v, %v) = %v", back, paid, order, undone)
		}
		if amount > owed.charges+owed.interest+owed.principal {
			return // what is owed back is principal, wherever that stands
		}
		left := shares{paid.charges - undone.charges, paid.interest - undone.interest, paid.principal - undone.principal}
		if want := divide(amount-back, owed, order); left != want {
			t.Fatalf("%s of %s back in the order %v leaves %v; a payment of the rest had paid %v", back, amount, order, left, want)
		}
	})
}

// A setting holds for what is booked after its change: a payment is undone in
// the order in which it was made, and nothing else moves.
func TestAllocationSettingChanges(t *testing.T) {
	each(t, nil, func(w *world) {
		dunnedTwice(w)
		c := w.claim("RE1001")
		interest, fees := c.Interest, c.Fees+c.Flat
		w.taken(w.payment("Z1", fees+interest+1_000, "RE1001"))
		before := w.way("Z1")
		w.retake(func(terms *purchase.Terms) { terms.Allocation.Within = lenient })
		w.dun("2026-11-24") // new interest is booked
		if got := w.way("Z1"); got != before {
			t.Errorf("the change of a setting moved %s\nto %s", before, got)
		}
		open := w.claim("RE1001")
		w.taken(w.payment("Z2", open.Outstanding-1, "RE1001"), w.payment("Z3", 2, "RE1001"))
		wantSuffix(t, w.way("Z2"), "takes 0.00 + 0.00 + "+(open.Outstanding-1).String())
		want := "takes 0.01 + 0.00 + 0.01"
		if open.Interest > open.InterestPaid {
			want = "takes 0.00 + 0.01 + 0.01"
		}
		wantSuffix(t, w.way("Z3"), want)
		w.retake(func(terms *purchase.Terms) { terms.Allocation.Within = nil })
		w.taken(w.payment("Z3", -1, ""), w.payment("Z1", -1_001, ""))
		wantSuffix(t, w.way("Z3"), "takes 0.00 + 0.00 + 0.01")
		wantSuffix(t, w.way("Z1"), "takes "+fees.String()+" + "+(interest-1).String()+" + 0.00")
	})
}

func wantSuffix(t tb, got, want string) {
	t.Helper()
	if !strings.HasSuffix(got, want) {
		t.Errorf("%s\nwant … %s", got, want)
	}
}

// Across the claims of an order: what the amount designates, or the oldest.
func TestAllocationAcross(t *testing.T) {
	sale := func(w *world) {
		w.taken(w.order("A1001", "K1", 60_000), w.invoice("RE1001", "A1001", 20_000), w.invoice("RE1002", "A1001", 10_000), w.shipment("L1", "A1001", "RE1001"))
		w.at("2026-10-02 12:00")
		w.taken(w.shipment("L2", "A1001", "RE1002"))
		w.taken(w.payment("Z1", 10_000, "A1001"))
	}
	each(t, nil, func(w *world) {
		sale(w)
		wantSuffix(t, w.way("Z1"), "EXACT principal; RE1002 takes 0.00 + 0.00 + 100.00")
	})
	each(t, func(terms *purchase.Terms) { terms.Allocation.Across = purchase.OldestFirst }, func(w *world) {
		sale(w)
		wantSuffix(t, w.way("Z1"), "OLDEST_FIRST; RE1001 takes 0.00 + 0.00 + 100.00")
		w.taken(w.payment("Z2", 10_000, "A1001"))
		w.taken(w.payment("Z3", 10_000, "A1001")) // the only one that is open
		wantSuffix(t, w.way("Z3"), "EXACT principal; RE1002 takes 0.00 + 0.00 + 100.00")
	})
}

// Interest that is paid is not owed any more, and what comes then pays the fees.
func TestInterestIsPaidOnce(t *testing.T) {
	interestFirst := []string{purchase.PayInterest, purchase.PayCharges, purchase.PayPrincipal}
	each(t, func(terms *purchase.Terms) { terms.Allocation.Within = interestFirst }, func(w *world) {
		dunnedTwice(w)
		c := w.claim("RE1001")
		w.taken(w.payment("Z1", c.Interest-10, "RE1001"), w.payment("Z2", 30, "RE1001"), w.payment("Z3", 40, "RE1001"))
		wantSuffix(t, w.way("Z1"), "takes 0.00 + "+(c.Interest-10).String()+" + 0.00")
		wantSuffix(t, w.way("Z2"), "takes 0.20 + 0.10 + 0.00")
		wantSuffix(t, w.way("Z3"), "takes 0.40 + 0.00 + 0.00")
	})
}
