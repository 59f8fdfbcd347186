package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// sumPayouts reads each payout twice, from the twin and from the CSV.
func (d *demo) sumPayouts(_ context.Context, s *demoSummary) error {
	folder := filepath.Join(d.path(demoDownload), "payouts")
	files, err := filepath.Glob(filepath.Join(folder, "payout*.csv"))
	if err != nil {
		return err
	}
	twins, err := readPayouts(folder)
	if err != nil {
		return err
	}
	if len(files) != len(twins) {
		return fmt.Errorf("%s: %d CSV files and %d twins", folder, len(files), len(twins))
	}
	for i, t := range twins {
		p := payoutProof{ID: t.ID, Date: t.Date, Opening: t.Opening, Lines: len(t.Lines), Payout: t.Payout, Closing: t.Closing}
		for _, line := range t.Lines {
			p.Sum += line.Amount
		}
		if p.Column, err = columnSum(files[i]); err != nil {
			return err
		}
		if p.Opening+p.Sum != p.Payout+p.Closing || p.Column != 0 {
			s.wrong("payout %s: its proof fails", p.ID)
		}
		s.Payouts = append(s.Payouts, p)
	}
	s.sumLines(twins)
	return nil
}

// sumLines adds up the payouts by type of line.
func (s *demoSummary) sumLines(twins []payoutFile) {
	sums := map[purchase.LineType]lineCount{}
	for _, t := range twins {
		for kind, total := range t.Totals {
			n := sums[kind]
			sums[kind] = lineCount{kind, n.Lines + total.Count, n.Sum + total.Cents}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(sums)) {
		s.Lines = append(s.Lines, sums[kind])
	}
	slices.SortStableFunc(s.Lines, func(a, b lineCount) int { return cmp.Compare(b.Sum, a.Sum) })
	given := sums[purchase.LineGuarantee]
	s.Guarantee = guaranteeCount{given.Lines, given.Sum, sums[purchase.LineAfterGuarantee].Lines}
}

// sumDecisions counts the latest decision on each order.
func (d *demo) sumDecisions(_ context.Context, s *demoSummary) error {
	files, err := readTwins[decisionsFile](filepath.Join(d.path(demoDownload), "decisions"))
	if err != nil {
		return err
	}
	latest := map[string]decisionCount{}
	for _, f := range files {
		for _, x := range f.Decisions {
			latest[x.OrderNo] = decisionCount{Decision: x.Decision, Code: x.Code, Approved: x.Approved}
		}
	}
	sums := map[purchase.Code]decisionCount{}
	for _, x := range latest {
		sum := sums[x.Code]
		sums[x.Code] = decisionCount{x.Decision, x.Code, sum.Orders + 1, sum.Approved + x.Approved}
	}
	for _, code := range slices.Sorted(maps.Keys(sums)) {
		s.Decisions = append(s.Decisions, sums[code])
	}
	slices.SortStableFunc(s.Decisions, func(a, b decisionCount) int { return int(b.Orders - a.Orders) })
	return nil
}
