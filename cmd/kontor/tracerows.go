package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// The way of a row: verdicts, the batch that took it, what it booked, the files
// that told it.

// rowWays tells the ways of some rows, those of one document together, with what
// they did to the claims of some invoices.
func (t *tracer) rowWays(ctx context.Context, rows []intake.RowWay, invoices []string) ([]*way, error) {
	var ids []int64
	runs := map[int64]bool{}
	var causes []string
	for _, r := range rows {
		ids = append(ids, r.ID)
		for _, v := range r.Verdicts {
			runs[v.Run] = true
		}
		if r.Feed == purchase.Payments {
			causes = append(causes, causeOf(r))
		}
	}
	known, err := t.runs(ctx, runs)
	if err != nil {
		return nil, err
	}
	records, batches, err := t.recordsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	b, err := t.bookedOf(ctx, invoices, causes)
	if err != nil {
		return nil, err
	}
	var all []*way
	for _, r := range rows {
		w := wayOf(&all, kindOf(r.Feed), r.Number)
		w.Text = lastVerdict(append(slices.Clone(rowsCalled(rows, r)), r))
		w.Steps = append(w.Steps, t.verdicts(r, known, records[r.ID])...)
		w.Steps = append(w.Steps, sent(r, records[r.ID], batches)...)
		w.Steps = append(w.Steps, b.of(r, t.zone, sentAt(w.Steps))...)
	}
	for _, w := range all {
		w.sort()
		if err := t.addAcks(ctx, w); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// rowsCalled are the rows of the document of a row.
func rowsCalled(rows []intake.RowWay, r intake.RowWay) (same []intake.RowWay) {
	for _, x := range rows {
		if x.Feed == r.Feed && x.Number == r.Number {
			same = append(same, x)
		}
	}
	return same
}

// wayOf returns the way of a document, made when it is not there yet.
func wayOf(all *[]*way, kind, id string) *way {
	for _, w := range *all {
		if w.Kind == kind && w.ID == id {
			return w
		}
	}
	w := &way{Kind: kind, ID: id, Steps: []traceStep{}}
	*all = append(*all, w)
	return w
}

// sort puts the steps in order of time, at one time in that of their kinds; what
// has no time yet comes last.
func (w *way) sort() {
	order := []string{"row", "batch", "decision", "match", "entry", "notice", "state", "file"}
	rank := func(s traceStep) int {
		if s.Kind == "line" { // directly behind its entry
			return slices.Index(order, "entry")
		}
		return slices.Index(order, s.Kind)
	}
	slices.SortStableFunc(w.Steps, func(a, b traceStep) int {
		switch {
		case a.At == nil && b.At == nil:
			return 0
		case a.At == nil:
			return 1
		case b.At == nil:
			return -1
		}
		return cmp.Or(a.At.Compare(*b.At), cmp.Compare(rank(a), rank(b)))
	})
}

// causeOf is what the books name as the cause of what a row did.
func causeOf(r intake.RowWay) string { return fmt.Sprintf("%s:%d", r.SHA256, r.Row) }

func (t *tracer) at(when time.Time) *time.Time {
	if when.IsZero() {
		return nil
	}
	when = when.In(t.zone)
	return &when
}

func (t *tracer) runs(ctx context.Context, wanted map[int64]bool) (map[int64]processor.RunInfo, error) {
	var numbers []int64
	for n := range wanted {
		numbers = append(numbers, n)
	}
	return t.x.engine.Runs(ctx, t.merchant, numbers)
}

// recordsOf are the records that rows became, and their batches.
func (t *tracer) recordsOf(ctx context.Context, ids []int64) (map[int64][]batch.Record, map[int64]batch.Entry, error) {
	all, err := t.x.batches.RecordsOf(ctx, t.merchant, ids)
	if err != nil {
		return nil, nil, err
	}
	byRow := map[int64][]batch.Record{}
	var numbers []int64
	for _, r := range all {
		byRow[r.Row] = append(byRow[r.Row], r)
		numbers = append(numbers, r.Batch)
	}
	found, err := t.x.batches.Find(ctx, t.merchant, numbers)
	return byRow, found, err
}

// traced is a row as it is shown.
func traced(r intake.RowWay, records []batch.Record) *traceRow {
	now := r.Now()
	row := &traceRow{
		File: fileID(r.File), Name: r.FileName, Line: r.Line, Row: r.Row, Feed: r.Feed.String(), Document: r.Number,
		Status: now.Status, Code: now.Code, Message: now.Message,
	}
	if len(records) > 0 {
		row.Batch, row.Record = records[0].Batch, records[0].Position
	}
	return row
}

// verdictText is a verdict with its code, where that says more.
func verdictText(status purchase.Verdict, code purchase.Code) string {
	if string(code) == string(status) || code == "" {
		return string(status)
	}
	return string(status) + " " + string(code)
}

// verdicts tells the history of a row.
func (t *tracer) verdicts(r intake.RowWay, runs map[int64]processor.RunInfo, records []batch.Record) (steps []traceStep) {
	row := traced(r, records)
	where := fmt.Sprintf("%s line %d (file %s)", row.Name, row.Line, row.File)
	if len(r.Verdicts) == 0 {
		return []traceStep{{Kind: "row", Text: where + " is being read", Row: row}}
	}
	for i, v := range r.Verdicts {
		run := runs[v.Run]
		if i > 0 {
			where = "line " + fmt.Sprint(row.Line) + " tried again"
		}
		text := where + ": " + verdictText(v.Status, v.Code)
		if v.Message != "" {
			text += ": " + v.Message
		}
		if run.What != "" {
			text += fmt.Sprintf("; asked for by %s (%s)", run.Operator, strings.TrimSuffix(run.What+": "+run.Reason, ": "))
		}
		steps = append(steps, traceStep{At: t.at(run.At), Kind: "row", Text: text, Row: row})
	}
	return steps
}

// batchName is a batch as people name it.
func batchName(n int64) string { return fmt.Sprintf("B%06d", n) }

// sent tells in which batches a row travelled.
func sent(r intake.RowWay, records []batch.Record, batches map[int64]batch.Entry) (steps []traceStep) {
	for _, x := range records {
		e := batches[x.Batch]
		row := traced(r, []batch.Record{x})
		state := "taken"
		switch {
		case e.Number == 0:
			state = "being written"
		case !e.Answered:
			state = "no answer yet"
		case r.Now().Status == purchase.Rejected:
			state = "refused"
		}
		s := traceStep{Kind: "batch", Text: fmt.Sprintf("%s, record %d of %s: %s", batchName(x.Batch), x.Position, x.Feed, state), Row: row}
		if e.Number != 0 {
			created := e.Created
			s.At = &created
		}
		steps = append(steps, s)
	}
	return steps
}

// addAcks adds the acknowledgements of the files that the rows of a way are in.
func (t *tracer) addAcks(ctx context.Context, w *way) error {
	var told []string
	for _, s := range slices.Clone(w.Steps) {
		if s.Row == nil || slices.Contains(told, s.Row.File) {
			continue
		}
		told = append(told, s.Row.File)
		owner, subject := t.merchant, s.Row.File
		if bare, bank := strings.CutPrefix(subject, "b"); bank {
			owner, subject = purchase.Provider, "-"+bare
		}
		files, err := t.left(ctx, owner, outbox.Filter{Subject: subject}, outbox.Ack, outbox.Rejected)
		if err != nil {
			return err
		}
		w.Steps = append(w.Steps, files...)
	}
	return nil
}

// left tells the files of some kinds that left.
func (t *tracer) left(ctx context.Context, owner string, f outbox.Filter, kinds ...string) (steps []traceStep, err error) {
	all, err := t.x.outbox.List(ctx, owner, f)
	for _, e := range all {
		if slices.Contains(kinds, e.Kind) {
			steps = append(steps, t.leftStep(e))
		}
	}
	return steps, err
}

func (t *tracer) leftStep(e outbox.Entry) traceStep {
	f := &leftFile{File: e.File.String(), Kind: e.Kind, SHA256: e.SHA256, Delivered: t.at(e.Delivered), Error: e.Error}
	text := strings.TrimPrefix(f.File, "erp:")
	if f.Delivered == nil && e.Error != "" {
		text += ": " + e.Error
	}
	return traceStep{At: f.Delivered, Kind: "file", Text: text, File: f}
}

// A booked is what the books hold of some claims, by cause.
type booked struct {
	entries map[string][]provider.LifeEntry // by cause
	lines   map[int64][]payoutLine          // by entry
	loose   []payoutLine                    // without an entry
}

// sentAt is when the last batch of some steps was made.
func sentAt(steps []traceStep) (at *time.Time) {
	for _, s := range steps {
		if s.Kind == "batch" && s.At != nil {
			at = s.At
		}
	}
	return at
}

// of tells what a row did; what booked nothing happened when its batch was taken.
func (b booked) of(r intake.RowWay, zone *time.Location, at *time.Time) (steps []traceStep) {
	steps = b.because(causeOf(r), zone)
	source := fmt.Sprintf("%s:%d", r.FileName, r.Row)
	for _, l := range b.loose {
		if l.Source == source && l.Document == r.Number {
			steps = append(steps, lineStep(l, at))
		}
	}
	return steps
}

// because tells what has a cause.
func (b booked) because(cause string, zone *time.Location) (steps []traceStep) {
	for _, e := range b.entries[cause] {
		at := e.BookedAt.In(zone)
		steps = append(steps, traceStep{At: &at, Kind: "entry", Text: entryText(e), Entry: &e})
		for _, l := range b.lines[e.ID] {
			steps = append(steps, lineStep(l, &at))
		}
	}
	return steps
}

func lineStep(l payoutLine, at *time.Time) traceStep {
	text := fmt.Sprintf("%s %s, waits for the next payout", l.Type, signed(l.Amount))
	if l.Payout != "" {
		text = fmt.Sprintf("%s %s, line %d of payout %s", l.Type, signed(l.Amount), l.LineNo, l.Payout)
	}
	return traceStep{At: at, Kind: "line", Text: text, Line: &l}
}

func entryText(e provider.LifeEntry) string {
	var parts []string
	for _, p := range e.Postings {
		parts = append(parts, p.Account+" "+signed(p.Amount))
	}
	return fmt.Sprintf("entry %d: %s", e.ID, strings.Join(parts, ", "))
}
