package intake

import (
	"context"
	"database/sql"
	"errors"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// NameOf returns the name under which the bytes with a SHA-256 came in first, to
// the merchant or from the bank; "" when they never did.
func (in *Intake) NameOf(ctx context.Context, merchant, sha256 string) (name string, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		for _, owner := range []string{merchant, purchase.Provider} {
			err := tx.QueryRow(ctx, "SELECT name FROM intake_files WHERE merchant_id = ? AND sha256 = ? ORDER BY ABS(number) LIMIT 1", owner, sha256).Scan(&name)
			if !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		return nil
	})
	return name, at("find", "the file "+sha256, err)
}
