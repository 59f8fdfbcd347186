package intake

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Statements tells for whom the bank has spoken in a run of its own: the
// merchants with rows in the payments files that were read or whose accounts
// these name, and everyone when a file has no rows and names nobody. A file
// that was refused, held or came before is no statement.
func (in *Intake) Statements(ctx context.Context, run Run) (merchants []string, everyone bool, err error) {
	seen := map[string]bool{}
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		read, err := files(ctx, tx, "merchant_id = ? AND run = ? AND state = 'READ' AND verdict IN ('', 'ACCEPTED', 'PARTIAL') ORDER BY number", purchase.Provider, run.Number)
		if err != nil {
			return err
		}
		for _, f := range read {
			some, err := sharers(ctx, tx, f)
			if err != nil {
				return err
			}
			everyone = everyone || len(some) == 0
			for _, m := range some {
				if m != purchase.Provider && !seen[m] {
					seen[m] = true
					merchants = append(merchants, m)
				}
			}
		}
		return nil
	})
	return merchants, everyone, at("find", "statements of run "+run.Name, err)
}
