package formats

import (
	"fmt"
	"io"
	"reflect"
	"strconv"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// DocumentColumn stands for the column of the document code (Belegart) in a
// list of columns.
const DocumentColumn = "-"

// A Writer writes records in a profile's dialect, so that the profile reads
// them back as they were.
type Writer struct {
	e       *encoder
	feed    *feedFormat
	schema  *schema
	columns []int // of the schema, -1 for the document code
	cells   []string
	trailer trailer
	rows    int64
	err     error
}

// NewWriter writes the header at once. Without columns (canonical names, or
// [DocumentColumn]) it writes all columns that the profile has for the feed, but
// the debtor account and the consent to mail, which few exports have. An unknown
// column is an error of each further call.
func (p *Profile) NewWriter(w io.Writer, feed purchase.Feed, columns ...string) *Writer {
	s := schemaOf(feed)
	writer := &Writer{e: newEncoder(w, &p.dialect), schema: s}
	if s == nil || p.feeds[feed] == nil {
		writer.err = fmt.Errorf("profile %s: no feed %s", p.Name, feed)
		return writer
	}
	writer.feed = p.feeds[feed]
	if len(columns) == 0 {
		columns = writer.feed.columns(s, false)
	}
	var headings []string
	for _, name := range columns {
		i := s.index(name)
		heading := writer.feed.document
		if i >= 0 {
			heading = writer.feed.headings[i]
		}
		if i < 0 && name != DocumentColumn || heading == "" {
			writer.err = fmt.Errorf("profile %s: feed %s has no column %s", p.Name, feed, name)
			return writer
		}
		writer.columns, headings = append(writer.columns, i), append(headings, heading)
	}
	writer.cells = make([]string, len(headings))
	writer.err = writer.e.line(headings)
	return writer
}

// columns are all columns of a feed that a file has; later ones only when asked
// for.
func (f *feedFormat) columns(s *schema, later bool) []string {
	var names []string
	if f.document != "" {
		names = append(names, DocumentColumn)
	}
	for i, c := range s.columns {
		if f.headings[i] != "" && (later || !c.later) {
			names = append(names, c.name)
		}
	}
	return names
}

// Write adds one row.
func (w *Writer) Write(r purchase.Record) error {
	if w.err != nil {
		return w.err
	}
	v, err := addressable(w.schema, r)
	if err != nil {
		return err
	}
	for i, c := range w.columns {
		w.cells[i] = w.cell(c, v)
		if err := oneLineText(w.cells[i]); err != nil {
			return err
		}
	}
	if err := w.e.line(w.cells); err != nil {
		return err
	}
	w.rows++
	if i := w.schema.index(w.schema.sum); i >= 0 {
		if a, ok := v.Field(i).Interface().(money.Amount); ok {
			w.trailer.add(a)
		}
	}
	return nil
}

func (w *Writer) cell(c int, record reflect.Value) string {
	if c < 0 {
		return w.feed.codes[0]
	}
	text := w.e.dialect.print(&w.schema.columns[c], record.Field(c).Addr().Interface())
	if text == "" {
		return ""
	}
	return w.feed.word(c, text)
}

// addressable copies a record into memory whose fields have addresses.
func addressable(s *schema, r purchase.Record) (reflect.Value, error) {
	v := reflect.Indirect(reflect.ValueOf(r))
	if !v.IsValid() || v.Type() != s.record {
		return v, fmt.Errorf("a file of feed %s cannot hold %T", s.feed, r)
	}
	copied := reflect.New(s.record).Elem()
	copied.Set(v)
	return copied, nil
}

// Trailer adds the trailer over the rows written so far.
func (w *Writer) Trailer() error {
	if w.err != nil {
		return w.err
	}
	sum := w.trailer.total.Format(w.e.dialect.decimal)
	return w.e.line([]string{trailerMark, strconv.FormatInt(w.rows, 10), sum})
}

// Flush writes what is buffered and returns the first error.
func (w *Writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	return w.e.flush()
}
