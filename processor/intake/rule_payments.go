package intake

import (
	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// judgePayment: a negative amount returns the payment with the same id, of at
// most its amount and not booked before it. originals are the rows that hold
// the key of that payment. What is no debtor's money (a transfer of ours, a debit
// of the bank) returns nothing: the provider books it as what it is.
func judgePayment(r purchase.Payment, currency string, held, originals []holding) verdict {
	if r.Currency != currency {
		return wrongCurrency(r.Currency, currency)
	}
	if v, again := repeated(held, 0, digest(r.Material()), digest(r.Content())); again {
		return v
	}
	if r.Amount > 0 || r.Purpose != "" {
		return booked()
	}
	if len(originals) == 0 || !originals[0].booked {
		return parked(purchase.UnknownInvoice, formats.Cause{Why: formats.WhyWaitsPayment, Number: r.PaymentID}, awaited(r)...)
	}
	switch original := originals[0]; {
	case r.Amount < -original.amount:
		return wrong(purchase.FieldRange, r.Amount.String(), formats.Cause{
			Why: formats.WhyReturnedMore, Column: "amount", Number: r.PaymentID, Amount: r.Amount.Abs(), Gross: original.amount,
		})
	case r.BookedOn < original.date:
		return wrong(purchase.FieldRange, r.BookedOn.String(), formats.Cause{
			Why: formats.WhyReturnedEarly, Column: "booked_on", Number: r.PaymentID, Date: r.BookedOn, Limit: original.date,
		})
	}
	return booked()
}
