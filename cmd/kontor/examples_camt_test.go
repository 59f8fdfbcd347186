package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/formats/camttest"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// settlementAccount is that of the stage.
const settlementAccount = "DE02120300000000202051"

// A teller gives the payments of a worked example as a bank does: every CSV of
// which all rows can be read becomes a statement with the same rows.
type teller struct {
	options camttest.Options
	packed  bool
	renamed map[string]string
}

func (b *teller) change(t *testing.T, name string, text []byte) (string, []byte) {
	t.Helper()
	p, _ := formats.Lookup("kontor")
	if feed, _ := p.FeedOf(name); feed != purchase.Payments {
		return name, text
	}
	var rows []purchase.Payment
	r := p.Read(purchase.Payments, bytes.NewReader(text), formats.ReadOptions{})
	for row := range r.Rows() {
		payment, ok := row.Record.(purchase.Payment)
		if !ok {
			return name, text
		}
		rows = append(rows, payment)
	}
	if r.Err() != nil {
		return name, text
	}
	sum := sha256.Sum256(text)
	o := b.options
	o.Account, o.ID = settlementAccount, hex.EncodeToString(sum[:12])
	var out bytes.Buffer
	if err := camttest.Write(&out, rows, o); err != nil {
		t.Fatal(err)
	}
	xml := strings.TrimSuffix(name, ".csv") + ".xml"
	if !b.packed {
		b.renamed[name] = xml
		return xml, out.Bytes()
	}
	packed := strings.TrimSuffix(name, ".csv") + ".zip"
	b.renamed[name] = packed
	return packed, zipped(t, xml, out.Bytes())
}

func zipped(t *testing.T, name string, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rename puts the names of the statements where the expected books name a CSV.
func (b *teller) rename(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = b.rename(v[k])
		}
	case []any:
		for i := range v {
			v[i] = b.rename(v[i])
		}
	case string:
		name, row, found := strings.Cut(v, ":")
		if to, known := b.renamed[name]; known {
			if found {
				return to + ":" + row
			}
			return to
		}
	}
	return v
}

// The same histories, their payments given by the bank as statements in XML,
// make the same books.
func TestExamplesWithBankStatements(t *testing.T) {
	tests := []struct {
		example string
		b       teller
	}{
		{"october", teller{options: camttest.Options{Version: "08", ByEndToEnd: true}}},
		{"seed7", teller{options: camttest.Options{Version: "02"}, packed: true}},
		{"seed11", teller{options: camttest.Options{Version: "08"}, packed: true}},
		{"seed23", teller{options: camttest.Options{Version: "02", ByEndToEnd: true}}},
	}
	for _, tt := range tests {
		if testing.Short() && tt.example != "october" {
			continue
		}
		t.Run(tt.example, func(t *testing.T) {
			tt.b.renamed = map[string]string{}
			s := readScenario(t, filepath.Join(examples, tt.example), "kontor")
			g := newStage(t, s, "sqlite")
			g.play(t, func(name string, text []byte) (string, []byte) { return tt.b.change(t, name, text) })
			if len(tt.b.renamed) < 10 {
				t.Fatalf("only %d files became statements", len(tt.b.renamed))
			}
			compare(t, tt.b.rename(s.expected(t)), g.export())
		})
	}
}

// A payout that the bank's statement shows has left; what is nobody's money of
// ours waits, so that the books have the bank's balance.
func TestPayoutsThatLeft(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	g := newStage(t, s, "sqlite")
	g.play(t, nil)
	before := bookBalances(t, g.export())
	entry := func(id, purpose, trace string, cents money.Amount) purchase.Payment {
		return purchase.Payment{
			PaymentID: id, Account: settlementAccount, BookedOn: schedules.NewDate(2026, 12, 1), Amount: cents, Currency: "EUR",
			DebtorName: "x", Purpose: purpose, EndToEndID: trace,
		}
	}
	var b bytes.Buffer
	err := camttest.Write(&b, []purchase.Payment{
		entry("B1", purchase.PurposePayout, "P-acme-2026W42", -60000),
		entry("B2", purchase.PurposePayout, "P-ACME-2026W44", -35500),
		entry("B3", purchase.PurposeOther, "", -490),
	}, camttest.Options{ID: "M"})
	if err == nil {
		err = os.WriteFile(g.inbox("payments_20261201.xml"), b.Bytes(), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	g.run("2026-12-01T12-00")
	after := bookBalances(t, g.export())
	for account, moved := range map[string]int64{"transit": 95500, "bank": -95990, "suspense": 490} {
		if got := after[account] - before[account]; got != moved {
			t.Errorf("%s moved by %d cents, want %d", account, got, moved)
		}
	}
}

func bookBalances(t *testing.T, export any) map[string]int64 {
	t.Helper()
	all, _ := export.(map[string]any)
	of, _ := all["balances"].(map[string]any)
	sums := map[string]int64{}
	for account, v := range of {
		n, err := v.(json.Number).Int64()
		if err != nil {
			t.Fatal(err)
		}
		sums[account] = n
	}
	return sums
}
