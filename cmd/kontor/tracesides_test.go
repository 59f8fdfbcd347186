package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// On two sides the way of an order and its claim is told from the merchant's rows
// to the batch, and from there through decision and books to the payout: by each
// side as far as it knows, and to the files that told the other one.
func TestSidesTraced(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until = "2026-10-14"
	p := newSides(t, s, "sqlite", "sqlite")
	p.play()
	shop, bank := &stage{t: t, scenario: s, x: p.x}, &stage{t: t, scenario: s, x: p.provider}
	payouts, err := bank.x.provider.Payouts(t.Context(), s.Merchant)
	if err != nil || len(payouts) == 0 {
		t.Fatalf("%d payouts, %v; want some", len(payouts), err)
	}
	lines := bank.traced(t, "payout", payouts[0].ID).Lines
	if told := shop.traced(t, "payout", payouts[0].ID).Lines; len(told) != len(lines) || len(lines) == 0 {
		t.Errorf("the merchant is told %d of %d lines of %s", len(told), len(lines), payouts[0].ID)
	}
	seen := map[string]bool{}
	for _, l := range lines {
		if l.Invoice == "" || seen[l.Invoice] {
			continue
		}
		seen[l.Invoice] = true
		for side, g := range map[string]*stage{"merchant": shop, "provider": bank} {
			f := g.traced(t, "invoice", l.Invoice)
			order := g.traced(t, "order", f.Ways[0].ID)
			if !f.leadsTo(l.Payout) || !order.leadsTo(l.Payout) {
				t.Errorf("the %s's invoice %s does not lead to payout %s", side, l.Invoice, l.Payout)
			}
			if kept := strings.HasPrefix(f.Text, "kept by the provider"); kept != (g == shop) {
				t.Errorf("the %s's invoice %s: %s", side, l.Invoice, f.Text)
			}
			for _, kind := range []string{"batch", "decision", "file"} {
				if !slices.ContainsFunc(f.Ways[0].Steps, func(s traceStep) bool { return s.Kind == kind && s.At != nil }) {
					t.Errorf("the %s's order %s has no %s: %+v", side, order.ID, kind, f.Ways[0].Steps)
				}
			}
			if !strings.HasPrefix(order.Text, "ACCEPTED") {
				t.Errorf("the %s's order %s is %s", side, order.ID, order.Text)
			}
			told := map[*stage]string{shop: "/decisions", bank: "receipt.json"}[g]
			if !slices.ContainsFunc(f.Ways[0].Steps, func(s traceStep) bool { return s.File != nil && strings.Contains(s.File.File, told) }) {
				t.Errorf("the %s's order %s was told by no %s", side, order.ID, told)
			}
		}
	}
	if !bank.hasAnswer(t, payouts[0].ID) {
		t.Errorf("no answer told %s", payouts[0].ID)
	}
	if found := bank.everything(t, "A-nowhere"); len(found) != 0 {
		t.Errorf("trace finds %+v for what never came", found)
	}
}

// hasAnswer reports whether an answer told a payout.
func (g *stage) hasAnswer(t *testing.T, payout string) bool {
	t.Helper()
	return slices.ContainsFunc(g.traced(t, "payout", payout).Ways[0].Steps, func(s traceStep) bool {
		return s.File != nil && strings.HasSuffix(s.File.File, "payout.json")
	})
}
