package intake

import (
	"context"
	"database/sql"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Statements tells whose bank statements were read in the bank's run: of the
// merchants that have rows in a file, or everyone's when a file had none. A
// file that was refused, held or read before is no statement.
func (in *Intake) Statements(ctx context.Context, run Run) (merchants []string, everyone bool, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		read, err := files(ctx, tx, "merchant_id = ? AND run = ? AND state = 'READ' AND reason = '' AND original = 0",
			purchase.Provider, run.Number)
		if err != nil {
			return err
		}
		var numbers []int64
		for _, f := range read {
			everyone = everyone || f.rows == 0
			numbers = append(numbers, f.number)
		}
		rows, err := tx.Query(ctx, "SELECT DISTINCT merchant_id FROM intake_shares WHERE file < 0 AND file IN ?? AND merchant_id <> ? ORDER BY merchant_id",
			numbers, purchase.Provider)
		merchants, err = database.Collect(rows, err, func(r *sql.Rows) (m string, err error) { return m, r.Scan(&m) })
		return err
	})
	return merchants, everyone, at("find", "statements", err)
}
