package intake

import (
	"crypto/sha256"
	"encoding/base64"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A verdict is what a rule says of a row.
type verdict struct {
	status  purchase.Verdict
	code    purchase.Code
	warning purchase.Code
	column  string   // the cell that is to blame, if one is
	value   string   // what it says
	cause   cause    // what its message says
	waits   []string // of a parked row: what must appear before it is tried again
}

func booked() verdict { return verdict{status: purchase.Booked} }

func rejected(code purchase.Code, c formats.Cause) verdict {
	return verdict{status: purchase.Rejected, code: code, cause: cause{Cause: c}}
}

// wrong rejects a row because of one cell, that of c.Column.
func wrong(code purchase.Code, value string, c formats.Cause) verdict {
	v := rejected(code, c)
	v.column, v.value = c.Column, value
	return v
}

// wrongCurrency rejects a row that is not in the currency of the account.
func wrongCurrency(came, wanted string) verdict {
	return wrong(purchase.WrongCurrency, came, formats.Cause{Why: formats.WhyCurrency, Column: "currency", Value: came, Wanted: wanted})
}

// parked lets a row wait; code is the one that it ends with when nothing comes.
func parked(code purchase.Code, c formats.Cause, waits ...string) verdict {
	return verdict{status: purchase.Parked, code: code, cause: cause{Cause: c}, waits: waits}
}

// withoutInvoice lets a row wait for its invoice.
func withoutInvoice(no string) verdict {
	return parked(purchase.UnknownInvoice, formats.Cause{Why: formats.WhyWaitsInvoice, Invoice: no}, awaitInvoice(no))
}

// against is the verdict on a row whose key another row holds.
func against(h holding, status purchase.Verdict, code purchase.Code, why formats.Why) verdict {
	return verdict{status: status, code: code, cause: cause{Cause: formats.Cause{Why: why}, Other: h.row}}
}

// What a parked row can wait for. No number contains a control character.
func awaitOrder(no string) string     { return "order\x1f" + no }      // its decision
func awaitInvoice(no string) string   { return "invoice\x1f" + no }    // to be booked
func awaitInvoiceOf(no string) string { return "invoice of\x1f" + no } // any of the order, to be booked
func awaitPayment(key string) string  { return "payment\x1f" + key }   // to be booked
func awaitTrace(k traceKey) string    { return "trace\x1f" + k.account + "\x1f" + k.id }

// A holding is a parked or booked row that holds a business key.
type holding struct {
	row       int64
	booked    bool
	material  string // digests
	content   string
	loose     bool // shipments: the amount is not material
	date      schedules.Date
	amount    money.Amount // of payments and shipments
	orderNo   string       // of payments: the end-to-end id
	invoiceNo string       // returns: the invoice that was found; returned payments: the payment
}

// An order is what intake knows of an order that was booked.
type order struct {
	row        int64 // the last one booked
	asked      schedules.Date
	decision   string // "" while the receipt is outstanding
	code       purchase.Code
	approved   money.Amount
	validUntil schedules.Date
	invoiced   money.Amount
	invoices   int64
	invoiceNo  string // when there is exactly one
	cancelled  bool
}

// dataMissing reports whether a corrected row is decided anew.
func (o *order) dataMissing() bool {
	return o.decision == purchase.DecisionDeclined && o.code == purchase.DataMissing
}

// An invoice is what intake knows of an invoice that was booked.
type invoice struct {
	row      int64
	orderNo  string
	date     schedules.Date
	due      schedules.Date
	gross    money.Amount
	credited money.Amount // K
	direct   money.Amount // D
	assume   bool         // setting assume_return of the day on which it was booked
	docs     []reduction
}

// A reduction is a received return or a credit, with the row that booked it.
type reduction struct {
	purchase.Reduction
	row int64
}

// claim is the invoice as the one formula sees it, as far as intake knows it.
func (i *invoice) claim() purchase.Claim {
	return purchase.Claim{I: i.gross, K: i.credited, D: i.direct}
}

// repeated judges a row whose key is held by another row. Of orders several
// rows may hold one key; last is the row that was booked last.
func repeated(held []holding, last int64, material, content string) (verdict, bool) {
	if len(held) == 0 {
		return verdict{}, false
	}
	for _, h := range held {
		if h.content == content {
			return against(h, purchase.Duplicate, purchase.DuplicateRow, formats.WhyDuplicate), true
		}
	}
	base := held[len(held)-1]
	for _, h := range held {
		switch {
		case h.row != last && last != 0:
		case h.material == material:
			v := against(h, purchase.Duplicate, purchase.DuplicateRow, formats.WhyDuplicate)
			v.warning = purchase.ChangedImmaterial
			return v, true
		default:
			base = h
		}
	}
	return against(base, purchase.Conflict, purchase.ConflictRow, formats.WhyConflict), true
}

// ofOrder judges a row by the order that it belongs to: it waits while the
// order is unknown, not decided or to be corrected.
func ofOrder(no string, o *order) (verdict, bool) {
	switch {
	case o == nil:
		return parked(purchase.UnknownOrder, formats.Cause{Why: formats.WhyWaitsOrder, Order: no}, awaitOrder(no)), true
	case o.decision == "" || o.decision == purchase.DecisionReview || o.dataMissing():
		return parked(purchase.NotAccepted, formats.Cause{Why: o.waitsFor(), Order: no}, awaitOrder(no)), true
	case o.decision != purchase.DecisionAccepted:
		return rejected(purchase.NotAccepted, formats.Cause{Why: formats.WhyDeclined, Order: no, Code: o.code}), true
	}
	return verdict{}, false
}

// digest shortens the content of a record to what equality needs: 128 bits.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
