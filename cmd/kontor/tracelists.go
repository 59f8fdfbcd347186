package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What holds many rows: payments, payouts, files, batches, entries, and the
// files that left.

// paymentText tells how a payment stands, and the invoices that it paid.
func (t *tracer) paymentText(ctx context.Context, id, verdict string) (text string, invoices []string, err error) {
	all, err := t.x.provider.PaymentsOf(ctx, t.merchant, id)
	if err != nil || len(all) == 0 {
		return verdict, nil, err
	}
	var texts []string
	for _, m := range all {
		invoices = append(invoices, m.Invoices...)
		one := fmt.Sprintf("%s booked on %s", m.Amount, m.BookedOn)
		switch {
		case m.Waiting != 0:
			one += fmt.Sprintf(", %s waits in suspense", m.Waiting)
		case len(m.Invoices) > 0:
			one += fmt.Sprintf(", matched by %s to %s", m.MatchedBy, strings.Join(m.Invoices, ", "))
		}
		if m.Returned != 0 {
			one += fmt.Sprintf(", the bank took %s back", m.Returned)
		}
		texts = append(texts, one)
	}
	slices.Sort(invoices)
	return strings.Join(texts, "; "), slices.Compact(invoices), nil
}

// matched adds to the way of a payment what decided where it went.
func (t *tracer) matched(ctx context.Context, w *way) error {
	all, err := t.x.provider.Payment(ctx, t.merchant, w.ID)
	if err != nil || len(all) == 0 {
		return err
	}
	files := slices.DeleteFunc(slices.Clone(w.Steps), func(s traceStep) bool { return s.Kind != "file" })
	w.Steps = slices.DeleteFunc(w.Steps, func(s traceStep) bool { return s.Kind == "file" })
	var matches []traceStep
	for _, m := range all {
		for _, s := range m.Steps {
			matches = append(matches, traceStep{At: t.at(time.Unix(s.At, 0)), Kind: "match", Text: stepText(s)})
		}
	}
	w.Steps = append(w.Steps, matches...)
	w.sort()
	w.Steps = append(w.Steps, files...)
	return nil
}

// payout tells a payout with its lines, each back to its row.
func (t *tracer) payout(ctx context.Context, id string) ([]finding, error) {
	w, lines, known, err := t.payoutWay(ctx, id, t.limit)
	if err != nil || !known {
		return nil, err
	}
	f := finding{Kind: "payout", ID: id, LeftOut: w.Lines - int64(len(lines))}
	f.Text = fmt.Sprintf("%s: opening %s, closing %s, %s", payoutText(w), w.Opening, w.Closing, count(w.Lines, "line", "lines"))
	files, err := t.payoutFiles(ctx, id)
	if err != nil {
		return nil, err
	}
	f.Ways = []*way{{Kind: "payout", ID: id, Text: payoutText(w), Steps: files}}
	f.Lines, err = t.payoutLines(ctx, lines)
	return []finding{f}, err
}

func (t *tracer) payoutLines(ctx context.Context, lines []provider.LineWay) ([]payoutLine, error) {
	var causes []string
	for _, l := range lines {
		causes = append(causes, l.Cause)
	}
	found, err := t.x.intake.RowsOf(ctx, t.merchant, causes)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, id := range found {
		ids = append(ids, id)
	}
	rows, err := t.rows(ctx, ids)
	if err != nil {
		return nil, err
	}
	all := make([]payoutLine, 0, len(lines))
	for _, l := range lines {
		line := payoutLine{
			Payout: l.PayoutID, LineNo: l.LineNo, Type: l.Type, Document: l.DocumentNo, Invoice: l.InvoiceNo, Amount: l.Amount, Entry: l.Entry, Source: l.Source,
		}
		if r, known := rows[found[l.Cause]]; known {
			line.Row = &r
		}
		all = append(all, line)
	}
	return all, nil
}

