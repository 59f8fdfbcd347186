package purchase

import "github.com/kontor-exchange/kontor/processor/money"

// A Claim (Forderung) is an invoice as the provider's books see it, in cents
// of the merchant's currency: the one formula of the whole program.
type Claim struct {
	I          money.Amount // invoiced
	K          money.Amount // credits and returns, see [Fold]
	D          money.Amount // paid directly to the merchant
	P          money.Amount // the debtor's money matched to this claim, less what went to charges; over-payment included
	Guaranteed bool
}

// Base is I − K − D, what the claim is worth; a document that would make it
// negative is OVER_CREDIT.
func (c Claim) Base() money.Amount { return c.I - c.K - c.D }

// Outstanding is what the debtor still owes of the principal.
func (c Claim) Outstanding() money.Amount { return max(0, c.Base()-c.P) }

// Refund is what is owed to the debtor.
func (c Claim) Refund() money.Amount { return max(0, c.P-c.Base()) }

// Entitlement is what the merchant has been credited for this claim so far.
// Every event recomputes it; the difference is one payout line. P falls below
// zero when a payment is charged back of which a part was paid back to the
// debtor before: that part is the provider's loss, not the merchant's.
func (c Claim) Entitlement() money.Amount {
	if c.Guaranteed {
		return c.Base()
	}
	return max(0, min(c.P, c.Base()))
}

// A Reduction is a received return or a credit note, as far as [Fold] needs it.
type Reduction struct {
	Number string
	Kind   string // RECEIVED for a return, else CORRECTION, VALUE or GOODWILL
	Names  string // the return that a credit names
	Amount money.Amount
}

// Fold returns K of an invoice: the sum of its credits, and of its received
// returns that no credit names.
//
// A credit with a return number replaces that return, in whatever order they
// come and whether the return is known or not. When assume is set, an unnamed
// CORRECTION of exactly the amount of an unnamed return is taken to name it;
// VALUE and GOODWILL always add. pairs is the number of such assumptions. The
// result does not depend on the order of the documents.
func Fold(docs []Reduction, assume bool) (k money.Amount, pairs int) {
	named := map[string]bool{}
	for _, d := range docs {
		if d.Kind != ReturnReceived && d.Names != "" {
			named[d.Names] = true
		}
	}
	free := map[money.Amount]int{} // unnamed returns by amount
	for _, d := range docs {
		switch {
		case d.Kind != ReturnReceived:
			k += d.Amount
		case !named[d.Number]:
			k += d.Amount
			free[d.Amount]++
		}
	}
	if !assume {
		return k, 0
	}
	for _, d := range docs {
		if d.Kind == Correction && d.Names == "" && free[d.Amount] > 0 {
			free[d.Amount]--
			k -= d.Amount
			pairs++
		}
	}
	return k, pairs
}
