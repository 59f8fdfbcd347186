package report_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
)

// open reads a workbook as another program would.
func open(t *testing.T, r report.Renderer, p purchase.Payout) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := r.PayoutXLSX(t.Context(), &b, p); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// stored is the text of a cell in the file, without its format.
func stored(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// computed is the value of a formula, computed from the other cells.
func computed(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	v, err := f.CalcCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatalf("%s!%s: %v", sheet, cell, err)
	}
	return v
}

// The workbook has the cells of the table, each of its type.
func TestPayoutXLSXIsTheTable(t *testing.T) {
	o := loadOctober(t)
	for i, p := range o.Payouts {
		r, value := german(t), p.value(int64(i+1))
		f := open(t, r, value)
		rows := readTable(t, func(w *bytes.Buffer) error { return r.PayoutCSV(t.Context(), w, value) })
		for y, row := range rows {
			for x, want := range row {
				cell, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err != nil {
					t.Fatal(err)
				}
				if y > 0 && (x == 11 || x == 12 || x == 14) { // gross_claim, amount, running_balance
					want = number(t, want)
				} else if y > 0 && len(want) == len("02.11.2026") && want[2] == '.' && want[5] == '.' {
					if shown, err := f.GetCellValue("Abrechnung", cell); err != nil || shown != want {
						t.Errorf("%s: %s shows %q, %v; want %q", p.ID, cell, shown, err, want)
					}
					want = serial(t, want)
				}
				if got := stored(t, f, "Abrechnung", cell); got != want {
					t.Errorf("%s: %s is %q; want %q", p.ID, cell, got, want)
				}
			}
		}
	}
}

// number is how a spreadsheet stores an amount: no zeros at the end.
func number(t *testing.T, s string) string {
	t.Helper()
	s = strings.Replace(s, ",", ".", 1)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// serial is how a spreadsheet stores a date of the autumn of 2026.
func serial(t *testing.T, s string) string {
	t.Helper()
	const first = 46296 // 2026-10-01
	days := map[string]int{"09": -30, "10": 0, "11": 31, "12": 61}
	day, err := strconv.Atoi(s[:2])
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(first + days[s[3:5]] + day - 1)
}

// What a spreadsheet computes is what is stored in the cell already, and the
// checks are zero.
func TestPayoutXLSXFormulas(t *testing.T) {
	o := loadOctober(t)
	for i, p := range o.Payouts {
		for sheet, r := range map[string]report.Renderer{"Summen": german(t), "Totals": english(t)} {
			f := open(t, r, p.value(int64(i+1)))
			formulas := 0
			for y := 1; y <= 40; y++ {
				for _, column := range []string{"B", "C", "E"} {
					cell := fmt.Sprintf("%s%d", column, y)
					formula, err := f.GetCellFormula(sheet, cell)
					if err != nil {
						t.Fatal(err)
					}
					if formula == "" {
						continue
					}
					formulas++
					if got, want := computed(t, f, sheet, cell), stored(t, f, sheet, cell); got != want {
						t.Errorf("%s: %s = %s computes to %s; stored is %s", p.ID, cell, formula, got, want)
					}
				}
			}
			if want := 3*(len(p.Totals)+3) + 4; formulas != want {
				t.Errorf("%s: %d formulas; want %d", p.ID, formulas, want)
			}
		}
	}
}

// A cell that somebody changes shows in the checks.
func TestPayoutXLSXChecksFindAChange(t *testing.T) {
	o := loadOctober(t)
	f := open(t, german(t), o.payout(t, "W44"))
	if err := f.SetCellValue("Abrechnung", "M3", 21); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"B21": "1", "B22": "1", "B23": "1", "B24": "stimmt nicht", "E15": "1"}
	for cell, value := range want {
		if got := computed(t, f, "Summen", cell); got != value {
			t.Errorf("%s = %s; want %s", cell, got, value)
		}
	}
}

func TestPayoutXLSXDocument(t *testing.T) {
	o := loadOctober(t)
	f := open(t, german(t), o.payout(t, "W44"))
	props, err := f.GetDocProps()
	if err != nil || props.Title != "Auszahlung P-acme-2026W44" || props.Created != "2026-11-02T05:00:00Z" {
		t.Errorf("properties = %+v, %v; want the payout and its cutoff", props, err)
	}
	panes, err := f.GetPanes("Abrechnung")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes = %+v, %v; want row 1 frozen", panes, err)
	}
	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Name] = n.RefersTo
	}
	if names["_xlnm._FilterDatabase"] != "'Abrechnung'!$A$1:$R$8" || names["_xlnm.Print_Titles"] != "'Abrechnung'!$1:$1" {
		t.Errorf("names = %v; want a filter over all rows and the heading on each page", names)
	}
}

