package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

// openItems are claims of each age and kind on a Monday, with numbers of an ERP
// that a spreadsheet would spoil.
func openItems() purchase.OpenItems {
	d := func(month, day int) schedules.Date {
		return schedules.NewDate(2026, 1, 1).AddMonths(month-1) + schedules.Date(day-1)
	}
	today := d(11, 2)
	items := []purchase.OpenItem{
		{CustomerNo: "K4", OrderNo: "A1004", InvoiceNo: "RE1004", InvoiceDate: d(10, 1), DueDate: d(10, 16), Amount: 50000, Paid: 20000, Outstanding: 30000, Settled: 50000, GuaranteeDate: d(11, 1), Guaranteed: true, State: "IN_DUNNING", DunningLevel: 2, Holds: []string{}},
		{CustomerNo: "K5", OrderNo: "A1005", InvoiceNo: "RE1005", InvoiceDate: d(10, 5), DueDate: d(10, 19), Amount: 12000, Credited: 2000, Outstanding: 10000, GuaranteeDate: d(11, 4), State: "OPEN", Holds: []string{"DISPUTE", "HOLD"}},
		{CustomerNo: "0815", OrderNo: "3-4", InvoiceNo: "=1+1", InvoiceDate: d(10, 20), DueDate: d(11, 3), Amount: 4990, Outstanding: 4990, GuaranteeDate: d(11, 19), State: "OPEN", Holds: []string{}},
		{CustomerNo: "K7", OrderNo: "A1007", InvoiceNo: "RE1007", InvoiceDate: d(10, 26), DueDate: d(11, 9), Amount: 7000, Outstanding: 7000, GuaranteeDate: d(11, 25), State: "OPEN", Holds: []string{"HOLD"}},
		{CustomerNo: "K8", OrderNo: "A1008", InvoiceNo: "RE1008", InvoiceDate: d(10, 19), DueDate: d(11, 2), Amount: 3000, Outstanding: 3000, GuaranteeDate: d(11, 18), State: "OPEN", Holds: []string{"RETURN_ANNOUNCED"}},
		{CustomerNo: "K9", OrderNo: "A0900", InvoiceNo: "RE0900", InvoiceDate: d(6, 1), DueDate: d(6, 15), Amount: 9900, WrittenOff: 900, Outstanding: 9000, Settled: 0, GuaranteeDate: d(7, 1), Recourse: true, State: "COLLECTION", DunningLevel: 4, Holds: []string{}},
		{CustomerNo: "K9", OrderNo: "A0901", InvoiceNo: "RE0901", InvoiceDate: d(8, 10), DueDate: d(8, 24), Amount: 1000, Outstanding: 1000, Settled: 1000, GuaranteeDate: d(9, 9), Guaranteed: true, State: "IN_DUNNING", DunningLevel: 3, Holds: []string{}},
		{CustomerNo: "K9", OrderNo: "A0902", InvoiceNo: "RE0902", InvoiceDate: d(9, 10), DueDate: d(9, 24), Amount: 2000, Outstanding: 2000, Settled: 2000, GuaranteeDate: d(10, 10), Guaranteed: true, State: "IN_DUNNING", DunningLevel: 3, Holds: []string{}},
	}
	var sum money.Amount
	for i := range items {
		items[i].DaysOverdue = max(0, int(today-items[i].DueDate))
		sum += items[i].Outstanding
	}
	return purchase.OpenItems{Merchant: "acme", Day: today, Currency: "EUR", Count: int64(len(items)), Receivable: sum, Items: streamed(items)}
}

// nextMonday is when a guarantee is paid out: on Mondays.
func nextMonday(d schedules.Date) schedules.Date { return schedules.Monday(d + 6) }

