package provider

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Payout returns one payout with its lines; found is false for an unknown one.
func (p *Provider) Payout(ctx context.Context, merchant, id string) (w *purchase.Payout, found bool, err error) {
	terms, err := p.termsOf(merchant)
	if err != nil {
		return nil, false, err
	}
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		known, err := payouts.find(ctx, tx, "merchant_id = ? AND payout_id = ?", merchant, id)
		if err != nil || len(known) == 0 {
			return err
		}
		found = true
		w, err = p.payoutDocument(ctx, tx, id, terms)
		return err
	})
	return w, found, err
}
