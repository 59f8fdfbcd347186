package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// What drains a claim that nobody pays any more: write-off, recourse, and the
// refund of what a debtor paid too much. Each is an operator's command, with a
// reason, and an entry of its own.

// writeOff gives the outstanding principal and the open charges up: both become
// losses. Money that comes after all is a recovery: it shrinks what was written
// off, and the losses with it. The merchant is paid by the guarantee all the
// same.
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

// payRefund pays what is owed to a debtor: to the IBAN and name of the command,
// else to those that the claim's last payment came from, else to the name on the
// order. Nothing is booked that no bank would transfer.
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
		Merchant: t.terms.Merchant, Purpose: purchase.PurposeRefund, Amount: amount, InvoiceNo: claim.InvoiceNo, MadeOn: t.day,
	}
	last, err := lastPayment(ctx, t.tx, claim)
	if err != nil {
		return "", err
	}
	known, err := payeeOf(ctx, t.tx, claim, t.lastOf(claim, last))
	if err != nil {
		return "", err
	}
	iban, name := purchase.SplitRefundTo(c.Argument)
	x.IBAN, x.Name = cmp.Or(iban, known.iban), cmp.Or(name, known.name)
	switch {
	case !purchase.ValidIBAN(x.IBAN):
		return purchase.UnknownAccount, nil
	case purchase.SEPAPayee(x.Name) == "":
		return purchase.FieldRequired, nil
	}
	if err := t.orderRefund(ctx, x); err != nil {
		return "", err
	}
	t.allocate(&payment{PaymentID: x.ID, Account: x.Purpose}, claim, shares{principal: -amount})
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

// A payee is where a refund goes.
type payee struct{ iban, name string }

// payeeOf returns the account and name of the debtor's last payment, nil when
// there is none; where the bank told no name that a transfer can have, that of
// the order.
func payeeOf(ctx context.Context, tx *database.Tx, c *claim, last *payment) (payee, error) {
	var to payee
	if last != nil {
		to = payee{last.DebtorIBAN, last.DebtorName}
	}
	if purchase.SEPAPayee(to.name) != "" {
		return to, nil
	}
	known, err := debtors.find(ctx, tx, "merchant_id = ? AND order_no = ?", c.Merchant, c.OrderNo)
	if err != nil || len(known) == 0 {
		return to, err
	}
	var d purchase.Debtor
	if err := json.Unmarshal([]byte(known[0].Debtor), &d); err != nil {
		return to, fmt.Errorf("debtor of order %s: %w", c.OrderNo, err)
	}
	to.name = d.Name()
	return to, nil
}

// lastOf returns the last payment of a claim, also when it was assigned by this
// very batch and is not saved yet; saved is the last one before.
func (s *session) lastOf(c *claim, saved *payment) *payment {
	for id, parts := range s.allocations {
		p := s.payments[id]
		if p == nil || p.Amount <= 0 || !slices.ContainsFunc(parts, func(a *allocation) bool { return a.InvoiceNo == c.InvoiceNo }) {
			continue
		}
		if saved == nil || cmp.Or(cmp.Compare(p.BookedOn, saved.BookedOn), cmp.Compare(p.PaymentID, saved.PaymentID)) > 0 {
			saved = p
		}
	}
	return saved
}

// lastPayment returns the last payment of which a claim took a part; nil when
// there is none.
func lastPayment(ctx context.Context, tx *database.Tx, c *claim) (*payment, error) {
	found, err := payments.find(ctx, tx, `merchant_id = ? AND amount > 0 AND payment_id IN (
		SELECT payment_id FROM provider_allocations WHERE merchant_id = ? AND invoice_no = ?) ORDER BY booked_on DESC, payment_id DESC LIMIT 1`,
		c.Merchant, c.Merchant, c.InvoiceNo)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// A RefundInfo is what is owed to the debtor of a claim, or was ordered to be
// paid back.
type RefundInfo struct {
	InvoiceNo  string         `json:"invoice_no"`
	CustomerNo string         `json:"customer_no"`
	Owed       money.Amount   `json:"owed_cents"`
	Since      schedules.Date `json:"since"` // day of the last event that changed what is owed
	TransferID string         `json:"transfer_id"`
	Paid       money.Amount   `json:"ordered_cents"`
	LeftOn     schedules.Date `json:"left_on"`
	ReturnedOn schedules.Date `json:"returned_on"`
}

// Refunds lists what is owed to debtors, by invoice, and the transfers of
// refunds.
func (p *Provider) Refunds(ctx context.Context, merchant string) (all []RefundInfo, err error) {
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		all = []RefundInfo{}
		owed, err := claims.find(ctx, tx, `merchant_id = ? AND activated_on <> '' AND paid > invoiced - reduced - direct ORDER BY invoice_no`, merchant)
		if err != nil {
			return err
		}
		var invoices []string
		for _, c := range owed {
			invoices = append(invoices, c.InvoiceNo)
		}
		since, err := owedSince(ctx, tx, merchant, invoices)
		if err != nil {
			return err
		}
		for _, c := range owed {
			all = append(all, RefundInfo{InvoiceNo: c.InvoiceNo, CustomerNo: c.CustomerNo, Owed: c.values().Refund(), Since: since[c.InvoiceNo]})
		}
		ordered, err := transfers.find(ctx, tx, "merchant_id = ? AND purpose = ? ORDER BY transfer_id", merchant, purchase.PurposeRefund)
		for _, x := range ordered {
			all = append(all, RefundInfo{InvoiceNo: x.InvoiceNo, TransferID: x.ID, Paid: x.Amount, LeftOn: x.LeftOn, ReturnedOn: x.ReturnedOn})
		}
		return err
	})
	return all, err
}
