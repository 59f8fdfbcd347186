package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/formats/camttest"
	"github.com/kontor-exchange/kontor/processor/purchase"
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
	}
	for _, tt := range tests {
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
