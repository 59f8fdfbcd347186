package batch

import (
	"context"
	"database/sql"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A RefusedCommand is what an operator decided and the provider did not carry
// out.
type RefusedCommand struct {
	purchase.Command
	Code purchase.Code `json:"code"`
}

// rememberRefused keeps why commands were refused, so that who decided can see it.
func rememberRefused(ctx context.Context, tx *database.Tx, merchant string, refusals []purchase.Refusal) error {
	for _, r := range refusals {
		if r.Feed != purchase.Commands {
			continue
		}
		if _, err := tx.Exec(ctx, "UPDATE batch_commands SET code = ? WHERE merchant_id = ? AND id = ?", r.Code, merchant, r.Row); err != nil {
			return err
		}
	}
	return nil
}

// RefusedCommands returns the commands since a day that the provider refused,
// oldest first; not those about which somebody has decided again since.
func (b *Batches) RefusedCommands(ctx context.Context, merchant string, since schedules.Date) (all []RefusedCommand, err error) {
	err = b.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT c.command_no, c.kind, c.day, c.subject, c.argument, c.operator, c.reason, c.code
			FROM batch_commands c WHERE c.merchant_id = ? AND c.code <> '' AND c.day >= ? AND NOT EXISTS (
				SELECT 1 FROM batch_commands l WHERE l.merchant_id = c.merchant_id AND l.kind = c.kind AND l.subject = c.subject AND l.id > c.id)
			ORDER BY c.id`, merchant, int64(since))
		all, err = database.Collect(rows, err, func(r *sql.Rows) (c RefusedCommand, err error) {
			var day int64
			err = r.Scan(&c.CommandNo, &c.Kind, &day, &c.Subject, &c.Argument, &c.Operator, &c.Reason, &c.Code)
			c.Day = schedules.Date(day)
			return c, err
		})
		return err
	})
	return all, err
}
