package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A repairing is a rerun of days, or of a run.
type repairing struct {
	*doing
	daysQuestion
	scope   processor.Scope
	before  []processor.Finding
	at      time.Time // of the run that makes up for what is missing
	dunning bool
	retried []retried
	unread  []string // why some of these could not be
}

// A retried is a file that is read again, or whose rejected rows are.
type retried struct {
	owner  string
	number int64
	whole  bool
	rows   []rowView // before
}

// A daysView is what a rerun of days has done, or would do.
type daysView struct {
	runView
	Merchant string        `json:"merchant"`
	Days     []findingView `json:"days"`
	Rows     []fileRow     `json:"rows"`   // that were tried again
	Unread   []string      `json:"unread"` // files that could not be tried again, and why
	all      bool          // what is complete says so
}

// A findingView is something of a day, as it was, and as it is.
type findingView struct {
	processor.Finding
	After       string `json:"after"`
	AfterDetail string `json:"after_detail"`
	mine        bool   // it was to be done
}

// A fileRow is a row of a file that was tried again.
type fileRow struct {
	File string `json:"file"`
	rowChange
}

// list gathers the files that are read again.
func (r *repairing) list(ctx context.Context, x *exchange) error {
	r.retried = nil
	for _, f := range r.before {
		if f.Kind != processor.KindFile || !r.toRetry(f) {
			continue
		}
		info, err := x.intake.Find(ctx, f.Merchant, strconv.FormatInt(f.File, 10))
		if err != nil {
			return err
		}
		rows, err := x.rowViews(ctx, info)
		if err != nil {
			return err
		}
		r.retried = append(r.retried, retried{f.Merchant, f.File, f.Refused, rows})
	}
	return nil
}

// repair is the run that makes up for what is missing.
func (r *repairing) repair() processor.Repair {
	return processor.Repair{At: r.at, Dunning: r.dunning, What: strings.Join(append([]string{r.verb}, r.arguments...), " "), Operator: r.operator, Reason: r.reason}
}

// needs reports whether there is something to make up for, or to try again.
func (r *repairing) needs(is func(processor.Finding) bool) bool {
	for _, f := range r.before {
		if is(f) {
			return true
		}
	}
	return false
}

// works are the runs that try again what failed: that of the bank first, since
// its rows belong to merchants.
func (r *repairing) works() (all []work) {
	for _, owner := range []string{purchase.Provider, r.merchant} {
		of := func(f processor.Finding) bool { return f.Merchant == owner && r.toRetry(f) }
		if r.needs(of) {
			all = append(all, work{merchant: owner, what: r.repair().What, register: func(y *exchange) func(context.Context, intake.Run, intake.Inbox) error {
				return func(ctx context.Context, run intake.Run, box intake.Inbox) error {
					return r.register(ctx, y, run, box, owner)
				}
			}})
		}
	}
	return all
}

// register lets files be read, and rows be tried again. One that cannot be, or
// was done meanwhile, stops no other; what fails after some were registered is
// told, since they keep their run.
func (r *repairing) register(ctx context.Context, y *exchange, run intake.Run, box intake.Inbox, owner string) error {
	some := false
	for _, f := range r.retried {
		if f.owner != owner {
			continue
		}
		_, err := y.intake.RerunFile(ctx, run, box, f.number)
		bad := new(formats.FileError)
		switch {
		case errors.As(err, &bad):
			r.unread = append(r.unread, fmt.Sprintf("file %s is not readable in the profile of now, its rows keep their verdicts: %v", fileID(f.number), err))
		case errors.Is(err, intake.ErrUnreadable) || errors.Is(err, intake.ErrUnknown):
			r.unread = append(r.unread, err.Error())
		case errors.Is(err, intake.ErrNothing):
		case err != nil && !some:
			return err
		case err != nil:
			r.unread = append(r.unread, fmt.Sprintf("file %s: %v", fileID(f.number), err))
		default:
			some = true
		}
	}
	return nil
}

// retryAt is the time of the runs that try again: now, not before the repair.
func (r *repairing) retryAt() time.Time {
	if r.scope.Now.Before(r.at) {
		return r.at
	}
	return r.scope.Now
}

func (r *repairing) view(dry bool) daysView {
	at := r.retryAt()
	if r.needs(r.toRepair) {
		at = r.at
	}
	r.unread = []string{}
	return daysView{runView: runView{Run: at, DryRun: dry, Effects: []effect{}}, Merchant: r.merchant, all: r.missing && r.failed}
}

