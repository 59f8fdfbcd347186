package intake

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// load reads what the names stand for: one statement for each kind of thing.
func (b *books) load(ctx context.Context, tx *database.Tx, merchant string, n names) error {
	for feed := purchase.Orders; feed <= purchase.Instructions; feed++ {
		if keys := slices.Sorted(maps.Keys(n.documents[feed])); len(keys) > 0 {
			if err := b.loadHoldings(ctx, tx, merchant, feed, keys); err != nil {
				return err
			}
		}
	}
	if err := b.loadTraced(ctx, tx, merchant, slices.Sorted(maps.Keys(n.traces))); err != nil {
		return err
	}
	if err := b.loadOrders(ctx, tx, merchant, slices.Sorted(maps.Keys(n.orders))); err != nil {
		return err
	}
	for no := range n.orders {
		if o := b.orders[no]; o != nil && n.documents[purchase.Returns] != nil && o.invoiceNo != "" {
			n.invoices[o.invoiceNo], n.reduced[o.invoiceNo] = true, true
		}
	}
	if err := b.loadInvoices(ctx, tx, merchant, slices.Sorted(maps.Keys(n.invoices))); err != nil {
		return err
	}
	return b.loadReductions(ctx, tx, merchant, slices.Sorted(maps.Keys(n.reduced)))
}

func (b *books) loadHoldings(ctx context.Context, tx *database.Tx, merchant string, feed purchase.Feed, keys []string) error {
	rows, err := tx.Query(ctx, `SELECT doc_key, id, booked, material, content, loose, date, amount, order_no, invoice_no
		FROM intake_documents WHERE merchant_id = ? AND feed = ? AND doc_key IN ?? ORDER BY doc_key, id`, merchant, int64(feed), keys)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var h holding
		var key string
		var date int64
		err = r.Scan(&key, &h.row, &h.booked, &h.material, &h.content, &h.loose, &date, &h.amount, &h.orderNo, &h.invoiceNo)
		h.date = schedules.Date(date)
		k := docKey{feed, key}
		b.held[k] = append(b.held[k], h)
		return struct{}{}, err
	})
	return err
}

func (b *books) loadOrders(ctx context.Context, tx *database.Tx, merchant string, numbers []string) error {
	if len(numbers) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT order_no, id, asked, decision, code, approved, valid_until, invoiced, invoices, invoice_no, cancelled
		FROM intake_orders WHERE merchant_id = ? AND order_no IN ??`, merchant, numbers)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var o order
		var no string
		var asked, valid int64
		err = r.Scan(&no, &o.row, &asked, &o.decision, &o.code, &o.approved, &valid, &o.invoiced, &o.invoices, &o.invoiceNo, &o.cancelled)
		o.asked, o.validUntil = schedules.Date(asked), schedules.Date(valid)
		b.orders[no] = &o
		return struct{}{}, err
	})
	return err
}

func (b *books) loadInvoices(ctx context.Context, tx *database.Tx, merchant string, numbers []string) error {
	if len(numbers) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT invoice_no, id, order_no, date, due, gross, credited, direct, assume_return
		FROM intake_invoices WHERE merchant_id = ? AND invoice_no IN ??`, merchant, numbers)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var i invoice
		var no string
		var date, due int64
		err = r.Scan(&no, &i.row, &i.orderNo, &date, &due, &i.gross, &i.credited, &i.direct, &i.assume)
		i.date, i.due = schedules.Date(date), schedules.Date(due)
		b.invoices[no] = &i
		return struct{}{}, err
	})
	return err
}

func (b *books) loadReductions(ctx context.Context, tx *database.Tx, merchant string, invoices []string) error {
	if len(invoices) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT invoice_no, id, number, kind, names, amount
		FROM intake_reductions WHERE merchant_id = ? AND invoice_no IN ?? ORDER BY invoice_no, id`, merchant, invoices)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var d reduction
		var no string
		err = r.Scan(&no, &d.row, &d.Number, &d.Kind, &d.Names, &d.Amount)
		if i := b.invoices[no]; i != nil {
			i.docs = append(i.docs, d)
		}
		return struct{}{}, err
	})
	return err
}
