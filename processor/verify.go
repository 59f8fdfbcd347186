package processor

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/schedules"
)

// Verify looks at the runs and slots of a merchant (or of the bank) and returns
// one sentence for each thing that cannot be: numbers of runs with a gap, times
// that go backwards, slots without a run, slots that overlap, and nominal times
// of guarantee, payout or dunning between two others that were neither done nor
// skipped; and files without acknowledgement.
func (e *Engine) Verify(ctx context.Context, merchant string) (broken []string, err error) {
	m := e.merchant(merchant)
	if m == nil {
		return nil, fmt.Errorf("verify: merchant %q is not in the config", merchant)
	}
	var runs []run
	var slots []slotRow
	err = e.DB.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT merchant_id, number, as_of, jobs FROM processor_runs WHERE merchant_id = ? ORDER BY number", merchant)
		if runs, err = database.Collect(rows, err, scanRun); err != nil {
			return err
		}
		rows, err = tx.Query(ctx, "SELECT job, at, until_at, run, state FROM processor_slots WHERE merchant_id = ? ORDER BY job, at", merchant)
		slots, err = database.Collect(rows, err, scanSlot)
		return err
	})
	if err != nil {
		return nil, err
	}
	broken = verifyRuns(runs)
	byJob := map[schedules.Job][]slotRow{}
	for _, s := range slots {
		broken = append(broken, s.verify(runs)...)
		byJob[s.job] = append(byJob[s.job], s)
	}
	for _, job := range []schedules.Job{schedules.Guarantee, schedules.Payout, schedules.Dunning} {
		if plan, planned := m.Schedules[job]; planned {
			broken = append(broken, verifySlots(job, plan, byJob[job])...)
		}
	}
	unacknowledged, err := e.verifyAcks(ctx, merchant)
	return append(broken, unacknowledged...), err
}

// verifyAcks checks that each file that was read has its ack. While a run lasts
// there is nothing to check.
func (e *Engine) verifyAcks(ctx context.Context, merchant string) (broken []string, err error) {
	open, err := e.open(ctx)
	if err != nil || len(open) > 0 {
		return nil, err
	}
	acks, err := e.Outbox.List(ctx, merchant, outbox.Filter{Kind: outbox.Ack})
	if err != nil {
		return nil, err
	}
	told := map[string]bool{}
	for _, a := range acks {
		told[a.Subject] = true
	}
	for before := int64(0); ; {
		const page = 500
		files, err := e.Intake.Files(ctx, merchant, before, page)
		if err != nil || len(files) == 0 {
			return broken, err
		}
		for _, f := range files {
			if f.Verdict != "" && !told[strconv.FormatInt(f.Number, 10)] {
				broken = append(broken, fmt.Sprintf("file %d (%s): it is %s, but there is no acknowledgement", f.Number, f.Name, f.Verdict))
			}
		}
		before = files[len(files)-1].Number
	}
}

// A slotRow is a slot that was done, or a stretch of slots that were skipped.
type slotRow struct {
	job       schedules.Job
	at, until time.Time
	run       int64
	state     string
}

func scanSlot(r *sql.Rows) (s slotRow, err error) {
	var at, until int64
	err = r.Scan(&s.job, &at, &until, &s.run, &s.state)
	s.at, s.until = time.Unix(at, 0).UTC(), time.Unix(until, 0).UTC()
	return s, err
}

func (s slotRow) String() string { return string(s.job) + " " + s.at.Format(time.RFC3339) }

func verifyRuns(runs []run) (broken []string) {
	last := run{}
	for _, r := range runs {
		if r.number != last.number+1 {
			broken = append(broken, fmt.Sprintf("runs: number %d follows number %d", r.number, last.number))
		}
		if r.at.Before(last.at) {
			broken = append(broken, fmt.Sprintf("runs: run %d at %s is earlier than run %d before it", r.number, r.at.UTC().Format(time.RFC3339), last.number))
		}
		last = r
	}
	return broken
}

// verify checks that a slot was done by a run that is there, and not before its
// time.
func (s slotRow) verify(runs []run) (broken []string) {
	n := s.run - 1
	switch {
	case n < 0 || n >= int64(len(runs)):
		broken = append(broken, fmt.Sprintf("slot %s: its run %d does not exist", s, s.run))
	case runs[n].at.Before(s.until):
		broken = append(broken, fmt.Sprintf("slot %s: run %d at %s came before its time", s, s.run, runs[n].at.UTC().Format(time.RFC3339)))
	}
	if s.until.Before(s.at) || s.state == "DONE" && !s.until.Equal(s.at) {
		broken = append(broken, fmt.Sprintf("slot %s: it is %s until %s", s, s.state, s.until.Format(time.RFC3339)))
	}
	return broken
}

// verifySlots looks for slots that overlap, and for nominal times between two
// slots that are missing. A schedule may have changed: a time counts as missing
// only when both neighbours are times of today's schedule, and an earlier slot
// stood at the same time of the week.
func verifySlots(job schedules.Job, plan schedules.Schedule, slots []slotRow) (broken []string) {
	seen := map[string]bool{}
	for i, s := range slots {
		seen[weekTime(s.at.In(plan.Zone()))] = true
		if i == 0 {
			continue
		}
		before := slots[i-1]
		if !s.at.After(before.until) {
			broken = append(broken, fmt.Sprintf("slot %s: it overlaps with the one before, until %s", s, before.until.Format(time.RFC3339)))
		}
		if !onPlan(plan, before.until) || !onPlan(plan, s.at) {
			continue
		}
		for at := range plan.Between(before.until, s.at.Add(-time.Second)) {
			due := job != schedules.Dunning || schedules.IsBankDay(schedules.DateOf(at.In(plan.Zone())))
			if due && seen[weekTime(at.In(plan.Zone()))] {
				broken = append(broken, fmt.Sprintf("slot %s %s: neither done nor skipped, though a later one is", job, at.UTC().Format(time.RFC3339)))
			}
		}
	}
	return broken
}

func weekTime(t time.Time) string { return t.Format("Mon 15:04") }

func onPlan(plan schedules.Schedule, at time.Time) bool { return plan.Latest(at).Equal(at) }
