package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofrs/flock"
	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

const (
	payoutTwin = `{"payout_id":"P-acme-2026W41","payout_date":"2026-10-12","opening_cents":-413,"payout_cents":587,"closing_cents":0,
"totals":{"COLLECTION":{"count":1,"cents":1000}},"lines":[{"line_type":"COLLECTION","invoice_no":"RE1","amount_cents":1000}]}`
	payoutTable = "\ufeffAuszahlung;Art;Betrag\r\nP;Vortrag;-4,13\r\nP;Zahlungseingang;10,00\r\nP;Auszahlung;-5,87\r\nP;Übertrag;0,00\r\n"
)

// The proof of a payout is made from the files that came back, so that a wrong
// one is told.
func TestSumPayouts(t *testing.T) {
	tests := []struct {
		name, twin, table string
		broken            int
		failed            string
	}{
		{"right", payoutTwin, payoutTable, 0, ""},
		{"a cent too much in the table", payoutTwin, strings.Replace(payoutTable, "10,00", "10,01", 1), 1, ""},
		{"a cent too much in the twin", strings.Replace(payoutTwin, `"amount_cents":1000`, `"amount_cents":1001`, 1), payoutTable, 1, ""},
		{"a payout that was not made", strings.Replace(payoutTwin, `"payout_cents":587`, `"payout_cents":0`, 1), payoutTable, 1, ""},
		{"no amount", payoutTwin, strings.Replace(payoutTable, "10,00", "zehn", 1), 0, "payout.csv:3"},
		{"no column", payoutTwin, strings.Replace(payoutTable, "Betrag", "Summe", 1), 0, "there is no column Betrag"},
		{"empty", payoutTwin, "", 0, "payout.csv: it is empty"},
		{"no JSON", "{", payoutTable, 0, "payout.json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &demo{dir: t.TempDir()}
			folder := filepath.Join(d.path(demoDownload), "payouts")
			writeFile(t, filepath.Join(folder, "payout.json"), tt.twin)
			writeFile(t, filepath.Join(folder, "payout.csv"), tt.table)
			s := &demoSummary{}
			err := d.sumPayouts(t.Context(), s)
			if tt.failed != "" {
				if err == nil || !strings.Contains(err.Error(), tt.failed) {
					t.Errorf("sumPayouts = %v; want an error with %q", err, tt.failed)
				}
				return
			}
			if err != nil || len(s.Broken) != tt.broken {
				t.Errorf("sumPayouts = %v, broken %q; want %d", err, s.Broken, tt.broken)
			}
		})
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The folder of a demo in which another process works is not touched.
func TestDemoFolderInUse(t *testing.T) {
	d := &demo{dir: t.TempDir()}
	writeFile(t, d.path(demoMark), demoMarkText)
	writeFile(t, d.path("data/kontor.sqlite"), "books")
	lock := flock.New(d.path("data/kontor.lock"))
	if got, err := lock.TryLock(); err != nil || !got {
		t.Fatalf("TryLock = %v, %v", got, err)
	}
	err := d.claim()
	if f := new(fault); !errors.As(err, &f) || f.code != exitHeld {
		t.Errorf("claim = %v; want exit code 6", err)
	}
	if got := readFile(t, d.path("data/kontor.sqlite")); string(got) != "books" {
		t.Errorf("the books are %q; want them untouched", got)
	}
	if err := errors.Join(lock.Unlock(), d.claim()); err != nil {
		t.Errorf("claim of a free folder = %v", err)
	}
	if _, err := os.Stat(d.path("data")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("data is still there: %v", err)
	}
}

// A file without acknowledgement is told, and the latest verdict of a row counts.
func TestSumAcks(t *testing.T) {
	d := &demo{dir: t.TempDir()}
	d.story.erp = []demoDrop{{"invoices_1.csv", "aa"}, {"orders_1.csv", "bb"}}
	ack := func(run, rest string) {
		writeFile(t, filepath.Join(d.path(demoDownload), "ack", "invoices_1.csv."+run+".ack.json"),
			`{"records":[{"record":"FILE","name":"invoices_1.csv","feed":"invoices","sha256":"aa","run":"`+run+`",`+rest+`]}`)
	}
	ack("r20261001T1800-000001", `"status":"ACCEPTED","rows":2,"booked":1,"parked":1},{"record":"ROW","row":2,"status":"PARKED","code":"UNKNOWN_ORDER"}`)
	ack("r20261003T1800-000003", `"status":"PARTIAL","supplementary":true,"rows":2,"booked":1,"rejected":1},{"record":"ROW","row":2,"status":"REJECTED","code":"NOT_ACCEPTED"}`)
	s := &demoSummary{}
	if err := d.sumAcks(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	want := &demoSummary{
		Verdicts: map[purchase.Verdict]int{purchase.Accepted: 1}, Rejected: []refusal{},
		Feeds:  []feedCount{{Feed: "invoices", Files: 1, Rows: 2, Booked: 1, Rejected: 1}},
		Codes:  []codeCount{{"REJECTED", "NOT_ACCEPTED", 1}},
		Broken: []string{"orders_1.csv was not acknowledged"},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("sumAcks (-want +got):\n%s", diff)
	}
}

// What does not agree is shown, and ends the demo with exit code 1.
func TestDemoTellsFaults(t *testing.T) {
	var out bytes.Buffer
	d := &demo{program: &program{out: &out}}
	s := &demoSummary{Broken: []string{"payout P-acme-2026W41: its proof fails"}}
	if err := d.show(s); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "VERIFY  this does not agree:\n  payout P-acme-2026W41: its proof fails\n") || strings.Contains(out.String(), "✓") {
		t.Errorf("show prints\n%s", out.String())
	}
	if f := new(fault); !errors.As(s.fault(), &f) || f.code != exitFailed {
		t.Errorf("fault = %v; want exit code 1", s.fault())
	}
}

// Nothing stands beyond the edge of a narrow screen.
func TestScreen(t *testing.T) {
	v := &screen{width: 24}
	v.title("TITLE", "some words that are long enough")
	v.line("and a %s with averylongwordthatisnotcut", "line")
	v.table([]string{"name", "?>left out", "?>stays", ">sum"}, [][]string{{"ä", "1", "2", "3"}})
	v.table([]string{"name", "?left out", "?>left out too", ">sum"}, [][]string{{"ä", "1", "2", "3"}})
	const want = `
TITLE  some words that
    are long enough
  and a line with
    averylongwordthatisnotcut
  name  left out  sum
  ä            1    3
  name  left out  sum
  ä     1           3
`
	if diff := cmp.Diff(want, v.String()); diff != "" {
		t.Errorf("the screen (-want +got):\n%s", diff)
	}
}
