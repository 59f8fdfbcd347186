package outbox

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/database"
)

// Again makes a delivered file wait again, because the other side says that it
// has not come: the next Deliver puts the same bytes under the same name. A file
// that waits anyway, and one that never left, stay as they are.
func (o *Outbox) Again(ctx context.Context, merchant, target, folder, name string) error {
	return o.db.Write(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE outbox SET waits = 1, tries = 0, error = ''
			WHERE merchant = ? AND target = ? AND folder = ? AND name = ? AND waits = 0`, merchant, target, folder, name)
		return err
	})
}
