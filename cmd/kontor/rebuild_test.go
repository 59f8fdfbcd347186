package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
)

// A corrected report is a further version: what left stays as it is, byte for
// byte, and the new one says which it takes the place of. What would break it: a
// file that is overwritten, an order to the bank or a booking batch that leaves
// twice, an invoice that gets another number.
func TestRebuildSupersedes(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until = "2026-10-27"
	s.more = "    address: {street: Hauptstraße 1, postcode: \"24103\", city: Kiel, vat_id: DE987654321}\n" +
		"    datev: {consultant: 1001, client: 1, chart: SKR03, clearing: \"1361\"}\n"
	onBoth(t, func(t *testing.T, url string) {
		g := newStage(t, s, url)
		g.reconfigure("provider:\n", "provider:\n  address: {street: Musterweg 1, postcode: \"20095\", city: Hamburg, vat_id: DE123456789}\n")
		g.play(t, nil)
		const payout = "payout_acme_2026W41_000002"

		for _, name := range []string{payout + ".csv", "dunning_acme_2026-10-26.csv", "letters_acme_2026-10-26.json", "letter_acme_2026-10-26_000001.pdf"} {
			if v, err := g.rebuild(name, false); err != nil {
				t.Errorf("rebuild %s = %+v, %v; want the same bytes", name, v.Files, err)
			}
		}
		before := g.sent()
		g.reconfigure("Hauptstraße 1", "Hauptstraße 2")
		if v, err := g.rebuild(payout+".csv", false); code(err) != exitConflict || len(v.Left) > 0 {
			t.Errorf("rebuild after a correction = %+v, %v; want exit 5 and nothing sent", v, err)
		}
		v, err := g.rebuild("out/payouts/"+payout+".pdf", true)
		if err != nil {
			t.Fatal(err)
		}
		g.run("2026-10-27T12:00")
		wantVersion(t, g, v, before, payout)
		// Made anew, version 2 is what left; nothing is left to supersede.
		if v, err := g.rebuild(payout+"_v2.json", false); err != nil {
			t.Errorf("rebuild of version 2 = %+v, %v; want the same bytes", v.Files, err)
		}
		if _, err := g.rebuild(payout+".csv", true); code(err) != exitNothing {
			t.Errorf("superseding the same = %v; want exit 3", err)
		}
		if _, err := g.rebuild("transfer_M-P-acme-2026W41.xml", true); code(err) != exitUsage {
			t.Errorf("rebuild of a payment order = %v; want exit 2", err)
		}
		broken, err := g.x.verify(t.Context(), s.Merchant)
		if err != nil || len(broken) > 0 {
			t.Errorf("verify: %v, %v; want nothing broken", broken, err)
		}
	})
}

// wantVersion looks at the files of version 2.
func wantVersion(t *testing.T, g *stage, v rebuiltView, before map[string]string, payout string) {
	t.Helper()
	after := g.sent()
	var came []string
	for name, sum := range after {
		if was, known := before[name]; !known && strings.Contains(name, payout) {
			came = append(came, filepath.Base(name))
		} else if known && was != sum {
			t.Errorf("%s was overwritten", name)
		}
	}
	slices.Sort(came)
	want := []string{payout + "_v2.csv", payout + "_v2.json", payout + "_v2.pdf", payout + "_v2.xlsx", payout + "_v2.xml"}
	if diff := cmp.Diff(want, came); diff != "" {
		t.Errorf("files of version 2 (-want +got):\n%s", diff)
	}
	for _, f := range v.Left {
		if strings.Contains(f, "EXTF") || strings.Contains(f, "transfer") {
			t.Errorf("%s leaves a second time", f)
		}
	}
	var twin struct {
		Version    int
		Supersedes string
		PayoutID   string `json:"payout_id"`
	}
	base := filepath.Join(g.dir, "erp", "out", "payouts", payout)
	text, err := os.ReadFile(base + "_v2.json")
	if err := errors.Join(err, json.Unmarshal(text, &twin)); err != nil {
		t.Fatal(err)
	}
	if twin.Version != 2 || twin.Supersedes != payout+".json" || twin.PayoutID != "P-acme-2026W41" {
		t.Errorf("twin: %+v", twin)
	}
	statement := pdfText(t, base+"_v2.pdf")
	for _, want := range []string{"2, ersetzt Version 1", "Hauptstraße 2", "RG-2026-000002"} {
		if !strings.Contains(statement, want) {
			t.Errorf("PDF of version 2: %q is missing", want)
		}
	}
	if first := pdfText(t, base+".pdf"); !strings.Contains(first, "RG-2026-000002") {
		t.Error("the invoice of version 1 has another number")
	}
	e, err := g.x.outbox.Entry(t.Context(), "acme", payout+"_v2.csv")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := g.x.outbox.Version(t.Context(), e.File)
	if want := (outbox.Version{Number: 2, Supersedes: payout + ".csv", Operator: "ada", Reason: "address corrected"}); err != nil || kept != want {
		t.Errorf("recorded %+v, %v; want %+v", kept, err, want)
	}
}

