package samples

import (
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Rows that must not be booked. Their documents have an X in the number,
// except the repeated and the changed order.
const (
	noCurrency   = "no currency"   // FIELD_REQUIRED
	formula      = "formula"       // FIELD_FORMAT: the number begins with "="
	tooLong      = "too long"      // FIELD_LENGTH
	zeroAmount   = "zero amount"   // FIELD_RANGE
	dollars      = "dollars"       // CURRENCY
	unknown      = "unknown order" // PARKED, later UNKNOWN_ORDER
	tooMuch      = "too much"      // OVER_APPROVED
	otherAccount = "other account" // UNKNOWN_ACCOUNT
	repeated     = "repeated"      // DUPLICATE
	changed      = "changed"       // CONFLICT
)

// mess adds a bad row to the history.
func (h *history) mess() {
	day := h.day + h.d.below(3)
	e := event{feed: purchase.Invoices, bad: true, day: day, date: day, amount: h.gross}
	switch h.d.below(10) {
	case 0:
		e.feed, e.kind = purchase.Orders, noCurrency
	case 1:
		e.feed, e.kind = purchase.Orders, formula
	case 2:
		e.feed, e.kind = purchase.Orders, tooLong
	case 3:
		e.kind = zeroAmount
	case 4:
		e.kind = dollars
	case 5:
		e.feed, e.kind = purchase.Shipments, unknown
	case 6:
		e.day, e.date, e.kind = h.g.working[day+9], h.g.working[day+9], tooMuch
	case 7:
		e.day = h.g.bank[day]
		e.feed, e.kind, e.date = purchase.Payments, otherAccount, e.day
	case 8:
		e.feed, e.kind, e.date = purchase.Orders, repeated, h.day
	case 9:
		e.feed, e.kind, e.date = purchase.Orders, changed, h.day
	}
	if e.feed == purchase.Invoices && h.g.InvoiceFromShipments {
		e.feed, e.kind = purchase.Orders, noCurrency
	}
	h.add(e)
}

// spoil turns a good row into a bad one.
func spoil(r purchase.Record, kind string) purchase.Record {
	switch r := r.(type) {
	case purchase.Order:
		return spoilOrder(r, kind)
	case purchase.Invoice:
		r.InvoiceNo = "X" + r.InvoiceNo
		switch kind {
		case zeroAmount:
			r.Gross, r.Tax = 0, 0
		case dollars:
			r.Currency = "USD"
		}
		return r
	case purchase.Shipment:
		r.ShipmentNo, r.OrderNo, r.InvoiceNo = "X"+r.ShipmentNo, "X"+r.OrderNo, "X"+r.InvoiceNo
		return r
	case purchase.Payment:
		r.PaymentID, r.Account = "X"+r.PaymentID, "DE02500105170137075030"
		return r
	default:
		return r
	}
}

func spoilOrder(o purchase.Order, kind string) purchase.Order {
	switch kind {
	case noCurrency:
		o.OrderNo, o.Currency = "X"+o.OrderNo, ""
	case formula:
		o.OrderNo = "=X" + o.OrderNo
	case tooLong:
		o.OrderNo = "X" + o.OrderNo + strings.Repeat("0", 60)
	case changed:
		o.Gross += money.Amount(100)
	}
	return o
}
