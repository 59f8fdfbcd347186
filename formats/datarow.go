package formats

import (
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// dataRow makes a record or errors of one line.
func (r *Reader) dataRow(line rawLine, text string, fault splitFault) Row {
	row := r.newRow(line)
	row.Length = int64(len(line.bytes))
	if want, came := r.cutFault(fault); want != "" {
		r.trailer.unread()
		row.Errors = []RowError{r.rowError(row, purchase.RowColumns, -1, came, want)}
		return row
	}
	r.values(&row, hasControl(text))
	return row
}

// newRow counts a row that begins with a line.
func (r *Reader) newRow(line rawLine) Row {
	r.row++
	row := Row{Row: r.row, Line: line.number, Last: line.number, Offset: line.offset}
	if h := r.header; h.account >= 0 && h.account < len(r.split) {
		row.Account = account(r.split[h.account])
	}
	r.trailer.rowsAfter = r.trailer.rowsAfter || r.trailer.line > 0
	return row
}

// values makes a record, or errors, of the cells of a row.
func (r *Reader) values(row *Row, controls bool) {
	r.shown = r.split
	row.Errors = append(row.Errors, r.document(*row)...)
	r.fill(row, controls)
	if len(row.Errors) == 0 {
		row.Record = r.target.value()
	}
}

// cutFault says why a line is not the cells that the header announces.
func (r *Reader) cutFault(fault splitFault) (want, came string) {
	switch {
	case fault == openQuote:
		return wantClosedQuote, ""
	case fault == strayQuote:
		return wantQuotes, ""
	case len(r.split) != len(r.header.headings):
		return strconv.Itoa(len(r.header.headings)) + " columns", strconv.Itoa(len(r.split))
	}
	return "", ""
}

// document checks the document code of a row. An empty one says nothing, like
// a column that is absent.
func (r *Reader) document(row Row) []RowError {
	if r.header.document < 0 {
		return nil
	}
	code := strings.TrimSpace(r.split[r.header.document])
	if code == "" {
		return nil
	}
	for _, c := range r.feed.codes {
		if c == code {
			return nil
		}
	}
	e := r.rowError(row, purchase.FieldRange, -1, code, wantOneOf+strings.Join(r.feed.codes, ", "))
	e.Column, e.Heading = r.feed.document, r.feed.document
	return []RowError{e}
}

// fill reads the cells into the target and adds the faults to the row, in the
// order of the feed's columns. The cells are looked at for control characters
// only when the line has any.
func (r *Reader) fill(row *Row, controls bool) {
	for i, at := range r.header.cells {
		r.mapped[i] = r.profile.dialect.bare(r.split[at])
	}
	if err := r.mapping.cells(r.mapped, r.cells); err != nil {
		r.trailer.unread()
		row.Errors = append(row.Errors, r.rowError(*row, purchase.RowColumns, -1, err.Error(), wantQuotes))
		return
	}
	for _, d := range r.header.derived {
		r.cells[d.column] = d.value(r.profile.dialect.bare(r.split[d.cell]))
	}
	for i, cell := range r.cells {
		r.plain[i] = !controls || !hasControl(cell)
		if r.plain[i] {
			r.cells[i] = r.feed.prepare(&r.schema.columns[i], i, cell)
		}
	}
	for i, cell := range r.cells {
		f := cellFault{code: purchase.FieldFormat, want: wantPlain, unread: true}
		if r.plain[i] {
			f = r.profile.read(r.feed, &r.schema.columns[i], i, r.cells, r.target.fields[i])
		}
		if f.code != "" {
			row.Errors = append(row.Errors, r.rowError(*row, f.code, i, cell, f.want))
		}
		r.sum(i, !f.unread)
	}
	if len(row.Errors) == 0 && r.schema.after != nil {
		r.related(row)
	}
}

// related checks the rules over several columns.
func (r *Reader) related(row *Row) {
	name, want := r.schema.after(r.target.record.Addr().Interface())
	if name == "" {
		return
	}
	i := r.schema.index(name)
	row.Errors = append(row.Errors, r.rowError(*row, purchase.FieldRange, i, r.cells[i], want))
}

// sum adds the amount of the trailer's column to what was read.
func (r *Reader) sum(i int, readable bool) {
	if r.schema.columns[i].name != r.schema.sum {
		return
	}
	if !readable {
		r.trailer.unread()
		return
	}
	if a, ok := r.target.fields[i].(*money.Amount); ok {
		r.trailer.add(*a)
	}
}

// rowError makes an error of a row; column -1 is the whole row.
func (r *Reader) rowError(row Row, code purchase.Code, column int, value, want string) RowError {
	file := r.options.File
	if r.member != "" {
		file = r.member
	}
	e := RowError{File: file, Row: row.Row, Line: row.Line, Code: code, Value: shorten(value), Want: want}
	if column >= 0 {
		e.Column, e.Heading = r.schema.columns[column].name, r.feed.source(column)
	}
	return e
}

// maxShown is how many characters of a cell an error repeats.
const maxShown = 100

func shorten(s string) string {
	n := 0
	for i := range s {
		if n == maxShown {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