// Numbers of others stay as they are, and nothing is a formula but the totals.
func TestPayoutXLSXForeign(t *testing.T) {
	o := loadOctober(t)
	p := foreign(o.Payouts[4])
	p.Lines[0].InvoiceNo, p.Lines[1].CustomerNo = "=1+1", "@SUM(A1)\x01"
	f := open(t, german(t), p.value(5))
	for cell, want := range map[string]string{"F3": "0001234", "G3": "=1+1", "K4": "@SUM(A1)\uFFFD", "K3": "DEZ26", "G4": "123456789012"} {
		kind, err := f.GetCellType("Abrechnung", cell)
		formula, formulaErr := f.GetCellFormula("Abrechnung", cell)
		if got := stored(t, f, "Abrechnung", cell); got != want || kind != excelize.CellTypeInlineString || formula != "" || err != nil || formulaErr != nil {
			t.Errorf("%s = %q of type %v, formula %q; want the text %q", cell, got, kind, formula, want)
		}
	}
}

func TestPayoutXLSXErrors(t *testing.T) {
	o := loadOctober(t)
	broken := o.payout(t, "W44")
	broken.Closing++
	failing := o.payout(t, "W44")
	failing.Lines = func(context.Context) iter.Seq2[purchase.Line, error] {
		return func(yield func(purchase.Line, error) bool) { yield(purchase.Line{}, errors.New("database is gone")) }
	}
	huge := many(1, func(int64) {})
	huge.Opening, huge.Closing, huge.Amount = 9_999_999_999_999_99+1, 0, 9_999_999_999_999_99+2
	for name, p := range map[string]purchase.Payout{"must not leave": broken, "database is gone": failing, "15 digits": withBalance(huge)} {
		var b bytes.Buffer
		if err := german(t).PayoutXLSX(t.Context(), &b, p); err == nil || !strings.Contains(err.Error(), name) || b.Len() > 0 {
			t.Errorf("PayoutXLSX = %v and %d bytes; want an error with %q and none", err, b.Len(), name)
		}
	}
	if err := german(t).PayoutXLSX(t.Context(), full{}, o.payout(t, "W44")); !errors.Is(err, errFull) {
		t.Errorf("PayoutXLSX onto a full disk = %v; want %v", err, errFull)
	}
}

// withBalance makes the one line of a payout follow its opening.
func withBalance(p purchase.Payout) purchase.Payout {
	p.Lines = streamed([]purchase.Line{{LineNo: 1, Type: purchase.LineCollection, Amount: 1, Balance: p.Opening + 1}})
	return p
}

var errFull = errors.New("no space left")

// A full disk takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// All amounts that a spreadsheet can hold are stored to the cent.
func TestPayoutXLSXAmountsAreExact(t *testing.T) {
	amounts := []money.Amount{1, 7, 10, 29, 57, 115, 12_30, 99_99, 1_005, 4_35, 123_456_789_01, 999_999_999_999_999, 999_999_999_999_998, 70_368_744_177_664_01}
	for i := range 500 {
		amounts = append(amounts, money.Amount(i*7919*104_729+i))
	}
	var lines []purchase.Line
	balance := money.Amount(0)
	for i, a := range amounts {
		if i%2 == 1 {
			a = -amounts[i-1] // so that the balance stays small
		}
		balance += a
		lines = append(lines, purchase.Line{LineNo: int64(i + 1), Type: purchase.LineCollection, Amount: a, Balance: balance})
	}
	f := open(t, german(t), purchase.Payout{
		ID: "P-acme-2026W44", Merchant: "acme", Currency: "EUR", Amount: balance, Lines: streamed(lines),
		Totals: map[purchase.LineType]purchase.Total{purchase.LineCollection: {Count: int64(len(lines)), Cents: balance}},
	})
	for i, l := range lines {
		if got, want := stored(t, f, "Abrechnung", fmt.Sprintf("M%d", i+3)), number(t, l.Amount.String()); got != want {
			t.Errorf("amount %s is stored as %s", want, got)
		}
	}
}
