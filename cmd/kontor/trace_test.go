package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// In the books of October every line of a payout leads back to a row that
// travelled in a batch, or to what a slot did; and every document and entry that
// is named there is found again.
func TestOctoberTraced(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	onBoth(t, func(t *testing.T, url string) {
		g := newStage(t, s, url)
		g.play(t, nil)
		payouts, err := g.x.provider.Payouts(context.Background(), s.Merchant)
		if err != nil || len(payouts) == 0 {
			t.Fatalf("%d payouts, %v; want some", len(payouts), err)
		}
		names := map[string]string{} // kind and name → where it stands
		for _, w := range payouts {
			for _, l := range g.traced(t, "payout", w.ID).Lines {
				switch slot, _, _ := strings.Cut(l.Source, " "); {
				case l.Row != nil:
					if l.Row.Batch == 0 || l.Row.Status != "BOOKED" {
						t.Errorf("line %d of %s comes from %+v; want a booked row of a batch", l.LineNo, w.ID, *l.Row)
					}
					names[strings.TrimSuffix(l.Row.Feed, "s")+":"+l.Row.Document] = w.ID
				case slot != "guarantee" && slot != "payout" && l.Entry != 0:
					t.Errorf("line %d of %s (%s %s) leads to no row", l.LineNo, w.ID, l.Type, l.Source)
				}
				if l.Invoice != "" {
					names["invoice:"+l.Invoice] = w.ID
				}
			}
		}
		for name, payout := range names {
			kind, number, _ := strings.Cut(name, ":")
			if !g.traced(t, kind, number).leadsTo(payout) {
				t.Errorf("%s does not lead to payout %s", name, payout)
			}
		}
		if found := g.everything(t, "A-nowhere"); len(found) != 0 {
			t.Errorf("trace finds %+v for what never came", found)
		}
		if numbers, err := g.x.intake.Numbers(context.Background(), s.Merchant, 0, "", 3); err != nil || len(numbers) != 3 {
			t.Errorf("numbers to complete: %q, %v; want 3", numbers, err)
		}
		t.Logf("%d documents lead to their payouts and back", len(names))
	})
}

// everything is what is found for a name, of whatever kind.
func (g *stage) everything(t *testing.T, name string) []finding {
	t.Helper()
	tr := &tracer{x: g.x, merchant: g.scenario.Merchant, zone: g.x.config.ZoneOf(g.scenario.Merchant), limit: 10, claims: map[string]*claimBook{}}
	found, err := tr.find(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// traced is the one thing of a kind that has a name.
func (g *stage) traced(t *testing.T, kind, name string) finding {
	t.Helper()
	tr := &tracer{
		x: g.x, merchant: g.scenario.Merchant, zone: g.x.config.ZoneOf(g.scenario.Merchant), limit: 10_000, kind: kind, claims: map[string]*claimBook{},
	}
	found, err := tr.find(context.Background(), name)
	if err != nil || len(found) != 1 {
		t.Fatalf("trace %s:%s finds %d things, %v; want one", kind, name, len(found), err)
	}
	return found[0]
}

// leadsTo reports whether a payout is in the ways of a finding.
func (f finding) leadsTo(payout string) bool {
	for _, w := range f.Ways {
		for _, s := range w.Steps {
			if s.Line != nil && s.Line.Payout == payout {
				return true
			}
		}
	}
	return false
}
