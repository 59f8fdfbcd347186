package intake

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Records returns a function that looks up the content of accepted records with
// their sources, in the order of refs. A return that named only its order names
// the invoice that was found, and a returned payment the id of the one that it
// returns; the row of a shipment that made an invoice can be asked for as both,
// currency is that of the invoice.
func (in *Intake) Records(currency string) func(context.Context, string, []purchase.RowRef) ([]formats.BatchRecord, error) {
	return func(ctx context.Context, merchant string, refs []purchase.RowRef) (all []formats.BatchRecord, err error) {
		if len(refs) == 0 {
			return nil, nil
		}
		var found map[int64]content
		err = in.db.Read(ctx, func(tx *database.Tx) (err error) {
			found, err = contents(ctx, tx, merchant, refs)
			return err
		})
		for _, ref := range refs {
			c, ok := found[ref.Row]
			if !ok && err == nil {
				err = fmt.Errorf("row %d of file %d is not there", rowOf(ref.Row), fileOf(ref.Row))
			}
			all = append(all, formats.BatchRecord{Record: c.as(ref.Feed, currency), Source: c.source})
		}
		return all, at("look up", "accepted records", err)
	}
}

// A content is a stored row with what was found out about it.
type content struct {
	record    purchase.Record
	source    purchase.Source
	invoiceNo string // of a return; of a returned payment the payment
}

// as returns the record of the row for a feed.
func (c content) as(feed purchase.Feed, currency string) purchase.Record {
	switch r := c.record.(type) {
	case purchase.Shipment:
		if feed == purchase.Invoices {
			return invoiceOf(r, currency)
		}
	case purchase.Return:
		r.InvoiceNo = c.invoiceNo
		return r
	case purchase.Payment:
		if c.invoiceNo != "" {
			r.PaymentID = c.invoiceNo // the payment that is returned
		}
		return r
	}
	return c.record
}

func contents(ctx context.Context, tx *database.Tx, merchant string, refs []purchase.RowRef) (map[int64]content, error) {
	ids := make([]int64, len(refs))
	for i, r := range refs {
		ids[i] = r.Row
	}
	rows, err := tx.Query(ctx, `SELECT r.id, r.feed, r.record, f.sha256, f.name, d.invoice_no
		FROM intake_rows r
		JOIN intake_files f ON f.merchant_id = CASE WHEN r.id < 0 THEN ? ELSE r.merchant_id END AND f.number = r.id >> 32
		JOIN intake_documents d ON d.merchant_id = r.merchant_id AND d.id = r.id AND d.feed = r.feed
		WHERE r.merchant_id = ? AND r.id IN ??`, purchase.Provider, merchant, ids)
	found := map[int64]content{}
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var id, feed int64
		var text string
		var c content
		if err := r.Scan(&id, &feed, &text, &c.source.SHA256, &c.source.Name, &c.invoiceNo); err != nil {
			return struct{}{}, err
		}
		c.source.Row = rowOf(id)
		c.record, err = decode(purchase.Feed(feed), text)
		found[id] = c
		return struct{}{}, err
	})
	if err != nil {
		return found, err
	}
	return found, correctedSources(ctx, tx, merchant, ids, found)
}
