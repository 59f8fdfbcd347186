package provider

import (
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What a payment pays within a claim (§ 367 BGB). Each allocation keeps the
// order by which it was made, so that a return undoes it in reverse, and a
// change of the terms changes nothing that is booked.

// Shares are an amount, taken apart by what it pays.
type shares struct{ charges, interest, principal money.Amount }

func (s *shares) of(what string) *money.Amount {
	switch what {
	case purchase.PayCharges:
		return &s.charges
	case purchase.PayInterest:
		return &s.interest
	}
	return &s.principal
}

// owed is what a claim owes. A late return may have lowered interest below what
// was paid of it: that stands against the fees.
func (c *claim) owed() shares {
	interest := min(c.Charges, max(0, c.Interest-c.InterestPaid))
	return shares{charges: c.Charges - interest, interest: interest, principal: c.Outstanding}
}

// divide pays what is owed in an order; what is left then is principal too, and
// owed back.
func divide(amount money.Amount, owed shares, order []string) (paid shares) {
	for _, what := range order {
		take := min(amount, max(0, *owed.of(what)))
		*paid.of(what) += take
		amount -= take
	}
	paid.principal += amount
	return paid
}

// recover turns what would be owed back to the debtor into charges that were
// given up: money that comes after all shrinks the loss first, like principal.
func (c *claim) recover(paid shares, order []string) shares {
	more := min(c.ChargesOff, paid.principal-c.values().Outstanding())
	if more <= 0 {
		return paid
	}
	interest := min(c.ChargesOff, max(0, c.Interest-c.InterestPaid-paid.interest))
	back := divide(more, shares{charges: c.ChargesOff - interest, interest: interest}, order)
	return shares{charges: paid.charges + back.charges, interest: paid.interest + back.interest, principal: paid.principal - more}
}

// undo takes an amount out of what was paid, in reverse.
func undo(amount money.Amount, paid shares, order []string) (back shares) {
	for _, what := range slices.Backward(order) {
		take := min(amount, *paid.of(what))
		*back.of(what) += take
		amount -= take
	}
	return back
}

// letters of an order, as an allocation keeps it: CIP is charges, interest,
// principal.
func letters(order []string) string {
	var b strings.Builder
	for _, what := range order {
		b.WriteString(strings.ToUpper(what[:1]))
	}
	return b.String()
}

// order returns the order by which an allocation was made.
func (a *allocation) order() []string {
	names := map[rune]string{'C': purchase.PayCharges, 'I': purchase.PayInterest, 'P': purchase.PayPrincipal}
	var all []string
	for _, letter := range a.PaidIn {
		all = append(all, names[letter])
	}
	return all
}

// sound reports whether an allocation can have been made.
func (a *allocation) sound() bool {
	return a.Interest >= 0 && a.Interest <= a.Charges && slices.Equal(slices.Sorted(slices.Values(strings.Split(a.PaidIn, ""))), []string{"C", "I", "P"})
}

// shares returns what an allocation paid.
func (a *allocation) shares() shares {
	return shares{charges: a.Charges - a.Interest, interest: a.Interest, principal: a.Principal}
}
