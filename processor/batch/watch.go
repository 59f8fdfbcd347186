package batch

import (
	"context"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
)

// most is the most that is counted of what waits.
const most = 100_000

// A Watch is what is on its way to the provider, counted cheaply.
type Watch struct {
	Batches    int64     // that were ever cut
	Records    int64     // that wait for a batch; at most 100,000 are counted
	Unanswered int64     // batches without receipt
	Oldest     time.Time // when the first of these was cut; zero when there is none
	First      int64     // its number
}

// Watch tells what of a merchant waits.
func (b *Batches) Watch(ctx context.Context, merchant string) (w Watch, err error) {
	err = b.db.Read(ctx, func(tx *database.Tx) error {
		err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(number), 0) FROM batches WHERE merchant_id = ?", merchant).Scan(&w.Batches)
		if err != nil {
			return err
		}
		err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM batch_ready WHERE merchant_id = ? LIMIT ?) r", merchant, most).Scan(&w.Records)
		if err != nil {
			return err
		}
		var oldest int64
		err = tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(MIN(number), 0), COALESCE(MIN(created), 0) FROM batches
			WHERE merchant_id = ? AND answered = 0 AND sha256 <> ''`, merchant).Scan(&w.Unanswered, &w.First, &oldest)
		if oldest != 0 {
			w.Oldest = time.Unix(oldest, 0).UTC()
		}
		return err
	})
	return w, err
}
