package processor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Forecast is what a look into the future takes for granted. That a debtor
// pays is never among it.
type Forecast struct {
	// At is where it begins: what is due then is caught up. Not before the last run.
	At, Until time.Time
	// Drops says that files lie in the inboxes and arrive at At.
	Drops bool
	// Silent is a bank that says nothing more, so that nobody is dunned before
	// long. Otherwise it says on each bank day that nobody has paid.
	Silent bool
}

// Foresee moves the clock in a dry run ([database.DB.Dry]) from slot to slot, as
// the daemon would if no further file came: the engine must be on the view of
// the dry run, and its inboxes must hold nothing but the drops. No report is
// written and nothing delivered; letters count as sent on their day.
func (e *Engine) Foresee(ctx context.Context, f Forecast) error {
	if err := e.foreseeAt(ctx, f, f.At.Truncate(time.Second), true); err != nil {
		return err
	}
	for _, at := range e.moments(f.At, f.Until) {
		if err := e.foreseeAt(ctx, f, at, false); err != nil {
			return err
		}
	}
	return nil
}

// moments are the times in (after, until] at which a merchant has a slot of a
// job that moves money or warns a debtor. Between two of them nothing can
// happen without a file.
func (e *Engine) moments(after, until time.Time) (all []time.Time) {
	for _, m := range e.Merchants {
		for _, job := range []schedules.Job{schedules.Guarantee, schedules.Payout, schedules.Dunning} {
			if plan, planned := m.Schedules[job]; planned {
				all = slices.AppendSeq(all, plan.Between(after, until))
			}
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}

// foreseeAt is the run at one time.
func (e *Engine) foreseeAt(ctx context.Context, f Forecast, at time.Time, first bool) error {
	runs, err := e.insert(ctx, e.Everyone(), at, nil, func(*database.Tx, []run) error { return nil })
	if err != nil {
		return err
	}
	jobs := make([]*job, len(runs))
	for i, r := range runs {
		jobs[i] = e.job(ctx, e.merchant(r.merchant), r)
	}
	for i, j := range jobs {
		if first && f.Drops {
			if err := j.dropped(ctx); err != nil {
				return err
			}
		}
		if i == 0 {
			err = j.hearBank(ctx)
		} else {
			err = j.foresee(ctx, f, first)
		}
		if err != nil {
			return err
		}
	}
	for _, j := range slices.Backward(jobs) { // the bank last
		if err := errors.Join(e.Intake.Close(ctx, j.run), j.close(), j.end(ctx, j.r)); err != nil {
			return err
		}
	}
	return nil
}

// dropped reads the files that arrive; one that cannot be fetched ends it.
func (j *job) dropped(ctx context.Context) error {
	if _, err := j.read(ctx); err != nil {
		return err
	}
	err := errors.Join(j.outside...)
	j.outside = nil
	return err
}

// foresee does what is due for a merchant, in the order of a run.
func (j *job) foresee(ctx context.Context, f Forecast, first bool) error {
	var d due
	err := j.DB.Write(ctx, func(tx *database.Tx) (err error) {
		if day := schedules.DateOf(j.run.AsOf); !f.Silent && schedules.IsBankDay(day) {
			if err := j.Provider.Statement(ctx, tx, j.m.ID(), day); err != nil {
				return err
			}
		}
		d, err = j.due(ctx, tx, j.m, j.r)
		return err
	})
	if err != nil {
		return err
	}
	if first && d.transmit == nil { // the last run was at this very time
		d.transmit = &schedules.Slot{Job: schedules.Transmit, At: j.r.at}
	}
	if err := j.Intake.Try(ctx, j.run, j.m.Terms); err != nil {
		return err
	}
	for _, step := range []func(context.Context, due) error{j.settle, j.transmit, j.dun} {
		if err := step(ctx, d); err != nil {
			return err
		}
	}
	return j.post(ctx, first)
}

// post takes it that letters leave: those of a run that was to write them on
// their own day, those that could not be delivered so far at the first run.
func (j *job) post(ctx context.Context, first bool) error {
	position, err := j.position(ctx, letterReader)
	if err != nil {
		return err
	}
	var waiting []outbox.Entry
	if first {
		if waiting, err = j.Outbox.List(ctx, j.m.ID(), outbox.Filter{Waiting: true}); err != nil {
			return err
		}
	}
	for d, err := range j.Provider.Documents(ctx, j.m.ID(), position) {
		if err != nil {
			return err
		}
		all, err := channels(ctx, d.Dunning)
		if err != nil {
			return err
		}
		err = j.DB.Write(ctx, func(tx *database.Tx) error {
			for _, channel := range all {
				if err := j.Provider.SentBy(ctx, tx, j.m.ID(), d.Dunning.RunDate, d.Dunning.RunDate, channel); err != nil {
					return err
				}
			}
			return setPosition(ctx, tx, j.m.ID(), letterReader, d.Position)
		})
		if err != nil {
			return err
		}
	}
	return j.DB.Write(ctx, func(tx *database.Tx) error {
		for _, e := range waiting {
			if e.Deliveries > 0 || e.Kind != outbox.Letter && e.Kind != outbox.Message {
				continue // it is only sent again, or no letter
			}
			text, channel, _ := strings.Cut(e.Subject, " ")
			day, err := schedules.ParseDate(text)
			if err != nil {
				return err
			}
			if err := j.Provider.SentBy(ctx, tx, j.m.ID(), day, j.run.Day, channel); err != nil {
				return err
			}
		}
		return nil
	})
}

// Said returns the position of what a merchant's provider has said last.
func (e *Engine) Said(ctx context.Context, merchant string) (last int64, err error) {
	j := job{Engine: e, m: e.merchant(merchant)}
	if last, err = j.position(ctx, reportReader); err != nil {
		return 0, err
	}
	for d, err := range e.Provider.Documents(ctx, merchant, last) {
		if err != nil {
			return 0, err
		}
		last = d.Position
	}
	return last, nil
}
