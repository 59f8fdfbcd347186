package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// The way of a claim: its documents, what slots and operators did, its payouts.

// A claimBook is all that the provider keeps of a claim.
type claimBook struct {
	known bool
	life  provider.Life
	told  []toldState          // at the merchant: the states that came, see tracesides.go
	cut   map[string]time.Time // and the payouts
}

func (t *tracer) claim(ctx context.Context, invoice string) (*claimBook, error) {
	if b := t.claims[invoice]; b != nil {
		return b, nil
	}
	if t.is(processor.MerchantSide) {
		return t.claimTold(ctx, invoice)
	}
	life, known, err := t.x.provider.Claim(ctx, t.merchant, invoice)
	if err != nil {
		return nil, err
	}
	b := &claimBook{known: known, life: life}
	// Lines of fees have entries that touch no account of the claim.
	var missing []int64
	for _, l := range life.Lines {
		if l.Entry != 0 && !slices.ContainsFunc(life.Entries, func(e provider.LifeEntry) bool { return e.ID == l.Entry }) {
			missing = append(missing, l.Entry)
		}
	}
	more, err := t.x.provider.Entries(ctx, t.merchant, missing)
	b.life.Entries = append(b.life.Entries, more...)
	slices.SortFunc(b.life.Entries, func(a, b provider.LifeEntry) int { return int(a.ID - b.ID) })
	t.claims[invoice] = b
	return b, err
}

// bookedOf gathers what the books hold of the claims of some invoices, and of
// causes that touch no claim.
func (t *tracer) bookedOf(ctx context.Context, invoices, causes []string) (booked, error) {
	b := booked{entries: map[string][]provider.LifeEntry{}, lines: map[int64][]payoutLine{}}
	told := map[int64]bool{}
	add := func(entries []provider.LifeEntry) {
		for _, e := range entries {
			if !told[e.ID] {
				b.entries[e.Cause], told[e.ID] = append(b.entries[e.Cause], e), true
			}
		}
	}
	for _, invoice := range invoices {
		c, err := t.claim(ctx, invoice)
		if err != nil {
			return b, err
		}
		add(c.life.Entries)
		for _, l := range c.life.Lines {
			line := payoutLine{
				Payout: l.PayoutID, LineNo: l.LineNo, Type: l.Type, Document: l.DocumentNo, Invoice: invoice, Amount: l.Amount, Entry: l.Entry, Source: l.Source,
			}
			if l.Entry == 0 {
				b.loose = append(b.loose, line)
			} else {
				b.lines[l.Entry] = append(b.lines[l.Entry], line)
			}
		}
	}
	if len(causes) > 0 {
		free, err := t.x.provider.EntriesOf(ctx, t.merchant, causes)
		if err != nil {
			return b, err
		}
		add(free)
	}
	for _, of := range b.entries {
		slices.SortFunc(of, func(a, b provider.LifeEntry) int { return int(a.ID - b.ID) })
	}
	return b, nil
}

