package intake

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// wake puts the parked rows that wait for something that has appeared where
// they are tried again.
func wake(ctx context.Context, tx *database.Tx, merchant string, appeared []string) error {
	if len(appeared) == 0 {
		return nil
	}
	woken, err := tx.Exec(ctx, `INSERT INTO intake_todo (merchant_id, feed, date, number, name, id)
		SELECT r.merchant_id, r.feed, r.date, r.number, f.name, r.id FROM intake_waiting w
		JOIN intake_rows r ON r.merchant_id = w.merchant_id AND r.id = w.id
		JOIN intake_files f ON f.merchant_id = CASE WHEN r.id < 0 THEN ? ELSE r.merchant_id END AND f.number = r.id >> 32
		WHERE w.merchant_id = ? AND w.parent IN ??
		ON CONFLICT (merchant_id, feed, date, number, name, id) DO NOTHING`, purchase.Provider, merchant, appeared)
	if err != nil || woken == 0 {
		return err
	}
	_, err = tx.Exec(ctx, "DELETE FROM intake_waiting WHERE merchant_id = ? AND parent IN ??", merchant, appeared)
	return err
}

// expire rejects what waits on day +park_days or later. The clock of a row
// stands while the receipt of its order is outstanding.
func (in *Intake) expire(ctx context.Context, run Run, terms purchase.Terms) error {
	for {
		n := 0
		err := in.write(ctx, run.Merchant, func(tx *database.Tx) (err error) {
			n, err = expireChunk(ctx, tx, run, int64(run.Day)-int64(terms.ParkDays))
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// overdue selects parked rows by their clock; the order of an invoice that is
// parked itself counts too.
const overdue = `SELECT p.id, p.since, p.clock, p.run, p.code, p.order_no, p.invoice_no FROM intake_parked p
	WHERE p.merchant_id = ? AND p.clock <= ?
	AND NOT EXISTS (SELECT 1 FROM intake_orders o WHERE o.merchant_id = p.merchant_id AND o.order_no = p.order_no AND o.decision = '')
	AND NOT EXISTS (SELECT 1 FROM intake_documents d JOIN intake_orders o ON o.merchant_id = d.merchant_id AND o.order_no = d.order_no
		WHERE d.merchant_id = p.merchant_id AND d.feed = 2 AND d.doc_key = p.invoice_no AND d.booked = 0 AND o.decision = '')
	ORDER BY p.clock, p.id LIMIT ?`

func expireChunk(ctx context.Context, tx *database.Tx, run Run, until int64) (int, error) {
	rows, err := tx.Query(ctx, overdue, run.Merchant, until, chunk)
	all, err := database.Collect(rows, err, func(r *sql.Rows) (candidate, error) {
		id, w, err := scanWaiter(r)
		return candidate{id: id, parked: &w}, err
	})
	if err != nil || len(all) == 0 {
		return 0, err
	}
	if err := recall(ctx, tx, run.Merchant, all); err != nil {
		return 0, err
	}
	undecided := map[string]bool{}
	for _, c := range all {
		if c.parked.code == purchase.NotAccepted {
			undecided[c.parked.orderNo] = true
		}
	}
	b := newBooks(purchase.Terms{}, run.Day)
	if err := b.loadOrders(ctx, tx, run.Merchant, slices.Sorted(maps.Keys(undecided))); err != nil {
		return 0, err
	}
	for _, c := range all {
		v := rejected(c.parked.code, waited(*c.parked, b.orders[c.parked.orderNo]))
		b.rulings = append(b.rulings, ruling{verdict: v, row: c})
		b.released = append(b.released, c.id)
	}
	return len(all), b.save(ctx, tx, run, nil)
}
