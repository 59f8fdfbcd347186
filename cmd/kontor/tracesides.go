package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What one of two sides knows of a way. The provider has no rows of the merchant,
// but its batches; the merchant has no books, but the provider's answers, which
// are read from the first to the last; see tracetold.go.

func (t *tracer) is(side processor.Role) bool { return t.x.config.role() == side }

// keptOrder is an order that came in a batch from another machine.
func (t *tracer) keptOrder(ctx context.Context, number string) (info provider.OrderInfo, kept bool, err error) {
	if !t.is(processor.ProviderSide) {
		return info, false, nil
	}
	return t.x.provider.Order(ctx, t.merchant, number)
}

// keptInvoice is the order of an invoice that came in a batch from another machine.
func (t *tracer) keptInvoice(ctx context.Context, number string) (order string, kept bool, err error) {
	if !t.is(processor.ProviderSide) {
		return "", false, nil
	}
	c, err := t.claim(ctx, number)
	if err != nil || !c.known {
		return "", false, err
	}
	return c.life.Claim.OrderNo, true, nil
}

// decidedBy is the batch of a decision.
func decidedBy(d provider.OrderDecision) string {
	if d.Own {
		return batchName(d.Batch) + " of the provider"
	}
	return batchName(d.Batch)
}

// addOrder adds to the way of an order, at the provider, the batches that it came in.
func (t *tracer) addOrder(ctx context.Context, w *way, v orderView) error {
	if !t.is(processor.ProviderSide) || len(v.Decisions) == 0 {
		return nil
	}
	_, err := t.addCarried(ctx, v.Decisions[0].At, w)
	return err
}

// addCarried adds to the ways of documents the batches that they came in from a
// time on, and returns the numbers of these.
func (t *tracer) addCarried(ctx context.Context, from time.Time, ways ...*way) (map[*way][]int64, error) {
	batches := map[*way][]int64{}
	for d, err := range t.x.engine.Provider.Documents(ctx, t.merchant, 0) {
		if err != nil {
			return nil, err
		}
		if d.Receipt == nil || d.Receipt.Own || d.Receipt.Taken.Before(from) {
			continue
		}
		for part, err := range d.Receipt.Parts(ctx) {
			if err != nil {
				return nil, err
			}
			for _, r := range part.Results {
				i := slices.IndexFunc(ways, func(w *way) bool { return w.Kind+"s" == r.Feed && w.ID == r.Number })
				if i < 0 {
					continue
				}
				ways[i].Steps = append(ways[i].Steps, t.carried(*d.Receipt, r))
				batches[ways[i]] = append(batches[ways[i]], d.Receipt.Number)
			}
		}
	}
	return batches, nil
}

func (t *tracer) carried(in purchase.Receipt, r purchase.Result) traceStep {
	text := fmt.Sprintf("%s of the merchant, record %d of %s: %s", batchName(in.Number), r.Record, r.Feed, r.Result)
	return traceStep{At: t.at(in.Taken), Kind: "batch", Text: strings.TrimSpace(text + " " + string(r.Code))}
}

// toldDecision finds the files that told a decision: at the provider answers, at
// the merchant reports; of what the provider's operator decided the last one.
func (t *tracer) toldDecision(ctx context.Context, number string, d provider.OrderDecision) ([]traceStep, error) {
	switch {
	case t.is(processor.ProviderSide) && !d.Own:
		return t.receipt(ctx, d.Batch)
	case t.is(processor.ProviderSide):
		return t.answers(ctx, formats.AnswerDecisions, func(x purchase.Document) bool { return x.Receipt.Number == d.Batch })
	case !t.is(processor.MerchantSide) || !d.Own:
		return t.decisionFiles(ctx, number, d.Batch)
	}
	all, err := t.x.outbox.List(ctx, t.merchant, outbox.Filter{Kind: outbox.Decisions})
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(all) {
		if !strings.HasSuffix(e.Name, ".csv") {
			continue
		}
		tells, err := t.tells(e.SHA256, number)
		if err != nil || tells {
			return []traceStep{t.leftStep(e)}, err
		}
	}
	return nil, nil
}

