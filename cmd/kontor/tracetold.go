package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What the merchant's side was told of a way; what it has itself are its rows.

// A toldState is what the provider has said of a claim.
type toldState struct {
	at    time.Time
	state purchase.ClaimState
}

func (s toldState) text() string {
	return fmt.Sprintf("%s, the debtor owes %s", s.state.State, s.state.Outstanding)
}

// toldText is how a claim stands by the last that was told.
func (b *claimBook) toldText(zone *time.Location) string {
	if len(b.told) == 0 {
		return "kept by the provider"
	}
	last := b.told[len(b.told)-1]
	return fmt.Sprintf("kept by the provider, who told on %s: %s", last.at.In(zone).Format(time.DateOnly), last.text())
}

// claimTold gathers, at the merchant, what the provider has told of a claim.
func (t *tracer) claimTold(ctx context.Context, invoice string) (*claimBook, error) {
	b := &claimBook{cut: map[string]time.Time{}}
	for d, err := range t.x.engine.Provider.Documents(ctx, t.merchant, 0) {
		switch {
		case err != nil:
		case d.Payout != nil:
			err = b.addLines(ctx, *d.Payout, invoice)
		case d.Dunning != nil:
			err = b.addNotices(ctx, *d.Dunning, invoice)
		case d.States != nil:
			err = b.addStates(ctx, d, invoice)
		}
		if err != nil {
			return nil, err
		}
	}
	t.claims[invoice] = b
	return b, nil
}

func (b *claimBook) addLines(ctx context.Context, w purchase.Payout, invoice string) error {
	feeds := map[purchase.LineType]purchase.Feed{
		purchase.LineReturn: purchase.Returns, purchase.LineCredit: purchase.Credits, purchase.LineDirectPayment: purchase.Instructions,
	}
	for l, err := range w.Lines(ctx) {
		if err != nil {
			return err
		}
		if l.InvoiceNo != invoice {
			continue
		}
		b.cut[w.ID] = w.Cutoff
		b.life.Lines = append(b.life.Lines, provider.LifeLine{
			Type: l.Type, BookedOn: l.BookedOn, DocumentNo: l.DocumentNo, Amount: l.Amount, PayoutID: w.ID, Source: l.Source, LineNo: l.LineNo,
		})
		if feed, is := feeds[l.Type]; is {
			b.life.Papers = append(b.life.Papers, provider.LifePaper{Feed: feed.String(), Number: l.DocumentNo})
		}
	}
	return nil
}

func (b *claimBook) addNotices(ctx context.Context, d purchase.Dunning, invoice string) error {
	for n, err := range d.Notices(ctx) {
		if err != nil {
			return err
		}
		if n.InvoiceNo == invoice {
			b.life.Notices = append(b.life.Notices, n)
		}
	}
	return nil
}

func (b *claimBook) addStates(ctx context.Context, d purchase.Document, invoice string) error {
	for s, err := range d.States.Claims(ctx) {
		if err != nil {
			return err
		}
		if s.InvoiceNo == invoice {
			b.told = append(b.told, toldState{d.At, s})
		}
	}
	return nil
}

// addTold adds, at the merchant, the states that were told, and the lines that no
// row of the merchant led to, when their payout was made.
func (t *tracer) addTold(ctx context.Context, all *[]*way, invoice string) error {
	c, err := t.claim(ctx, invoice)
	if err != nil {
		return err
	}
	b, err := t.bookedOf(ctx, []string{invoice}, nil)
	if err != nil {
		return err
	}
	w := wayOf(all, kindOf(purchase.Invoices), invoice)
	files := slices.DeleteFunc(slices.Clone(w.Steps), func(s traceStep) bool { return s.File == nil })
	w.Steps = slices.DeleteFunc(w.Steps, func(s traceStep) bool { return s.File != nil })
	for _, l := range b.loose {
		if !hasLine(*all, l) {
			s := lineStep(l, t.at(c.cut[l.Payout]))
			s.Text += ", from " + l.Source
			w.Steps = append(w.Steps, s)
		}
	}
	for _, s := range c.told {
		w.Steps = append(w.Steps, traceStep{At: t.at(s.at), Kind: "state", Text: s.text()})
	}
	w.sort()
	w.Steps = append(w.Steps, files...)
	return nil
}

func hasLine(ways []*way, l payoutLine) bool {
	return slices.ContainsFunc(ways, func(w *way) bool {
		return slices.ContainsFunc(w.Steps, func(s traceStep) bool {
			return s.Line != nil && s.Line.Payout == l.Payout && s.Line.LineNo == l.LineNo
		})
	})
}

// decisionsTold adds to an order, at the merchant, the decisions that were told.
func (t *tracer) decisionsTold(ctx context.Context, number string, v *orderView) error {
	if !t.is(processor.MerchantSide) {
		return nil
	}
	for d, err := range t.x.engine.Provider.Documents(ctx, t.merchant, 0) {
		if err != nil {
			return err
		}
		if d.Receipt == nil {
			continue
		}
		for part, err := range d.Receipt.Parts(ctx) {
			if err != nil {
				return err
			}
			for _, x := range part.Decisions {
				if x.OrderNo == number {
					v.Approved = x.Approved
					v.Decisions = append(v.Decisions, provider.OrderDecision{
						At: d.Receipt.Taken, Batch: d.Receipt.Number, Own: d.Receipt.Own, Decision: x.Decision, Code: x.Code, Approved: x.Approved,
					})
				}
			}
		}
	}
	return nil
}

// payoutWay is a payout with its first lines: of the books, or as it was told.
func (t *tracer) payoutWay(ctx context.Context, id string, limit int) (w provider.PayoutSummary, lines []provider.LineWay, known bool, err error) {
	if !t.is(processor.MerchantSide) {
		return t.x.provider.PayoutWay(ctx, t.merchant, id, limit)
	}
	for d, err := range t.x.engine.Provider.Documents(ctx, t.merchant, 0) {
		if err != nil {
			return w, nil, false, err
		}
		p := d.Payout
		if p == nil || p.ID != id {
			continue
		}
		w = provider.PayoutSummary{ID: id, Date: p.Date, From: p.PeriodFrom, To: p.PeriodTo, Opening: p.Opening, Amount: p.Amount, Closing: p.Closing}
		for l, err := range p.Lines(ctx) {
			if err != nil {
				return w, nil, false, err
			}
			if w.Lines++; len(lines) < limit {
				lines = append(lines, provider.LineWay{
					LifeLine:  provider.LifeLine{Type: l.Type, BookedOn: l.BookedOn, DocumentNo: l.DocumentNo, Amount: l.Amount, PayoutID: id, Source: l.Source, LineNo: l.LineNo},
					InvoiceNo: l.InvoiceNo, OrderNo: l.OrderNo,
				})
			}
		}
		return w, lines, true, nil
	}
	return w, nil, false, nil
}
