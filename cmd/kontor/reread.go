package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A rereading is what becomes of a file, or of some of its rows.
type rereading struct {
	verb     string
	register func(context.Context, *exchange, intake.Run, intake.Inbox) error
	rows     *intake.RowFilter // nil: the whole file is read
	from     string            // the corrected file that rows are taken from
	// after finds the file when it was read, where rows is nil.
	after func(context.Context, *exchange) (intake.FileInfo, error)
}

// A rowChange is a row that was tried again.
type rowChange struct {
	Line       int64            `json:"line"`
	DocumentNo string           `json:"document_no"`
	Before     purchase.Verdict `json:"before"`
	BeforeCode purchase.Code    `json:"before_code"`
	After      purchase.Verdict `json:"after"`
	AfterCode  purchase.Code    `json:"after_code"`
	Message    string           `json:"message"`
}

// A reread is what a rerun has done, or would do.
type reread struct {
	DryRun    bool        `json:"dry_run"`
	Run       time.Time   `json:"as_of"`
	File      fileView    `json:"file"`
	Rows      []rowChange `json:"rows,omitempty"` // of a rerun of rows
	From      string      `json:"from,omitempty"` // the corrected file that they were taken from
	FromSHA   string      `json:"from_sha256,omitempty"`
	NotBooked []rowView   `json:"not_booked,omitempty"` // of a file that was read as a whole
	Effects   []effect    `json:"effects,omitempty"`    // of a dry run
	Plan      string      `json:"plan,omitempty"`       // of a dry run
}

// reread finds a file, reads it or its rows again, and tells what came of it.
func (p *program) reread(ctx context.Context, what string, a asking, choose func(intake.FileInfo) (rereading, error)) (err error) {
	return p.change(ctx, a, true, func(t *doing) error {
		info, err := t.findFile(ctx, t.merchant, what)
		if err != nil {
			return err
		}
		r, err := choose(info)
		if err != nil {
			return err
		}
		at, err := t.runAt(ctx, p, a, info.Owner)
		if err != nil {
			return err
		}
		before, err := t.rowViews(ctx, info)
		if err != nil {
			return err
		}
		return t.carry(ctx, t.again(r, info, before, at))
	})
}

// again is a rereading as an act.
func (t *doing) again(r rereading, info intake.FileInfo, before []rowView, at time.Time) act {
	w := work{
		merchant: info.Owner, what: fmt.Sprintf("%s %s", r.verb, fileID(info.Number)),
		register: func(y *exchange) func(context.Context, intake.Run, intake.Inbox) error {
			return func(ctx context.Context, run intake.Run, box intake.Inbox) error { return r.register(ctx, y, run, box) }
		},
	}
	tell := func(out reread) error {
		return errors.Join(t.p.printReread(out, t.config.ZoneOf(t.merchant)), out.verdict())
	}
	return act{
		foresee: func(ctx context.Context) (plan, error) {
			out := reread{DryRun: true, Run: at}
			moved, err := t.p.preview(ctx, t.exchange, w, t.asking, at, func(y *exchange) error { return out.see(ctx, y, r, info, before) })
			out.Effects = moved
			return plan{lines: out.lines(), show: func(hash string) error {
				out.Plan = hash
				return tell(out)
			}}, explainRerun(err)
		},
		do: func(ctx context.Context) error {
			out := reread{Run: at}
			if err := t.engine.Rerun(ctx, w.request(t.exchange, t.asking, at)); err != nil {
				return explainRerun(err)
			}
			if err := out.see(ctx, t.exchange, r, info, before); err != nil {
				return err
			}
			return tell(out)
		},
	}
}

// lines are the plan of a rereading: what becomes of each row, and the effect.
func (out reread) lines() (all []string) {
	f := out.File
	all = append(all, fmt.Sprintf("file %s %s: %s %s, %d rows, %d booked, %d duplicate, %d conflict, %d rejected, %d parked",
		f.Name, f.SHA256, f.Verdict, f.Code, f.Rows, f.Now.Booked, f.Now.Duplicate, f.Now.Conflict, f.Now.Rejected, f.Now.Parked))
	if out.From != "" {
		all = append(all, "rows are taken from "+out.From+" "+out.FromSHA)
	}
	for _, r := range out.Rows {
		all = append(all, fmt.Sprintf("line %d %s: %s %s → %s %s", r.Line, r.DocumentNo, r.Before, r.BeforeCode, r.After, r.AfterCode))
	}
	for _, r := range out.NotBooked {
		all = append(all, fmt.Sprintf("line %d %s: %s %s", r.Line, r.DocumentNo, r.Status, r.Code))
	}
	return append(all, effectLines(out.Effects)...)
}

