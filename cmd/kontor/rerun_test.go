package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// overApproved is a rejected row of the worked example, and its rerun.
func overApproved() work {
	return work{merchant: "acme", what: "rerun rows", register: func(y *exchange) func(context.Context, intake.Run, intake.Inbox) error {
		return func(ctx context.Context, run intake.Run, box intake.Inbox) error {
			info, err := y.intake.Find(ctx, "acme", "invoices_20261005.csv")
			if err == nil {
				_, err = y.intake.RerunRows(ctx, run, box, info.Number, intake.RowFilter{Status: purchase.Rejected})
			}
			return err
		}
	}}
}

// firstWeek plays the worked example up to 6 October.
func firstWeek(t *testing.T, url string) *stage {
	g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), url)
	for _, step := range g.scenario.steps(t)[:4] {
		g.drop(step, nil)
		g.run(step)
	}
	return g
}

func quietProgram() *program {
	return &program{out: io.Discard, errs: io.Discard, now: time.Now}
}

// A rerun that was cut off anywhere is finished by the next run, with its acks.
func TestRerunCutOff(t *testing.T) {
	cut := errors.New("cut off")
	for _, step := range []string{"collect", "try", "deliver"} {
		t.Run(step, func(t *testing.T) {
			g := firstWeek(t, "sqlite")
			at := time.Date(2026, 10, 6, 10, 5, 0, 0, time.UTC)
			ctx, stop := context.WithCancelCause(t.Context())
			g.x.engine.Step = func(_, s string) {
				if s == step {
					stop(cut)
				}
			}
			w := overApproved()
			if err := g.x.engine.Rerun(ctx, w.request(g.x, asking{operator: "ada"}, at)); err == nil {
				t.Fatal("the rerun was not cut off")
			}
			g.x.engine.Step = nil
			if err := g.x.engine.Rerun(t.Context(), w.request(g.x, asking{operator: "ada"}, at)); !errors.Is(err, processor.ErrOpen) {
				t.Errorf("Rerun = %v; want that a run is open", err)
			}
			g.run("2026-10-06T12:10")
			ack := filepath.Join(g.dir, "erp", "out", "ack", "invoices_20261005.csv.r20261006T1205-000005.ack.csv")
			if _, err := os.Stat(ack); err != nil {
				t.Error(err)
			}
			if broken, err := g.x.verify(t.Context(), "acme"); err != nil || len(broken) > 0 {
				t.Errorf("verify = %q, %v; want nothing", broken, err)
			}
		})
	}
}

// A dry run leaves nothing behind, on both engines.
func TestPreviewLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, url string) {
		g := firstWeek(t, url)
		ctx, p := t.Context(), quietProgram()
		before, rows := g.export(), g.tables(t)
		at, err := g.x.latest(ctx, p, "acme")
		if err != nil {
			t.Fatal(err)
		}
		saw := false
		_, err = p.preview(ctx, g.x, overApproved(), asking{operator: "ada"}, at, func(*exchange) error {
			saw = true
			return nil
		})
		if err != nil || !saw {
			t.Fatalf("preview: %v, looked at it: %t", err, saw)
		}
		if diff := cmp.Diff(before, g.export()); diff != "" {
			t.Errorf("the export changed: %s", diff)
		}
		if diff := cmp.Diff(rows, g.tables(t)); diff != "" {
			t.Errorf("the tables changed: %s", diff)
		}
	})
}

// tables counts the rows of the tables that a rerun writes.
func (g *stage) tables(t *testing.T) map[string]int64 {
	t.Helper()
	counts := map[string]int64{}
	err := g.x.db.Read(t.Context(), func(tx *database.Tx) error {
		for _, table := range []string{
			"processor_runs", "processor_reruns", "processor_slots", "intake_verdicts", "intake_todo", "intake_changes", "batches", "batch_ready",
			"provider_documents", "ledger_entry", "outbox",
		} {
			var n int64
			if err := tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
				return err
			}
			counts[table] = n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}
