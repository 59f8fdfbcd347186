package intake

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/kontor-exchange/kontor/processor/database"
)

// BookedRows returns the ids of the rows after one that were BOOKED at some
// time, in ascending order; at most limit. Each is a record of a batch.
func (in *Intake) BookedRows(ctx context.Context, merchant string, after int64, limit int) (ids []int64, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT DISTINCT id FROM intake_verdicts WHERE merchant_id = ? AND id > ? AND status = 'BOOKED' ORDER BY id LIMIT ?`,
			merchant, after, limit)
		ids, err = database.Collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		return err
	})
	return ids, at("list", "booked rows of "+merchant, err)
}

// RowName names a row by its id, for messages.
func RowName(id int64) string { return fmt.Sprintf("row %d of file %d", rowOf(id), fileOf(id)) }
