package batch

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/database"
)

// Last returns the number of a merchant's last batch; 0 when there is none.
func (b *Batches) Last(ctx context.Context, merchant string) (n int64, err error) {
	err = b.db.Read(ctx, func(tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COALESCE(MAX(number), 0) FROM batches WHERE merchant_id = ? AND sha256 <> ''", merchant).Scan(&n)
	})
	return n, err
}
