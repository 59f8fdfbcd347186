package formats

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Kind of column in a table that leaves.
type Kind int

// The kinds.
const (
	Text   Kind = iota // free text
	ID                 // a number of a document, a code: text that is kept as it is
	Amount             // money.Amount
	Date               // schedules.Date
	Int                // int or int64
)

// A Column of a table that leaves.
type Column struct {
	Name   string // canonical
	German string // heading of the German style; empty: Name
	Kind   Kind
	Values []string // the only words that a cell can hold; nil: any
}

// A Table writes a report.
type Table struct {
	e       *encoder
	dialect dialect
	columns []Column
	cells   []string
	guard   bool                // formulas are neutralised
	order   []int               // which columns are written, and in which order; nil: all
	words   []map[string]string // by column: what is written for a word; nil: the word

	headless bool // no header line
	err      error
}

// NewTable starts a table for machines: the dialect of the profile, canonical
// English names, no cell ever altered against formulas. A character that the
// charset lacks becomes a question mark.
func (p *Profile) NewTable(w io.Writer, columns []Column) *Table {
	t := &Table{dialect: p.dialect, columns: columns}
	headings := make([]string, len(columns))
	for i, c := range columns {
		headings[i] = c.Name
	}
	return t.start(w, headings)
}

func (t *Table) start(w io.Writer, headings []string) *Table {
	t.e = newEncoder(w, &t.dialect)
	t.e.lenient = true
	t.cells = make([]string, len(headings))
	if t.err == nil && !t.headless {
		t.err = t.e.line(headings)
	}
	return t
}

// A Style is how a table for accountants looks.
type Style string

// The styles.
const (
	ExcelDE Style = "excel-de" // UTF-8 with BOM, ";", CRLF, decimal comma, DD.MM.YYYY, German headings
	ExcelEN Style = "excel-en" // UTF-8 with BOM, ",", CRLF, decimal point, YYYY-MM-DD, canonical names
	RFC4180 Style = "rfc4180"  // UTF-8, ",", CRLF, decimal point, YYYY-MM-DD, canonical names
)

// NewTable starts a table for accountants; text cells that a spreadsheet would
// take for a formula get one leading apostrophe. An unknown style is ExcelDE,
// the default of the configuration.
func (s Style) NewTable(w io.Writer, columns []Column) *Table {
	t := &Table{dialect: canonical(), columns: columns, guard: true}
	t.dialect.crlf, t.dialect.delimiter = true, ','
	german := s != ExcelEN && s != RFC4180
	if german {
		t.dialect.delimiter, t.dialect.decimal, t.dialect.date = ';', ',', germanDates()
	}
	headings := make([]string, len(columns))
	for i, c := range columns {
		headings[i] = c.Name
		if german && c.German != "" {
			headings[i] = c.German
		}
	}
	if s != RFC4180 {
		_, t.err = io.WriteString(w, markUTF8)
	}
	return t.start(w, headings)
}

// Row adds a row: string, money.Amount, schedules.Date, int or int64 by
// column; nil and the zero Date are empty cells.
func (t *Table) Row(values ...any) error {
	if t.err != nil {
		return t.err
	}
	if len(values) != len(t.columns) {
		return fmt.Errorf("a row of %d values in a table of %d columns", len(values), len(t.columns))
	}
	if t.order != nil {
		return t.chosen(values)
	}
	for i, v := range values {
		cell, err := t.cell(v)
		if err != nil {
			return fmt.Errorf("column %s: %w", t.columns[i].Name, err)
		}
		t.cells[i] = cell
	}
	return t.e.line(t.cells)
}

// chosen writes the columns that a profile wants, in its words.
func (t *Table) chosen(values []any) error {
	for i, c := range t.order {
		cell, err := t.cell(values[c])
		if err != nil {
			return fmt.Errorf("column %s: %w", t.columns[c].Name, err)
		}
		if word, mapped := t.words[c][cell]; mapped {
			cell = t.text(word)
		}
		t.cells[i] = cell
	}
	return t.e.line(t.cells)
}

func (t *Table) cell(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return t.text(v), nil
	case money.Amount:
		return v.Format(t.dialect.decimal), nil
	case schedules.Date:
		return t.dialect.formatDate(v), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	}
	return "", fmt.Errorf("a cell cannot hold %T", v)
}

// text guards against formulas. Removing one leading apostrophe gives the
// original back, except where the original began with an apostrophe itself.
func (t *Table) text(s string) string {
	if t.guard && s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 {
		return "'" + s
	}
	if t.dialect.quote == 0 {
		return strings.Map(func(r rune) rune {
			if r == rune(t.dialect.delimiter) || r == '\n' || r == '\r' {
				return ' '
			}
			return r
		}, s)
	}
	return s
}

// Flush writes what is buffered and returns the first error.
func (t *Table) Flush() error {
	if t.err != nil {
		return t.err
	}
	return t.e.flush()
}
