package processor

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
)

// transferReader is where payment orders are, when they are ahead of the reports
// that tell the ERP of them.
const transferReader = "transfers"

// transfers writes the payment orders of the documents whose reports wait.
func (j *job) transfers(ctx context.Context) error {
	ordered, err := j.position(ctx, transferReader)
	if err != nil {
		return err
	}
	told, err := j.position(ctx, reportReader)
	if err != nil {
		return err
	}
	if ordered < told {
		err = j.add(ctx, nil, func(tx *database.Tx) error { return setPosition(ctx, tx, j.m.ID(), transferReader, told) })
	}
	if err != nil {
		return err
	}
	return j.documents(ctx, transferReader, func(d purchase.Document) ([]made, error) { return j.order(ctx, d) })
}

// order writes the payment order of a payout or a refund, if the document is one.
func (j *job) order(ctx context.Context, d purchase.Document) ([]made, error) {
	switch {
	case d.Payout != nil:
		if err := report.CheckPayout(ctx, *d.Payout); err != nil {
			return nil, err
		}
		return j.transfer(ctx, *d.Payout)
	case d.Refund != nil:
		return j.refund(*d.Refund)
	}
	return nil, nil
}

// orderOnce is order, unless the order left ahead of the reports.
func (j *job) orderOnce(ctx context.Context, d purchase.Document) ([]made, error) {
	ordered, err := j.position(ctx, transferReader)
	if err != nil || d.Position <= ordered {
		return nil, err
	}
	return j.order(ctx, d)
}
