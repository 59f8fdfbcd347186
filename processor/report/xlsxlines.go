package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/kontor-exchange/kontor/formats"
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

// beginLines begins a sheet of lines with its headings.
func (b *workbook) beginLines() error {
	name := b.word("Abrechnung", "Payout")
	if len(b.sheets) > 0 {
		name += " " + strconv.Itoa(len(b.sheets)+1)
	}
	if err := b.begin(name, len(b.sheets) == 0); err != nil {
		return err
	}
	b.sheets = append(b.sheets, lineSheet{name: name})
	for i, c := range b.columns {
		if err := b.width(i+1, c); err != nil {
			return err
		}
	}
	if err := b.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	headings := make([]any, len(b.columns))
	for i, c := range b.columns {
		headings[i] = b.title(b.word(c.German, c.Name), c.Kind == formats.Amount || c.Kind == formats.Int)
	}
	return b.add(headings...)
}

// title is a heading, over numbers or over text.
func (b *workbook) title(text string, numbers bool) excelize.Cell {
	style := b.style.heading
	if numbers {
		style = b.style.headingRight
	}
	return excelize.Cell{StyleID: style, Value: text}
}

// begin begins a sheet; the first one is there already, under another name.
func (b *workbook) begin(name string, first bool) (err error) {
	if first {
		err = b.file.SetSheetName("Sheet1", name)
	} else {
		_, err = b.file.NewSheet(name)
	}
	if err != nil {
		return err
	}
	landscape, paperA4, wide, high, fit := "landscape", 9, 1, 0, true
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &paperA4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	b.row = 0
	b.stream, err = b.file.NewStreamWriter(name)
	return err
}

// width of a column in characters.
func (b *workbook) width(i int, c formats.Column) error {
	switch {
	case c.Name == "text":
		return b.stream.SetColWidth(i, i, 82)
	case c.Name == "source":
		return b.stream.SetColWidth(i, i, 44)
	case c.Kind == formats.Int:
		return b.stream.SetColWidth(i, i, 8)
	case c.Kind == formats.Date, c.Kind == formats.Amount:
		return b.stream.SetColWidth(i, i, 20)
	case c.Kind == formats.Text: // the type
		return b.stream.SetColWidth(i, i, 24)
	}
	return b.stream.SetColWidth(i, i, 21)
}

// endLines ends a sheet of lines: filters over all of it, the heading on each
// printed page.
func (b *workbook) endLines() error {
	if b.stream == nil {
		return nil
	}
	s := &b.sheets[len(b.sheets)-1]
	s.last = b.row
	last, err := excelize.ColumnNumberToName(len(b.columns))
	if err != nil {
		return err
	}
	if err := b.file.AutoFilter(s.name, fmt.Sprintf("A1:%s%d", last, s.last), nil); err != nil {
		return err
	}
	err = b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + s.name + "'!$1:$1", Scope: s.name})
	if err != nil {
		return err
	}
	return b.stream.Flush()
}

// ranges are the cells of a column on all sheets of lines.
func (b *workbook) ranges(column string) []string {
	at := 0
	for i, c := range b.columns {
		if c.Name == column {
			at = i
		}
	}
	letter := string(rune('A' + at))
	all := make([]string, len(b.sheets))
	for i, s := range b.sheets {
		all[i] = fmt.Sprintf("'%s'!$%s$2:$%s$%d", s.name, letter, letter, s.last)
	}
	return all
}

// over joins what a formula says for each sheet.
func over(sheets int, formula func(i int) string) string {
	parts := make([]string, sheets)
	for i := range parts {
		parts[i] = formula(i)
	}
	return strings.Join(parts, "+")
}
