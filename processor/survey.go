package processor

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// How it stands with something that should have happened.
const (
	Complete = "COMPLETE"
	Missing  = "MISSING" // it should have happened, and did not
	Failing  = "FAILED"  // it happened, and failed, was rejected or is held
	Waits    = "WAITS"   // it comes by itself, or somebody else must do it
)

// Kinds of findings, in the order in which they are told.
const (
	KindRun    = "run"    // that was cut off
	KindInbox  = "inbox"  // a file that lies there and was not taken
	KindFile   = "file"   // that was read
	KindSlot   = "slot"   // of a job
	KindBatch  = "batch"  // without a receipt
	KindSaid   = "said"   // by the provider, and not written
	KindReport = "report" // that was written, and not delivered
)

// A Finding is one thing of some days.
type Finding struct {
	Merchant string         `json:"merchant"` // or [purchase.Provider]
	Day      schedules.Date `json:"date"`
	Kind     string         `json:"kind"`
	What     string         `json:"what"`
	State    string         `json:"state"`
	Detail   string         `json:"detail"`
	File     int64          `json:"-"` // of a file that failed: which to read again
	at       time.Time      // of a slot
	Refused  bool           `json:"-"` // as a whole
}

// Key names what is found, whatever its state.
func (f Finding) Key() string {
	return f.Day.String() + "\x00" + f.Merchant + "\x00" + f.Kind + "\x00" + f.What
}

// A Scope is what is looked at: days of a merchant's clock, both included, or
// one run of it.
type Scope struct {
	Merchant string
	From, To schedules.Date
	Run      int64 // 0: all of these days
	Now      time.Time
}

// Survey looks what happened on some days to a merchant, and to the files of
// the bank, and what should have. It changes nothing.
func (e *Engine) Survey(ctx context.Context, s Scope) (all []Finding, err error) {
	m := e.merchant(s.Merchant)
	if m == nil || e.isBank(m) {
		return nil, fmt.Errorf("merchant %q is not in the config", s.Merchant)
	}
	v := &survey{Engine: e, scope: s, m: m}
	for _, look := range []func(context.Context) error{v.runs, v.inboxes, v.files, v.slots, v.batches, v.said, v.reports} {
		if err := look(ctx); err != nil {
			return nil, err
		}
	}
	order := []string{KindRun, KindInbox, KindFile, KindSlot, KindBatch, KindSaid, KindReport}
	slices.SortStableFunc(v.found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)), a.at.Compare(b.at))
	})
	return v.found, nil
}

type survey struct {
	*Engine
	scope  Scope
	m      *Merchant
	inside map[string]map[int64]schedules.Date // day of the runs, by merchant and number
	found  []Finding
}

func (v *survey) add(merchant string, day schedules.Date, kind, what, state, detail string) {
	v.found = append(v.found, Finding{Merchant: merchant, Day: day, Kind: kind, What: what, State: state, Detail: detail})
}

// start is the first instant of the days, end the last second.
func (v *survey) start() time.Time { return v.scope.From.In(v.m.Zone, 0, 0) }
func (v *survey) end() time.Time   { return (v.scope.To + 1).In(v.m.Zone, 0, 0).Add(-time.Second) }

func (v *survey) day(at time.Time) schedules.Date { return schedules.DateOf(at.In(v.m.Zone)) }

func (v *survey) covers(at time.Time) bool {
	day := v.day(at)
	return v.scope.From <= day && day <= v.scope.To
}

