package provider

import (
	"context"
	"slices"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// takeTransfer books an entry of the bank that is no debtor's money: a payout or
// a refund that left, or came back. What fits nothing waits in suspense, with
// its sign, and is listed.
func (t *taking) takeTransfer(ctx context.Context, r purchase.Payment, i item) (purchase.Code, error) {
	found, err := transfers.find(ctx, t.tx, "merchant_id = ? AND transfer_id = ?", t.terms.Merchant, r.EndToEndID)
	if err != nil {
		return "", err
	}
	if len(found) == 0 || found[0].Amount != r.Amount.Abs() || r.Purpose == purchase.PurposeOther {
		return "", t.suspendOther(r, i)
	}
	x := found[0]
	switch {
	case r.Amount < 0 && x.LeftOn.IsZero():
		x.LeftOn = r.BookedOn
		_, err = t.post(r.Valued(), i.cause(), post(ledger.Transit, nil, x.Amount), post(ledger.Bank, nil, -x.Amount))
	case r.Amount > 0 && !x.LeftOn.IsZero() && x.ReturnedOn.IsZero():
		x.ReturnedOn = r.BookedOn
		err = t.comeBack(ctx, x, r, i)
	default:
		return "", t.suspendOther(r, i)
	}
	if err != nil {
		return "", err
	}
	return "", transfers.save(ctx, t.tx, []*transfer{x})
}

// comeBack books a transfer that the bank could not deliver: the merchant, or
// the debtor, is owed it again.
func (t *taking) comeBack(ctx context.Context, x *transfer, r purchase.Payment, i item) error {
	if x.Purpose == purchase.PurposePayout {
		entry, err := t.post(r.Valued(), i.cause(), post(ledger.Bank, nil, x.Amount), post(ledger.Payable, nil, -x.Amount))
		t.line(&claim{}, event{line: purchase.LinePayoutReturned, document: x.ID, source: i.source()}, entry, x.Amount)
		return err
	}
	if err := t.loadClaims(ctx, []string{x.InvoiceNo}); err != nil {
		return err
	}
	c := t.claims[x.InvoiceNo]
	t.allocate(&payment{PaymentID: x.ID, Account: x.Purpose + " RETURNED"}, c, shares{principal: x.Amount})
	e := event{document: x.ID, date: r.Valued(), source: i.source(), cause: i.cause(), cash: ledger.Bank}
	after := c.values()
	if after.P += x.Amount; after.Entitlement() != c.values().Entitlement() {
		e.line = purchase.LineCollection // a charge-back since has made the money the merchant's
	}
	return t.book(c, e, func(v *purchase.Claim) { v.P += x.Amount })
}

// foreign reports whether an entry of the bank is no debtor's money: it came of a
// transfer of ours, or its kind is not known.
func (p *payment) foreign() bool {
	return slices.Contains([]string{purchase.PurposePayout, purchase.PurposeRefund, purchase.PurposeOther}, p.MatchedBy)
}

// suspendOther keeps an entry that belongs to nothing we know.
func (t *taking) suspendOther(r purchase.Payment, i item) error {
	if t.payments[paymentID{r.PaymentID, r.Account}] != nil {
		r.PaymentID += " " + r.Purpose
	}
	p := t.payment(r, i)
	p.MatchedBy = r.Purpose // so that no retry takes it for a debtor's money
	p.note(PaymentStep{At: t.at.Unix(), Rule: RuleOther, Text: r.EndToEndID})
	return t.suspend(p)
}
