package intake

import (
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// book books an accepted row: what it changes of orders and invoices, what goes
// into the next batch, and what parked rows may have waited for.
func (b *books) book(c candidate) {
	returned := false
	switch r := c.record.(type) {
	case purchase.Order:
		b.bookOrder(c.id, r)
	case purchase.Invoice:
		b.bookInvoice(c.id, r)
	case purchase.Shipment:
		if b.invoices[r.InvoiceNo] == nil {
			b.makeInvoice(c.id, r)
		}
	case purchase.Return:
		if r.Kind == purchase.ReturnReceived {
			b.reduce(c.id, b.target(r), purchase.Reduction{Number: r.ReturnNo, Kind: r.Kind, Amount: r.Gross})
		}
	case purchase.Credit:
		b.reduce(c.id, r.InvoiceNo, reductionOf(r))
	case purchase.Cancellation:
		b.orders[r.OrderNo].cancelled = true
		b.ordersChanged[r.OrderNo] = true
	case purchase.Payment:
		if returned = r.Amount < 0; !returned {
			b.appeared = append(b.appeared, awaitPayment(r.Key()))
			if r.EndToEndID != "" {
				b.appeared = append(b.appeared, awaitTrace(traceOf(r)))
			}
		}
	case purchase.Instruction:
		if r.Kind == purchase.DirectPayment {
			b.invoices[r.InvoiceNo].direct += r.Amount
			b.invoicesChanged[r.InvoiceNo] = true
		}
	}
	b.hold(c, true)
	b.send(c.id, c.record, returned)
}

// send puts a record into the next batch.
func (b *books) send(row int64, r purchase.Record, returned bool) {
	b.ready = append(b.ready, purchase.Ready{
		RowRef: purchase.RowRef{Feed: r.Feed(), Row: row}, Date: r.Date(), Number: r.Number(), Returned: returned,
	})
}

// bookOrder makes the order one that waits for its decision, for the first time
// or anew.
func (b *books) bookOrder(row int64, r purchase.Order) {
	b.orders[r.OrderNo] = &order{row: row, asked: b.day}
	b.ordersChanged[r.OrderNo] = true
}

func (b *books) bookInvoice(row int64, r purchase.Invoice) {
	o := b.orders[r.OrderNo]
	o.invoiced += r.Gross
	o.invoices++
	o.invoiceNo = r.InvoiceNo
	b.ordersChanged[r.OrderNo] = true
	b.invoices[r.InvoiceNo] = &invoice{row: row, orderNo: r.OrderNo, date: r.InvoiceDate, due: r.DueDate, gross: r.Gross, assume: b.terms.AssumeReturn}
	b.invoicesChanged[r.InvoiceNo] = true
	b.appeared = append(b.appeared, awaitInvoice(r.InvoiceNo), awaitInvoiceOf(r.OrderNo))
}

// makeInvoice books the invoice of a shipment: it holds its own key and travels
// as a record of its own, with the shipment's row as its source.
func (b *books) makeInvoice(row int64, r purchase.Shipment) {
	i := invoiceOf(r, b.terms.Currency)
	b.bookInvoice(row, i)
	b.hold(candidate{id: row, record: i}, true)
	b.send(row, i, false)
}

func (b *books) reduce(row int64, invoiceNo string, d purchase.Reduction) {
	i := b.invoices[invoiceNo]
	r := reduction{Reduction: d, row: row}
	i.docs = append(i.docs, r)
	i.credited, _ = i.fold(nil)
	b.invoicesChanged[invoiceNo] = true
	b.reductions = append(b.reductions, placed{invoiceNo: invoiceNo, reduction: r})
}
