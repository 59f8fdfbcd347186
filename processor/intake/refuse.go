package intake

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// refuseRows takes back what was booked of rows whose records the provider did
// not take: BOOKED becomes REJECTED, and the key is free again.
func refuseRows(ctx context.Context, tx *database.Tx, run Run, terms purchase.Terms, refusals []purchase.Refusal) error {
	codes := map[int64]purchase.Code{}
	var rows []int64
	for _, r := range refusals {
		if _, twice := codes[r.Row]; !twice && r.Feed != purchase.Commands {
			codes[r.Row] = r.Code
			rows = append(rows, r.Row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	all, err := stored(ctx, tx, run.Merchant, rows)
	if err != nil {
		return err
	}
	b, n := newBooks(terms, run.Day), newNames()
	for _, c := range all {
		n.add(c.record)
	}
	if err := b.load(ctx, tx, run.Merchant, n); err != nil {
		return err
	}
	var invoices []string
	for _, c := range all {
		b.rulings = append(b.rulings, ruling{verdict: rejected(codes[c.id], formats.Cause{Why: formats.WhyRefused, Code: codes[c.id]}), row: c})
		b.released = append(b.released, c.id)
		invoices = append(invoices, b.undo(c)...)
	}
	if err := b.save(ctx, tx, run, nil); err != nil {
		return err
	}
	return clean(ctx, tx, run.Merchant, rows, n, invoices)
}

// stored loads rows that were booked.
func stored(ctx context.Context, tx *database.Tx, merchant string, ids []int64) ([]candidate, error) {
	rows, err := tx.Query(ctx, "SELECT id, feed, record FROM intake_rows WHERE merchant_id = ? AND id IN ?? ORDER BY feed, id", merchant, ids)
	all, err := database.Collect(rows, err, func(r *sql.Rows) (c candidate, err error) {
		var feed int64
		var text string
		if err := r.Scan(&c.id, &feed, &text); err != nil {
			return c, err
		}
		c.record, err = decode(purchase.Feed(feed), text)
		return c, err
	})
	if err != nil {
		return nil, err
	}
	return all, recall(ctx, tx, merchant, all)
}

// undo is the inverse of book. It returns the invoice that is no more.
func (b *books) undo(c candidate) (gone []string) {
	switch r := c.record.(type) {
	case purchase.Invoice:
		return b.undoInvoice(c.id, r.InvoiceNo)
	case purchase.Shipment:
		return b.undoInvoice(c.id, r.InvoiceNo)
	case purchase.Return:
		b.undoReduction(c.id, b.heldTarget(c, r))
	case purchase.Credit:
		b.undoReduction(c.id, r.InvoiceNo)
	case purchase.Cancellation:
		if o := b.orders[r.OrderNo]; o != nil {
			o.cancelled = false
			b.ordersChanged[r.OrderNo] = true
		}
	case purchase.Instruction:
		if i := b.invoices[r.InvoiceNo]; i != nil && r.Kind == purchase.DirectPayment {
			i.direct -= r.Amount
			b.invoicesChanged[r.InvoiceNo] = true
		}
	}
	return nil
}

// undoInvoice takes back the invoice if the row has booked it.
func (b *books) undoInvoice(row int64, no string) []string {
	i := b.invoices[no]
	if i == nil || i.row != row {
		return nil
	}
	if o := b.orders[i.orderNo]; o != nil {
		o.invoiced -= i.gross
		o.invoices--
		b.ordersChanged[i.orderNo] = true
	}
	delete(b.invoices, no)
	delete(b.invoicesChanged, no)
	return []string{no}
}

// heldTarget is the invoice onto which a return was booked.
func (b *books) heldTarget(c candidate, r purchase.Return) string {
	for _, h := range b.held[docKey{purchase.Returns, r.Key()}] {
		if h.row == c.id {
			return h.invoiceNo
		}
	}
	return b.target(r)
}

func (b *books) undoReduction(row int64, invoiceNo string) {
	i := b.invoices[invoiceNo]
	if i == nil {
		return
	}
	var rest []reduction
	for _, d := range i.docs {
		if d.row != row {
			rest = append(rest, d)
		}
	}
	i.docs = rest
	i.credited, _ = i.fold(nil)
	b.invoicesChanged[invoiceNo] = true
}

// clean removes what is derived from the rows, and corrects which invoice is
// the only one of its order.
func clean(ctx context.Context, tx *database.Tx, merchant string, rows []int64, n names, invoices []string) error {
	steps := []struct {
		query string
		keys  []string
	}{
		{"DELETE FROM intake_reductions WHERE merchant_id = ? AND id IN ?? AND invoice_no IN ??", slices.Sorted(maps.Keys(n.reduced))},
		{"DELETE FROM intake_orders WHERE merchant_id = ? AND id IN ?? AND order_no IN ??", slices.Sorted(maps.Keys(n.orders))},
	}
	for _, s := range steps {
		if _, err := tx.Exec(ctx, s.query, merchant, rows, s.keys); err != nil {
			return err
		}
	}
	if len(invoices) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, "DELETE FROM intake_invoices WHERE merchant_id = ? AND invoice_no IN ??", merchant, invoices); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE intake_orders SET invoice_no = COALESCE((SELECT MAX(i.invoice_no) FROM intake_invoices i
			WHERE i.merchant_id = intake_orders.merchant_id AND i.order_no = intake_orders.order_no), '')
		WHERE merchant_id = ? AND order_no IN ?? AND invoice_no IN ??`, merchant, slices.Sorted(maps.Keys(n.orders)), invoices)
	return err
}
