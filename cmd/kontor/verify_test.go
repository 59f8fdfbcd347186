package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// damages are changes of the worked example's database that no program makes,
// each with what verify must say of it.
var damages = []struct {
	name, sql, want string
}{
	{"a claim that was paid", "UPDATE provider_claims SET paid = paid + 1 WHERE invoice_no = 'RE1001'", "claim RE1001: P (payments) is 100.01, its evidence says 100.00"},
	{"a credit that grew", "UPDATE provider_papers SET amount = amount + 100 WHERE number = 'GU1003'", "claim RE1003: K"},
	{"a payment that moved", "UPDATE provider_allocations SET invoice_no = 'RE1002' WHERE payment_id = 'Z1003'", "claim RE1003: P"},
	{"a line that changed", "UPDATE provider_lines SET amount = amount - 1 WHERE document_no = 'Z1013'", "payout P-acme-2026W44"},
	{"a payout that grew", "UPDATE provider_payouts SET amount = amount + 1 WHERE payout_id = 'P-acme-2026W42'", "payout P-acme-2026W42"},
	{"money that vanished", "UPDATE provider_payments SET waiting = 0 WHERE payment_id = 'Z9999'", "account suspense: the balance is -33.33"},
	{"a level that was skipped", "DELETE FROM provider_notices WHERE invoice_no = 'RE1004' AND level = 2", "claim RE1004: is at dunning level 4"},
	{"an order that was invoiced too far", "UPDATE provider_orders SET approved = 1 WHERE order_no = 'A1001'", "order A1001: approved 0.01"},
	{"a verdict that is gone", "DELETE FROM intake_verdicts WHERE id = (SELECT id FROM intake_rows WHERE number = 'RE1002')", "has no verdict"},
	{"a row that is gone", "DELETE FROM intake_rows WHERE number = 'RE1002'", "intake: "},
	{"a row that moved in its file", "UPDATE intake_rows SET length = length - 2 WHERE number = 'A1002'", "belong to no row"},
	{"a row that waits and nobody knows", "UPDATE intake_verdicts SET status = 'PARKED' WHERE id = (SELECT id FROM intake_rows WHERE number = 'RE1999') AND n = 2", "is PARKED, but kept as parked or not"},
	{"an invoice of another amount", "UPDATE intake_invoices SET gross = gross + 1 WHERE invoice_no = 'RE1001'", "order A1001"},
	{"a batch that is gone", "DELETE FROM batches WHERE number = 3", "batch 4: it follows batch 2, so there is a gap"},
	{"a receipt that is gone", "UPDATE batches SET answered = 0 WHERE number = 3", "batch 3: it has no receipt, though batch 4 was made"},
	{"a record that is gone", "DELETE FROM batch_records WHERE batch = 3 AND feed = 3 AND position = 1", "was booked, but is in no batch and waits for none"},
	{"a record that nobody sent", "INSERT INTO batch_ready (merchant_id, feed, returned, date, number, row_id) VALUES ('acme', 2, 0, 1, 'X', 42)", "row 42 of file 0 is in a batch or waits for one, but was never booked"},
	{"an acknowledgement that is gone", "DELETE FROM outbox WHERE kind = 'ack' AND subject = '4'", "file 4 (invoices_20261005.csv): it is PARTIAL, but there is no acknowledgement"},
	{"a batch with other counts", "UPDATE batches SET taken = taken + 1 WHERE number = 3", "batch 3: "},
	{"a slot that was not run", "DELETE FROM processor_slots WHERE job = 'guarantee' AND run = 30", "neither done nor skipped, though a later one is"},
	{"a run that is gone", "DELETE FROM processor_runs WHERE merchant_id = 'acme' AND number = 5", "runs: number 6 follows number 4"},
	{"a run that went back", "UPDATE processor_runs SET as_of = 0 WHERE merchant_id = 'acme' AND number = 5", "earlier than run 4"},
	{"a file that cannot be sent again", "UPDATE outbox SET size = size + 1 WHERE kind = 'payout'", "outbox: erp:out/payouts/payout_acme_2026W40_000001.csv: "},
	{"an entry of the books", "UPDATE ledger_posting SET amount = amount + 1 WHERE entry = 7", "ledger: "},
}

// What is kept agrees; each damage is found and named.
func TestVerifyFindsDamage(t *testing.T) {
	ctx := context.Background()
	onBoth(t, func(t *testing.T, url string) {
		g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), url)
		g.play(t, nil)
		for _, merchant := range []string{"acme", purchase.Provider} {
			if broken, err := g.x.verify(ctx, merchant); err != nil || len(broken) > 0 {
				t.Fatalf("verify %s = %q, %v; want nothing", merchant, broken, err)
			}
		}
		for _, d := range damages {
			t.Run(d.name, func(t *testing.T) {
				broken := g.broken(t, d.sql)
				if !strings.Contains(strings.Join(broken, "\n"), d.want) {
					t.Errorf("after %s\nverify found %q\nwant %q", d.sql, broken, d.want)
				}
			})
		}
	})
}

// broken damages the database in a dry run and returns what verify finds.
func (g *stage) broken(t *testing.T, sql string) (broken []string) {
	t.Helper()
	ctx := t.Context()
	p := &program{out: io.Discard, errs: io.Discard, now: time.Now}
	err := g.x.db.Dry(ctx, func(db *database.DB) error {
		y := &exchange{config: g.x.config, db: db, spool: g.x.spool}
		if err := y.assemble(p, quiet()); err != nil {
			return err
		}
		err := db.Write(ctx, func(tx *database.Tx) error { return damage(ctx, tx, sql) })
		if err == nil {
			broken, err = y.verify(ctx, "acme")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return broken
}

// damage changes what it must, also where triggers refuse it.
func damage(ctx context.Context, tx *database.Tx, sql string) error {
	if strings.Contains(sql, "ledger_") {
		drop := map[database.Engine]string{
			database.SQLite: "DROP TRIGGER ledger_posting_update", database.PostgreSQL: "ALTER TABLE ledger_posting DISABLE TRIGGER USER",
		}
		if _, err := tx.Exec(ctx, drop[tx.Engine()]); err != nil {
			return err
		}
	}
	n, err := tx.Exec(ctx, sql)
	if err == nil && n == 0 {
		return errors.New("the damage touches no row: " + sql)
	}
	return err
}

// The command ends with 1 when something is broken, here bytes on the disk.
func TestVerifyCommand(t *testing.T) {
	ctx := t.Context()
	g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), "sqlite")
	g.drop(g.scenario.steps(t)[0], nil)
	g.run(g.scenario.steps(t)[0])
	var out, errs bytes.Buffer
	if got := run([]string{"--config", g.config, "verify"}, nil, &out, &errs); got != 0 {
		t.Fatalf("kontor verify ended with %d: %s%s", got, out.String(), errs.String())
	}
	all, err := g.x.outbox.List(ctx, "acme", outbox.Filter{Kind: outbox.Decisions})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d decisions, %v", len(all), err)
	}
	file := filepath.Join(g.dir, "data", "spool", all[0].SHA256[:2], all[0].SHA256)
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	errs.Reset()
	if got := run([]string{"--config", g.config, "verify"}, nil, &out, &errs); got != int(exitFailed) {
		t.Errorf("kontor verify ended with %d; want 1", got)
	}
	if !strings.Contains(out.String(), "acme: outbox: erp:out/decisions/") || !strings.Contains(errs.String(), "kontor: 1 thing does not agree\nhint: ") {
		t.Errorf("kontor verify says\n%s%s", out.String(), errs.String())
	}
}
