package formats

import (
	"fmt"
	"io"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// sourceColumns follow the columns of the feed in a batch.
var sourceColumns = []string{"source_sha256", "source_name", "source_row"}

// A BatchRecord is one line of a file inside a batch.
type BatchRecord struct {
	Record purchase.Record
	Source purchase.Source
}

// A BatchWriter writes a file of a batch: profile kontor, all columns, then
// source_sha256;source_name;source_row.
type BatchWriter struct {
	e       *encoder
	schema  *schema
	target  *target
	cells   []string
	err     error
	dialect dialect
}

// NewBatchWriter writes the header at once; feed may be [purchase.Commands].
func NewBatchWriter(w io.Writer, feed purchase.Feed) *BatchWriter {
	b := &BatchWriter{schema: schemaOf(feed), dialect: canonical()}
	b.e = newEncoder(w, &b.dialect)
	if b.schema == nil {
		b.err = fmt.Errorf("a batch has no feed %s", feed)
		return b
	}
	b.target = newTarget(b.schema)
	b.cells = make([]string, len(b.schema.columns)+len(sourceColumns))
	b.err = b.e.line(append(b.schema.names(), sourceColumns...))
	return b
}

// Write adds one record of the feed.
func (b *BatchWriter) Write(r purchase.Record, s purchase.Source) error {
	if b.err != nil {
		return b.err
	}
	v := reflect.Indirect(reflect.ValueOf(r))
	if !v.IsValid() || v.Type() != b.schema.record {
		return fmt.Errorf("a file of feed %s cannot hold %T", b.schema.feed, r)
	}
	b.target.record.Set(v)
	n := len(b.schema.columns)
	for i := range n {
		b.cells[i] = b.dialect.print(&b.schema.columns[i], b.target.fields[i])
	}
	b.cells[n], b.cells[n+1], b.cells[n+2] = s.SHA256, s.Name, strconv.FormatInt(s.Row, 10)
	for _, c := range b.cells {
		if err := oneLineText(c); err != nil {
			return err
		}
	}
	return b.e.line(b.cells)
}

// Flush writes what is buffered and returns the first error.
func (b *BatchWriter) Flush() error {
	if b.err != nil {
		return b.err
	}
	return b.e.flush()
}

// ReadBatch is the exact inverse of [BatchWriter]. It stops at the first
// error: a batch is taken whole or not at all.
func ReadBatch(r io.Reader, feed purchase.Feed) iter.Seq2[BatchRecord, error] {
	return func(yield func(BatchRecord, error) bool) {
		b := &batchReader{lines: newLines(r), schema: schemaOf(feed), dialect: canonical()}
		if err := b.header(feed); err != nil {
			yield(BatchRecord{}, err)
			return
		}
		b.target = newTarget(b.schema)
		for {
			record, err := b.next()
			if err == io.EOF {
				return
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// A batchReader goes by hand over the same table as the reader of foreign
// files: a million records a run have no need of gocsv's mapping by name,
// because columns and order are our own.
type batchReader struct {
	lines   *lines
	schema  *schema
	dialect dialect
	target  *target
	cells   []string
	columns int // of the schema, that the file has
}

func (b *batchReader) header(feed purchase.Feed) error {
	if b.schema == nil {
		return fmt.Errorf("a batch has no feed %s", feed)
	}
	cells, line, err := b.line()
	if err == io.EOF {
		return fmt.Errorf("%s.csv: empty, want a header", feed)
	}
	if err != nil {
		return err
	}
	b.columns = len(cells) - len(sourceColumns)
	if want := append(b.schema.names(), sourceColumns...); !slices.Equal(cells, want) && !b.older(cells) {
		return fmt.Errorf("%s.csv:%d: header is %s, want %s", feed, line, shorten(strings.Join(cells, ";")), strings.Join(want, ";"))
	}
	return nil
}

// older reports whether a header is that of a version that did not know the
// last columns yet: a batch is taken as it was made, also after an upgrade.
func (b *batchReader) older(cells []string) bool {
	all := b.schema.columns
	if b.columns < 1 || b.columns > len(all) || slices.ContainsFunc(all[b.columns:], func(c column) bool { return !c.later }) {
		return false
	}
	return slices.Equal(cells, append(b.schema.names()[:b.columns], sourceColumns...))
}

// line returns the cells of the next line.
func (b *batchReader) line() ([]string, int64, error) {
	line, err := b.lines.next()
	if err != nil {
		return nil, line.number, err
	}
	text, bad := b.dialect.charset.decode(line.bytes)
	cells, fault := b.dialect.split(text, b.cells)
	b.cells = cells
	if !line.ended || bad >= 0 || fault != whole {
		return nil, line.number, fmt.Errorf("%s.csv:%d: not a whole line of a batch", b.schema.feed, line.number)
	}
	return cells, line.number, nil
}

func (b *batchReader) next() (BatchRecord, error) {
	cells, line, err := b.line()
	if err != nil {
		return BatchRecord{}, err
	}
	n := b.columns
	if len(cells) != n+len(sourceColumns) {
		return BatchRecord{}, fmt.Errorf("%s.csv:%d: %d columns, want %d", b.schema.feed, line, len(cells), n+len(sourceColumns))
	}
	for i := range n {
		if !b.set(cells[i], b.target.fields[i]) {
			return BatchRecord{}, fmt.Errorf("%s.csv:%d: column %s: %q cannot be read", b.schema.feed, line, b.schema.columns[i].name, shorten(cells[i]))
		}
	}
	row, err := strconv.ParseInt(cells[n+2], 10, 64)
	if err != nil {
		return BatchRecord{}, fmt.Errorf("%s.csv:%d: column source_row: %w", b.schema.feed, line, err)
	}
	return BatchRecord{Record: b.target.value(), Source: purchase.Source{SHA256: cells[n], Name: cells[n+1], Row: row}}, nil
}

// set reads a cell that [BatchWriter] wrote.
func (b *batchReader) set(cell string, field any) bool {
	if cell == "" {
		clearField(field)
		return true
	}
	fault := fine
	switch field := field.(type) {
	case *money.Amount:
		*field, fault = b.dialect.parseAmount(cell)
	case *schedules.Date:
		*field, fault = b.dialect.parseDate(cell)
	case *purchase.Days:
		return field.UnmarshalText([]byte(cell)) == nil
	case *bool:
		*field = cell == yes
		return *field || cell == no
	case *string:
		*field = cell
	}
	return fault == fine
}