// runs finds those that were cut off.
func (v *survey) runs(ctx context.Context) error {
	v.inside = map[string]map[int64]schedules.Date{}
	for _, id := range []string{v.scope.Merchant, purchase.Provider} {
		v.inside[id] = map[int64]schedules.Date{}
		if v.scope.Run != 0 && id != v.scope.Merchant {
			continue
		}
		err := v.DB.Read(ctx, func(tx *database.Tx) error {
			rows, err := tx.Query(ctx, "SELECT number, as_of, ended_at FROM processor_runs WHERE merchant_id = ? AND as_of >= ? AND as_of <= ? ORDER BY number",
				id, v.start().Unix(), v.end().Unix())
			_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
				var number, at, ended int64
				if err := r.Scan(&number, &at, &ended); err != nil || v.scope.Run != 0 && number != v.scope.Run {
					return struct{}{}, err
				}
				day := v.day(time.Unix(at, 0))
				v.inside[id][number] = day
				if ended == 0 {
					v.add(id, day, KindRun, fmt.Sprintf("run %d at %s", number, time.Unix(at, 0).In(v.m.Zone).Format("15:04")), Missing, "it was cut off")
				}
				return struct{}{}, nil
			})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// inboxes finds what lies there and was not taken. When it came is not known,
// so it belongs to the last day.
func (v *survey) inboxes(ctx context.Context) error {
	if v.scope.Run != 0 {
		return nil
	}
	for _, m := range v.Everyone() {
		if m != v.m && !v.isBank(m) {
			continue
		}
		j := v.job(ctx, m, run{merchant: m.ID(), at: v.scope.Now})
		box, err := j.box(ctx)
		var names []string
		if err == nil {
			names, err = v.Intake.Untaken(ctx, box)
		}
		err = errors.Join(err, j.close())
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			v.add(m.ID(), v.scope.To, KindInbox, "inbox", Missing, "it does not answer: "+err.Error())
		}
		for _, n := range names {
			v.add(m.ID(), v.scope.To, KindInbox, n, Missing, "it lies in the inbox, and no run has taken it")
		}
	}
	return nil
}

// files tells what became of those that were read.
func (v *survey) files(ctx context.Context) error {
	for _, id := range []string{purchase.Provider, v.scope.Merchant} {
		if v.scope.Run != 0 && id != v.scope.Merchant {
			continue
		}
		all, err := v.Intake.FilesBetween(ctx, id, v.scope.From, v.scope.To)
		if err != nil {
			return err
		}
		seen := map[int64]bool{}
		for _, f := range all {
			if v.scope.Run != 0 && f.Run != v.scope.Run || seen[f.Newest] {
				continue
			}
			seen[f.Newest] = true
			state, detail := stateOf(f)
			v.found = append(v.found, Finding{
				Merchant: id, Day: f.Day, Kind: KindFile, What: fmt.Sprintf("file %d %s", abs(f.Number), f.Name), State: state, Detail: detail,
				File: f.Newest, Refused: f.Code != "",
			})
		}
	}
	return nil
}

func abs(n int64) int64 { return max(n, -n) }

func stateOf(f intake.DayFile) (state, detail string) {
	n := f.Now
	counts := fmt.Sprintf("%s: %d booked, %d duplicate, %d conflict, %d rejected, %d parked", f.Verdict, n.Booked, n.Duplicate, n.Conflict, n.Rejected, n.Parked)
	switch {
	case f.Verdict == "":
		return Missing, "it was taken, and not read to its end"
	case f.Since:
		return Complete, fmt.Sprintf("%s; its bytes were read since, as file %d", f.Verdict, abs(f.Newest))
	case f.Code != "":
		return Failing, string(f.Verdict) + " " + string(f.Code)
	case n.Rejected > 0:
		return Failing, counts
	case n.Conflict > 0:
		return Waits, counts + "; a conflict stays one: another document has the number"
	case n.Parked > 0:
		return Waits, counts
	}
	return Complete, counts
}

// RunTime returns the time of a run; false when a merchant has none of that
// number.
func (e *Engine) RunTime(ctx context.Context, merchant string, number int64) (at time.Time, found bool, err error) {
	var unix int64
	err = e.DB.Read(ctx, func(tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT as_of FROM processor_runs WHERE merchant_id = ? AND number = ?", merchant, number).Scan(&unix)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return at, false, nil
	}
	return time.Unix(unix, 0), err == nil, err
}