// Letters are made anew one by one: a corrected address of the provider changes
// each, and only the one that is asked for leaves again.
func TestRebuildLetter(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until = "2026-10-27"
	g := newStage(t, s, "sqlite")
	g.reconfigure("provider:\n", "provider:\n  address: {street: Musterweg 1, postcode: \"20095\", city: Hamburg, vat_id: DE123456789}\n")
	g.play(t, nil)
	g.reconfigure("Musterweg 1", "Musterweg 2")
	v, err := g.rebuild("letter_acme_2026-10-26_000002.pdf", true)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"letters:letter_acme_2026-10-26_000002_v2.pdf"}, v.Left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if v, err := g.rebuild("letters_acme_2026-10-26.json", false); err != nil {
		t.Errorf("the letters for machines = %+v, %v; want the same bytes", v.Files, err)
	}
	if _, err := g.rebuild("letter_acme_2026-10-26_000002.pdf", true); code(err) != exitNothing {
		t.Errorf("again before the delivery = %v; want exit 3", err)
	}
}

// A run that was cut off is finished by a program that words a file otherwise:
// the run ends, and both files stand.
func TestResumedRunInOtherWords(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until = "2026-10-03"
	onBoth(t, func(t *testing.T, url string) {
		g := newStage(t, s, url)
		g.play(t, nil)
		before := g.sent()
		err := g.x.db.Write(t.Context(), func(tx *database.Tx) error {
			_, err := tx.Exec(t.Context(), "UPDATE processor_runs SET ended_at = 0 WHERE number = (SELECT MAX(number) FROM processor_runs)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		g.reconfigure("    profile: kontor\n", "    profile: actindo\n")
		g.run("2026-10-02T12:00")
		g.run("2026-10-02T12:05")
		further := 0
		for name, sum := range g.sent() {
			if was, known := before[name]; known && was != sum {
				t.Errorf("%s was overwritten", name)
			}
			if strings.Contains(name, ".ack_v2.") {
				further++
			}
		}
		if further == 0 {
			t.Error("no acknowledgement is a second version; the test shows nothing")
		}
	})
}

func (g *stage) rebuild(name string, supersede bool) (v rebuiltView, err error) {
	g.t.Helper()
	var out bytes.Buffer
	p := &program{out: &out, errs: io.Discard, now: time.Now, configFile: g.config, json: true}
	err = p.rebuild(g.t.Context(), name, supersede, asking{operator: "ada", reason: "address corrected"})
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &v); err != nil {
			g.t.Fatal(err)
		}
	}
	return v, err
}

// sent are all files at the ERP, the bank and the print service.
func (g *stage) sent() map[string]string {
	all := map[string]string{}
	for name, sum := range g.remains() {
		if !strings.HasPrefix(name, "table ") && !strings.HasPrefix(name, filepath.Join(g.dir, "data")) && filepath.Base(name) != "kontor.yaml" {
			all[name] = sum
		}
	}
	return all
}

// code is the exit that an error ends with.
func code(err error) exit {
	if f := new(fault); errors.As(err, &f) {
		return f.code
	}
	if err != nil {
		return exitFailed
	}
	return exitDone
}
