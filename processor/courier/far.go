package courier

import (
	"context"
	"fmt"
	"iter"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Far is the provider on another machine, as the merchant's side sees it: the
// documents that came. It has its own clock and its own bank, so all else is done
// there, and batches leave as files.
type Far struct{ *Courier }

// Submit does nothing: the batch leaves through the outbox.
func (Far) Submit(context.Context, ...purchase.Batch) error { return nil }

// Advance does nothing: the provider has its own clock.
func (Far) Advance(context.Context, string, schedules.Slot) error { return nil }

// Statement does nothing: the bank speaks to the provider.
func (Far) Statement(context.Context, *database.Tx, string, schedules.Date) error { return nil }

// Sent does nothing: letters leave from the provider.
func (Far) Sent(context.Context, *database.Tx, string, schedules.Date, schedules.Date) error {
	return nil
}

// SentBy does nothing: letters leave from the provider.
func (Far) SentBy(context.Context, *database.Tx, string, schedules.Date, schedules.Date, string) error {
	return nil
}

// Documents yields what came after a position, which is the number of an answer.
func (f Far) Documents(ctx context.Context, merchant string, after int64) iter.Seq2[purchase.Document, error] {
	return func(yield func(purchase.Document, error) bool) {
		for {
			next, found, err := f.after(ctx, merchant, after)
			if err == nil && !found {
				return
			}
			var d purchase.Document
			if err == nil {
				d, err = f.document(next)
			}
			if err != nil {
				yield(purchase.Document{}, fmt.Errorf("answers to %s: %w", merchant, err))
				return
			}
			if !yield(d, nil) {
				return
			}
			after = next.number
		}
	}
}

func (f Far) after(ctx context.Context, merchant string, number int64) (next file, found bool, err error) {
	err = f.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT number, name, sha256, size, at FROM courier_files
			WHERE merchant_id = ? AND kind = ? AND number > ? ORDER BY number LIMIT 1`, merchant, kindAnswer, number)
		all, err := database.Collect(rows, err, scanFile)
		if err == nil && len(all) == 1 {
			next, found = all[0], true
		}
		return err
	})
	return next, found, err
}

func (f Far) document(next file) (purchase.Document, error) {
	a, err := formats.ReadAnswer(f.stored(next.sha256))
	if err != nil {
		return purchase.Document{}, fmt.Errorf("%s: %w", next.name, err)
	}
	return a.Document, nil
}
