package formats

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A bankRejects writes rejected entries of a bank statement as rows of a
// payments CSV in the dialect of the profile: an element of an XML file cannot
// be corrected and dropped in alone, a row can. The statement is read again, so
// rows must come in its order.
type bankRejects struct {
	e    *encoder
	feed *feedFormat
	s    *schema
	next func() (Row, bool)
	stop func()
	t    *target
}

// newBankRejects writes the header; nil when the original is no bank statement.
func (p *Profile) newBankRejects(w io.Writer, original io.ReaderAt) (*bankRejects, error) {
	ours, err := IsBankStatement(original)
	if err != nil {
		return nil, fmt.Errorf("begin of the original: %w", err)
	}
	if !ours {
		return nil, nil
	}
	size, err := sizeOf(original)
	if err != nil {
		return nil, fmt.Errorf("size of the original: %w", err)
	}
	r := p.Read(purchase.Payments, io.NewSectionReader(original, 0, size), ReadOptions{IgnoreTrailer: true})
	r.keep = true
	b := &bankRejects{e: newEncoder(w, &p.dialect), feed: p.feeds[purchase.Payments], s: r.schema, t: newTarget(r.schema)}
	b.e.lenient = true
	if err := b.line(func(i int) string { return b.feed.headings[i] }, codeColumn, messageColumn); err != nil {
		return nil, err
	}
	b.next, b.stop = iter.Pull(r.Rows()) // which holds a goroutine until it is stopped
	return b, nil
}

// sizeOf finds the end of a file.
func sizeOf(r io.ReaderAt) (int64, error) {
	if s, ok := r.(io.Seeker); ok {
		return s.Seek(0, io.SeekEnd)
	}
	return 0, errors.New("it cannot be seeked")
}

// line writes the cells of the columns that a file of the profile has.
func (b *bankRejects) line(cell func(i int) string, code, message string) error {
	var cells []string
	for i := range b.s.columns {
		if b.feed.headings[i] != "" {
			cells = append(cells, cell(i))
		}
	}
	return b.e.line(append(cells, code, message))
}

// write finds the row of a reject and writes it: what can be read in the
// notation of the profile, else as the bank wrote it.
func (b *bankRejects) write(reject Reject) error {
	for {
		row, ok := b.next()
		if !ok {
			return fmt.Errorf("row at byte %d of the original: %w", reject.Offset+1, io.ErrUnexpectedEOF)
		}
		if row.Offset != reject.Offset {
			continue
		}
		return b.line(func(i int) string { return b.cell(i, row.cells) }, string(reject.Code), reject.Message)
	}
}

func (b *bankRejects) cell(i int, cells []string) string {
	p, feed := bankProfile()
	column := &b.s.columns[i]
	if f := p.read(feed, column, i, cells, b.t.fields[i]); f.code != "" {
		return cells[i]
	}
	return b.e.dialect.print(column, b.t.fields[i])
}

func (b *bankRejects) flush() error { return b.e.flush() }