// foresee is the plan.
func (r *repairing) foresee(ctx context.Context) (plan, error) {
	v := r.view(true)
	err := r.p.dry(ctx, r.exchange, func(y *exchange) error {
		if !r.needs(r.toRepair) { // what waits anyway is transmitted first, so that it does not count
			if err := y.engine.Preview(ctx, work{merchant: r.merchant, what: "before"}.request(y, r.asking, r.retryAt())); err != nil {
				return err
			}
		}
		err := y.observe(ctx, &v.runView, func() (outside, err error) {
			if r.needs(r.toRepair) {
				if outside, err = y.engine.PreviewRepair(ctx, r.repair()); err != nil {
					return outside, err
				}
			}
			if err := r.list(ctx, y); err != nil {
				return outside, err
			}
			for _, w := range r.works() {
				if err := y.engine.Preview(ctx, w.request(y, r.asking, r.retryAt())); err != nil {
					return outside, err
				}
			}
			return outside, nil
		})
		if err != nil {
			return err
		}
		return r.see(ctx, y, &v)
	})
	return plan{lines: v.lines(), show: func(hash string) error {
		v.Plan = hash
		return errors.Join(r.p.printFindings(r, &v), v.verdict())
	}}, explainRerun(err)
}

// do makes up for what is missing, and tries again what failed.
func (r *repairing) do(ctx context.Context) error {
	v := r.view(false)
	var failed error
	err := r.observe(ctx, &v.runView, func() (outside, err error) {
		if r.needs(r.toRepair) {
			failed = r.engine.Repair(ctx, r.repair())
		}
		if err := r.list(ctx, r.exchange); err != nil {
			return nil, err
		}
		for _, w := range r.works() {
			failed = errors.Join(failed, r.engine.Rerun(ctx, w.request(r.exchange, r.asking, r.retryAt())))
		}
		return nil, ctx.Err()
	})
	if err == nil {
		err = r.see(ctx, r.exchange, &v)
	}
	if err == nil {
		err = r.p.printFindings(r, &v)
	}
	if failed != nil || err != nil {
		return explainRerun(errors.Join(failed, err))
	}
	return v.verdict()
}

// see gathers what became of what was found, and of the rows.
func (r *repairing) see(ctx context.Context, x *exchange, v *daysView) error {
	after, err := x.engine.Survey(ctx, r.scope)
	if err != nil {
		return err
	}
	is := map[string]processor.Finding{}
	for _, f := range after {
		is[f.Key()] = f
	}
	for _, f := range r.before {
		w := findingView{Finding: f}
		switch now, still := is[f.Key()]; {
		case v.DryRun && f.Kind == processor.KindReport && f.State == processor.Missing:
			w.After, w.AfterDetail = processor.Complete, "it is delivered, if its target answers"
		case still:
			w.After, w.AfterDetail = now.State, now.Detail
		case f.State == processor.Complete:
			w.After, w.AfterDetail = f.State, f.Detail
		case f.Kind == processor.KindReport:
			w.After, w.AfterDetail = processor.Complete, "delivered"
		case f.Kind == processor.KindInbox:
			w.After, w.AfterDetail = processor.Complete, "taken"
		case f.Kind == processor.KindSaid:
			w.After, w.AfterDetail = processor.Complete, "written"
		default:
			w.After, w.AfterDetail = processor.Complete, "done"
		}
		w.mine = r.toRepair(f) || r.toRetry(f)
		v.Days = append(v.Days, w)
	}
	v.Unread = r.unread
	for _, f := range r.retried {
		if f.whole {
			continue
		}
		info, err := x.intake.Find(ctx, f.owner, strconv.FormatInt(f.number, 10))
		if err != nil {
			return err
		}
		rows, err := x.rowViews(ctx, info)
		if err != nil {
			return err
		}
		for _, c := range changes(f.rows, rows, intake.RowFilter{Status: purchase.Rejected}) {
			v.Rows = append(v.Rows, fileRow{fileID(f.number), c})
		}
	}
	return nil
}

// lines are the plan of a rerun of days.
func (v daysView) lines() (all []string) {
	for _, f := range v.Days {
		if f.State != f.After || f.Detail != f.AfterDetail {
			all = append(all, fmt.Sprintf("%s %s %s %s: %s → %s", f.Merchant, f.Day, f.Kind, f.What, f.State, f.After))
		}
	}
	for _, r := range v.Rows {
		all = append(all, fmt.Sprintf("file %s line %d %s: %s %s → %s %s", r.File, r.Line, r.DocumentNo, r.Before, r.BeforeCode, r.After, r.AfterCode))
	}
	return append(all, v.runView.lines()...)
}

