package processor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A run is the work at one time for one merchant, or for the bank.
type run struct {
	merchant string
	number   int64
	at       time.Time
	jobs     []schedules.Job // empty: all
}

// Run does what is due at T: for all jobs, or just these. Runs that were cut off
// are finished first, with their own time. A merchant whose run cannot be
// finished gets no further one until it can; all others go on.
func (e *Engine) Run(ctx context.Context, t time.Time, jobs []schedules.Job) error {
	if err := e.sameRole(ctx); err != nil {
		return err
	}
	t = t.Truncate(time.Second)
	last, stuck := e.finish(ctx)
	if ctx.Err() != nil || !last.Before(t) {
		return stuck
	}
	begun, err := e.begin(ctx, t, jobs)
	if errors.Is(err, ErrNothingDue) {
		e.showTurns(ctx)
	}
	if errors.Is(err, ErrNothingDue) && stuck != nil {
		return stuck
	}
	if err != nil {
		return errors.Join(stuck, err)
	}
	return errors.Join(stuck, e.work(ctx, begun))
}

// finish works on the runs that were cut off, in the order of their times, and
// returns the latest of these.
func (e *Engine) finish(ctx context.Context) (last time.Time, _ error) {
	open, err := e.open(ctx)
	if err != nil {
		return last, err
	}
	var errs []error
	for len(open) > 0 && ctx.Err() == nil {
		last = open[0].at
		n := 1
		for n < len(open) && open[n].at.Equal(last) {
			n++
		}
		if err := e.work(ctx, open[:n]); err != nil {
			if !errors.Is(err, ErrWaiting) {
				err = fmt.Errorf("finish the run at %s that was cut off: %w", last.Format(time.RFC3339), err)
			}
			errs = append(errs, err)
		}
		open = open[n:]
	}
	return last, errors.Join(errs...)
}

// open returns the runs that have not ended, the earliest first.
func (e *Engine) open(ctx context.Context) (all []run, err error) {
	err = e.DB.Read(ctx, func(tx *database.Tx) error {
		all, err = openRuns(ctx, tx)
		return err
	})
	return all, err
}

func openRuns(ctx context.Context, tx *database.Tx) ([]run, error) {
	rows, err := tx.Query(ctx, "SELECT merchant_id, number, as_of, jobs FROM processor_runs WHERE ended_at = 0 ORDER BY as_of, merchant_id, number")
	return database.Collect(rows, err, scanRun)
}

// lockRuns returns the open runs to a transaction that opens further ones: none
// else does until it ends.
func lockRuns(ctx context.Context, tx *database.Tx) ([]run, error) {
	if err := tx.Lock(ctx, "runs"); err != nil {
		return nil, err
	}
	return openRuns(ctx, tx)
}

// isOpen reports whether a merchant is among the runs.
func isOpen(open []run, merchant string) bool {
	return slices.ContainsFunc(open, func(r run) bool { return r.merchant == merchant })
}

func scanRun(rows *sql.Rows) (r run, err error) {
	var at int64
	var jobs string
	err = rows.Scan(&r.merchant, &r.number, &at, &jobs)
	r.at = time.Unix(at, 0)
	for name := range strings.FieldsSeq(jobs) {
		r.jobs = append(r.jobs, schedules.Job(name))
	}
	return r, err
}

// begin opens a run for the bank and each merchant who has none that is open,
// all or none.
func (e *Engine) begin(ctx context.Context, t time.Time, jobs []schedules.Job) (all []run, err error) {
	err = e.DB.Write(ctx, func(tx *database.Tx) error {
		open, err := lockRuns(ctx, tx)
		if err != nil {
			return err
		}
		all = nil
		nothing := true
		for _, m := range e.Everyone() {
			if isOpen(open, m.ID()) {
				continue
			}
			r, err := nextRun(ctx, tx, m, t)
			if err != nil {
				return err
			}
			r.jobs = jobs
			d, err := e.due(ctx, tx, m, r)
			if err != nil {
				return err
			}
			nothing = nothing && d.none()
			if err := e.insertRun(ctx, tx, r); err != nil {
				return err
			}
			all = append(all, r)
		}
		if nothing {
			return ErrNothingDue
		}
		return nil
	})
	return all, err
}

// nextRun numbers the next run of a merchant; it is not earlier than the last.
func nextRun(ctx context.Context, tx *database.Tx, m *Merchant, t time.Time) (run, error) {
	r := run{merchant: m.ID(), at: t}
	var last int64
	err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(number), 0) + 1, COALESCE(MAX(as_of), 0) FROM processor_runs WHERE merchant_id = ?", m.ID()).Scan(&r.number, &last)
	if err == nil && t.Unix() < last {
		err = fmt.Errorf("%w: merchant %s has a run at %s", ErrEarlier, m.ID(), time.Unix(last, 0).In(m.Zone).Format(time.RFC3339))
	}
	return r, err
}

func (e *Engine) insertRun(ctx context.Context, tx *database.Tx, r run) error {
	names := make([]string, len(r.jobs))
	for i, j := range r.jobs {
		names[i] = string(j)
	}
	_, err := tx.Exec(ctx, "INSERT INTO processor_runs (merchant_id, number, as_of, jobs, started_at, ended_at) VALUES (?, ?, ?, ?, ?, 0)",
		r.merchant, r.number, r.at.Unix(), strings.Join(names, " "), e.Now().Unix())
	if err != nil {
		return err
	}
	return e.keepRole(ctx, tx, r)
}

