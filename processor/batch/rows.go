package batch

import (
	"context"
	"database/sql"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Rows returns the ids of the rows after one that travelled in a batch or wait
// for it, each once, in ascending order; at most limit. The bank's are negative.
func (b *Batches) Rows(ctx context.Context, merchant string, after int64, limit int) (ids []int64, err error) {
	commands := int64(purchase.Commands)
	err = b.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT row_id FROM batch_records WHERE merchant_id = ? AND row_id > ? AND feed <> ?
			UNION SELECT row_id FROM batch_ready WHERE merchant_id = ? AND row_id > ? AND feed <> ?
			ORDER BY row_id LIMIT ?`, merchant, after, commands, merchant, after, commands, limit)
		ids, err = database.Collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		return err
	})
	return ids, err
}
