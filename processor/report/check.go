package report

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// CheckPayout proves that the numbers of a payout agree: opening + Σ lines =
// payout + closing, totals per type = Σ lines, the running balance runs, lines
// are numbered from 1. The error names every number that does not. A payout
// that fails must not leave; the renderers check again while they write.
func CheckPayout(ctx context.Context, p purchase.Payout) error {
	for _, err := range checkedLines(ctx, p) {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkedLines yields the lines of a payout, and at their end an error if they
// do not add up.
func checkedLines(ctx context.Context, p purchase.Payout) iter.Seq2[purchase.Line, error] {
	return func(yield func(purchase.Line, error) bool) {
		proof := proof{payout: p, balance: p.Opening, totals: map[purchase.LineType]purchase.Total{}}
		for line, err := range p.Lines(ctx) {
			if err == nil {
				err = proof.add(line)
			}
			if err != nil {
				yield(line, fmt.Errorf("payout %s: %w", p.ID, err))
				return
			}
			if !yield(line, nil) {
				return
			}
		}
		if err := proof.end(); err != nil {
			yield(purchase.Line{}, fmt.Errorf("payout %s does not add up and must not leave: %w", p.ID, err))
		}
	}
}

// A proof adds up the lines of a payout.
type proof struct {
	payout  purchase.Payout
	lines   int64
	balance money.Amount
	totals  map[purchase.LineType]purchase.Total
}

func (p *proof) add(l purchase.Line) (err error) {
	p.lines++
	if l.LineNo != p.lines {
		return fmt.Errorf("line %d has the number %d", p.lines, l.LineNo)
	}
	if p.balance, err = p.balance.Add(l.Amount); err != nil {
		return fmt.Errorf("line %d: balance: %w", l.LineNo, err)
	}
	if l.Balance != p.balance {
		return fmt.Errorf("line %d: running balance is %s, but the lines so far give %s", l.LineNo, l.Balance, p.balance)
	}
	t := p.totals[l.Type]
	t.Count++
	if t.Cents, err = t.Cents.Add(l.Amount); err != nil {
		return fmt.Errorf("line %d: total of %s: %w", l.LineNo, l.Type, err)
	}
	p.totals[l.Type] = t
	return nil
}

func (p *proof) end() error {
	var errs []error
	out, err := p.payout.Amount.Add(p.payout.Closing)
	if err != nil || p.balance != out {
		errs = append(errs, fmt.Errorf("opening %s and the lines give %s, payout %s and closing %s give %s",
			p.payout.Opening, p.balance, p.payout.Amount, p.payout.Closing, out), err)
	}
	if p.payout.Amount < 0 {
		errs = append(errs, fmt.Errorf("the payout is negative: %s", p.payout.Amount))
	}
	types := maps.Clone(p.totals)
	maps.Copy(types, p.payout.Totals)
	for _, t := range slices.Sorted(maps.Keys(types)) {
		if said, is := p.payout.Totals[t], p.totals[t]; said != is {
			errs = append(errs, fmt.Errorf("%s: the totals say %d lines and %s, there are %d and %s", t, said.Count, said.Cents, is.Count, is.Cents))
		}
	}
	return errors.Join(errs...)
}
