package processor

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/schedules"
)

// BehindMost is the most slots that are counted as behind.
const BehindMost = 500

// A Standing is how far the runs of a merchant have come, found out cheaply.
type Standing struct {
	Runs   int64     // that were begun
	Last   time.Time // the last one; zero when there was none
	Done   time.Time // the last one that ended; zero when none has
	Open   time.Time // the one that has not ended; zero when there is none
	Slots  map[schedules.Job]time.Time
	Behind map[schedules.Job]int       // slots of a time after the last one, until now; at most BehindMost
	Missed map[schedules.Job]time.Time // the first of these; only of jobs that are behind
}

// Standing tells how far the runs of a merchant or of the bank have come; now is
// the time until which slots count as behind. Slots are nominal times: Slots has
// the last that was done or skipped of each job.
func (e *Engine) Standing(ctx context.Context, merchant string, now time.Time) (s Standing, err error) {
	m := e.merchant(merchant)
	if m == nil {
		return s, nil
	}
	var first time.Time
	err = e.DB.Read(ctx, func(tx *database.Tx) error {
		if err := s.runs(ctx, tx, merchant); err != nil {
			return err
		}
		if first, err = firstRun(ctx, tx, merchant); err != nil {
			return err
		}
		s.Slots, err = lastSlots(ctx, tx, merchant)
		return err
	})
	s.Behind, s.Missed = map[schedules.Job]int{}, map[schedules.Job]time.Time{}
	for job, plan := range m.Schedules {
		if err == nil && s.Runs > 0 && slices.Contains(e.Role.Jobs(), job) {
			s.behind(job, plan, later(s.Slots[job], first), now)
		}
	}
	return s, err
}

// runs reads the last two: at most one is open, and it is the last.
func (s *Standing) runs(ctx context.Context, tx *database.Tx, merchant string) error {
	rows, err := tx.Query(ctx, "SELECT number, as_of, ended_at FROM processor_runs WHERE merchant_id = ? ORDER BY number DESC LIMIT 2", merchant)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var number, asOf, ended int64
		err = r.Scan(&number, &asOf, &ended)
		at := time.Unix(asOf, 0).UTC()
		if s.Runs == 0 {
			s.Runs, s.Last = number, at
		}
		switch {
		case ended == 0:
			s.Open = at
		case s.Done.IsZero():
			s.Done = at
		}
		return struct{}{}, err
	})
	return err
}

func firstRun(ctx context.Context, tx *database.Tx, merchant string) (time.Time, error) {
	var asOf int64
	err := tx.QueryRow(ctx, "SELECT COALESCE((SELECT as_of FROM processor_runs WHERE merchant_id = ? ORDER BY number LIMIT 1), 0)", merchant).Scan(&asOf)
	return time.Unix(asOf, 0).UTC(), err
}

// behind counts the slots of a plan in (since, now].
func (s *Standing) behind(job schedules.Job, plan schedules.Schedule, since, now time.Time) {
	s.Behind[job] = 0
	for at := range plan.Between(since, now) {
		if job == schedules.Dunning && !schedules.IsBankDay(schedules.DateOf(at.In(plan.Zone()))) {
			continue
		}
		if s.Behind[job] == 0 {
			s.Missed[job] = at
		}
		if s.Behind[job]++; s.Behind[job] == BehindMost {
			return
		}
	}
}

// FirstRun returns the time of a merchant's first run; zero when there was none.
func (e *Engine) FirstRun(ctx context.Context, merchant string) (at time.Time, err error) {
	err = e.DB.Read(ctx, func(tx *database.Tx) error {
		at, err = firstRun(ctx, tx, merchant)
		return err
	})
	if at.Unix() == 0 {
		at = time.Time{}
	}
	return at, err
}

// LastBegun returns the time of a merchant's last run, zero when there was none,
// and whether it has not ended, by a query that takes no longer with the years.
func (e *Engine) LastBegun(ctx context.Context, merchant string) (last time.Time, open bool, err error) {
	var s Standing
	err = e.DB.Read(ctx, func(tx *database.Tx) error { return s.runs(ctx, tx, merchant) })
	return s.Last, !s.Open.IsZero(), err
}
