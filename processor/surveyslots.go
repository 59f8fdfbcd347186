package processor

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// slots tells which were done, skipped, or are missing.
func (v *survey) slots(ctx context.Context) error {
	var known []slotRow
	var reasons []string
	var d due
	var first int64
	err := v.DB.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT job, at, until_at, run, state, reason FROM processor_slots WHERE merchant_id = ? ORDER BY job, at", v.scope.Merchant)
		known, err = database.Collect(rows, err, func(r *sql.Rows) (s slotRow, err error) {
			var at, until int64
			var reason string
			err = r.Scan(&s.job, &at, &until, &s.run, &s.state, &reason)
			s.at, s.until = time.Unix(at, 0), time.Unix(until, 0)
			reasons = append(reasons, reason)
			return s, err
		})
		if err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, "SELECT COALESCE(MIN(as_of), 0) FROM processor_runs WHERE merchant_id = ?", v.scope.Merchant).Scan(&first); err != nil {
			return err
		}
		d, err = v.due(ctx, tx, v.m, run{merchant: v.scope.Merchant, at: sooner(v.scope.Now, v.end())})
		return err
	})
	if err != nil {
		return err
	}
	for _, job := range []schedules.Job{schedules.Guarantee, schedules.Payout, schedules.Dunning} {
		plan, planned := v.m.Schedules[job]
		if !planned || first == 0 || !slices.Contains(v.Role.Jobs(), job) {
			continue
		}
		for at := range plan.Between(later(v.start().Add(-time.Second), time.Unix(first, 0)), v.end()) {
			if job != schedules.Dunning || schedules.IsBankDay(schedules.DateOf(at.In(plan.Zone()))) {
				v.slot(job, at, known, reasons)
			}
		}
	}
	return v.lately(d)
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// slot tells of one nominal time.
func (v *survey) slot(job schedules.Job, at time.Time, known []slotRow, reasons []string) {
	before := len(v.found)
	defer func() {
		for i := before; i < len(v.found); i++ {
			v.found[i].at = at
		}
	}()
	name := fmt.Sprintf("%s %s", job, at.In(v.m.Zone).Format("15:04"))
	for i, s := range known {
		if s.job != job || at.Before(s.at) || at.After(s.until) {
			continue
		}
		if v.scope.Run != 0 && s.run != v.scope.Run {
			return
		}
		if s.state == "DONE" {
			v.add(v.scope.Merchant, v.day(at), KindSlot, name, Complete, fmt.Sprintf("done by run %d", s.run))
		} else {
			v.add(v.scope.Merchant, v.day(at), KindSlot, name, Complete, fmt.Sprintf("skipped by run %d: %s", s.run, reasons[i]))
		}
		return
	}
	switch {
	case v.scope.Run != 0:
	case at.After(v.scope.Now):
		v.add(v.scope.Merchant, v.day(at), KindSlot, name, Waits, "its time has not come")
	case job == schedules.Dunning && v.superseded(at):
		v.add(v.scope.Merchant, v.day(at), KindSlot, name, Waits, "a later one is due, only that is done: kontor run")
	default:
		v.add(v.scope.Merchant, v.day(at), KindSlot, name, Missing, "it has not run")
	}
}

// superseded reports whether a later dunning slot is due by now, after the days.
func (v *survey) superseded(at time.Time) bool {
	slot, _ := dunningDue(v.m.Schedules[schedules.Dunning], later(at, v.end()), v.scope.Now)
	return slot != nil
}

// lately tells of the jobs of which only the last time counts.
func (v *survey) lately(d due) error {
	if v.scope.Run != 0 {
		return nil
	}
	for _, s := range []*schedules.Slot{d.collect, d.transmit, d.deliver} {
		if s != nil && v.covers(s.At) {
			v.add(v.scope.Merchant, v.day(s.At), KindSlot, fmt.Sprintf("%s %s", s.Job, s.At.In(v.m.Zone).Format("15:04")), Missing, "it has not run, nor one before it since the last run")
		}
	}
	return nil
}

// batches finds the one that has no receipt.
func (v *survey) batches(ctx context.Context) error {
	taken, err := v.Batches.Taken(ctx, v.scope.Merchant)
	if err != nil {
		return err
	}
	open, err := v.Batches.List(ctx, v.scope.Merchant, taken, 1)
	for _, b := range open {
		_, ours := v.inside[v.scope.Merchant][b.Run]
		if !b.Answered && ours {
			v.add(v.scope.Merchant, v.day(b.Created), KindBatch, fmt.Sprintf("batch %d", b.Number), Waits, "the provider's receipt has not come")
		}
	}
	return err
}

// said finds what the provider has said and no file was written of.
func (v *survey) said(ctx context.Context) error {
	if v.scope.Run != 0 {
		return nil
	}
	j := v.job(ctx, v.m, run{merchant: v.scope.Merchant, at: v.scope.Now})
	position, err := j.position(ctx, reportReader)
	if err != nil {
		return err
	}
	for d, err := range v.Provider.Documents(ctx, v.scope.Merchant, position) {
		if err != nil {
			return err
		}
		what := ""
		switch {
		case d.Payout != nil:
			what = "payout " + d.Payout.ID
		case d.Dunning != nil:
			what = "dunning of " + d.Dunning.RunDate.String()
		case d.Refund != nil:
			what = "refund " + d.Refund.ID
		default:
			continue
		}
		if v.covers(d.At) {
			v.add(v.scope.Merchant, v.day(d.At), KindSaid, what, Missing, "no report was written of it")
		}
	}
	return nil
}

// reports finds what was written on the days and is not delivered.
func (v *survey) reports(ctx context.Context) error {
	for _, id := range []string{v.scope.Merchant, purchase.Provider} {
		runs := v.inside[id]
		waiting, err := v.Outbox.List(ctx, id, outbox.Filter{Waiting: true})
		if err != nil {
			return err
		}
		n := 0
		var last schedules.Date
		for _, o := range waiting {
			day, ours := runs[o.Run]
			if !ours {
				continue
			}
			n++
			detail := "it was never delivered"
			switch {
			case o.Error != "":
				detail = fmt.Sprintf("it could not be delivered: %s", o.Error)
			case o.Deliveries > 0:
				detail = "it is to be sent again"
			}
			v.add(id, day, KindReport, fmt.Sprintf("%s:%s/%s", o.Target, o.Folder, o.Name), Missing, detail)
		}
		for _, day := range runs {
			last = max(last, day)
		}
		if n == 0 && len(runs) > 0 {
			v.add(id, last, KindReport, "files that leave", Complete, "all of these days are delivered")
		}
	}
	return nil
}
