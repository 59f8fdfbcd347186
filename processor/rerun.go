package processor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/schedules"
)

// ErrOpen says that a run was cut off and must be finished first.
var ErrOpen = errors.New("a run was cut off and is not finished")

// again is the job of a run that a person asked for: it tries what the request
// has registered, and tells it in acks. It has no slots.
const again schedules.Job = "rerun"

// A Request is what a person wants done with files of the archive, in a run of
// its own.
type Request struct {
	Merchant string    // or [purchase.Provider], for a file of the bank
	At       time.Time // of the run; not before the last one
	What     string    // for the record, such as "rerun rows 12"
	Operator string
	Reason   string
	// Register tells intake what to do in the run. When it fails, for example
	// with [intake.ErrNothing], there is no run: it must have registered all or
	// nothing. Nil registers nothing.
	Register func(context.Context, intake.Run, intake.Inbox) error
}

// Rerun does what a person wants in a run that is added to the others, and
// delivers the acks of it. What is booked travels with the next transmit.
func (e *Engine) Rerun(ctx context.Context, q Request) error {
	runs, err := e.register(ctx, q)
	if err != nil {
		return err
	}
	return e.work(ctx, runs)
}

// Preview does in a dry run ([database.DB.Dry]) what Rerun does, and then what
// the next transmit does with it: the engine must be on the view of the dry
// run. It delivers nothing.
func (e *Engine) Preview(ctx context.Context, q Request) error {
	runs, err := e.register(ctx, q)
	if err != nil {
		return err
	}
	jobs := make([]*job, len(runs))
	for i, r := range runs {
		jobs[i] = e.job(ctx, e.merchant(r.merchant), r)
		if err := jobs[i].readArchived(ctx); err != nil {
			return err
		}
	}
	for _, j := range jobs {
		if err := j.preview(ctx); err != nil {
			return err
		}
	}
	for _, j := range slices.Backward(jobs) { // the bank last
		if err := e.Intake.Close(ctx, j.run); err != nil {
			return err
		}
		if err := j.end(ctx, j.r); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) preview(ctx context.Context) error {
	if err := j.Intake.Try(ctx, j.run, j.m.Terms); err != nil || j.isBank(j.m) {
		return err
	}
	if j.Role == MerchantSide {
		return nil // what the provider will say of it, only the provider knows
	}
	return j.transmit(ctx, due{transmit: &schedules.Slot{Job: schedules.Transmit, At: j.r.at}})
}

// register opens the run of a request: of the merchant, or, since rows of a
// bank file belong to merchants, of the bank and all of them. The run is there
// before anything is registered for it, so that who asked is known also when the
// program ends in between.
func (e *Engine) register(ctx context.Context, q Request) ([]run, error) {
	if err := e.sameRole(ctx); err != nil {
		return nil, err
	}
	m := e.merchant(q.Merchant)
	if m == nil {
		return nil, fmt.Errorf("merchant %q is not in the config", q.Merchant)
	}
	whose := []*Merchant{m}
	if e.isBank(m) {
		whose = append(whose, e.Merchants...)
	}
	runs, err := e.insert(ctx, whose, q.At.Truncate(time.Second), []schedules.Job{again}, func(tx *database.Tx, runs []run) error {
		return e.record(ctx, tx, q, runs[0].number)
	})
	if err != nil {
		return nil, err
	}
	if q.Register == nil {
		return runs, nil
	}
	err = q.Register(ctx, e.job(ctx, m, runs[0]).run, m.Inbox)
	switch {
	case errors.Is(err, database.ErrUnknownOutcome):
		return nil, err // it may be registered: the run stays open, and the next one finishes it
	case err != nil:
		return nil, errors.Join(err, e.withdraw(ctx, runs))
	}
	return runs, nil
}

// insert opens the next run of each of some merchants, all or none.
func (e *Engine) insert(ctx context.Context, whose []*Merchant, at time.Time, jobs []schedules.Job, also func(*database.Tx, []run) error) (runs []run, err error) {
	err = e.DB.Write(ctx, func(tx *database.Tx) error {
		open, err := lockRuns(ctx, tx)
		if err != nil {
			return err
		}
		runs = nil
		for _, m := range whose {
			if isOpen(open, m.ID()) {
				return fmt.Errorf("%w: merchant %s", ErrOpen, m.ID())
			}
			r, err := nextRun(ctx, tx, m, at)
			if err != nil {
				return err
			}
			r.jobs = jobs
			if err := e.insertRun(ctx, tx, r); err != nil {
				return err
			}
			runs = append(runs, r)
		}
		return also(tx, runs)
	})
	return runs, err
}

// withdraw takes back runs in which nothing has happened.
func (e *Engine) withdraw(ctx context.Context, runs []run) error {
	return e.DB.Write(ctx, func(tx *database.Tx) error {
		for _, r := range runs {
			for _, query := range []string{
				"DELETE FROM processor_runs WHERE merchant_id = ? AND number = ?",
				"DELETE FROM processor_reruns WHERE merchant_id = ? AND run = ?",
			} {
				if _, err := tx.Exec(ctx, query, r.merchant, r.number); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (e *Engine) record(ctx context.Context, tx *database.Tx, q Request, run int64) error {
	_, err := tx.Exec(ctx, "INSERT INTO processor_reruns (merchant_id, run, at, what, operator, reason) VALUES (?, ?, ?, ?, ?, ?)",
		q.Merchant, run, e.Now().Unix(), q.What, q.Operator, q.Reason)
	return err
}

// again reports whether the run was asked for by a person.
func (j *job) again() bool { return slices.Contains(j.r.jobs, again) }
