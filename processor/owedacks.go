package processor

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
)

// owedAcks has, as a position, the number of the first run whose acknowledgements
// could not be encrypted; 0 when none are owed.
const owedAcks = "owed acks"

func (j *job) owe(ctx context.Context, run int64) error {
	return j.DB.Write(ctx, func(tx *database.Tx) error { return setPosition(ctx, tx, j.m.ID(), owedAcks, run) })
}

// owing returns the earlier runs whose acknowledgements are owed, in their order.
func (j *job) owing(ctx context.Context) (all []intake.Run, err error) {
	first, err := j.position(ctx, owedAcks)
	if err != nil || first == 0 {
		return nil, err
	}
	err = j.DB.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT merchant_id, number, as_of, jobs FROM processor_runs
			WHERE merchant_id = ? AND number >= ? AND number < ? ORDER BY number`, j.m.ID(), first, j.r.number)
		runs, err := database.Collect(rows, err, scanRun)
		for _, r := range runs {
			all = append(all, j.job(ctx, j.m, r).run)
		}
		return err
	})
	return all, err
}
