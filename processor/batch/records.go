package batch

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Record is one record of a batch with the row that it came from.
type Record struct {
	Place
	Row int64
}

// Records returns the records of a batch in its order, operators' commands left
// out; at most limit.
func (b *Batches) Records(ctx context.Context, merchant string, number int64, limit int) (records []Record, err error) {
	return b.records(ctx, `SELECT batch, feed, position, row_id FROM batch_records
		WHERE merchant_id = ? AND batch = ? AND feed <> ? ORDER BY batch, feed, position LIMIT ?`, merchant, number, int64(purchase.Commands), limit)
}

// RecordsOf returns the records that rows became.
func (b *Batches) RecordsOf(ctx context.Context, merchant string, rows []int64) (records []Record, err error) {
	for part := range slices.Chunk(rows, page) {
		some, err := b.records(ctx, `SELECT batch, feed, position, row_id FROM batch_records
			WHERE merchant_id = ? AND row_id IN ?? AND feed <> ? ORDER BY batch, feed, position`, merchant, part, int64(purchase.Commands))
		if err != nil {
			return nil, err
		}
		records = append(records, some...)
	}
	return records, nil
}

func (b *Batches) records(ctx context.Context, query string, args ...any) (records []Record, err error) {
	err = b.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, query, args...)
		records, err = database.Collect(rows, err, func(r *sql.Rows) (x Record, err error) {
			return x, r.Scan(&x.Batch, &x.Feed, &x.Position, &x.Row)
		})
		return err
	})
	return records, err
}

// Find returns batches by their numbers; those that are not there are left out.
func (b *Batches) Find(ctx context.Context, merchant string, numbers []int64) (found map[int64]Entry, err error) {
	found = map[int64]Entry{}
	err = b.db.Read(ctx, func(tx *database.Tx) error {
		all, err := entries(ctx, tx, "number IN ??", merchant, numbers)
		for _, e := range all {
			found[e.Number] = e
		}
		return err
	})
	return found, err
}

// CommandNo returns what an operator decided by the number of the command;
// found is false for an unknown one.
func (b *Batches) CommandNo(ctx context.Context, merchant, no string) (c purchase.Command, found bool, err error) {
	err = b.db.Read(ctx, func(tx *database.Tx) error {
		var day int64
		err := tx.QueryRow(ctx, `SELECT command_no, kind, day, subject, argument, operator, reason
			FROM batch_commands WHERE merchant_id = ? AND command_no = ?`, merchant, no).
			Scan(&c.CommandNo, &c.Kind, &day, &c.Subject, &c.Argument, &c.Operator, &c.Reason)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		c.Day, found = schedules.Date(day), err == nil
		return err
	})
	return c, found, err
}

// CommandsSince returns what operators decided from a day on, oldest first.
func (b *Batches) CommandsSince(ctx context.Context, merchant string, since schedules.Date) (all []purchase.Command, err error) {
	err = b.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT command_no, kind, day, subject, argument, operator, reason
			FROM batch_commands WHERE merchant_id = ? AND day >= ? ORDER BY id`, merchant, int64(since))
		all, err = database.Collect(rows, err, func(r *sql.Rows) (c purchase.Command, err error) {
			var day int64
			err = r.Scan(&c.CommandNo, &c.Kind, &day, &c.Subject, &c.Argument, &c.Operator, &c.Reason)
			c.Day = schedules.Date(day)
			return c, err
		})
		return err
	})
	return all, err
}