// verdict is the exit: something is still missing, or was rejected again.
func (v daysView) verdict() error {
	missing, failing := int64(0), int64(0)
	for _, f := range v.Days {
		switch {
		case !f.mine:
		case f.After == processor.Missing:
			missing++
		case f.After == processor.Failing:
			failing++
		}
	}
	switch {
	case missing > 0 && !v.DryRun:
		return failWith(exitFailed, fmt.Errorf("%s still missing, see above", count(missing, "thing is", "things are")), "correct the reason, and do it again; nothing happens twice")
	case failing > 0:
		return failWith(exitRejected, fmt.Errorf("%s, see above", count(failing, "file was refused or has rejected rows", "files were refused or have rejected rows")),
			"kontor files show FILE tells every row; --mode failed tries them again when the reason is gone")
	}
	return v.runView.verdict()
}

// printFindings tells what was found, and what became of it; nil: nothing was
// done.
func (p *program) printFindings(r *repairing, v *daysView) error {
	if v == nil {
		v = &daysView{runView: runView{Run: r.scope.Now, DryRun: r.dryRun, Effects: []effect{}}, Merchant: r.merchant, all: r.missing && r.failed}
		for _, f := range r.before {
			v.Days = append(v.Days, findingView{f, f.State, f.Detail, false})
		}
		if p.json {
			return p.printJSON(v)
		}
		return p.printDays(*v)
	}
	if p.json {
		return p.printJSON(v)
	}
	zone := r.config.ZoneOf(r.merchant)
	first := fmt.Sprintf("Done, %s, in a run at %s:", r.name(), timeText(v.Run, zone))
	if v.DryRun {
		first = fmt.Sprintf("Dry run, %s, in a run at %s. Nothing is changed. It would be:", r.name(), timeText(v.Run, zone))
	}
	if err := errors.Join(p.say(first, ""), p.printDays(*v), p.printRetried(v.Rows)); err != nil {
		return err
	}
	if len(v.Files) > 0 {
		if err := errors.Join(p.say("", "Files that are read:"), p.printWhatCame(v.Files)); err != nil {
			return err
		}
	}
	if err := p.printOutputs(v.Outputs); err != nil {
		return err
	}
	if v.Outside != "" {
		v.Unread = append(v.Unread, v.Outside)
	}
	if len(v.Unread) > 0 {
		if err := p.say(append([]string{"", "Not done:"}, v.Unread...)...); err != nil {
			return err
		}
	}
	if err := errors.Join(p.say(""), p.printEffects(v.Effects)); err != nil || v.DryRun {
		return errors.Join(err, p.printPlan(v.Plan))
	}
	if len(r.retried) > 0 {
		return p.say("What was tried again and is booked travels with the next run; kontor run does it now.")
	}
	return nil
}

// printDays tells of each thing; of what was complete only how much, unless all
// is wanted.
func (p *program) printDays(v daysView) error {
	var rows [][]string
	complete := 0
	for _, f := range v.Days {
		if !v.all && f.State == processor.Complete {
			complete++
			continue
		}
		owner := ""
		if f.Merchant == purchase.Provider {
			owner = "bank "
		}
		after, detail := f.After, f.AfterDetail
		if f.After == f.State && f.AfterDetail == f.Detail {
			after = "–"
		}
		rows = append(rows, []string{f.Day.String(), owner + f.Kind, f.What, f.State, after, detail})
	}
	if len(v.Days) == 0 {
		return p.say("Nothing was to happen.")
	}
	if len(rows) > 0 {
		if err := p.printTable([]string{"DAY", "KIND", "WHAT", "WAS", "IS", "DETAIL"}, rows); err != nil {
			return err
		}
	}
	if complete > 0 {
		return p.say(count(complete, "thing is", "things are") + " complete; --mode all --dry-run lists them.")
	}
	return nil
}

func (p *program) printRetried(all []fileRow) error {
	if len(all) == 0 {
		return nil
	}
	var rows [][]string
	for _, c := range all {
		rows = append(rows, []string{
			c.File, strconv.FormatInt(c.Line, 10), dash(c.DocumentNo), strings.TrimSpace(string(c.Before) + " " + string(c.BeforeCode)),
			strings.TrimSpace(string(c.After) + " " + string(c.AfterCode)), c.Message,
		})
	}
	return errors.Join(p.say("", "Rows that are tried again:"), p.printTable([]string{">FILE", ">LINE", "DOCUMENT", "BEFORE", "AFTER", "MESSAGE"}, rows))
}