func TestOpenItemsGolden(t *testing.T) {
	o := openItems()
	rfc := renderer(t, "kontor", formats.RFC4180, formats.English)
	golden(t, "openitems.de.csv", func(w *bytes.Buffer) error { return german(t).OpenItemsCSV(t.Context(), w, o) })
	golden(t, "openitems.en.csv", func(w *bytes.Buffer) error { return english(t).OpenItemsCSV(t.Context(), w, o) })
	golden(t, "openitems.json", func(w *bytes.Buffer) error { return german(t).OpenItemsJSON(t.Context(), w, o) })
	golden(t, "guarantees.de.csv", func(w *bytes.Buffer) error { return german(t).GuaranteesCSV(t.Context(), w, o, nextMonday) })
	golden(t, "guarantees.rfc4180.csv", func(w *bytes.Buffer) error { return rfc.GuaranteesCSV(t.Context(), w, o, nextMonday) })
	golden(t, "guarantees.json", func(w *bytes.Buffer) error { return german(t).GuaranteesJSON(t.Context(), w, o, nextMonday) })
}

// The tables add up: outstanding to the receivables, and the claims of the
// forecast to its sums. What would break it: a claim left out or shown twice.
func TestOpenItemsAddUp(t *testing.T) {
	o := openItems()
	items := readTable(t, func(w *bytes.Buffer) error { return german(t).OpenItemsCSV(t.Context(), w, o) })
	if got := columnSum(t, items, "Offen"); got != o.Receivable {
		t.Errorf("column Offen sums to %s; want the receivables, %s", got, o.Receivable)
	}
	forecast := readTable(t, func(w *bytes.Buffer) error { return german(t).GuaranteesCSV(t.Context(), w, o, nextMonday) })
	var awaited money.Amount
	for i, err := range o.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if i.Awaits() {
			awaited += i.Outstanding
		}
	}
	if claims, sums := columnSum(t, forecast, "Betrag"), columnSum(t, forecast, "Summe"); claims != awaited || sums != awaited {
		t.Errorf("the forecast has claims of %s and sums of %s; want %s each", claims, sums, awaited)
	}
}

// Nothing leaves that does not agree.
func TestOpenItemsMustAgree(t *testing.T) {
	tests := []struct {
		name string
		edit func(*purchase.OpenItems)
		want string
	}{
		{"another sum", func(o *purchase.OpenItems) { o.Receivable++ }, "8 items sum to 669.90; the books have 8 with 669.91"},
		{"another count", func(o *purchase.OpenItems) { o.Count++ }, "8 items sum to 669.90; the books have 9 with 669.90"},
		{"a row that does not add up", func(o *purchase.OpenItems) {
			o.Items = streamed([]purchase.OpenItem{{InvoiceNo: "RE1", Amount: 100, Outstanding: 99}})
		}, "invoice RE1: its columns give 1.00, it says 0.99"},
	}
	for _, tt := range tests {
		o := openItems()
		tt.edit(&o)
		for what, err := range map[string]error{
			"OpenItemsCSV":   german(t).OpenItemsCSV(t.Context(), &bytes.Buffer{}, o),
			"OpenItemsJSON":  german(t).OpenItemsJSON(t.Context(), &bytes.Buffer{}, o),
			"GuaranteesCSV":  german(t).GuaranteesCSV(t.Context(), &bytes.Buffer{}, o, nextMonday),
			"GuaranteesJSON": german(t).GuaranteesJSON(t.Context(), &bytes.Buffer{}, o, nextMonday),
		} {
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %s = %v; want an error with %q", tt.name, what, err, tt.want)
			}
		}
	}
}

// columnSum adds up the amounts under a heading, empty cells left out.
func columnSum(t *testing.T, rows [][]string, heading string) (sum money.Amount) {
	t.Helper()
	for x, name := range rows[0] {
		if name != heading {
			continue
		}
		for _, row := range rows[1:] {
			if row[x] == "" {
				continue
			}
			a, err := money.Parse(strings.Replace(row[x], ",", ".", 1))
			if err != nil {
				t.Fatal(err)
			}
			sum += a
		}
		return sum
	}
	t.Fatalf("there is no column %s in %v", heading, rows[0])
	return 0
}

func TestOpenItemsNames(t *testing.T) {
	o := openItems()
	if got, want := report.OpenItemsName(o, report.CSV), "openitems_acme_2026-11-02.csv"; got != want {
		t.Errorf("OpenItemsName = %s; want %s", got, want)
	}
	if got, want := report.GuaranteesName(o, report.JSON), "guarantees_acme_2026-11-02.json"; got != want {
		t.Errorf("GuaranteesName = %s; want %s", got, want)
	}
}
