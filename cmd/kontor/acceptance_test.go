package main

import (
	"context"
	"testing"

	"github.com/kontor-exchange/kontor/processor/intake"
)

// verify fails when the books, the files or the rows contradict themselves.
func (g *stage) verify(t *testing.T) {
	t.Helper()
	broken, err := g.x.provider.Verify(context.Background(), g.scenario.Merchant)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range broken {
		t.Error("verify:", b)
	}
	if err := g.x.outbox.Verify(context.Background(), g.scenario.Merchant); err != nil {
		t.Error("verify:", err)
	}
	g.eachRowOnce(t)
}

// eachRowOnce fails when a file has a row without exactly one verdict, when it
// was read and now.
func (g *stage) eachRowOnce(t *testing.T) {
	t.Helper()
	for f, err := range g.x.intake.ExportFiles(context.Background(), g.scenario.Merchant, g.x.config.ZoneOf(g.scenario.Merchant)) {
		if err != nil {
			t.Fatal(err)
		}
		if f.ExportRows == nil {
			continue
		}
		if first := sum(f.First); first != f.Rows {
			t.Errorf("%s/%s: %d verdicts of %d rows when it was read: %+v", f.Step, f.Name, first, f.Rows, f.First)
		}
		if final := sum(f.Final); final != f.Rows {
			t.Errorf("%s/%s: %d verdicts of %d rows now: %+v", f.Step, f.Name, final, f.Rows, f.Final)
		}
	}
}

func sum(c intake.Counts) int64 {
	return c.Booked + c.Duplicate + c.Conflict + c.Rejected + c.Parked
}
