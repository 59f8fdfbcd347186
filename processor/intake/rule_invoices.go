package intake

import (
	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// judgeInvoice: the order must be accepted and not cancelled, the invoice not
// later than the order's valid_until, and all invoices together not more than
// was approved.
func judgeInvoice(r purchase.Invoice, currency string, held []holding, o *order) verdict {
	if r.Currency != currency {
		return wrongCurrency(r.Currency, currency)
	}
	if v, again := repeated(held, 0, digest(r.Material()), digest(r.Content())); again {
		return v
	}
	if v, ends := ofOrder(r.OrderNo, o); ends {
		return v
	}
	return judgeInvoicing(r, o)
}

// judgeInvoicing judges an invoice of an accepted order, from an invoices file
// or made by a shipment.
func judgeInvoicing(r purchase.Invoice, o *order) verdict {
	switch {
	case !r.DueDate.IsZero() && r.DueDate < r.InvoiceDate:
		return dueBefore("due_date", r.DueDate, r.InvoiceDate)
	case o.cancelled:
		return rejected(purchase.NotAccepted, formats.Cause{Why: formats.WhyCancelled, Order: r.OrderNo})
	case r.InvoiceDate > o.validUntil:
		return rejected(purchase.Closed, formats.Cause{
			Why: formats.WhyTooLate, Order: r.OrderNo, Date: r.InvoiceDate, Limit: o.validUntil,
		})
	case r.Gross > o.approved-o.invoiced:
		return rejected(purchase.OverApproved, overApproved(r.OrderNo, r.Gross, o))
	}
	return booked()
}
