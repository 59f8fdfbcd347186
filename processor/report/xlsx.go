package report

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// XLSX is the ending of workbooks, see [PayoutName].
const XLSX = ".xlsx"

// sheetRows is how many rows a sheet can have in Excel.
const sheetRows = 1_048_576

// PayoutXLSX writes a payout as a workbook: the table of [Renderer.PayoutCSV]
// with typed cells (dates, numbers with two decimals, numbers of documents as
// text), filters and a frozen heading; and a sheet of totals, whose formulas a
// spreadsheet computes anew from the table and whose checks are zero. What does
// not fit into one sheet goes on in further ones.
//
// The same payout is the same bytes. The lines are read once and are never all
// in memory: more than 16 MiB of a sheet wait in a temporary file. A payout
// whose numbers do not agree is an error, and nothing is written then.
func (r Renderer) PayoutXLSX(ctx context.Context, w io.Writer, p purchase.Payout) error {
	return r.payoutXLSX(ctx, w, p, sheetRows)
}

func (r Renderer) payoutXLSX(ctx context.Context, w io.Writer, p purchase.Payout, rows int) (err error) {
	b := &workbook{Renderer: r, file: excelize.NewFile(), payout: p, columns: formats.PayoutsReport.Columns(), most: rows}
	defer func() {
		if closed := b.file.Close(); err == nil {
			err = closed
		}
	}()
	for _, step := range []func() error{b.styles, b.properties, func() error { return b.lines(ctx) }, b.totals} {
		if err := step(); err != nil {
			return fmt.Errorf("payout %s: workbook: %w", p.ID, err)
		}
	}
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return newArchive(w, p.Cutoff) })
	_, err = b.file.WriteTo(io.Discard) // the archive writes to w itself
	return err
}

// A workbook is one that is being written.
type workbook struct {
	Renderer
	file    *excelize.File
	payout  purchase.Payout
	columns []formats.Column
	most    int // rows of a sheet
	stream  *excelize.StreamWriter
	row     int         // of the sheet, the last one written
	sheets  []lineSheet // with lines
	style   struct{ heading, headingRight, text, amount, date, number, strong int }
}

// A lineSheet is a sheet with lines, from row 2 to the last one.
type lineSheet struct {
	name string
	last int
}

func (b *workbook) styles() error {
	amount, date := "#,##0.00;[Red]-#,##0.00", b.word("dd.mm.yyyy", "yyyy-mm-dd")
	const text, whole = 49, 1 // built-in formats "@" and "0"
	indented, rightwards := &excelize.Alignment{Horizontal: "left", Indent: 1}, &excelize.Alignment{Horizontal: "right"}
	white := &excelize.Font{Family: "Calibri", Size: 11, Bold: true, Color: "FFFFFF"}
	fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"305070"}}
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.style.heading, excelize.Style{Font: white, Fill: fill, Alignment: indented}},
		{&b.style.headingRight, excelize.Style{Font: white, Fill: fill, Alignment: rightwards}},
		{&b.style.text, excelize.Style{NumFmt: text, Alignment: indented}},
		{&b.style.amount, excelize.Style{CustomNumFmt: &amount}},
		{&b.style.date, excelize.Style{CustomNumFmt: &date, Alignment: indented}},
		{&b.style.number, excelize.Style{NumFmt: whole}},
		{&b.style.strong, excelize.Style{Font: &excelize.Font{Family: "Calibri", Size: 11, Bold: true}, Alignment: indented}},
	} {
		id, err := b.file.NewStyle(&s.style)
		if err != nil {
			return err
		}
		*s.id = id
	}
	return nil
}

func (b *workbook) properties() error {
	created := b.payout.Cutoff.UTC().Format(time.RFC3339)
	recalculate := true
	if err := b.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &recalculate}); err != nil {
		return err
	}
	if err := b.file.SetAppProps(&excelize.AppProperties{Application: "kontor", Company: b.Name}); err != nil {
		return err
	}
	return b.file.SetDocProps(&excelize.DocProperties{
		Title: b.word("Auszahlung ", "Payout ") + b.payout.ID, Subject: b.payout.PeriodFrom.String() + "/" + b.payout.PeriodTo.String(),
		Creator: "kontor", LastModifiedBy: "kontor", Created: created, Modified: created, Identifier: b.payout.LedgerHead,
		Language: b.word("de-DE", "en-GB"),
	})
}