// claimWays tells all documents of some invoices, what slots and operators did
// to their claims, and the payouts; also are further rows of them.
func (t *tracer) claimWays(ctx context.Context, invoices []string, also ...intake.RowWay) ([]*way, error) {
	rows, err := t.claimRows(ctx, invoices)
	if err != nil {
		return nil, err
	}
	for _, r := range also {
		if !slices.ContainsFunc(rows, func(x intake.RowWay) bool { return x.ID == r.ID }) {
			rows = append(rows, r)
		}
	}
	all, err := t.rowWays(ctx, rows, invoices)
	if err != nil {
		return nil, err
	}
	for _, w := range all {
		if w.Kind == kindOf(purchase.Payments) {
			if err := t.matched(ctx, w); err != nil {
				return nil, err
			}
		}
	}
	for _, invoice := range invoices {
		if wayOf(&all, "invoice", invoice).Text, err = t.claimText(ctx, invoice); err != nil {
			return nil, err
		}
		more, err := t.slotWays(ctx, invoice)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
		if err := t.addSide(ctx, &all, invoice); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(all, func(a, b *way) int { return begin(a).Compare(begin(b)) })
	payouts, err := t.payoutWays(ctx, all)
	return append(all, payouts...), err
}

func begin(w *way) time.Time {
	if len(w.Steps) == 0 || w.Steps[0].At == nil {
		return time.Time{}
	}
	return *w.Steps[0].At
}

// claimRows are the rows of the documents of some invoices: what made them, what
// booked something, and papers that booked nothing.
func (t *tracer) claimRows(ctx context.Context, invoices []string) (rows []intake.RowWay, err error) {
	var ids []int64
	var causes []string
	for _, invoice := range invoices {
		id, _, known, err := t.x.intake.InvoiceRow(ctx, t.merchant, invoice)
		if err != nil {
			return nil, err
		}
		if known {
			ids = append(ids, id)
		}
		c, err := t.claim(ctx, invoice)
		if err != nil {
			return nil, err
		}
		for _, e := range c.life.Entries {
			causes = append(causes, e.Cause)
		}
		for _, paper := range c.life.Papers {
			some, err := t.x.intake.RowsNumbered(ctx, t.merchant, paper.Number, copies)
			if err != nil {
				return nil, err
			}
			for _, r := range some {
				if r.Feed.String() == paper.Feed && r.Now().Status == purchase.Booked {
					ids = append(ids, r.ID)
				}
			}
		}
	}
	found, err := t.x.intake.RowsOf(ctx, t.merchant, causes)
	if err != nil {
		return nil, err
	}
	for _, cause := range causes {
		if id := found[cause]; id != 0 {
			ids = append(ids, id)
		}
	}
	return t.x.intake.RowWays(ctx, t.merchant, ids)
}

// slotWays tells what slots (guarantee, dunning) and operators did to a claim.
func (t *tracer) slotWays(ctx context.Context, invoice string) (all []*way, err error) {
	c, err := t.claim(ctx, invoice)
	if err != nil {
		return nil, err
	}
	b, err := t.bookedOf(ctx, []string{invoice}, nil)
	if err != nil {
		return nil, err
	}
	for _, e := range c.life.Entries {
		kind, id, ofSlot := strings.Cut(e.Cause, " ")
		if no, operator := strings.CutPrefix(e.Cause, "operator:"); operator {
			kind, id, ofSlot = "operator", no, true
		}
		if !ofSlot {
			continue // of a row
		}
		if kind != "operator" {
			id = invoice
		}
		w := wayOf(&all, kind, id)
		for _, s := range b.because(e.Cause, t.zone) {
			if !slices.ContainsFunc(w.Steps, func(x traceStep) bool { return x.Text == s.Text }) {
				w.Steps = append(w.Steps, s)
			}
		}
	}
	if err := t.addNotices(ctx, &all, invoice, c.life.Notices); err != nil {
		return nil, err
	}
	for _, w := range all {
		if w.Kind == "operator" {
			if err := t.addCommand(ctx, w); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// addNotices adds the notices to the way of dunning, with the reports of their runs.
func (t *tracer) addNotices(ctx context.Context, all *[]*way, invoice string, notices []purchase.Notice) error {
	if len(notices) == 0 {
		return nil
	}
	w := wayOf(all, "dunning", invoice)
	var files []traceStep
	for _, n := range notices {
		at := n.RunDate.In(t.zone, 5, 0)
		w.Steps = append(w.Steps, traceStep{At: &at, Kind: "notice", Text: noticeText(n), Notice: &n})
		some, err := t.left(ctx, t.merchant, outbox.Filter{Subject: n.RunDate.String()}, outbox.Dunning, outbox.Letter, outbox.Handover)
		if err != nil {
			return err
		}
		answers, err := t.answers(ctx, formats.AnswerDunning, func(d purchase.Document) bool { return d.Dunning.RunDate == n.RunDate })
		if err != nil {
			return err
		}
		files = append(append(files, some...), answers...)
	}
	w.sort()
	w.Steps = append(w.Steps, files...)
	return nil
}

// addCommand says who decided it.
func (t *tracer) addCommand(ctx context.Context, w *way) error {
	c, known, err := t.x.batches.CommandNo(ctx, t.merchant, w.ID)
	if err != nil || !known {
		return err
	}
	w.Text = fmt.Sprintf("%s decided on %s: %s for %s (%s)", c.Operator, c.Day, wording(c), c.Subject, c.Reason)
	return nil
}

// claimText tells how a claim stands.
func (t *tracer) claimText(ctx context.Context, invoice string) (string, error) {
	c, err := t.claim(ctx, invoice)
	switch {
	case err != nil:
		return "", err
	case t.is(processor.MerchantSide):
		return c.toldText(t.zone), nil
	case !c.known:
		return "not bought yet", nil
	}
	v := c.life.Claim
	return fmt.Sprintf("claim on %s of order %s, customer %s: %s; the debtor owes %s, the merchant is entitled to %s",
		v.I, v.OrderNo, c.life.Customer, c.life.State, v.Outstanding-c.life.WrittenOff, v.E), nil
}

// orderWay tells an order: its rows, decisions, and the reports of these.
func (t *tracer) orderWay(ctx context.Context, number string, rows []intake.RowWay) (*way, error) {
	all, err := t.rowWays(ctx, rows, nil)
	if err != nil {
		return nil, err
	}
	w := wayOf(&all, "order", number)
	v, err := t.x.order(ctx, t.merchant, number)
	if known := new(fault); errors.As(err, &known) {
		w.Text = lastVerdict(rows)
		return w, nil // no row of it was booked
	}
	if err != nil {
		return nil, err
	}
	if err := t.decisionsTold(ctx, number, &v); err != nil {
		return nil, err
	}
	w.Text = "not decided yet"
	if last, decided := v.last(); decided {
		w.Text = fmt.Sprintf("%s (%s), %s approved of %s", last.Decision, last.Code, v.Approved, v.Gross)
	}
	if v.Cancelled {
		w.Text += ", cancelled"
	}
	acks := slices.Clone(w.Steps)
	w.Steps = slices.DeleteFunc(w.Steps, func(s traceStep) bool { return s.Kind == "file" })
	acks = slices.DeleteFunc(acks, func(s traceStep) bool { return s.Kind != "file" })
	for _, d := range v.Decisions {
		text := fmt.Sprintf("%s (%s), %s approved, by batch %s", d.Decision, d.Code, d.Approved, decidedBy(d))
		w.Steps = append(w.Steps, traceStep{At: t.at(d.At), Kind: "decision", Text: text, Decision: &d})
	}
	if err := t.addOrder(ctx, w, v); err != nil {
		return nil, err
	}
	w.sort()
	w.Steps = append(w.Steps, acks...)
	for _, d := range v.Decisions {
		told, err := t.toldDecision(ctx, number, d)
		if err != nil {
			return nil, err
		}
		w.Steps = append(w.Steps, told...)
	}
	return w, nil
}

// decisionFiles finds the reports that told the decision of a batch: of its run
// or a later one, and the number stands in it.
func (t *tracer) decisionFiles(ctx context.Context, number string, batch int64) ([]traceStep, error) {
	found, err := t.x.batches.Find(ctx, t.merchant, []int64{batch})
	if err != nil {
		return nil, err
	}
	const most = 10 // a receipt may come some runs later
	all, err := t.x.outbox.List(ctx, t.merchant, outbox.Filter{Kind: outbox.Decisions, FromRun: found[batch].Run, Limit: most})
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if !strings.HasSuffix(e.Name, ".csv") {
			continue
		}
		tells, err := t.tells(e.SHA256, number)
		if err != nil {
			return nil, err
		}
		if tells {
			return t.left(ctx, t.merchant, outbox.Filter{Subject: e.Subject}, outbox.Decisions)
		}
	}
	return nil, nil
}

// tells reports whether a file that left has a line that begins with a number.
func (t *tracer) tells(sha256, number string) (_ bool, err error) {
	f, err := t.x.spool.Open(sha256)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err := io.ReadAll(f)
	for line := range bytes.Lines(text) {
		if rest, begins := bytes.CutPrefix(bytes.TrimLeft(line, `"`), []byte(number)); begins && (len(rest) == 0 || !isWord(rest[0])) {
			return true, err
		}
	}
	return false, err
}

func isWord(c byte) bool {
	return c == '-' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80
}

// payoutWays tells the payouts in which lines of some ways are.
func (t *tracer) payoutWays(ctx context.Context, ways []*way) ([]*way, error) {
	return t.payoutsCalled(ctx, payoutsIn(ways))
}

func payoutsIn(ways []*way) (ids []string) {
	for _, w := range ways {
		for _, s := range w.Steps {
			if s.Line != nil && s.Line.Payout != "" && !slices.Contains(ids, s.Line.Payout) {
				ids = append(ids, s.Line.Payout)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

func (t *tracer) payoutsCalled(ctx context.Context, ids []string) (all []*way, err error) {
	for _, id := range ids {
		w, _, known, err := t.payoutWay(ctx, id, 1)
		if err != nil {
			return nil, err
		}
		if !known {
			continue
		}
		one := &way{Kind: "payout", ID: id, Text: payoutText(w)}
		if one.Steps, err = t.payoutFiles(ctx, id); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func payoutText(w provider.PayoutSummary) string {
	return fmt.Sprintf("%s on %s, for %s to %s", w.Amount, w.Date, w.From, w.To)
}

func (t *tracer) payoutFiles(ctx context.Context, id string) ([]traceStep, error) {
	files, err := t.left(ctx, t.merchant, outbox.Filter{Subject: id}, outbox.Payout, outbox.DATEV, outbox.EInvoice, outbox.Transfer, outbox.OpenItems, outbox.Guarantee)
	if err != nil {
		return nil, err
	}
	answers, err := t.answers(ctx, formats.AnswerPayout, func(d purchase.Document) bool { return d.Payout.ID == id })
	return append(files, answers...), err
}