// rows tells rows by their ids.
func (t *tracer) rows(ctx context.Context, ids []int64) (map[int64]traceRow, error) {
	found, err := t.x.intake.RowWays(ctx, t.merchant, ids)
	if err != nil {
		return nil, err
	}
	records, _, err := t.recordsOf(ctx, ids)
	all := map[int64]traceRow{}
	for _, r := range found {
		all[r.ID] = *traced(r, records[r.ID])
	}
	return all, err
}

// inOrder are the rows of some ids, in that order.
func inOrder(ids []int64, rows map[int64]traceRow) []traceRow {
	all := make([]traceRow, 0, len(ids))
	for _, id := range ids {
		if r, known := rows[id]; known {
			all = append(all, r)
		}
	}
	return all
}

// fileFinding tells how a file stands.
func (t *tracer) fileFinding(v fileView) finding {
	f := finding{Kind: "file", ID: v.File, Ways: []*way{}}
	f.Text = fmt.Sprintf("%s, %s, read %s: %s, %s", v.Name, v.Feed, timeText(v.ReadAt, t.zone), v.verdict(), count(v.Rows, "row", "rows"))
	if v.Code != "" {
		f.Text += fmt.Sprintf("; %s: %s", v.Code, v.Message)
	}
	if v.Original != "" {
		f.Text += fmt.Sprintf("; the same bytes as file %s", v.Original)
	}
	return f
}

// file tells an inbound file with its rows.
func (t *tracer) file(ctx context.Context, what string) ([]finding, error) {
	info, err := t.x.findFile(ctx, t.merchant, what)
	switch {
	case errors.Is(err, intake.ErrUnknown), errors.Is(err, intake.ErrAmbiguous) && t.kind != "file":
		return nil, nil
	case err != nil:
		return nil, err
	}
	v := viewOf(info)
	f := t.fileFinding(v)
	ids, err := t.x.intake.FileRows(ctx, t.merchant, info.Number, 0, t.limit+1)
	if err != nil {
		return nil, err
	}
	if len(ids) > t.limit {
		ids, f.LeftOut = ids[:t.limit], v.Rows-int64(t.limit)
	}
	rows, err := t.rows(ctx, ids)
	if err != nil {
		return nil, err
	}
	f.Rows = inOrder(ids, rows)
	subject := fmt.Sprint(info.Number)
	files, err := t.left(ctx, info.Owner, outbox.Filter{Subject: subject}, outbox.Ack, outbox.Rejected)
	f.Ways = []*way{{Kind: "file", ID: v.File, Text: v.Name, Steps: append([]traceStep{}, files...)}}
	return []finding{f}, err
}

// report tells a file that left, and what it tells of.
func (t *tracer) report(ctx context.Context, name string) (all []finding, err error) {
	for _, owner := range []string{t.merchant, purchase.Provider} {
		entries, err := t.x.outbox.List(ctx, owner, outbox.Filter{Name: name[strings.LastIndexByte(name, '/')+1:]})
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			s := t.leftStep(e)
			f := finding{Kind: "report", ID: strings.TrimPrefix(e.File.String(), "erp:"), Text: fmt.Sprintf("%s of %s, made in run %d", e.Kind, dash(e.Subject), e.Run)}
			f.Ways = []*way{{Kind: "report", ID: f.ID, Text: f.Text, Steps: []traceStep{s}}}
			of, err := t.toldBy(ctx, e)
			if err != nil {
				return nil, err
			}
			all = append(append(all, f), of...)
		}
	}
	return all, nil
}

// toldBy is the payout or the inbound file that a file which left tells of.
func (t *tracer) toldBy(ctx context.Context, e outbox.Entry) ([]finding, error) {
	switch e.Kind {
	case outbox.Ack, outbox.Rejected:
		if bare, bank := strings.CutPrefix(e.Subject, "-"); bank {
			return t.file(ctx, "b"+bare)
		}
		return t.file(ctx, e.Subject)
	}
	return t.payout(ctx, e.Subject)
}

