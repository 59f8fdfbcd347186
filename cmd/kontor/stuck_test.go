package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/report"
)

// These tests let the database refuse one write, as a full disk or an error of
// ours would, and look at what else stands still.

const secondMerchant = `  beta:
    name: Beta GmbH
    currency: EUR
    settlement_account: DE02500105170137075030
    iban: DE75512108001245126199
    profile: kontor
    erp: {url: "dir:./beta", settle: 0s}
`

// twoShops is a stage with october's shop, and a second one that sends the same
// orders.
func twoShops(t *testing.T, more string) *stage {
	t.Helper()
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.more = secondMerchant + more
	s.at = t.TempDir()
	if err := os.MkdirAll(filepath.Join(s.at, "beta", "in"), 0o755); err != nil {
		t.Fatal(err)
	}
	return newStage(t, s, "sqlite")
}

// sql changes the database behind the exchange's back.
func (g *stage) sql(query string) {
	g.t.Helper()
	err := g.x.db.Write(context.Background(), func(tx *database.Tx) error {
		_, err := tx.Exec(context.Background(), query)
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

// refuse lets a write fail, until the returned function is called.
func (g *stage) refuse(write string) (again func()) {
	g.t.Helper()
	g.sql("CREATE TRIGGER refused BEFORE " + write + " BEGIN SELECT RAISE(ABORT, 'refused by the test'); END")
	return func() { g.sql("DROP TRIGGER refused") }
}

// fails runs, and wants an error that names these.
func (g *stage) fails(at string, want ...string) {
	g.t.Helper()
	err := g.x.engine.Run(context.Background(), g.at(at), nil)
	if err == nil {
		g.t.Fatalf("run at %s went well; want it to fail", at)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			g.t.Errorf("run at %s: %v; want it to name %q", at, err, w)
		}
	}
}

// matches counts the files of a pattern below the stage.
func (g *stage) matches(pattern string) int {
	g.t.Helper()
	names, err := filepath.Glob(filepath.Join(g.dir, pattern))
	if err != nil {
		g.t.Fatal(err)
	}
	return len(names)
}

// One merchant's run cannot be finished: all others go on, day after day, and
// so does the merchant when the reason is gone.
func TestStuckMerchant(t *testing.T) {
	g := twoShops(t, "")
	first := g.scenario.steps(t)[0]
	orders, err := os.ReadFile(filepath.Join(g.scenario.dir, first, "orders_20261001.csv"))
	if err != nil {
		t.Fatal(err)
	}
	g.drop(first, nil)
	again := g.refuse("INSERT ON provider_batches WHEN new.merchant_id = 'acme'")
	for i, at := range []string{"2026-10-01T12:00", "2026-10-02T12:00", "2026-10-03T12:00"} {
		name := filepath.Join(g.dir, "beta", "in", "orders_"+at[:10]+".csv")
		if err := os.WriteFile(name, orders, 0o600); err != nil {
			t.Fatal(err)
		}
		g.fails(at, "merchant acme", "refused by the test")
		if open, err := g.x.engine.OpenRun(t.Context(), "acme"); err != nil || !open.Equal(g.at("2026-10-01T12:00")) {
			t.Errorf("OpenRun = %v, %v; want the one of 2026-10-01", open, err)
		}
		if got := g.matches("beta/out/ack/*.ack.csv"); got != i+1 {
			t.Fatalf("run at %s: beta has %d acknowledgements; want %d", at, got, i+1)
		}
	}
	again()
	g.run("2026-10-04T12:00")
	if g.matches("erp/out/ack/orders_*.ack.csv") == 0 || g.matches("erp/out/decisions/*.csv") == 0 {
		t.Error("acme has no acknowledgement or decisions, after its run can be finished")
	}
	g.verify(t)
}

// The bank's run fails: its statement stays where it is, nobody is dunned
// meanwhile, and it counts when the run is finished.
func TestStuckBank(t *testing.T) {
	g := twoShops(t, "")
	g.run("2026-09-30T12:00")
	again := g.refuse("INSERT ON provider_statements")
	g.deliver("payments_1.csv", []byte("payment_id;account;booked_on;amount;currency\n"))
	for _, at := range []string{"2026-10-01T12:00", "2026-10-02T12:00"} {
		g.fails(at, "account statements", "refused by the test")
	}
	if g.matches("bank/in/payments_1.csv") != 1 || g.count(t, "processor_slots WHERE job = 'dunning'") != 0 {
		t.Error("the statement is gone, or a dunning slot is done, although nobody has read the statement")
	}
	again()
	g.run("2026-10-02T13:00")
	if g.matches("bank/in/payments_1.csv") != 0 || g.count(t, "provider_statements") != 2 || g.count(t, "processor_slots WHERE job = 'dunning'") == 0 {
		t.Error("the statement does not count for both merchants, or nobody is dunned, after the run could be finished")
	}
	g.verify(t)
}

// A run that is cut off between two receipts leaves one file with all decisions.
func TestDecisionsOfARunCutOff(t *testing.T) {
	g := twoShops(t, "batch_max: 1\n")
	first := g.scenario.steps(t)[0]
	g.drop(first, nil)
	again := g.refuse("INSERT ON processor_positions WHEN new.reader = 'reports' AND new.position > 1")
	g.fails("2026-10-01T12:00", "merchant acme", "refused by the test")
	again()
	g.run("2026-10-01T12:05")
	if got := g.matches("erp/out/decisions/*.csv"); got != 1 {
		t.Fatalf("%d files of decisions; want 1", got)
	}
	names, _ := filepath.Glob(filepath.Join(g.dir, "erp/out/decisions/*.csv"))
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	if got, want := int64(strings.Count(string(text), "\n")-1), g.count(t, "provider_decisions WHERE merchant_id = 'acme'"); got != want || want < 2 {
		t.Errorf("the file has %d decisions; want %d, at least 2", got, want)
	}
	g.verify(t)
}

// A payout of which a file cannot be written is told at every run and waits;
// acknowledgements go on, and it is written when the reason is gone.
func TestUnwritablePayout(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until = "2026-10-08"
	g := newStage(t, s, "sqlite")
	spoil := func() { g.x.engine.Merchants[0].DATEV = &report.DATEVConfig{} }
	spoil()
	failed := 0
	for _, step := range s.steps(t) {
		g.drop(step, nil)
		if err := g.x.engine.Run(t.Context(), g.at(step), nil); err != nil {
			if !strings.Contains(err.Error(), "document") || !strings.Contains(err.Error(), "clearing") {
				t.Fatalf("run at %s: %v; want the document that cannot be written, and why", step, err)
			}
			failed++
		}
		if day := step[:10]; g.matches("erp/in/*") != 0 {
			t.Errorf("%s: a file of that day is not acknowledged", day)
		}
	}
	if failed == 0 || g.matches("erp/out/payouts/payout_*.csv") != 0 {
		t.Fatalf("%d runs failed, and there are %d payouts; the test shows nothing", failed, g.matches("erp/out/payouts/payout_*.csv"))
	}
	g.x.engine.Merchants[0].DATEV = nil
	g.run("2026-10-08T12:00")
	if got, want := g.matches("erp/out/payouts/payout_*.csv"), g.count(t, "provider_payouts"); int64(got) != want {
		t.Errorf("%d payouts are written; want %d", got, want)
	}
	g.verify(t)
}

// Fees free of VAT are invoiced with the reason.
func TestFreeOfVAT(t *testing.T) {
	const addresses = "    address: {street: Hauptstraße 1, postcode: \"24103\", city: Kiel, vat_id: DE987654321}\n"
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until, s.Settings = "2026-10-06", map[string]any{"vat_bp": json.Number("0")}
	g := newStage(t, s, "sqlite")
	g.reconfigure("fees: {vat: 0.00}", "fees: {vat: 0.00, vat_exemption: \"Steuerfrei nach § 4 Nr. 8 UStG\"}")
	g.reconfigure("provider:\n", "provider:\n  address: {street: Musterweg 1, postcode: \"20095\", city: Hamburg, vat_id: DE123456789}\n")
	text, err := os.ReadFile(g.config)
	if err != nil {
		t.Fatal(err)
	}
	without := strings.Replace(string(text), "    currency: EUR\n", addresses+"    currency: EUR\n", 1)
	without = strings.Replace(without, "Steuerfrei nach § 4 Nr. 8 UStG", "", 1)
	if _, err := parse(g.config, []byte(without)); err == nil || !strings.Contains(err.Error(), "merchants.acme.fees.vat_exemption: it is empty, but vat is 0") {
		t.Errorf("parse = %v; want that vat_exemption is empty", err)
	}
	g.reconfigure("    currency: EUR\n", addresses+"    currency: EUR\n")
	g.play(t, nil)
	names, err := filepath.Glob(filepath.Join(g.dir, "erp/out/payouts/payout_*.xml"))
	if err != nil || len(names) == 0 {
		t.Fatalf("invoices: %v, %v; want some", names, err)
	}
	for name, read := range map[string]func(string) string{
		names[0]: func(name string) string { return string(mustRead(t, name)) },
		strings.TrimSuffix(names[0], ".xml") + ".pdf": func(name string) string { return pdfText(t, name) },
	} {
		if got := read(name); !strings.Contains(got, "Steuerfrei nach § 4 Nr. 8 UStG") {
			t.Errorf("%s does not say why there is no VAT", filepath.Base(name))
		}
	}
}

func mustRead(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
