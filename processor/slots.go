package processor

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/schedules"
)

// Reasons for skipped slots.
const superseded = "superseded by a later slot"

// lastSlots returns the last nominal time of each job that was done or skipped.
func lastSlots(ctx context.Context, tx *database.Tx, merchant string) (map[schedules.Job]time.Time, error) {
	last := map[schedules.Job]time.Time{}
	rows, err := tx.Query(ctx, "SELECT job, MAX(until_at) FROM processor_slots WHERE merchant_id = ? GROUP BY job", merchant)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var job schedules.Job
		var at int64
		err := r.Scan(&job, &at)
		last[job] = time.Unix(at, 0)
		return struct{}{}, err
	})
	return last, err
}

// A due is what one run has to do for a merchant.
type due struct {
	collect, transmit, dunning, deliver *schedules.Slot
	settle                              []schedules.Slot // guarantee and payout, in time order
	skipped                             []stretch
}

func (d due) none() bool {
	return d.collect == nil && d.transmit == nil && d.dunning == nil && d.deliver == nil && len(d.settle) == 0
}

// A stretch is a row of skipped slots.
type stretch struct {
	job         schedules.Job
	first, last time.Time
}

// slotsDue works out what is due at T: every guarantee and payout slot since
// the last, and the latest slot of the other jobs. first is the time of the
// merchant's first run, before which only collect, transmit and deliver are.
func slotsDue(plan map[schedules.Job]schedules.Schedule, last map[schedules.Job]time.Time, first, t time.Time) due {
	since := func(j schedules.Job) time.Time { return later(last[j], first) }
	latest := func(j schedules.Job, after time.Time) *schedules.Slot {
		s, planned := plan[j]
		if !planned {
			return nil
		}
		if at := s.Latest(t); !at.IsZero() && at.After(after) {
			return &schedules.Slot{Job: j, At: at}
		}
		return nil
	}
	d := due{
		collect:  latest(schedules.Collect, last[schedules.Collect]),
		transmit: latest(schedules.Transmit, last[schedules.Transmit]),
		deliver:  latest(schedules.Deliver, last[schedules.Deliver]),
	}
	for _, j := range []schedules.Job{schedules.Guarantee, schedules.Payout} {
		if s, planned := plan[j]; planned {
			for at := range s.Between(since(j), t) {
				d.settle = append(d.settle, schedules.Slot{Job: j, At: at})
			}
		}
	}
	slices.SortStableFunc(d.settle, func(a, b schedules.Slot) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
	if s, planned := plan[schedules.Dunning]; planned {
		d.dunning, d.skipped = dunningDue(s, since(schedules.Dunning), t)
	}
	return d
}

// dunningDue returns the latest slot on a TARGET2 day; those before it are
// skipped.
func dunningDue(plan schedules.Schedule, since, t time.Time) (*schedules.Slot, []stretch) {
	var all []time.Time
	for at := range plan.Between(since, t) {
		if schedules.IsBankDay(schedules.DateOf(at.In(plan.Zone()))) {
			all = append(all, at)
		}
	}
	switch n := len(all); n {
	case 0:
		return nil, nil
	case 1:
		return &schedules.Slot{Job: schedules.Dunning, At: all[0]}, nil
	default:
		return &schedules.Slot{Job: schedules.Dunning, At: all[n-1]}, []stretch{{schedules.Dunning, all[0], all[n-2]}}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// only keeps what is due of some jobs; none means all. A payout comes with the
// guarantees before it, which it pays.
func (d due) only(jobs []schedules.Job) due {
	if len(jobs) == 0 {
		return d
	}
	has := func(j schedules.Job) bool { return slices.Contains(jobs, j) }
	keep := func(s **schedules.Slot) {
		if *s != nil && !has((*s).Job) {
			*s = nil
		}
	}
	keep(&d.collect)
	keep(&d.transmit)
	keep(&d.dunning)
	keep(&d.deliver)
	var paid time.Time
	for _, s := range d.settle {
		if s.Job == schedules.Payout && has(s.Job) {
			paid = s.At
		}
	}
	d.settle = slices.DeleteFunc(slices.Clone(d.settle), func(s schedules.Slot) bool { return !has(s.Job) && s.At.After(paid) })
	if !has(schedules.Dunning) {
		d.skipped = nil
	}
	return d
}

// done records that a slot ran to success.
func (e *Engine) done(ctx context.Context, merchant string, run int64, s schedules.Slot) error {
	return e.DB.Write(ctx, func(tx *database.Tx) error {
		if s.Job == schedules.Collect || s.Job == schedules.Transmit || s.Job == schedules.Deliver {
			if _, err := tx.Exec(ctx, "DELETE FROM processor_slots WHERE merchant_id = ? AND job = ? AND at < ?", merchant, s.Job, s.At.Unix()); err != nil {
				return err
			}
		}
		return saveSlot(ctx, tx, merchant, run, stretch{s.Job, s.At, s.At}, "DONE", "")
	})
}

func saveSlot(ctx context.Context, tx *database.Tx, merchant string, run int64, s stretch, state, reason string) error {
	_, err := tx.Exec(ctx, `INSERT INTO processor_slots (merchant_id, job, at, until_at, run, state, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, job, at) DO NOTHING`, merchant, s.job, s.first.Unix(), s.last.Unix(), run, state, reason)
	return err
}

func (e *Engine) skip(ctx context.Context, merchant string, run int64, all []stretch) error {
	if len(all) == 0 {
		return nil
	}
	return e.DB.Write(ctx, func(tx *database.Tx) error {
		for _, s := range all {
			if err := saveSlot(ctx, tx, merchant, run, s, "SKIPPED", superseded); err != nil {
				return err
			}
		}
		return nil
	})
}
