package processor

import (
	"context"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Outstanding returns the slots of a merchant, and of the bank, that were due at
// a time and have not run, and whether a run of one of them was cut off: until
// then something may still be booked at that time.
func (e *Engine) Outstanding(ctx context.Context, merchant string, until time.Time) (left []schedules.Slot, cutOff bool, err error) {
	err = e.DB.Read(ctx, func(tx *database.Tx) error {
		left = nil
		open, err := openRuns(ctx, tx)
		if err != nil {
			return err
		}
		cutOff = isOpen(open, merchant) || isOpen(open, purchase.Provider)
		for _, m := range e.Everyone() {
			if !e.isBank(m) && m.ID() != merchant {
				continue
			}
			d, err := e.due(ctx, tx, m, run{merchant: m.ID(), at: until})
			if err != nil {
				return err
			}
			for _, s := range []*schedules.Slot{d.collect, d.transmit, d.dunning, d.deliver} {
				if s != nil {
					left = append(left, *s)
				}
			}
			left = append(left, d.settle...)
		}
		return nil
	})
	return left, cutOff, err
}
