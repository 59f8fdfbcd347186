package batch

import (
	"context"
	"database/sql"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// WaitingCommands returns what operators decided and no batch has taken yet, in
// the order in which it will travel.
func (b *Batches) WaitingCommands(ctx context.Context, merchant string) (all []purchase.Command, err error) {
	err = b.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT c.command_no, c.kind, c.day, c.subject, c.argument, c.operator, c.reason
			FROM batch_ready r JOIN batch_commands c ON c.merchant_id = r.merchant_id AND c.id = r.row_id
			WHERE r.merchant_id = ? AND r.feed = ? ORDER BY c.day, c.command_no`, merchant, int64(purchase.Commands))
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
