package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// What a run does, seen from outside: files that it reads, files that it tells
// something by, and what it moves in the books.

// A runView is what a run has done, or would do.
type runView struct {
	Run     time.Time    `json:"as_of"`
	DryRun  bool         `json:"dry_run"`
	Files   []whatIfFile `json:"files"`          // that are read
	Outputs []string     `json:"outputs"`        // that are written, merchant:target:folder/name
	Effects []effect     `json:"effects"`        //
	Outside string       `json:"outside"`        // what failed outside: a server that is down
	Plan    string       `json:"plan,omitempty"` // of a dry run
}

// A mark is how far the files were counted, in and out.
type mark struct{ files, outputs map[string]int64 }

// owners are all whose files there are.
func (x *exchange) owners() []string { return append(x.config.MerchantIDs(), purchase.Provider) }

// mark notes how many files there are.
func (x *exchange) mark(ctx context.Context) (m mark, err error) {
	m = mark{map[string]int64{}, map[string]int64{}}
	for _, id := range x.owners() {
		files, err := x.intake.Files(ctx, id, 0, 1)
		if err != nil {
			return m, err
		}
		for _, f := range files {
			m.files[id] = abs(f.Number)
		}
		outputs, err := x.outbox.List(ctx, id, outbox.Filter{Limit: 1})
		if err != nil {
			return m, err
		}
		for _, o := range outputs {
			m.outputs[id] = o.Seq
		}
	}
	return m, nil
}

func abs(n int64) int64 { return max(n, -n) }

// since gathers what came and was written since a mark.
func (x *exchange) since(ctx context.Context, m mark) (files []whatIfFile, outputs []string, err error) {
	files, outputs = []whatIfFile{}, []string{}
	for _, id := range x.owners() {
		newest, err := x.intake.Files(ctx, id, 0, 1)
		if err != nil {
			return nil, nil, err
		}
		if len(newest) > 0 {
			some, err := x.intake.Files(ctx, id, 0, int(abs(newest[0].Number)-m.files[id]))
			if err != nil {
				return nil, nil, err
			}
			for _, i := range some {
				rows, err := x.rowViews(ctx, i)
				if err != nil {
					return nil, nil, err
				}
				files = append(files, whatIfFile{viewOf(i), rows})
			}
		}
		last, err := x.outbox.List(ctx, id, outbox.Filter{Limit: 1})
		if err != nil {
			return nil, nil, err
		}
		if len(last) == 0 || last[0].Seq == m.outputs[id] {
			continue
		}
		all, err := x.outbox.List(ctx, id, outbox.Filter{Limit: int(last[0].Seq - m.outputs[id])})
		if err != nil {
			return nil, nil, err
		}
		for _, o := range all {
			outputs = append(outputs, o.File.String())
		}
	}
	slices.Reverse(files) // the first one read first
	slices.SortStableFunc(files, func(a, b whatIfFile) int { return cmp.Compare(a.Owner, b.Owner) })
	slices.Sort(outputs)
	return files, outputs, nil
}

// observe tells what something does.
func (x *exchange) observe(ctx context.Context, v *runView, do func() (outside, err error)) error {
	m, err := x.mark(ctx)
	if err != nil {
		return err
	}
	v.Effects, err = x.watchBooks(ctx, func() error {
		outside, err := do()
		if outside != nil {
			v.Outside = outside.Error()
		}
		return err
	})
	if err != nil {
		return err
	}
	v.Files, v.Outputs, err = x.since(ctx, m)
	return err
}

// foreseeRun is the plan of a run.
func (t *doing) foreseeRun(ctx context.Context, at time.Time, jobs []schedules.Job) (plan, error) {
	v := runView{Run: at, DryRun: true}
	err := t.p.dry(ctx, t.exchange, func(y *exchange) error {
		return y.observe(ctx, &v, func() (error, error) { return y.engine.PreviewRun(ctx, at, jobs) })
	})
	return plan{lines: v.lines(), show: func(hash string) error {
		v.Plan = hash
		return errors.Join(t.p.printRun(v, t.config.ZoneOf("")), v.verdict())
	}}, explainRun(err)
}

// lines are the plan: what becomes of each file and row, and the effect. The
// names of what is written have the time of the run, and are only counted.
func (v runView) lines() (all []string) {
	for _, f := range v.Files {
		all = append(all, fmt.Sprintf("file %s %s %s: %s", f.Owner, f.Name, f.SHA256, f.counted()))
		for _, r := range f.NotBooked {
			all = append(all, fmt.Sprintf("%s line %d %s: %s %s", f.Name, r.Line, r.DocumentNo, r.Status, r.Code))
		}
	}
	all = append(all, count(len(v.Outputs), "file is written", "files are written"))
	return append(all, effectLines(v.Effects)...)
}

// counted tells the verdict of a file and those of its rows.
func (v fileView) counted() string {
	if v.Code != "" {
		return fmt.Sprintf("%s %s", v.Verdict, v.Code)
	}
	return fmt.Sprintf("%s, %d booked, %d duplicate, %d conflict, %d rejected, %d parked", v.Verdict, v.Now.Booked, v.Now.Duplicate, v.Now.Conflict, v.Now.Rejected, v.Now.Parked)
}

// verdict is the exit of what reads files: some may be rejected.
func (v runView) verdict() error {
	for _, f := range v.Files {
		if f.Verdict == purchase.Rejected || f.Verdict == purchase.Held || f.Now.Rejected+f.Now.Conflict > 0 {
			return failWith(exitRejected, fmt.Errorf("%s: not all of it is booked: %s", f.Name, f.counted()), "kontor files show FILE tells every row; the ….rejected.csv beside the acknowledgement can be corrected")
		}
	}
	return nil
}

func (p *program) printRun(v runView, zone *time.Location) error {
	if p.json {
		return p.printJSON(v)
	}
	first := fmt.Sprintf("Run at %s:", timeText(v.Run, zone))
	if v.DryRun {
		first = fmt.Sprintf("Dry run at %s, nothing is changed. It would be:", timeText(v.Run, zone))
	}
	if err := errors.Join(p.say(first), p.printWhatCame(v.Files), p.printOutputs(v.Outputs), p.say("")); err != nil {
		return err
	}
	if v.Outside != "" {
		if err := p.say("Not reached: "+v.Outside, ""); err != nil {
			return err
		}
	}
	if err := p.printEffects(v.Effects); err != nil || !v.DryRun {
		return err
	}
	return p.printPlan(v.Plan)
}

// printWhatCame tells what becomes of files, and of each row that is not booked.
func (p *program) printWhatCame(files []whatIfFile) error {
	if len(files) == 0 {
		return p.say("No file is read.")
	}
	for _, f := range files {
		owner := f.Owner
		if owner == purchase.Provider {
			owner = "bank"
		}
		if err := errors.Join(p.say(fmt.Sprintf("%s: %s: %s", owner, f.Name, f.counted())), p.printRows(f.NotBooked)); err != nil {
			return err
		}
	}
	return nil
}

// printOutputs tells which files leave.
func (p *program) printOutputs(names []string) error {
	const most = 20
	if len(names) == 0 {
		return nil
	}
	lines := []string{"", count(len(names), "file leaves:", "files leave:")}
	for _, n := range names[:min(len(names), most)] {
		lines = append(lines, "  "+n)
	}
	if len(names) > most {
		lines = append(lines, fmt.Sprintf("  … and %d more", len(names)-most))
	}
	return p.say(lines...)
}
