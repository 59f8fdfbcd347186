package report

import (
	"archive/zip"
	"bytes"
	"context"
	"iter"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// counted is a payout of n lines of one cent, then the fee that takes them.
func counted(n int64) purchase.Payout {
	cents := money.Amount(n)
	return purchase.Payout{
		ID: "P-acme-2026W44", Merchant: "acme", Currency: "EUR", Cutoff: time.Date(2026, 11, 2, 5, 0, 0, 0, time.UTC), Amount: 0,
		Totals: map[purchase.LineType]purchase.Total{purchase.LineCollection: {Count: n, Cents: cents}, purchase.LineFee: {Count: 1, Cents: -cents}},
		Lines: func(context.Context) iter.Seq2[purchase.Line, error] {
			return func(yield func(purchase.Line, error) bool) {
				for i := int64(1); i <= n; i++ {
					if !yield(purchase.Line{LineNo: i, Type: purchase.LineCollection, Amount: 1, Balance: money.Amount(i)}, nil) {
						return
					}
				}
				yield(purchase.Line{LineNo: n + 1, Type: purchase.LineFee, Amount: -cents}, nil)
			}
		},
	}
}

func workbookOf(t *testing.T, p purchase.Payout, rows int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (Renderer{Merchant: "acme", Currency: "EUR"}).payoutXLSX(t.Context(), &b, p, rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What does not fit into a sheet goes on in the next one, under the same
// headings, and the totals are over all of them.
func TestWorkbookOfSeveralSheets(t *testing.T) {
	tests := []struct {
		lines, rows int
		want        []string
	}{
		{5, 10, []string{"Abrechnung", "Summen"}}, // heading, OPENING, 5, FEE, PAYOUT, CLOSING: just full
		{6, 10, []string{"Abrechnung", "Abrechnung 2", "Summen"}},
		{22, 10, []string{"Abrechnung", "Abrechnung 2", "Abrechnung 3", "Summen"}},
	}
	for _, tt := range tests {
		f, err := excelize.OpenReader(bytes.NewReader(workbookOf(t, counted(int64(tt.lines)), tt.rows)))
		if err != nil {
			t.Fatal(err)
		}
		if got := f.GetSheetList(); !slices.Equal(got, tt.want) {
			t.Errorf("%d lines in sheets of %d rows: sheets %q; want %q", tt.lines, tt.rows, got, tt.want)
		}
		// Rows of the totals: 14 Vortrag, 15 Zahlungseingang, 16 Gebühr, 17, 18, 20 heading, 21 to 24 checks.
		want := map[string]string{"B15": strconv.Itoa(tt.lines), "B21": "0", "B22": "0", "B23": "0", "B24": "stimmt"}
		for cell, want := range want {
			if got, err := f.CalcCellValue("Summen", cell, excelize.Options{RawCellValue: true}); err != nil || got != want {
				t.Errorf("%d lines: %s = %q, %v; want %q", tt.lines, cell, got, err, want)
			}
		}
		for _, sheet := range tt.want[:len(tt.want)-1] {
			if heading, err := f.GetCellValue(sheet, "M1"); err != nil || heading != "Betrag" {
				t.Errorf("%s: M1 = %q, %v; want Betrag", sheet, heading, err)
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// The same payout is the same bytes, though the library goes through its sheets
// in any order.
func TestWorkbookIsReproducible(t *testing.T) {
	first := workbookOf(t, counted(50), 8)
	for range 10 {
		if !bytes.Equal(workbookOf(t, counted(50), 8), first) {
			t.Fatal("two workbooks of one payout differ")
		}
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		if want := time.Date(2026, 11, 2, 5, 0, 0, 0, time.UTC); !part.Modified.Equal(want) {
			t.Errorf("%s is of %s; want %s", part.Name, part.Modified, want)
		}
	}
}
