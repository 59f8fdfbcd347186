package batch

import (
	"context"
	"database/sql"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// An Entry is a batch as `kontor` shows it.
type Entry struct {
	Number   int64
	Created  time.Time
	Run      int64
	Records  int64
	Taken    int64
	Refused  int64
	SHA256   string
	Size     int64
	Answered bool
	Answer   time.Time // when the provider took it, by its receipt; zero without one
}

// List returns the batches of a merchant after a number, oldest first.
func (b *Batches) List(ctx context.Context, merchant string, after int64, limit int) (found []Entry, err error) {
	err = b.db.Read(ctx, func(tx *database.Tx) (err error) {
		found, err = entries(ctx, tx, "number > ? ORDER BY number LIMIT ?", merchant, after, limit)
		return err
	})
	return found, err
}

func entries(ctx context.Context, tx *database.Tx, where, merchant string, args ...any) ([]Entry, error) {
	rows, err := tx.Query(ctx, `SELECT number, created, run, records, taken, refused, sha256, size, answered
		FROM batches WHERE merchant_id = ? AND sha256 <> '' AND `+where, append([]any{merchant}, args...)...)
	return database.Collect(rows, err, func(r *sql.Rows) (e Entry, err error) {
		var created, answered int64
		err = r.Scan(&e.Number, &created, &e.Run, &e.Records, &e.Taken, &e.Refused, &e.SHA256, &e.Size, &answered)
		e.Created, e.Answered = time.Unix(created, 0).UTC(), answered != 0
		if e.Answered {
			e.Answer = time.Unix(answered, 0).UTC()
		}
		return e, err
	})
}

// Taken counts the batches that have their receipt.
func (b *Batches) Taken(ctx context.Context, merchant string) (n int64, err error) {
	err = b.db.Read(ctx, func(tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM batches WHERE merchant_id = ? AND answered <> 0", merchant).Scan(&n)
	})
	return n, err
}

// A Place is where a record travelled.
type Place struct {
	Batch    int64
	Feed     purchase.Feed
	Position int64 // in the feed's file, from 1
}

// Places tells in which batches the records of a row travelled.
func (b *Batches) Places(ctx context.Context, merchant string, row int64) (places []Place, err error) {
	err = b.db.Read(ctx, func(tx *database.Tx) (err error) {
		rows, err := tx.Query(ctx, `SELECT batch, feed, position FROM batch_records
			WHERE merchant_id = ? AND row_id = ? AND feed <> ? ORDER BY batch, feed, position`, merchant, row, int64(purchase.Commands))
		places, err = database.Collect(rows, err, func(r *sql.Rows) (p Place, err error) {
			return p, r.Scan(&p.Batch, &p.Feed, &p.Position)
		})
		return err
	})
	return places, err
}
