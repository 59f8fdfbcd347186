package provider

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// takePayments matches payments, and undoes those that the bank took back.
func (t *taking) takePayments(ctx context.Context, items []item) error {
	if err := t.loadPayments(ctx, collect(items, purchase.Payment.Number)); err != nil {
		return err
	}
	fresh := make([]*payment, 0, len(items))
	for _, i := range items {
		if r, _ := i.Record.(purchase.Payment); r.Amount > 0 && r.Purpose == "" {
			fresh = append(fresh, t.payment(r, i))
		}
	}
	l, err := t.look(ctx, fresh, true)
	if err != nil {
		return err
	}
	for _, i := range items {
		r, _ := i.Record.(purchase.Payment)
		code, err := t.takePayment(ctx, l, r, i)
		if err != nil {
			return err
		}
		t.result(i, code)
	}
	return nil
}

func (t *taking) payment(r purchase.Payment, i item) *payment {
	return &payment{
		Merchant: t.terms.Merchant, PaymentID: r.PaymentID, Account: r.Account, Amount: r.Amount, Waiting: r.Amount,
		BookedOn: r.BookedOn, ValueOn: r.ValueOn, DebtorName: r.DebtorName, DebtorIBAN: r.DebtorIBAN,
		Reference: r.Reference, Source: i.source(), Cause: i.cause(),
	}
}

func (t *taking) takePayment(ctx context.Context, l *lookup, r purchase.Payment, i item) (purchase.Code, error) {
	if r.Purpose != "" {
		return t.takeTransfer(ctx, r, i)
	}
	known := t.payments[paymentID{r.PaymentID, r.Account}]
	switch {
	case r.Amount < 0 && known == nil:
		return purchase.UnknownInvoice, nil
	case r.Amount < 0:
		return t.giveBack(known, -r.Amount, r, i.source(), i.cause())
	case known != nil:
		return purchase.DuplicateRow, nil
	}
	p := t.payment(r, i)
	if h, ok := t.match(l, p, true); ok {
		if settled, err := t.settle(p, h, ledger.Bank); settled || err != nil {
			return "", err
		}
	}
	p.note(t.missed(l, p))
	return "", t.suspend(p)
}
