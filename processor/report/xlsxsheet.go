package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/kontor-exchange/kontor/formats"
)

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
