package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

var update = flag.Bool("update", false, "write the golden files anew")

// october is what a provider has said to a merchant in two months.
type october struct {
	Payouts   []payout            `json:"payouts"`
	Dunning   []purchase.Notice   `json:"dunning"`
	Decisions []purchase.Decision `json:"decisions"`
}

type payout struct {
	ID         string                               `json:"payout_id"`
	Merchant   string                               `json:"merchant"`
	Version    int                                  `json:"version"`
	PeriodFrom schedules.Date                       `json:"period_from"`
	PeriodTo   schedules.Date                       `json:"period_to"`
	Cutoff     time.Time                            `json:"cutoff"`
	Date       schedules.Date                       `json:"payout_date"`
	Currency   string                               `json:"currency"`
	Opening    money.Amount                         `json:"opening_cents"`
	Amount     money.Amount                         `json:"payout_cents"`
	Closing    money.Amount                         `json:"closing_cents"`
	Totals     map[purchase.LineType]purchase.Total `json:"totals"`
	Lines      []payoutLine                         `json:"lines"`
	LedgerHead string                               `json:"ledger_head"`
}

type payoutLine struct {
	purchase.Line
	InvoiceDate schedules.Date `json:"invoice_date"`
	DueDate     schedules.Date `json:"due_date"`
}

func loadOctober(t *testing.T) (o october) {
	t.Helper()
	b, err := os.ReadFile("testdata/october.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// payout returns a payout of october by its week; seq counts from W40. "foreign"
// is W44 of an ERP with other numbers.
func (o october) payout(t *testing.T, week string) purchase.Payout {
	t.Helper()
	if week == "foreign" {
		return foreign(o.Payouts[4]).value(5)
	}
	for i, p := range o.Payouts {
		if p.ID == "P-acme-2026"+week {
			return p.value(int64(i + 1))
		}
	}
	t.Fatalf("no payout of week %s", week)
	return purchase.Payout{}
}

func (p payout) value(seq int64) purchase.Payout {
	lines := make([]purchase.Line, len(p.Lines))
	for i, l := range p.Lines {
		lines[i] = l.Line
		lines[i].InvoiceDate, lines[i].DueDate = l.InvoiceDate, l.DueDate
	}
	return purchase.Payout{
		ID: p.ID, Merchant: p.Merchant, Seq: seq, Version: p.Version, PeriodFrom: p.PeriodFrom, PeriodTo: p.PeriodTo, Cutoff: p.Cutoff,
		Date: p.Date, Currency: p.Currency, Opening: p.Opening, Amount: p.Amount, Closing: p.Closing, Totals: p.Totals,
		LedgerHead: p.LedgerHead, Lines: streamed(lines),
	}
}

// foreign gives the lines numbers that a spreadsheet takes for something else.
func foreign(p payout) payout {
	numbers := [][4]string{
		{"0001234", "1E5", "3-4", "DEZ26"},
		{"4711", "123456789012", "2026-11-01", "12:30"},
		{"A-2026/77", "1.234", "WAHR", "K 0815"},
		{"12345678901", "007", "1/2", "5 %"},
	}
	p.Lines = append([]payoutLine{}, p.Lines...)
	for i := range p.Lines {
		l, n := &p.Lines[i], numbers[i]
		l.OrderNo, l.InvoiceNo, l.DocumentNo, l.CustomerNo = n[0], n[1], n[2], n[3]
	}
	return p
}

// dunning is the run of a day.
func (o october) dunning(day string) purchase.Dunning {
	var notices []purchase.Notice
	for _, n := range o.Dunning {
		if n.RunDate.String() == day {
			notices = append(notices, n)
		}
	}
	return purchase.Dunning{Merchant: "acme", RunDate: notices[0].RunDate, Currency: "EUR", Notices: streamed(notices)}
}

func streamed[T any](values []T) func(context.Context) iter.Seq2[T, error] {
	return func(context.Context) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			for _, v := range values {
				if !yield(v, nil) {
					return
				}
			}
		}
	}
}

func renderer(t *testing.T, profile string, style formats.Style, language formats.Language) report.Renderer {
	t.Helper()
	p, ok := formats.Lookup(profile)
	if !ok {
		t.Fatalf("no profile %s", profile)
	}
	return report.Renderer{Merchant: "acme", Name: "ACME Handels GmbH", Currency: "EUR", Profile: p, Style: style, Language: language}
}

func german(t *testing.T) report.Renderer {
	t.Helper()
	return renderer(t, "actindo", formats.ExcelDE, formats.German)
}

func english(t *testing.T) report.Renderer {
	t.Helper()
	return renderer(t, "kontor", formats.ExcelEN, formats.English)
}

// golden compares what a renderer writes with a file.
func golden(t *testing.T, name string, render func(w *bytes.Buffer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := render(&got); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
