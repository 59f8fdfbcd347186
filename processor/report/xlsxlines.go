package report

import (
	"context"
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// lines writes the table, as [Renderer.PayoutCSV] does.
func (b *workbook) lines(ctx context.Context) error {
	if err := b.line(b.opening(b.payout)); err != nil {
		return err
	}
	last := int64(0)
	for line, err := range checkedLines(ctx, b.payout) {
		if err == nil {
			err = b.line(line)
		}
		if err != nil {
			return err
		}
		last = line.LineNo
	}
	for _, line := range b.ending(b.payout, last) {
		if err := b.line(line); err != nil {
			return err
		}
	}
	return b.endLines()
}

// line writes a row, on a further sheet if this one is full.
func (b *workbook) line(l purchase.Line) error {
	if b.stream == nil || b.row == b.most {
		if err := b.endLines(); err != nil {
			return err
		}
		if err := b.beginLines(); err != nil {
			return err
		}
	}
	p := b.payout
	var gross any
	if l.InvoiceNo != "" {
		gross = l.GrossClaim
	}
	return b.add(p.ID, p.Date, l.LineNo, b.lineType(l.Type), l.BookedOn, l.OrderNo, l.InvoiceNo, l.InvoiceDate, l.DueDate, l.DocumentNo,
		l.CustomerNo, gross, l.Amount, p.Currency, l.Balance, l.GuaranteeDate, b.lineText(p, l), l.Source)
}

// add writes a row of values.
func (b *workbook) add(values ...any) error {
	row := make([]any, len(values))
	for i, v := range values {
		cell, err := b.cell(v)
		if err != nil {
			return fmt.Errorf("row %d: %w", b.row+1, err)
		}
		row[i] = cell
	}
	b.row++
	return b.stream.SetRow("A"+strconv.Itoa(b.row), row)
}

// cell is a typed cell. A text is never a formula, whatever it begins with.
func (b *workbook) cell(v any) (any, error) {
	const epoch = 25569 // 1970-01-01, counted in days as Excel does
	switch v := v.(type) {
	case string:
		if v == "" {
			return nil, nil
		}
		return excelize.Cell{StyleID: b.style.text, Value: v}, nil
	case money.Amount:
		n, err := number(v)
		return excelize.Cell{StyleID: b.style.amount, Value: n}, err
	case schedules.Date:
		if v.IsZero() {
			return nil, nil
		}
		return excelize.Cell{StyleID: b.style.date, Value: v.Time().Unix()/86400 + epoch}, nil
	case int, int64:
		return excelize.Cell{StyleID: b.style.number, Value: v}, nil
	}
	return v, nil
}

// number is an amount as the number of a spreadsheet, which keeps 15 digits. It
// is made from the amount's text and written as the shortest text that means
// the same, so it is the amount to the cent.
func number(a money.Amount) (any, error) {
	const digits = 999_999_999_999_999
	if a.Abs() > digits || a.Abs() < 0 {
		return nil, fmt.Errorf("%s has more than the 15 digits that a spreadsheet keeps", a)
	}
	return strconv.ParseFloat(a.String(), 64)
}
