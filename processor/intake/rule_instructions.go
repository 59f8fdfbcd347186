package intake

import (
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// judgeInstruction: a due date is not before the invoice, and a direct payment
// does not make the claim negative.
func judgeInstruction(r purchase.Instruction, held []holding, i *invoice) verdict {
	if v, again := repeated(held, 0, digest(r.Material()), digest(r.Content())); again {
		return v
	}
	if i == nil {
		return withoutInvoice(r.InvoiceNo)
	}
	switch {
	case r.Kind == purchase.DueChange && schedules.NextWorkingDay(r.Day) < i.date:
		return dueBefore("date", r.Day, i.date)
	case r.Kind == purchase.DirectPayment && over(i.claim(), r.Amount):
		return wrong(purchase.OverCredit, r.Amount.String(), overCredit(r.InvoiceNo, "amount", r.Amount, i.credited, i))
	}
	return booked()
}
