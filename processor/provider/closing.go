package provider

import (
	"context"
	"fmt"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
)

// Close closes a period of a merchant's books for ever; see [ledger.Close]. No
// batch and no slot of the merchant is booked meanwhile.
func (p *Provider) Close(ctx context.Context, merchant string, c ledger.Closing) (done ledger.Closing, err error) {
	err = p.db.Write(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "provider/"+merchant); err != nil {
			return err
		}
		done, err = ledger.Close(ctx, tx, merchant, c)
		return err
	})
	if err != nil {
		return done, fmt.Errorf("close %s of %s: %w", c.Period, merchant, err)
	}
	return done, nil
}