// batch tells a batch with its records.
func (t *tracer) batch(ctx context.Context, what string) ([]finding, error) {
	base, _, _ := strings.Cut(what, "_") // B000042_acme.zip
	n, isNumber := plainNumber(base, "B")
	if !isNumber {
		return nil, nil
	}
	found, err := t.x.batches.Find(ctx, t.merchant, []int64{n})
	e, known := found[n]
	if err != nil || !known {
		return nil, err
	}
	f := finding{Kind: "batch", ID: batchName(n), Text: batchText(e, t.zone), LeftOut: max(0, e.Records-int64(t.limit))}
	records, err := t.x.batches.Records(ctx, t.merchant, n, t.limit)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, r := range records {
		ids = append(ids, r.Row)
	}
	rows, err := t.rows(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		if row, known := rows[r.Row]; known {
			row.Feed, row.Batch, row.Record = r.Feed.String(), n, r.Position
			f.Rows = append(f.Rows, row)
		}
	}
	created := e.Created.In(t.zone)
	own := &way{Kind: "batch", ID: f.ID, Text: f.Text, Steps: []traceStep{{At: &created, Kind: "batch", Text: "made, sha256 " + e.SHA256}}}
	if e.Answered {
		own.Steps = append(own.Steps, traceStep{At: t.at(e.Answer), Kind: "batch", Text: fmt.Sprintf("answered: %d taken, %d refused", e.Taken, e.Refused)})
	}
	f.Ways = []*way{own}
	return []finding{f}, nil
}

func batchText(e batch.Entry, zone *time.Location) string {
	text := fmt.Sprintf("made %s, %s: ", timeText(e.Created, zone), count(e.Records, "record", "records"))
	if !e.Answered {
		return text + "no answer yet"
	}
	return text + fmt.Sprintf("%d taken, %d refused", e.Taken, e.Refused)
}

// entry tells an entry of the books, and the row or slot that caused it.
func (t *tracer) entry(ctx context.Context, what string) ([]finding, error) {
	n, isNumber := plainNumber(what, "")
	if !isNumber {
		return nil, nil
	}
	entries, err := t.x.provider.Entries(ctx, t.merchant, []int64{n})
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	e := entries[0]
	f := finding{Kind: "entry", ID: what, Text: fmt.Sprintf("booked %s for %s, because of %s", timeText(e.BookedAt, t.zone), e.BusinessDate, sourceOf(e.Cause))}
	at := e.BookedAt.In(t.zone)
	own := &way{Kind: "entry", ID: what, Text: f.Text, Steps: []traceStep{{At: &at, Kind: "entry", Text: entryText(e), Entry: &e}}}
	lines, err := t.linesOf(ctx, e)
	if err != nil {
		return nil, err
	}
	own.Steps = append(own.Steps, lines...)
	f.Ways = []*way{own}
	found, err := t.x.intake.RowsOf(ctx, t.merchant, []string{e.Cause})
	if err != nil {
		return nil, err
	}
	if id := found[e.Cause]; id != 0 {
		rows, err := t.x.intake.RowWays(ctx, t.merchant, []int64{id})
		if err != nil {
			return nil, err
		}
		more, err := t.rowWays(ctx, rows, nil)
		if err != nil {
			return nil, err
		}
		f.Ways = append(f.Ways, more...)
	}
	ids := payoutsIn(f.Ways)
	if slot, err := time.Parse(time.RFC3339, strings.TrimPrefix(e.Cause, "payout ")); err == nil {
		id, err := t.x.provider.PayoutOf(ctx, t.merchant, slot)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	payouts, err := t.payoutsCalled(ctx, ids)
	f.Ways = append(f.Ways, payouts...)
	return []finding{f}, err
}

// linesOf are the lines of an entry, found by the claims that it touches.
func (t *tracer) linesOf(ctx context.Context, e provider.LifeEntry) (steps []traceStep, err error) {
	var invoices []string
	for _, p := range e.Postings {
		if a, err := ledger.ParseAccount(p.Account); err == nil && a.Claim != "" && !slices.Contains(invoices, a.Claim) {
			invoices = append(invoices, a.Claim)
		}
	}
	b, err := t.bookedOf(ctx, invoices, nil)
	at := e.BookedAt.In(t.zone)
	for _, l := range b.lines[e.ID] {
		steps = append(steps, lineStep(l, &at))
	}
	return steps, err
}
