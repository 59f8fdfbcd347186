package intake

import "github.com/kontor-exchange/kontor/processor/purchase"

// judgePayment: a negative amount returns the payment with the same id, of at
// most its amount and not booked before it. originals are the rows that hold
// the key of that payment. What is no debtor's money (a transfer of ours, a debit
// of the bank) returns nothing: the provider books it as what it is.
func judgePayment(r purchase.Payment, currency string, held, originals []holding) verdict {
	if r.Currency != currency {
		return wrong(purchase.WrongCurrency, "currency", r.Currency)
	}
	if v, again := repeated(held, 0, digest(r.Material()), digest(r.Content())); again {
		return v
	}
	if r.Amount > 0 || r.Purpose != "" {
		return booked()
	}
	if len(originals) == 0 || !originals[0].booked {
		return parked(purchase.UnknownInvoice, r.PaymentID, awaited(r)...)
	}
	switch original := originals[0]; {
	case r.Amount < -original.amount:
		return wrong(purchase.FieldRange, "amount", r.Amount.String())
	case r.BookedOn < original.date:
		return wrong(purchase.FieldRange, "booked_on", r.BookedOn.String())
	}
	return booked()
}
