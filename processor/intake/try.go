package intake

import (
	"context"
	"database/sql"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Try gives every row of the merchant that has none yet its verdict, and parked
// rows a new one when what they wait for has appeared: feed by feed, inside a
// feed by (business date, number, file name, row), until nothing changes. What
// is parked for too long is rejected then.
//
// A parked row whose parent has not appeared cannot change, so only the others
// are looked at. Calling it again for the same run goes on where it stopped.
func (in *Intake) Try(ctx context.Context, run Run, terms purchase.Terms) error {
	for again := true; again; {
		again = false
		for _, feed := range purchase.Feeds() {
			tried, err := in.tryFeed(ctx, run, terms, feed)
			if err != nil {
				return at("try", feed.String(), err)
			}
			again = again || tried
		}
	}
	return at("expire", "parked rows", in.expire(ctx, run, terms))
}

// tryFeed tries the rows of a feed, chunk by chunk.
func (in *Intake) tryFeed(ctx context.Context, run Run, terms purchase.Terms, feed purchase.Feed) (tried bool, err error) {
	for {
		n := 0
		err := in.write(ctx, run.Merchant, func(tx *database.Tx) (err error) {
			n, err = in.tryChunk(ctx, tx, run, terms, feed)
			return err
		})
		if err != nil || n == 0 {
			return tried, err
		}
		tried = true
	}
}

func (in *Intake) tryChunk(ctx context.Context, tx *database.Tx, run Run, terms purchase.Terms, feed purchase.Feed) (int, error) {
	rows, last, err := next(ctx, tx, run.Merchant, feed)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	b := newBooks(terms, run.Day)
	n := newNames()
	for _, c := range rows {
		n.add(c.record)
	}
	if err := b.load(ctx, tx, run.Merchant, n); err != nil {
		return 0, err
	}
	for _, c := range rows {
		b.try(c)
	}
	_, err = tx.Exec(ctx, `DELETE FROM intake_todo WHERE merchant_id = ? AND feed = ? AND (date, number, name, id) <= (?, ?, ?, ?) AND id IN ??`,
		run.Merchant, int64(feed), last.date, last.number, last.name, last.id, ids(rows))
	if err != nil {
		return 0, err
	}
	return len(rows), b.save(ctx, tx, run, in.queue)
}

func ids(rows []candidate) []int64 {
	all := make([]int64, len(rows))
	for i, c := range rows {
		all[i] = c.id
	}
	return all
}

// A place is where a row stands in the order of trying.
type place struct {
	date   int64
	number string
	name   string
	id     int64
}

// next returns the first rows that are to be tried, and the place of the last.
func next(ctx context.Context, tx *database.Tx, merchant string, feed purchase.Feed) (all []candidate, last place, err error) {
	rows, err := tx.Query(ctx, `SELECT t.date, t.number, t.name, t.id, r.record
		FROM intake_todo t JOIN intake_rows r ON r.merchant_id = t.merchant_id AND r.id = t.id
		WHERE t.merchant_id = ? AND t.feed = ? ORDER BY t.date, t.number, t.name, t.id LIMIT ?`, merchant, int64(feed), chunk)
	all, err = database.Collect(rows, err, func(r *sql.Rows) (c candidate, err error) {
		var text string
		if err := r.Scan(&last.date, &last.number, &last.name, &last.id, &text); err != nil {
			return c, err
		}
		c.id = last.id
		c.record, err = decode(feed, text)
		return c, err
	})
	if err != nil || len(all) == 0 {
		return nil, last, err
	}
	return all, last, recall(ctx, tx, merchant, all)
}

// recall adds what happened to rows that were tried before.
func recall(ctx context.Context, tx *database.Tx, merchant string, all []candidate) error {
	index := make(map[int64]*candidate, len(all))
	for i := range all {
		index[all[i].id] = &all[i]
	}
	rows, err := tx.Query(ctx, "SELECT id, MAX(n) FROM intake_verdicts WHERE merchant_id = ? AND id IN ?? GROUP BY id", merchant, ids(all))
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var id, n int64
		if err := r.Scan(&id, &n); err != nil {
			return struct{}{}, err
		}
		index[id].tries = n
		return struct{}{}, nil
	})
	if err != nil {
		return err
	}
	rows, err = tx.Query(ctx, "SELECT id, since, clock, run, code, order_no, invoice_no FROM intake_parked WHERE merchant_id = ? AND id IN ??", merchant, ids(all))
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		id, w, err := scanWaiter(r)
		if err != nil {
			return struct{}{}, err
		}
		index[id].parked = &w
		return struct{}{}, nil
	})
	return err
}

func scanWaiter(r *sql.Rows) (id int64, w waiter, err error) {
	var since, clock int64
	err = r.Scan(&id, &since, &clock, &w.run, &w.code, &w.orderNo, &w.invoiceNo)
	w.since, w.clock = schedules.Date(since), schedules.Date(clock)
	return id, w, err
}
