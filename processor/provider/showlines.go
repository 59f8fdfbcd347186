package provider

import (
	"context"
	"iter"
	"math"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// OpenLines yields the merchant's lines that are in no payout yet, in booking
// order and numbered from 1: the next payout begins with them.
func (p *Provider) OpenLines(ctx context.Context, merchant string) iter.Seq2[purchase.Line, error] {
	return func(yield func(purchase.Line, error) bool) {
		w := &payout{Merchant: merchant, FirstLine: 1, LastLine: math.MaxInt64}
		err := p.db.Read(ctx, func(tx *database.Tx) error {
			last, err := payouts.find(ctx, tx, "merchant_id = ? ORDER BY seq DESC LIMIT 1", merchant)
			if len(last) > 0 {
				w.Opening, w.FirstLine = last[0].Closing, last[0].LastLine+1
			}
			return err
		})
		if err != nil {
			yield(purchase.Line{}, err)
			return
		}
		p.payoutLines(ctx, w)(yield)
	}
}
