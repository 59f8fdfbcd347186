package samples

import (
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// currency is the one of the sample shop.
const currency = "EUR"

// number returns a document number such as RE100001, with a letter behind it
// for what an order has more than one of: RE100001B.
func (h *history) number(prefix string, nth int) string {
	n := prefix + strconv.Itoa(100_001+h.order)
	if nth > 0 {
		n += string(rune('A' + nth))
	}
	return n
}

func (h *history) orderNo() string             { return h.number("A", 0) }
func (h *history) invoiceNo(part int) string   { return h.number("RE", part) }
func (h *history) returnNo(part int) string    { return h.number("RT", part) }
func (h *history) date(day int) schedules.Date { return h.g.calendar.date(day) }

// record writes out an event.
func (h *history) record(e *event) purchase.Record {
	switch e.feed {
	case purchase.Orders:
		return h.orderRecord(e)
	case purchase.Invoices:
		return purchase.Invoice{
			InvoiceNo: h.invoiceNo(e.part), OrderNo: h.orderNo(), InvoiceDate: h.date(e.date),
			Currency: currency, Gross: e.amount, Tax: vat(e.amount),
			TermDays: purchase.Days{N: h.g.TermDays, Given: true}, DefaultNotice: h.order%2 == 0,
		}
	case purchase.Shipments:
		return h.shipment(e)
	case purchase.Returns:
		return purchase.Return{
			ReturnNo: h.returnNo(e.part), Kind: e.kind, InvoiceNo: h.invoiceNo(e.part),
			ReturnedOn: h.date(e.date), Currency: currency, Gross: e.amount, Reason: "Widerruf",
		}
	case purchase.Credits:
		return h.credited(e)
	case purchase.Cancellations:
		return purchase.Cancellation{
			CancelNo: h.number("ST", 0), OrderNo: h.orderNo(), CancelledOn: h.date(e.date), Reason: "nicht lieferbar",
		}
	case purchase.Payments:
		return h.payment(e)
	default:
		return purchase.Instruction{
			InstructionNo: h.number("AW", 2*e.part+e.copy), Kind: e.kind, InvoiceNo: h.invoiceNo(e.part),
			Day: h.date(e.date), Amount: e.amount, Reason: reason(e.kind),
		}
	}
}

// orderRecord writes out an order as its outcome wants it.
func (h *history) orderRecord(e *event) purchase.Order {
	o := purchase.Order{
		OrderNo: h.orderNo(), OrderDate: h.date(e.date), Currency: currency, Gross: e.amount, Tax: vat(e.amount),
		TermDays: purchase.Days{N: h.g.TermDays, Given: true},
	}
	h.g.people.person(h.customer(), h.g.Shares.Business, &o)
	d := newDraw(h.g.Seed, h.order, onOrder)
	if h.fate.elsewhere {
		h.g.people.elsewhere(&d, &o)
	}
	switch {
	case h.fate.outcome == underage:
		o.CustomerType, o.Company, o.VATID = purchase.B2C, "", ""
		o.BirthDate = o.OrderDate - schedules.Date(d.between(15*366, 17*366))
	case h.fate.outcome == abroad:
		o.Postcode, o.City, o.Country = "1010", "Wien", "AT"
	case e.kind == incomplete:
		switch d.below(3) {
		case 0:
			o.FirstName = string([]rune(o.FirstName)[:1]) + "."
		case 1:
			o.Phone = ""
		default:
			o.Street = ""
		}
	}
	return o
}

func (h *history) customer() int {
	if h.g.Simple {
		return h.order
	}
	return h.g.people.customer(h.order, h.g.Shares.Returning)
}

// shipment writes out a delivery; where there is no invoices feed the first
// parcel carries the amount of the invoice.
func (h *history) shipment(e *event) purchase.Shipment {
	s := purchase.Shipment{
		ShipmentNo: h.number("LI", 2*e.part+e.copy), OrderNo: h.orderNo(), ShippedOn: h.date(e.date),
		InvoiceNo: h.invoiceNo(e.part), Carrier: "DHL", TrackingNo: h.number("JJD0", 2*e.part+e.copy),
	}
	if h.g.InvoiceFromShipments && e.copy == 0 {
		s.Currency, s.Gross, s.Tax = currency, e.amount, vat(e.amount)
	}
	return s
}

func (h *history) credited(e *event) purchase.Credit {
	c := purchase.Credit{
		CreditNo: h.number("GU", e.part), Kind: e.kind, InvoiceNo: h.invoiceNo(e.part),
		CreditedOn: h.date(e.date), Currency: currency, Gross: e.amount, Tax: vat(e.amount), Reason: "Gutschrift",
	}
	if e.names {
		c.ReturnNo = h.returnNo(e.part)
	}
	return c
}

// payment writes out money that came to the settlement account, or went back.
func (h *history) payment(e *event) purchase.Payment {
	var o purchase.Order
	customer := h.customer()
	h.g.people.person(customer, h.g.Shares.Business, &o)
	p := purchase.Payment{
		PaymentID: h.number("Z", 2*e.part+e.copy), Account: h.g.Account, BookedOn: h.date(e.date), Amount: e.amount,
		Currency: currency, DebtorName: o.FirstName + " " + o.LastName, DebtorIBAN: h.g.people.iban(customer),
	}
	if o.Company != "" {
		p.DebtorName = o.Company
	}
	if e.kind == bounced {
		p.Reference = "Rückgabe " + p.PaymentID
		return p
	}
	p.ValueOn = p.BookedOn
	d := newDraw(h.g.Seed, 4*h.order+2*e.part+e.copy, onPayment)
	p.Reference = h.reference(&d, e.part)
	return p
}

// reference is what a customer writes: mostly the RF reference of the payment
// instruction, often the number of the invoice or order, at times nothing of use.
func (h *history) reference(d *draw, part int) string {
	if d.chance(h.g.Shares.NoReference) {
		return h.useless(d, part)
	}
	rf := purchase.Reference(h.orderNo())
	switch d.below(20) {
	case 0, 1, 2, 3, 4, 5:
		return rf
	case 6, 7, 8, 9, 10:
		return inFours(rf)
	case 11, 12, 13:
		return h.invoiceNo(part)
	case 14:
		return "Rechnung " + h.invoiceNo(part) + " vom " + h.date(h.day).Format("02.01.2006")
	case 15:
		return strings.ToLower(h.invoiceNo(part)) + " " + h.g.Merchant
	case 16, 17:
		return "Auftrag " + h.orderNo() + ", danke"
	case 18:
		return strings.ToLower(rf[:2]) + " " + rf[2:] + " EREF+NOTPROVIDED"
	}
	return "Bestellung " + h.orderNo() + "/" + h.g.Merchant
}

// useless names the order in no way that a machine may trust.
func (h *history) useless(d *draw, part int) string {
	switch d.below(5) {
	case 0:
		return strings.Replace(h.invoiceNo(part), "RE1", "RE1O", 1) // a letter for a digit
	case 1:
		return strings.TrimPrefix(h.orderNo(), "A")
	case 2:
		return "Danke!"
	case 3:
		return h.g.Merchant
	}
	return ""
}

// inFours cuts a reference into groups of four, as it is printed.
func inFours(s string) string {
	var b strings.Builder
	for i, c := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func reason(kind string) string {
	switch kind {
	case purchase.Dispute:
		return "Ware beschädigt"
	case purchase.DirectPayment:
		return "an uns bezahlt"
	}
	return ""
}