// receipt is the answer to a batch.
func (t *tracer) receipt(ctx context.Context, batch int64) ([]traceStep, error) {
	return t.left(ctx, t.merchant, outbox.Filter{Name: formats.AnswerName(t.merchant, batch, formats.AnswerReceipt)}, outbox.Answer)
}

// answers finds, at the provider, the answers of a kind that carried a document.
func (t *tracer) answers(ctx context.Context, kind string, is func(purchase.Document) bool) (steps []traceStep, err error) {
	if !t.is(processor.ProviderSide) {
		return nil, nil
	}
	all, err := t.x.outbox.List(ctx, t.merchant, outbox.Filter{Kind: outbox.Answer})
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if _, _, of, _ := formats.ParseAnswerName(e.Name); of != kind {
			continue
		}
		a, err := formats.ReadAnswer(func() (io.ReadCloser, error) { return t.x.spool.Open(e.SHA256) })
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		if is(a.Document) {
			steps = append(steps, t.leftStep(e))
		}
	}
	return steps, nil
}

// addSide adds to the ways of a claim what rows and books of this side do not tell.
func (t *tracer) addSide(ctx context.Context, all *[]*way, invoice string) error {
	switch {
	case t.is(processor.ProviderSide):
		return t.addKept(ctx, all, invoice)
	case t.is(processor.MerchantSide):
		return t.addTold(ctx, all, invoice)
	}
	return nil
}

// addKept adds, at the provider, what the documents did that came in batches.
func (t *tracer) addKept(ctx context.Context, all *[]*way, invoice string) error {
	c, err := t.claim(ctx, invoice)
	if err != nil {
		return err
	}
	ways := []*way{wayOf(all, kindOf(purchase.Invoices), invoice)}
	for _, p := range c.life.Papers {
		w := wayOf(all, strings.TrimSuffix(p.Feed, "s"), p.Number)
		if w.Text = "from " + p.Source; !slices.Contains(ways, w) {
			ways = append(ways, w)
		}
	}
	if err := t.addBooked(ctx, ways, c.life.Entries, invoice); err != nil {
		return err
	}
	var from time.Time
	if len(c.life.Entries) > 0 {
		from = c.life.Entries[0].BookedAt.AddDate(0, 0, -1) // one that came late is older
	}
	batches, err := t.addCarried(ctx, from, ways...)
	if err != nil {
		return err
	}
	for _, w := range ways {
		w.sort()
		for _, n := range batches[w] {
			told, err := t.receipt(ctx, n)
			if err != nil {
				return err
			}
			w.Steps = append(w.Steps, told...)
		}
	}
	return nil
}

// addBooked adds entries that rows of the merchant caused, and their lines, to
// the ways of the documents that the lines name; ways[0] is that of the invoice.
func (t *tracer) addBooked(ctx context.Context, ways []*way, entries []provider.LifeEntry, invoice string) error {
	b, err := t.bookedOf(ctx, []string{invoice}, nil)
	if err != nil {
		return err
	}
	var causes []string
	for _, e := range entries {
		if sourceOf(e.Cause) != e.Cause && !slices.Contains(causes, e.Cause) {
			causes = append(causes, e.Cause)
		}
	}
	here, err := t.x.intake.RowsOf(ctx, t.merchant, causes)
	for _, cause := range causes {
		if here[cause] != 0 {
			continue // of the bank
		}
		to, steps := ways[0], b.because(cause, t.zone)
		for i, s := range steps {
			if s.Line == nil {
				continue
			}
			steps[i].Text += ", from " + s.Line.Source
			to = calledIn(ways, s.Line.Document)
		}
		to.Steps = append(to.Steps, steps...)
	}
	return err
}

// calledIn is the way of a document, else the first.
func calledIn(ways []*way, number string) *way {
	return ways[max(0, slices.IndexFunc(ways, func(w *way) bool { return w.ID == number }))]
}
