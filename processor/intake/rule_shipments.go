package intake

import (
	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A shipping is what the rule for shipments looks at.
type shipping struct {
	currency string
	makes    bool // setting invoice_from_shipments
	held     []holding
	order    *order
	invoice  *invoice
	// claimed: a parked row of an invoices file holds the invoice's number.
	claimed bool
}

// judgeShipment: order and invoice must be known and belong together. Without
// an invoices feed the first shipment of an unknown invoice makes it; a further
// one may repeat its values or leave them empty.
func judgeShipment(r purchase.Shipment, s shipping) verdict {
	if r.Currency != "" && r.Currency != s.currency {
		return wrongCurrency(r.Currency, s.currency)
	}
	if v, again := s.repeated(r); again {
		return v
	}
	if v, ends := ofOrder(r.OrderNo, s.order); ends {
		return v
	}
	switch {
	case s.invoice != nil:
		return s.further(r)
	case !s.makes || s.claimed:
		return withoutInvoice(r.InvoiceNo)
	case r.Gross == 0:
		return wrong(purchase.FieldRequired, "", formats.Cause{Why: formats.WhyAmountNeeded, Column: "gross_amount", Invoice: r.InvoiceNo})
	}
	return judgeInvoicing(invoiceOf(r, s.currency), s.order)
}

// repeated: the amount is material unless the row that holds the key was booked
// onto an invoice that existed already.
func (s shipping) repeated(r purchase.Shipment) (verdict, bool) {
	v, again := repeated(s.held, 0, digest(r.Material()), digest(r.Content()))
	if v.warning != "" && !s.held[0].loose && s.held[0].amount != r.Gross {
		return against(s.held[0], purchase.Conflict, purchase.ConflictRow, formats.WhyConflict), true
	}
	return v, again
}

// further judges a shipment of a known invoice.
func (s shipping) further(r purchase.Shipment) verdict {
	i := s.invoice
	if i.orderNo != r.OrderNo {
		return wrong(purchase.FieldRange, r.InvoiceNo, formats.Cause{
			Why: formats.WhyOtherOrder, Column: "invoice_no", Invoice: r.InvoiceNo, Order: i.orderNo, Value: r.OrderNo,
		})
	}
	if s.makes && (r.Gross != 0 && r.Gross != i.gross ||
		!r.InvoiceDate.IsZero() && r.InvoiceDate != i.date ||
		!r.DueDate.IsZero() && r.DueDate != i.due) {
		v := against(holding{row: i.row}, purchase.Conflict, purchase.ConflictRow, formats.WhyConflictInvoice)
		v.cause.Invoice = r.InvoiceNo
		return v
	}
	return booked()
}

// invoiceOf makes the invoice of a shipment; its date defaults to the day of
// shipping.
func invoiceOf(r purchase.Shipment, currency string) purchase.Invoice {
	i := purchase.Invoice{
		InvoiceNo: r.InvoiceNo, OrderNo: r.OrderNo, InvoiceDate: r.InvoiceDate, Currency: currency,
		Gross: r.Gross, Tax: r.Tax, DueDate: r.DueDate,
	}
	if i.InvoiceDate.IsZero() {
		i.InvoiceDate = r.ShippedOn
	}
	return i
}

// over reports whether a document would bring a claim below zero.
func over(c purchase.Claim, more money.Amount) bool { return c.Base() < more }
