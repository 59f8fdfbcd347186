package provider

import (
	"context"
	"fmt"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What drains a claim that nobody pays any more: write-off, recourse, and the
// refund of what a debtor paid too much. Each is an operator's command, with a
// reason, and an entry of its own.

// writeOff gives the outstanding principal and the open charges up: both become
// losses. Money that comes after all is a recovery: it shrinks what was written
// off, and the losses with it.
func (t *taking) writeOff(c purchase.Command, i item) (purchase.Code, error) {
	claim := t.claims[c.Subject]
	switch {
	case claim == nil || !claim.active():
		return purchase.UnknownInvoice, nil
	case claim.open() == 0:
		return purchase.Closed, nil
	}
	principal, charges := claim.Outstanding, claim.Charges
	claim.WrittenOff += principal
	claim.ChargesOff += charges
	claim.NextLevelOn = 0
	t.touch(claim)
	_, err := t.post(c.Day, i.cause(),
		post(ledger.Losses, nil, principal+charges),
		post(ledger.Receivable, claim, -principal), post(ledger.Charges, claim, -charges))
	return "", err
}

// recourse takes a guarantee back (Rückgriff) after a dispute was upheld: the
// merchant is entitled only to what the debtor paid, line REVERSAL. It is not
// given again.
func (t *taking) recourse(c purchase.Command, i item) (purchase.Code, error) {
	claim := t.claims[c.Subject]
	switch {
	case claim == nil || !claim.active():
		return purchase.UnknownInvoice, nil
	case !claim.Guaranteed:
		return purchase.Closed, nil
	}
	claim.Recourse = true
	e := event{line: purchase.LineReversal, document: c.CommandNo, date: c.Day, source: i.source(), cause: i.cause()}
	return "", t.book(claim, e, func(v *purchase.Claim) { v.Guaranteed = false })
}

// payRefund pays what is owed to a debtor: to the IBAN of the command, else to
// the one that the claim's last payment came from.
func (t *taking) payRefund(ctx context.Context, c purchase.Command, i item) (purchase.Code, error) {
	claim := t.claims[c.Subject]
	if claim == nil || !claim.active() {
		return purchase.UnknownInvoice, nil
	}
	amount := claim.values().Refund()
	if amount == 0 {
		return purchase.Closed, nil
	}
	x := &transfer{
		Merchant: t.terms.Merchant, Purpose: purchase.PurposeRefund, Amount: amount, InvoiceNo: claim.InvoiceNo,
		IBAN: c.Argument, MadeOn: t.day,
	}
	if err := t.refundTo(ctx, claim, x); err != nil {
		return "", err
	}
	if !purchase.ValidIBAN(x.IBAN) {
		return purchase.UnknownAccount, nil
	}
	if err := t.orderRefund(ctx, x); err != nil {
		return "", err
	}
	t.allocate(&payment{PaymentID: x.ID, Account: x.Purpose}, claim, -amount, 0)
	e := event{date: c.Day, source: i.source(), cause: i.cause(), cash: ledger.Transit}
	return "", t.book(claim, e, func(v *purchase.Claim) { v.P -= amount })
}

// orderRefund gives a refund its number and tells that it is to be paid.
func (t *taking) orderRefund(ctx context.Context, x *transfer) error {
	var n int64
	err := t.tx.QueryRow(ctx, "SELECT COUNT(*) + 1 FROM provider_transfers WHERE merchant_id = ? AND purpose = ?", x.Merchant, x.Purpose).Scan(&n)
	if err != nil {
		return err
	}
	x.ID = fmt.Sprintf("R-%s-%06d", x.Merchant, n)
	if err := transfers.save(ctx, t.tx, []*transfer{x}); err != nil {
		return err
	}
	_, err = say(ctx, t.tx, x.Merchant, "refund", t.at, x.ID, purchase.Refund{
		ID: x.ID, InvoiceNo: x.InvoiceNo, Amount: x.Amount, Name: x.Name, IBAN: x.IBAN, Day: x.MadeOn,
	})
	return err
}

// refundTo finds the account and name of the debtor's last payment.
func (t *taking) refundTo(ctx context.Context, c *claim, x *transfer) error {
	found, err := payments.find(ctx, t.tx, `merchant_id = ? AND amount > 0 AND payment_id IN (
		SELECT payment_id FROM provider_allocations WHERE merchant_id = ? AND invoice_no = ?) ORDER BY booked_on DESC, payment_id DESC LIMIT 1`,
		t.terms.Merchant, t.terms.Merchant, c.InvoiceNo)
	if err != nil || len(found) == 0 {
		return err
	}
	x.Name = found[0].DebtorName
	if x.IBAN == "" {
		x.IBAN = found[0].DebtorIBAN
	}
	return nil
}
