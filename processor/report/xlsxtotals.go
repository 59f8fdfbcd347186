package report

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// totals writes the sheet that proves the others: per type what the formulas
// find and what the payout says, then the checks.
func (b *workbook) totals() error {
	if err := b.begin(b.word("Summen", "Totals"), false); err != nil {
		return err
	}
	if err := b.totalsWidth(); err != nil {
		return err
	}
	for _, step := range []func() error{b.about, b.perType, b.stream.Flush} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (b *workbook) totalsWidth() error {
	if err := b.stream.SetColWidth(1, 1, 48); err != nil {
		return err
	}
	return b.stream.SetColWidth(2, 5, 20)
}

// Rows of the sheet of totals that formulas name.
const (
	rowOpening = 7
	rowPayout  = 8
	rowClosing = 9
)

// about says which payout this is.
func (b *workbook) about() error {
	p := b.payout
	for _, row := range [][]any{
		{b.bold(b.word("Summen der Auszahlung ", "Totals of payout ") + p.ID)},
		{b.word("Zeitraum von", "Period from"), p.PeriodFrom},
		{b.word("Zeitraum bis", "Period to"), p.PeriodTo},
		{b.word("Stichtag", "Cutoff"), p.Cutoff.Format(time.RFC3339)},
		{b.word("Auszahlungsdatum", "Payout date"), p.Date},
		{b.word("Währung", "Currency"), p.Currency},
		{b.lineType(purchase.LineOpening), p.Opening},
		{b.lineType(purchase.LinePayout), p.Amount},
		{b.lineType(purchase.LineClosing), p.Closing},
		{"Version", p.Version},
		{b.word("Stand der Buchungskette (SHA-256)", "Head of the ledger chain (SHA-256)"), p.LedgerHead},
		{},
	} {
		if err := b.add(row...); err != nil {
			return err
		}
	}
	return nil
}

func (b *workbook) bold(text string) excelize.Cell {
	return excelize.Cell{StyleID: b.style.strong, Value: text}
}

func (b *workbook) heading(texts ...string) error {
	row := make([]any, len(texts))
	for i, text := range texts {
		row[i] = b.title(text, i > 0)
	}
	return b.add(row...)
}

// perType writes a row for each type of line, and the checks under them.
func (b *workbook) perType() error {
	err := b.heading(b.word("Art", "line_type"), b.word("Zeilen", "lines"), b.word("Summe der Zeilen", "sum of lines"),
		b.word("laut Abrechnung", "as stated"), b.word("Differenz", "difference"))
	if err != nil {
		return err
	}
	p := b.payout
	first := b.row + 1
	if err := b.typeRow(purchase.LineOpening, purchase.Total{Count: 1, Cents: p.Opening}); err != nil {
		return err
	}
	for _, t := range slices.Sorted(maps.Keys(p.Totals)) {
		if err := b.typeRow(t, p.Totals[t]); err != nil {
			return err
		}
	}
	if err := b.typeRow(purchase.LinePayout, purchase.Total{Count: 1, Cents: -p.Amount}); err != nil {
		return err
	}
	if err := b.typeRow(purchase.LineClosing, purchase.Total{Count: 1, Cents: -p.Closing}); err != nil {
		return err
	}
	return b.checks(first, b.row)
}

// typeRow has what the formulas find, with the value that they give, so that
// it is seen too where nothing computes.
func (b *workbook) typeRow(t purchase.LineType, total purchase.Total) error {
	types, amounts, row := b.ranges("line_type"), b.ranges("amount"), b.row+1
	counted := over(len(types), func(i int) string { return fmt.Sprintf("COUNTIF(%s,$A%d)", types[i], row) })
	summed := over(len(types), func(i int) string { return fmt.Sprintf("SUMIF(%s,$A%d,%s)", types[i], row, amounts[i]) })
	sum, err := b.formula("ROUND("+summed+",2)", total.Cents)
	if err != nil {
		return err
	}
	difference, err := b.formula(fmt.Sprintf("ROUND(C%d-D%d,2)", row, row), 0)
	if err != nil {
		return err
	}
	return b.add(b.lineType(t), excelize.Cell{StyleID: b.style.number, Formula: counted, Value: total.Count}, sum, total.Cents, difference)
}

func (b *workbook) formula(text string, value money.Amount) (excelize.Cell, error) {
	n, err := number(value)
	return excelize.Cell{StyleID: b.style.amount, Formula: text, Value: n}, err
}

// checks are zero; first and last are the rows of the types, OPENING before
// the lines, PAYOUT and CLOSING after them.
func (b *workbook) checks(first, last int) error {
	if err := b.add(); err != nil {
		return err
	}
	if err := b.heading(b.word("Prüfung", "check"), b.word("muss null sein", "must be zero")); err != nil {
		return err
	}
	amounts := b.ranges("amount")
	all := over(len(amounts), func(i int) string { return "SUM(" + amounts[i] + ")" })
	from := b.row + 1
	for _, check := range []struct{ what, formula string }{
		{b.word("Summe der Spalte Betrag", "sum of the column amount"), "ROUND(" + all + ",2)"},
		{
			b.word("Vortrag + Zeilen − Auszahlung − Übertrag", "opening + lines − payout − closing"),
			fmt.Sprintf("ROUND(B%d+SUM(C%d:C%d)-C%d-C%d-C%d-B%d-B%d,2)", rowOpening, first, last, first, last-1, last, rowPayout, rowClosing),
		},
		{b.word("Quadratsumme der Differenzen je Art", "sum of squares of the differences"), fmt.Sprintf("ROUND(SUMSQ(E%d:E%d),4)", first, last)},
	} {
		cell, err := b.formula(check.formula, 0)
		if err == nil {
			err = b.add(check.what, cell)
		}
		if err != nil {
			return err
		}
	}
	good, bad := b.word("stimmt", "agrees"), b.word("stimmt nicht", "does not agree")
	return b.add(b.bold(b.word("Ergebnis", "result")), excelize.Cell{
		StyleID: b.style.strong, Value: good,
		Formula: fmt.Sprintf(`IF(AND(B%d=0,B%d=0,B%d=0),"%s","%s")`, from, from+1, from+2, good, bad),
	})
}
