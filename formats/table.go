package formats

import "io"

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
	German string // heading of the German styles
	Kind   Kind
}

// A Table writes a report.
type Table struct{}

// NewTable starts a table for machines: the dialect of the profile, canonical
// English names, no cell ever altered against formulas.
func (p *Profile) NewTable(w io.Writer, columns []Column) *Table { return &Table{} }

// A Style is how a table for accountants looks.
type Style string

// The styles.
const (
	ExcelDE Style = "excel-de" // UTF-8 with BOM, ";", CRLF, decimal comma, DD.MM.YYYY, German headings
	ExcelEN Style = "excel-en" // UTF-8 with BOM, ",", CRLF, decimal point, YYYY-MM-DD, canonical names
	RFC4180 Style = "rfc4180"  // UTF-8, ",", CRLF, decimal point, YYYY-MM-DD, canonical names
)

// NewTable starts a table for accountants; text cells that a spreadsheet would
// take for a formula get one leading apostrophe.
func (s Style) NewTable(w io.Writer, columns []Column) *Table { return &Table{} }

// Row adds a row: string, money.Amount, schedules.Date, int or int64 by
// column; nil and the zero Date are empty cells.
func (t *Table) Row(values ...any) error { return errStub }

// Flush writes what is buffered and returns the first error.
func (t *Table) Flush() error { return errStub }
