package processor

import (
	"context"
	"database/sql"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
)

// A RunInfo says when a run was and, where a person asked for it, who.
type RunInfo struct {
	At       time.Time
	What     string // such as "rerun rows 12"; "" for a run of the schedule
	Operator string
	Reason   string
}

// Runs returns runs of a merchant by their numbers.
func (e *Engine) Runs(ctx context.Context, merchant string, numbers []int64) (map[int64]RunInfo, error) {
	found := map[int64]RunInfo{}
	err := e.DB.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT r.number, r.as_of, COALESCE(q.what, ''), COALESCE(q.operator, ''), COALESCE(q.reason, '')
			FROM processor_runs r LEFT JOIN processor_reruns q ON q.merchant_id = r.merchant_id AND q.run = r.number
			WHERE r.merchant_id = ? AND r.number IN ??`, merchant, numbers)
		_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
			var number, at int64
			var i RunInfo
			err = r.Scan(&number, &at, &i.What, &i.Operator, &i.Reason)
			i.At = time.Unix(at, 0).UTC()
			found[number] = i
			return struct{}{}, err
		})
		return err
	})
	return found, err
}

// AskedFor returns the runs of a merchant since a time that persons asked for:
// reruns and releases.
func (e *Engine) AskedFor(ctx context.Context, merchant string, since time.Time) (numbers map[int64]bool, err error) {
	numbers = map[int64]bool{}
	err = e.DB.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT q.run FROM processor_reruns q JOIN processor_runs r ON r.merchant_id = q.merchant_id AND r.number = q.run
			WHERE q.merchant_id = ? AND r.as_of >= ?`, merchant, since.Unix())
		_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
			var n int64
			err = r.Scan(&n)
			numbers[n] = true
			return struct{}{}, err
		})
		return err
	})
	return numbers, err
}