// see gathers what became of the file and its rows.
func (out *reread) see(ctx context.Context, x *exchange, r rereading, info intake.FileInfo, before []rowView) (err error) {
	if r.after == nil {
		info, err = x.intake.Find(ctx, info.Owner, strconv.FormatInt(info.Number, 10))
	} else {
		info, err = r.after(ctx, x)
	}
	if err != nil {
		return err
	}
	out.File = viewOf(info)
	after, err := x.rowViews(ctx, info)
	if err != nil {
		return err
	}
	if r.rows == nil {
		out.NotBooked = after
		return nil
	}
	out.Rows = changes(before, after, *r.rows)
	if out.From = r.from; r.from == "" {
		return nil
	}
	return out.corrected(ctx, x, info)
}

// corrected adds what is known of the corrected file, and the numbers that its
// rows have.
func (out *reread) corrected(ctx context.Context, x *exchange, info intake.FileInfo) error {
	all, err := x.intake.Corrections(ctx, info.Owner, info.Number)
	if err != nil {
		return err
	}
	newest, numbers := int64(0), map[int64]string{}
	for _, c := range all {
		numbers[c.Line] = c.Number
		if c.Run > newest {
			newest, out.FromSHA = c.Run, c.SHA256
		}
	}
	for i := range out.Rows {
		out.Rows[i].DocumentNo = numbers[out.Rows[i].Line]
	}
	return nil
}

// changes compares the rows that were tried again with what they were.
func changes(before, after []rowView, filter intake.RowFilter) (all []rowChange) {
	now := map[int64]rowView{}
	for _, r := range after {
		if r.Status != "" {
			now[r.Row] = r
		}
	}
	for _, r := range before {
		if r.Status != filter.Status || filter.Code != "" && r.Code != filter.Code || filter.Lines != nil && !filter.Lines(r.Line) {
			continue
		}
		c := rowChange{Line: r.Line, DocumentNo: r.DocumentNo, Before: r.Status, BeforeCode: r.Code, After: purchase.Booked}
		if n, still := now[r.Row]; still {
			c.After, c.AfterCode, c.Message = n.Status, n.Code, n.Message
			if c.DocumentNo == "" {
				c.DocumentNo = n.DocumentNo
			}
		}
		all = append(all, c)
	}
	return all
}

// verdict is the exit of a rerun after which rows are rejected, or the file is
// refused again.
func (out reread) verdict() error {
	rejected := int64(0)
	for _, r := range out.Rows {
		if r.After == purchase.Rejected || r.After == purchase.Conflict {
			rejected++
		}
	}
	if out.Rows == nil {
		rejected = out.File.Now.Rejected + out.File.Now.Conflict
	}
	name := fmt.Sprintf("file %s (%s)", out.File.File, out.File.Name)
	switch {
	case out.Rows == nil && out.File.Code != "":
		return failWith(exitRejected, fmt.Errorf("%s is %s again: %s", name, out.File.Verdict, out.File.Message), "correct the reason first, or drop a right file")
	case rejected > 0:
		return failWith(exitRejected, fmt.Errorf("%s: %s", name, count(rejected, "row is rejected", "rows are rejected")),
			"correct them in the ….rejected.csv beside the acknowledgement, and drop that in, or: kontor rerun rows %s --status rejected --from …", out.File.File)
	}
	return nil
}

func (p *program) printReread(out reread, zone *time.Location) error {
	if p.json {
		return p.printJSON(out)
	}
	first := fmt.Sprintf("Run at %s:", timeText(out.Run, zone))
	if out.DryRun {
		first = fmt.Sprintf("Dry run at %s, nothing is changed. It would be:", timeText(out.Run, zone))
	}
	if err := p.say(first); err != nil {
		return err
	}
	if err := p.printFile(out.File, zone); err != nil {
		return err
	}
	if out.From != "" {
		if err := p.say(fmt.Sprintf("  from      %s, sha256 %s", out.From, out.FromSHA)); err != nil {
			return err
		}
	}
	if err := p.printChanges(out.Rows); err != nil {
		return err
	}
	if err := p.printRows(out.NotBooked); err != nil {
		return err
	}
	if err := p.say(""); err != nil {
		return err
	}
	if out.DryRun {
		return errors.Join(p.printEffects(out.Effects), p.printPlan(out.Plan))
	}
	return p.say("What is booked now travels with the next run; kontor run does it now.")
}

func (p *program) printChanges(all []rowChange) error {
	if len(all) == 0 {
		return nil
	}
	var rows [][]string
	for _, c := range all {
		rows = append(rows, []string{
			strconv.FormatInt(c.Line, 10), dash(c.DocumentNo), strings.TrimSpace(string(c.Before) + " " + string(c.BeforeCode)),
			strings.TrimSpace(string(c.After) + " " + string(c.AfterCode)), c.Message,
		})
	}
	if err := p.say(""); err != nil {
		return err
	}
	return p.printTable([]string{">LINE", "DOCUMENT", "BEFORE", "AFTER", "MESSAGE"}, rows)
}
