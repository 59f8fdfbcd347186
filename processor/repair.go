package processor

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/schedules"
)

// repair is the job of a run that a person asked for to make up for what is
// missing of some days: it looks into the inboxes, transmits and delivers also
// when no slot of these is due.
const repair schedules.Job = "repair"

// A Repair is such a run, for all merchants, since the statements of the bank
// belong to all.
type Repair struct {
	// At is the time of the run: the end of the last day, or now; not before the
	// last run. What was due by then is done at its own nominal time.
	At time.Time
	// Dunning is false when a later dunning slot is due by now: no letter leaves
	// with the date of a day that is over when a later one will.
	Dunning                bool
	What, Operator, Reason string // for the record
}

func (q Repair) jobs() []schedules.Job {
	all := []schedules.Job{repair, schedules.Collect, schedules.Guarantee, schedules.Payout, schedules.Transmit, schedules.Deliver}
	if q.Dunning {
		all = append(all, schedules.Dunning)
	}
	return all
}

// Repair finishes the runs that were cut off, and makes up for what is missing.
func (e *Engine) Repair(ctx context.Context, q Repair) error {
	if err := e.sameRole(ctx); err != nil {
		return err
	}
	_, stuck := e.finish(ctx)
	if ctx.Err() != nil {
		return stuck
	}
	runs, err := e.beginRepair(ctx, q)
	if err != nil {
		return errors.Join(stuck, err)
	}
	return errors.Join(stuck, e.work(ctx, runs))
}

// PreviewRepair is Repair in a dry run; see [Engine.PreviewRun].
func (e *Engine) PreviewRepair(ctx context.Context, q Repair) (outside, err error) {
	_, outside, err = e.previewOpen(ctx)
	if err != nil {
		return outside, err
	}
	runs, err := e.beginRepair(ctx, q)
	if err != nil {
		return outside, err
	}
	more, err := e.previewWork(ctx, runs)
	return errors.Join(outside, more), err
}

func (e *Engine) beginRepair(ctx context.Context, q Repair) ([]run, error) {
	return e.insert(ctx, e.Everyone(), q.At.Truncate(time.Second), q.jobs(), func(tx *database.Tx, runs []run) error {
		return e.record(ctx, tx, Request{Merchant: runs[0].merchant, What: q.What, Operator: q.Operator, Reason: q.Reason}, runs[0].number)
	})
}

// repairing lets a run of a repair collect, transmit and deliver in any case. On
// one of two sides it does only what is due, since both go from slot to slot.
func (e *Engine) repairing(r run, d due) due {
	if e.Role == MerchantSide || e.Role == ProviderSide || !slices.Contains(r.jobs, repair) {
		return d
	}
	for job, s := range map[schedules.Job]**schedules.Slot{schedules.Collect: &d.collect, schedules.Transmit: &d.transmit, schedules.Deliver: &d.deliver} {
		if *s == nil {
			*s = &schedules.Slot{Job: job, At: r.at}
		}
	}
	return d
}

// RepairTime is when a repair of days up to a last one happens, and whether it
// duns: at the end of that day on the merchant's clock if that is over, else
// now; not before the last run of anybody.
func (e *Engine) RepairTime(ctx context.Context, merchant string, to schedules.Date, now time.Time) (at time.Time, dunning bool, err error) {
	at = now
	if end := (to + 1).In(e.merchant(merchant).Zone, 0, 0).Add(-time.Second); end.Before(now) {
		at = end
	}
	for _, m := range e.Everyone() {
		last, err := e.LastRun(ctx, m.ID())
		if err != nil {
			return at, false, err
		}
		at = later(at, last)
	}
	for _, m := range e.Everyone() {
		if plan, planned := m.Schedules[schedules.Dunning]; planned {
			if slot, _ := dunningDue(plan, at, now); slot != nil {
				return at, false, nil
			}
		}
	}
	return at, true, nil
}
