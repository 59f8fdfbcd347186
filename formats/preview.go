package formats

import (
	"io"
	"slices"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A Preview is the first rows of a file as a profile reads them, for a person
// who makes a profile.
type Preview struct {
	Rows     []PreviewRow
	Unknown  []string // headings that are not read
	Unmapped []string // columns of the feed that the file does not have
	Err      *FileError
}

// A PreviewRow is one row with its fields, in the order of the feed's columns.
type PreviewRow struct {
	Row, Line, Last int64 // as in [Row]
	Fields          []PreviewField
	Errors          []RowError // of the row as a whole
}

// A PreviewField is one column of a row.
type PreviewField struct {
	Name    string
	Heading string // of the cell that it comes from; "" for a fixed value or a default
	Came    string // the cell
	Value   string // canonical: ISO dates, a decimal point
	Error   *RowError
}

// Preview reads the first rows of a file.
func (p *Profile) Preview(feed purchase.Feed, r io.Reader, rows int, o ReadOptions) Preview {
	reader := p.Read(feed, r, o)
	var v Preview
	if rows > 0 {
		for row := range reader.Rows() {
			v.Rows = append(v.Rows, reader.preview(row))
			if len(v.Rows) == rows {
				break
			}
		}
	}
	v.Err, v.Unknown = reader.Err(), reader.UnknownColumns()
	if reader.header != nil {
		v.Unmapped = reader.unmapped()
	}
	return v
}

// preview shows the row that was yielded last.
func (r *Reader) preview(row Row) PreviewRow {
	v := PreviewRow{Row: row.Row, Line: row.Line, Last: row.Last}
	ofColumn := map[string]RowError{}
	for _, e := range row.Errors {
		if r.schema.index(e.Column) < 0 {
			v.Errors = append(v.Errors, e)
			continue
		}
		ofColumn[e.Column] = e
	}
	if len(v.Errors) > 0 && v.Errors[0].Code == purchase.RowColumns {
		return v
	}
	for i := range r.schema.columns {
		f := PreviewField{Name: r.schema.columns[i].name}
		if at := r.cellOf(i); at >= 0 {
			f.Heading, f.Came = r.header.headings[at], r.shown[at]
		}
		if e, bad := ofColumn[f.Name]; bad {
			f.Error = &e
		} else {
			f.Value = r.valueOf(i)
		}
		if f.Heading != "" || f.Value != "" || f.Error != nil {
			v.Fields = append(v.Fields, f)
		}
	}
	return v
}

// cellOf is the position of the cell that a column comes from, -1 for none.
func (r *Reader) cellOf(column int) int {
	if r.header == nil { // a bank statement in XML
		return -1
	}
	for _, d := range r.header.derived {
		if d.column == column {
			return d.cell
		}
	}
	if i := slices.Index(r.header.columns, column); i >= 0 {
		return r.header.cells[i]
	}
	return -1
}

// valueOf prints a field of the row that was read last; of a bad row too.
func (r *Reader) valueOf(column int) string {
	d := canonical()
	c := r.schema.columns[column]
	c.always = false // 0 is no value
	text := d.print(&c, r.target.fields[column])
	if c.kind == yesNoCell && r.cells[column] == "" {
		return ""
	}
	return text
}

// unmapped are the columns that neither the file nor the profile gives.
func (r *Reader) unmapped() []string {
	var names []string
	for i, c := range r.schema.columns {
		if !c.inside && r.feed.fixed[i] == "" && r.cellOf(i) < 0 {
			names = append(names, c.name)
		}
	}
	return names
}
