package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// details are what the messages of a page of lines need beside the lines: one
// statement for each kind of thing, however many lines there are.
type details struct {
	headings map[string]string // of the file, by canonical name of the column
	rows     map[int64]detail
	orders   map[string]*order // of rows that wait for a decision
}

// A detail is a row that a message speaks of.
type detail struct {
	file    string
	line    int64
	record  purchase.Record
	waiting bool
}

// details looks up what the messages of a page of lines need.
func (in *Intake) details(ctx context.Context, f file, merchants []string, page []line) (d details, err error) {
	if f.headings != "" {
		if err := json.Unmarshal([]byte(f.headings), &d.headings); err != nil {
			return d, fmt.Errorf("file %d: the stored headings cannot be read: %w", f.number, err)
		}
	}
	rows, orders := map[int64]bool{}, map[string]bool{}
	for _, l := range page {
		if l.cause.Other != 0 {
			rows[l.id], rows[l.cause.Other] = true, true
		}
		if l.code == purchase.UnknownAccount {
			rows[l.id] = true
		}
		if l.status == purchase.Parked && l.code == purchase.NotAccepted {
			orders[l.cause.Order] = true
		}
	}
	err = in.db.Read(ctx, func(tx *database.Tx) (err error) {
		if d.rows, err = detailRows(ctx, tx, merchants, rows); err != nil || len(orders) == 0 {
			return err
		}
		b := newBooks(purchase.Terms{}, 0)
		d.orders = b.orders
		return b.loadOrders(ctx, tx, f.owner, slices.Sorted(maps.Keys(orders)))
	})
	return d, err
}

func detailRows(ctx context.Context, tx *database.Tx, merchants []string, wanted map[int64]bool) (map[int64]detail, error) {
	found := map[int64]detail{}
	if len(wanted) == 0 {
		return found, nil
	}
	ids := make([]int64, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	rows, err := tx.Query(ctx, `SELECT r.id, f.name, r.line, r.feed, r.record, CASE WHEN p.id IS NULL THEN 0 ELSE 1 END FROM intake_rows r
		JOIN intake_files f ON f.merchant_id = CASE WHEN r.id < 0 THEN ? ELSE r.merchant_id END AND f.number = r.id >> 32
		LEFT JOIN intake_parked p ON p.merchant_id = r.merchant_id AND p.id = r.id
		WHERE r.merchant_id IN ?? AND r.id IN ??`, purchase.Provider, merchants, ids)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var id, feed int64
		var text string
		var d detail
		if err := r.Scan(&id, &d.file, &d.line, &feed, &text, &d.waiting); err != nil {
			return struct{}{}, err
		}
		if text != "" {
			d.record, err = decode(purchase.Feed(feed), text)
		}
		found[id] = d
		return struct{}{}, err
	})
	return found, err
}

// explain completes the cause of a line, for its message.
func (d details) explain(l line) formats.Cause {
	c := l.cause
	if c.Number == "" {
		c.Number = l.number
	}
	c.Headings = d.headings
	own, other := d.rows[l.id], d.rows[c.Other]
	switch {
	case l.status == purchase.Parked:
		if o := d.orders[c.Order]; o != nil && l.code == purchase.NotAccepted {
			c.Why = o.waitsFor()
		}
		c.Limit += l.stood
	case c.Other != 0:
		c.File, c.Line = other.file, other.line
		c.Differences = differences(other.record, own.record, c.Why)
		c.Why = whileWaiting(c.Why, other.waiting)
	case l.code == purchase.UnknownAccount && c.Why == "":
		c.Why = formats.WhyUnknownAccount
		if p, ok := own.record.(purchase.Payment); ok {
			c.Value = p.Account
		}
	}
	if c.Why == "" {
		c.Why = formats.Why(l.code)
	}
	return c.Cause
}

// whileWaiting is what is said of a row whose key a parked row holds.
func whileWaiting(why formats.Why, waiting bool) formats.Why {
	switch {
	case waiting && why == formats.WhyDuplicate:
		return formats.WhyDuplicateWaits
	case waiting && why == formats.WhyConflict:
		return formats.WhyConflictWaits
	}
	return why
}