// due works out what a run has to do; a resumed run finds what is left.
func (e *Engine) due(ctx context.Context, tx *database.Tx, m *Merchant, r run) (due, error) {
	first := r.at.Unix()
	err := tx.QueryRow(ctx, "SELECT COALESCE(MIN(as_of), ?) FROM processor_runs WHERE merchant_id = ?", first, m.ID()).Scan(&first)
	if err != nil {
		return due{}, err
	}
	last, err := lastSlots(ctx, tx, m.ID())
	d := slotsDue(m.Schedules, last, time.Unix(first, 0), r.at).only(r.jobs).only(e.Role.Jobs())
	return e.repairing(r, d), err
}

// work does all runs of one time: first the bank's files are read, so that each
// merchant's payments are there, then merchant after merchant. One merchant's
// failure does not stop the others; its run stays open. When the bank's fails,
// nobody is dunned, for who has paid is not known.
func (e *Engine) work(ctx context.Context, runs []run) error {
	var errs []error
	bank, unheard := e.hear(ctx, runs)
	if unheard != nil {
		errs = append(errs, fmt.Errorf("account statements: %w", unheard))
	}
	for _, r := range runs {
		m := e.merchant(r.merchant)
		switch {
		case m == nil:
			e.Log.Warn("the merchant of a run that was cut off is no longer in the config; the run is closed", "merchant", r.merchant)
			errs = append(errs, e.end(ctx, r))
			continue
		case e.isBank(m):
			continue
		case ctx.Err() != nil:
			return errors.Join(errs...)
		}
		j := e.job(ctx, m, r)
		j.unheard = unheard != nil
		err := j.all(ctx)
		if err != nil {
			err = fmt.Errorf("merchant %s: %w", m.ID(), err)
		}
		errs = append(errs, err, j.close())
	}
	switch {
	case ctx.Err() != nil:
	case bank != nil:
		if unheard == nil {
			errs = append(errs, bank.reportBank(ctx))
		}
		errs = append(errs, bank.close())
	case e.Role == ProviderSide && len(runs) > 0:
		errs = append(errs, e.reportLate(ctx, runs[0].at))
	}
	return errors.Join(errs...)
}

// reportLate tells what became of the statements of a run of the bank that ended
// while a merchant with rows in them still waited for the other side.
func (e *Engine) reportLate(ctx context.Context, at time.Time) error {
	r := run{merchant: e.Bank.ID(), at: at}
	err := e.DB.Read(ctx, func(tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT COALESCE(MAX(number), 0) FROM processor_runs WHERE merchant_id = ? AND as_of = ? AND ended_at > 0",
			r.merchant, at.Unix()).Scan(&r.number)
	})
	if err != nil || r.number == 0 {
		return err
	}
	j := e.job(ctx, e.Bank, r)
	return errors.Join(j.tellBank(ctx), j.close())
}

// errUnheard says that an earlier run of the bank is not finished.
var errUnheard = errors.New("an earlier run is not finished")

// hear does the bank's run, when it is one of these.
func (e *Engine) hear(ctx context.Context, runs []run) (*job, error) {
	if e.Bank == nil {
		return nil, nil
	}
	for _, r := range runs {
		if r.merchant == e.Bank.ID() {
			bank := e.job(ctx, e.Bank, r)
			return bank, bank.collectBank(ctx)
		}
	}
	open, err := e.open(ctx)
	if err == nil && isOpen(open, e.Bank.ID()) {
		err = errUnheard
	}
	return nil, err
}

func (e *Engine) merchant(id string) *Merchant {
	if id == purchase.Provider {
		return e.Bank
	}
	for _, m := range e.Merchants {
		if m.ID() == id {
			return m
		}
	}
	return nil
}

func (e *Engine) end(ctx context.Context, r run) error {
	return e.DB.Write(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE processor_runs SET ended_at = ? WHERE merchant_id = ? AND number = ?", e.Now().Unix(), r.merchant, r.number)
		return err
	})
}

// LastRun returns the time of a merchant's last run; zero when there was none.
func (e *Engine) LastRun(ctx context.Context, merchant string) (at time.Time, err error) {
	err = e.DB.Read(ctx, func(tx *database.Tx) error {
		var last int64
		if err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(as_of), 0) FROM processor_runs WHERE merchant_id = ?", merchant).Scan(&last); err != nil || last == 0 {
			return err
		}
		at = time.Unix(last, 0)
		return nil
	})
	return at, err
}

// OpenRun returns the time of a merchant's run that has not ended; zero when
// there is none.
func (e *Engine) OpenRun(ctx context.Context, merchant string) (at time.Time, err error) {
	open, err := e.open(ctx)
	for _, r := range open {
		if r.merchant == merchant {
			return r.at, err
		}
	}
	return at, err
}

// Next returns the first time after t at which something is due.
func (e *Engine) Next(t time.Time) time.Time {
	var next time.Time
	for _, m := range e.Everyone() {
		for job, s := range m.Schedules {
			if !slices.Contains(e.Role.Jobs(), job) {
				continue
			}
			if at := s.Next(t); next.IsZero() || !at.IsZero() && at.Before(next) {
				next = at
			}
		}
	}
	return next
}
