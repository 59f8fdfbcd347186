package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// rerunCommand groups the verbs that do something again.
func (p *program) rerunCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "rerun",
		Short: "Read a file, or some of its rows, again from the archive",
		Long: `Read archived files again: for example when the order of a rejected invoice was
accepted after all, or when the profile of a merchant was corrected. A rerun adds
a run and verdicts, and never edits what is there; rows keep their business date.
Nothing is booked twice: what is booked stays booked, and says so.

It needs the data for itself; stop kontor serve for a moment.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.rerunFileCommand(), p.rerunRowsCommand())
	return exits(c, exitDone, exitUsage)
}

func (p *program) rerunFileCommand() *cobra.Command {
	var a asking
	c := &cobra.Command{
		Use:   "file FILE",
		Short: "Read a refused file again, or the rejected rows of one that was read",
		Long: `Read a REJECTED or HELD file again, in the profile that its merchant has now. Of a
file whose rows were read, the rejected rows are tried again.`,
		Example: "  kontor rerun file 12 --dry-run\n  kontor rerun file orders_20261002.csv",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, false); err != nil {
				return err
			}
			return p.rerunFile(c.Context(), args[0], a)
		},
	}
	a.flags(c)
	a.timeFlag(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitRejected, exitHeld, exitRefused)
}

func (p *program) rerunRowsCommand() *cobra.Command {
	var a asking
	var status, code, lines string
	c := &cobra.Command{
		Use:     "rows FILE --status rejected|parked",
		Short:   "Try some rows of a file again",
		Long:    `Try the rejected or the parked rows of a file again: those of a code, those on some lines, or both.`,
		Example: "  kontor rerun rows 12 --status rejected --code NOT_ACCEPTED\n  kontor rerun rows invoices_20261002.csv --status rejected --line 3,9-12 --dry-run",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			filter, err := rowFilter(status, code, lines)
			if err != nil {
				return err
			}
			if err := a.complete(c, false); err != nil {
				return err
			}
			return p.rerunRows(c.Context(), args[0], filter, a)
		},
	}
	c.Flags().StringVar(&status, "status", "", "which rows: rejected or parked; must be given")
	c.Flags().StringVar(&code, "code", "", "only rows with this `CODE`, such as NOT_ACCEPTED")
	c.Flags().StringVar(&lines, "line", "", "only these `LINES` of the file, such as 3,9-12")
	a.flags(c)
	a.timeFlag(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitRejected, exitHeld, exitRefused)
}

// rowFilter reads which rows are meant; nothing never means all.
func rowFilter(status, code, lines string) (intake.RowFilter, error) {
	f := intake.RowFilter{Code: purchase.Code(strings.ToUpper(code))}
	switch strings.ToLower(status) {
	case "rejected":
		f.Status = purchase.Rejected
	case "parked":
		f.Status = purchase.Parked
	default:
		return f, usage("kontor files show FILE lists the rows that are not booked", "--status %q: want rejected or parked", status)
	}
	if lines == "" {
		return f, nil
	}
	var err error
	f.Lines, err = parseLines(lines)
	return f, err
}

// parseLines reads numbers and ranges such as 3,9-12 or 7-.
func parseLines(s string) (func(int64) bool, error) {
	type span struct{ first, last int64 }
	var spans []span
	for part := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		first, err := strconv.ParseUint(from, 10, 62)
		last := first
		switch {
		case isRange && to == "":
			last = math.MaxInt64
		case isRange && err == nil:
			last, err = strconv.ParseUint(to, 10, 62)
		}
		if err != nil || first < 1 || last < first {
			return nil, usage("", "--line %q: want lines of the file such as 3,9-12", s)
		}
		spans = append(spans, span{int64(first), int64(last)})
	}
	return func(n int64) bool {
		for _, s := range spans {
			if s.first <= n && n <= s.last {
				return true
			}
		}
		return false
	}, nil
}

func (p *program) rerunFile(ctx context.Context, what string, a asking) error {
	return p.reread(ctx, what, a, func(info intake.FileInfo) (rereading, error) {
		r := rereading{
			verb: "rerun file",
			register: func(ctx context.Context, x *exchange, run intake.Run, box intake.Inbox) error {
				_, err := x.intake.RerunFile(ctx, run, box, info.Number)
				return err
			},
		}
		if info.Code == "" { // its rows were read
			r.rows = &intake.RowFilter{Status: purchase.Rejected}
			return r, nil
		}
		r.after = func(ctx context.Context, x *exchange) (intake.FileInfo, error) {
			newest, err := x.intake.Files(ctx, info.Owner, 0, 1)
			if err != nil || len(newest) == 0 {
				return info, err
			}
			return newest[0], nil
		}
		return r, nil
	})
}

func (p *program) rerunRows(ctx context.Context, what string, filter intake.RowFilter, a asking) error {
	return p.reread(ctx, what, a, func(info intake.FileInfo) (rereading, error) {
		return rereading{
			verb: "rerun rows", rows: &filter,
			register: func(ctx context.Context, x *exchange, run intake.Run, box intake.Inbox) error {
				_, err := x.intake.RerunRows(ctx, run, box, info.Number, filter)
				return err
			},
		}, nil
	})
}

// A rereading is what becomes of a file, or of some of its rows.
type rereading struct {
	verb     string
	register func(context.Context, *exchange, intake.Run, intake.Inbox) error
	rows     *intake.RowFilter // nil: the whole file is read
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
	Rows      []rowChange `json:"rows,omitempty"`       // of a rerun of rows
	NotBooked []rowView   `json:"not_booked,omitempty"` // of a file that was read as a whole
	Effects   []effect    `json:"effects,omitempty"`    // of a dry run
}

// reread finds a file, reads it or its rows again, and tells what came of it.
func (p *program) reread(ctx context.Context, what string, a asking, plan func(intake.FileInfo) (rereading, error)) (err error) {
	c, err := Load(p.configFile)
	if err != nil {
		return err
	}
	merchant, err := c.choose(p.merchant)
	if err != nil {
		return err
	}
	open := p.openExclusive
	if a.dryRun {
		open = p.open
	}
	x, err := open(ctx, c, quiet())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	info, err := x.findFile(ctx, merchant, what)
	if err != nil {
		return err
	}
	r, err := plan(info)
	if err != nil {
		return err
	}
	at, err := x.runAt(ctx, p, a, info.Owner)
	if err != nil {
		return err
	}
	out, err := p.perform(ctx, x, r, info, a, at)
	if err != nil {
		return explainRerun(err)
	}
	if err := p.printReread(out, x.config.ZoneOf(merchant)); err != nil {
		return err
	}
	return out.verdict()
}

// perform does a rereading, or previews it.
func (p *program) perform(ctx context.Context, x *exchange, r rereading, info intake.FileInfo, a asking, at time.Time) (reread, error) {
	out := reread{DryRun: a.dryRun, Run: at}
	before, err := x.rowViews(ctx, info)
	if err != nil {
		return out, err
	}
	w := work{
		merchant: info.Owner, what: fmt.Sprintf("%s %s", r.verb, fileID(info.Number)),
		register: func(y *exchange) func(context.Context, intake.Run, intake.Inbox) error {
			return func(ctx context.Context, run intake.Run, box intake.Inbox) error { return r.register(ctx, y, run, box) }
		},
	}
	see := func(y *exchange) error { return out.see(ctx, y, r, info, before) }
	if a.dryRun {
		out.Effects, err = p.preview(ctx, x, w, a, at, see)
		return out, err
	}
	if err := x.engine.Rerun(ctx, w.request(x, a, at)); err != nil {
		return out, err
	}
	return out, see(x)
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
			"correct them in out/ack/….rejected.csv and drop that in")
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
		return p.printEffects(out.Effects)
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
