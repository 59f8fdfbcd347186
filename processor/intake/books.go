package intake

import (
	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A docKey names what a row holds.
type docKey struct {
	feed purchase.Feed
	key  string
}

// A candidate is a row that is tried.
type candidate struct {
	id     int64
	record purchase.Record
	tries  int64 // verdicts that it has already
	parked *waiter
}

// A waiter is what is known of a parked row.
type waiter struct {
	since     schedules.Date // first parked
	clock     schedules.Date // since, plus the days on which the clock stood
	run       int64          // that parked it first
	code      purchase.Code
	orderNo   string
	invoiceNo string
}

// news reports whether a further verdict must be told in a supplementary ack:
// not when the row was parked for the first time in the same run, for then the
// ack of its file is still to come.
func (c candidate) news(run Run) bool {
	return c.tries > 0 && (c.tries > 1 || c.id < 0 || c.parked == nil || c.parked.run != run.Number)
}

// A ruling is the verdict of a row, as it is stored.
type ruling struct {
	verdict
	row candidate
}

// books is what a chunk of rows is tried against: the documents, orders and
// invoices that its rows name, and what the rows so far have changed of them.
type books struct {
	terms    purchase.Terms
	day      schedules.Date
	held     map[docKey][]holding
	orders   map[string]*order
	invoices map[string]*invoice
	traced   map[traceKey][]traced
	changes
}

// changes is what is to be written of a chunk.
type changes struct {
	rulings         []ruling
	holdings        map[docKey]int64 // the row whose holding changed
	released        []int64          // rows that hold their key no longer
	ordersChanged   map[string]bool
	invoicesChanged map[string]bool
	reductions      []placed
	ready           []purchase.Ready
	appeared        []string // what parked rows may wait for
}

// placed is a reduction with its invoice.
type placed struct {
	invoiceNo string
	reduction
}

func newBooks(terms purchase.Terms, day schedules.Date) *books {
	return &books{
		terms: terms, day: day,
		held: map[docKey][]holding{}, orders: map[string]*order{}, invoices: map[string]*invoice{},
		traced:  map[traceKey][]traced{},
		changes: changes{holdings: map[docKey]int64{}, ordersChanged: map[string]bool{}, invoicesChanged: map[string]bool{}},
	}
}

// others returns the rows that hold a key, but not the row itself.
func (b *books) others(k docKey, row int64) []holding {
	all := b.held[k]
	for i, h := range all {
		if h.row == row {
			rest := append([]holding{}, all[:i]...)
			return append(rest, all[i+1:]...)
		}
	}
	return all
}

// try gives a row its verdict and books what follows from it.
func (b *books) try(c candidate) {
	v := b.judge(c)
	if c.parked != nil && (v.status == purchase.Duplicate || v.status == purchase.Conflict) {
		v.status = purchase.Rejected // a row that waited is booked or rejected, nothing else
	}
	if v.status == purchase.Parked {
		v = b.until(c, v)
	}
	b.rulings = append(b.rulings, ruling{verdict: v, row: c})
	switch v.status {
	case purchase.Booked:
		b.book(c)
	case purchase.Parked:
		if c.parked == nil {
			b.hold(c, false)
		}
	default:
		if c.parked != nil {
			b.release(c)
		}
	}
}

// judge asks the rule of the row's feed.
func (b *books) judge(c candidate) verdict {
	held := b.others(docKey{c.record.Feed(), c.record.Key()}, c.id)
	currency := b.terms.Currency
	switch r := c.record.(type) {
	case purchase.Order:
		return judgeOrder(r, held, b.orders[r.OrderNo])
	case purchase.Invoice:
		return judgeInvoice(r, currency, held, b.orders[r.OrderNo])
	case purchase.Shipment:
		return judgeShipment(r, b.shipping(r, held))
	case purchase.Return:
		return judgeReturn(r, currency, held, b.orders[r.OrderNo], b.invoices[b.target(r)])
	case purchase.Credit:
		return judgeCredit(r, currency, held, b.invoices[r.InvoiceNo])
	case purchase.Cancellation:
		return judgeCancellation(r, held, b.orders[r.OrderNo])
	case purchase.Payment:
		return judgePayment(r, currency, held, b.originals(r))
	case purchase.Instruction:
		return judgeInstruction(r, held, b.invoices[r.InvoiceNo])
	}
	return rejected(purchase.FieldFormat, formats.Cause{})
}

func (b *books) shipping(r purchase.Shipment, held []holding) shipping {
	return shipping{
		currency: b.terms.Currency, makes: b.terms.InvoiceFromShipments, held: held,
		order: b.orders[r.OrderNo], invoice: b.invoices[r.InvoiceNo],
		claimed: len(b.held[docKey{purchase.Invoices, r.InvoiceNo}]) > 0,
	}
}

// target returns the invoice of a return: that which it names, or the only one
// of its order.
func (b *books) target(r purchase.Return) string {
	if r.InvoiceNo != "" {
		return r.InvoiceNo
	}
	if o := b.orders[r.OrderNo]; o != nil && o.invoices == 1 {
		return o.invoiceNo
	}
	return ""
}

// hold lets a row hold its key.
func (b *books) hold(c candidate, booked bool) {
	k := docKey{c.record.Feed(), c.record.Key()}
	h := holding{
		row: c.id, booked: booked, date: c.record.Date(),
		material: digest(c.record.Material()), content: digest(c.record.Content()),
	}
	switch r := c.record.(type) {
	case purchase.Invoice:
		h.orderNo = r.OrderNo
	case purchase.Shipment:
		h.orderNo, h.invoiceNo, h.amount = r.OrderNo, r.InvoiceNo, r.Gross
		h.loose = !b.terms.InvoiceFromShipments || booked && b.invoices[r.InvoiceNo].row != c.id
	case purchase.Return:
		h.invoiceNo = b.target(r)
	case purchase.Payment:
		h.amount, h.orderNo = r.Amount, r.EndToEndID
		h.invoiceNo = b.trace(r, h)
	}
	b.held[k] = append(b.others(k, c.id), h)
	b.holdings[k] = c.id
}

// release gives the key of a row free.
func (b *books) release(c candidate) {
	k := docKey{c.record.Feed(), c.record.Key()}
	b.held[k] = b.others(k, c.id)
	b.released = append(b.released, c.id)
}
