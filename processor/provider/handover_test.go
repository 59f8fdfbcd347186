package provider

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

var update = flag.Bool("update", false, "write the golden files anew")

// handovers returns what the agency is told of the last dunning run.
func (w *world) handovers() (all []purchase.Handover) {
	w.Helper()
	for d, err := range w.p.Documents(w.ctx, w.terms.Merchant, 0) {
		if err != nil {
			w.Fatalf("Documents = %v", err)
		}
		if d.Dunning == nil {
			continue
		}
		all = nil
		for h, err := range d.Dunning.Handovers(w.ctx) {
			if err != nil {
				w.Fatalf("Handovers = %v", err)
			}
			all = append(all, h)
		}
	}
	return all
}

// toCollection plays two claims with much to tell until they are handed over.
func (w *world) toCollection() {
	w.Helper()
	w.taken(w.sale("1001", "K1", 100_000)...)
	w.taken(w.b2b("1002", "K2", 50_000)...)
	w.at("2026-10-12 12:00")
	w.taken(w.payment("Z1", 20_000, "RE1001"), w.received("R1", "RE1001", 5_000), w.announced("R2", "RE1002"))
	w.at("2026-10-13 12:00")
	w.taken(w.credit("G1", purchase.Correction, "RE1001", 4_000, "R1"), w.payment("Z1", -20_000, ""),
		w.credit("G2", purchase.Goodwill, "RE1002", 1_000, "R2"))
	w.dun("2026-10-22")
	w.dun("2026-10-29")
	w.at("2026-11-06 12:00")
	w.taken(w.payment("Z2", 30_000, "RE1001"), w.instruction("I1", purchase.Hold, "RE1002", 0))
	w.at("2026-11-07 12:00")
	w.taken(w.instruction("I2", purchase.Release, "RE1002", 0), w.instruction("I3", purchase.DirectPayment, "RE1002", 2_500))
	w.dun("2026-11-09")
	w.dun("2026-11-23")
}

// A hand-over has the whole history of a claim, leads to what is open, and stays
// what was told. What would break it: an event left out or taken twice, a sum of
// another day, interest from another day on.
func TestHandover(t *testing.T) {
	each(t, nil, func(w *world) {
		w.toCollection()
		told := w.handovers()
		goldenJSON(t, "handovers.golden.json", told)
		// 1,000.00 − 40.00 credit − 296.99 of 300.00 paid, since 3.01 went to
		// charges; 1.52 + 5 percent of 663.01 is 43.23 a year, 0.1184 a day.
		if h := told[0]; h.Principal != 66_301 || h.Daily != 1184 || h.Rate != 652 || h.InterestFrom != w.day("2026-11-23") {
			t.Errorf("handed over: principal %s at %d, %d a day from %s; want 663.01 at 652, 1184 a day from 2026-11-23", h.Principal, h.Rate, h.Daily, h.InterestFrom)
		}
		w.taken(w.payment("Z3", 10_000, "RE1001"))
		if diff := cmp.Diff(told, w.handovers()); diff != "" {
			t.Errorf("told again (-before +now):\n%s", diff)
		}
	})
}

// No claim, no hand-over.
func TestNoHandover(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 100_000)...)
		w.dun("2026-10-22")
		if told := w.handovers(); len(told) != 0 {
			t.Errorf("handed over: %v; want nothing before the last level", told)
		}
	})
}

// A history that does not lead to what is open is not handed over.
func TestHandoverMustAgree(t *testing.T) {
	each(t, nil, func(w *world) {
		w.toCollection()
		w.write(func(tx *database.Tx) error {
			s, err := w.p.session(w.ctx, tx, w.terms.Merchant, w.now)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(w.ctx, "UPDATE provider_claims SET outstanding = outstanding + 1 WHERE invoice_no = 'RE1002'"); err != nil {
				return err
			}
			err = s.handOver(w.ctx)
			if err == nil || !strings.Contains(err.Error(), "hand-over of RE1002: its history leads to") {
				t.Errorf("handOver = %v; want that RE1002 does not agree", err)
			}
			_, err = tx.Exec(w.ctx, "UPDATE provider_claims SET outstanding = outstanding - 1 WHERE invoice_no = 'RE1002'")
			return err
		})
	})
}

func TestUsedRates(t *testing.T) {
	rates := []purchase.BaseRate{{From: date(t, "2025-07-01"), Rate: 1}, {From: date(t, "2026-01-01"), Rate: 2}, {From: date(t, "2026-07-01"), Rate: 3}, {From: date(t, "2027-01-01"), Rate: 4}}
	segment := func(from, to string) purchase.Segment {
		return purchase.Segment{From: date(t, from), To: date(t, to)}
	}
	tests := []struct {
		name     string
		segments []purchase.Segment
		day      string
		want     string
	}{
		{"of the day alone", nil, "2026-10-01", "2026-07-01"},
		{"the last day of a rate", []purchase.Segment{segment("2026-06-30", "2026-06-30")}, "2026-07-01", "2026-01-01 2026-07-01"},
		{"the first day of a rate", []purchase.Segment{segment("2026-07-01", "2026-07-02")}, "2026-07-03", "2026-07-01"},
		{"over the turn of the year", []purchase.Segment{segment("2026-12-31", "2027-01-01")}, "2027-01-02", "2026-07-01 2027-01-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, r := range usedRates(rates, tt.segments, date(t, tt.day)) {
				got = append(got, r.From.String())
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("usedRates = %s; want %s", s, tt.want)
			}
		})
	}
}

// goldenJSON compares a value with a file.
func goldenJSON(t *testing.T, name string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(string(want), string(got)))
	}
}
