package formats

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A RejectedWriter writes the rejected rows of a file, to be corrected and
// dropped in again: header and rows byte for byte as they came, with the
// columns kontor_code and kontor_message added at the end, in the delimiter,
// charset and line end of the file; where several lines are one row, at the end
// of the last one. Of a bank statement in XML the rows are
// written as a payments CSV of the profile; its rejects must come in order, and
// the original must be an [io.Seeker] too. Close it.
type RejectedWriter struct {
	w        *bufio.Writer
	e        *encoder // of the added columns
	original io.ReaderAt
	lineEnd  []byte
	bank     *bankRejects // of a bank statement, which has no rows to copy
	err      error
}

// A Reject is one rejected row, by its span in the original file.
type Reject struct {
	Offset, Length int64 // as in [Row]
	Code           purchase.Code
	Message        string
}

// NewRejectedWriter copies the header of the original.
func (p *Profile) NewRejectedWriter(w io.Writer, original io.ReaderAt) (*RejectedWriter, error) {
	bank, err := p.newBankRejects(w, original)
	if err != nil {
		return nil, err
	}
	if bank != nil {
		return &RejectedWriter{bank: bank}, nil
	}
	c := p.dialect.charset
	l := newLines(io.NewSectionReader(original, 0, 2*maxLine))
	l.width, l.big = c.unit(), c.wide == binary.BigEndian
	if c.mark && string(l.peek(len(markBE))) == markBE {
		l.big = true
		c.wide = binary.BigEndian
	}
	header, err := l.next()
	if err != nil {
		return nil, fmt.Errorf("header of the original: %w", err)
	}
	d := p.dialect
	d.charset = c
	r := &RejectedWriter{w: bufio.NewWriter(w), original: original}
	r.e = &encoder{dialect: &d, lenient: true}
	n := int64(len(header.bytes))
	r.lineEnd = make([]byte, l.offset-n)
	if _, err := original.ReadAt(r.lineEnd, n); err != nil && err != io.EOF {
		return nil, fmt.Errorf("header of the original: %w", err)
	}
	r.put(header.bytes)
	r.added(codeColumn, messageColumn)
	return r, r.err
}

// Write adds one row.
func (r *RejectedWriter) Write(reject Reject) error {
	if r.err != nil {
		return r.err
	}
	if r.bank != nil {
		r.err = r.bank.write(reject)
		return r.err
	}
	row := io.NewSectionReader(r.original, reject.Offset, reject.Length)
	n, err := io.Copy(r.w, row)
	if err == nil && n != reject.Length {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		r.err = fmt.Errorf("row at byte %d of the original: %w", reject.Offset+1, err)
		return r.err
	}
	r.added(string(reject.Code), reject.Message)
	return r.err
}

// added writes our two cells and the line end.
func (r *RejectedWriter) added(cells ...string) {
	r.e.text = r.e.text[:0]
	for _, c := range cells {
		r.e.text = append(r.e.text, r.e.dialect.delimiter)
		if r.e.dialect.quote == 0 {
			c = (&Table{dialect: *r.e.dialect}).text(c)
		}
		if err := r.e.cell(c); err != nil && r.err == nil {
			r.err = err
		}
	}
	bytes, err := r.e.dialect.charset.append(nil, string(r.e.text))
	if err != nil && err != errCharset && r.err == nil {
		r.err = err
	}
	r.put(bytes)
	r.put(r.lineEnd)
}

func (r *RejectedWriter) put(b []byte) {
	if r.err == nil {
		_, r.err = r.w.Write(b)
	}
}

// Close lets go of the original; it writes nothing, and may be called again.
func (r *RejectedWriter) Close() {
	if r.bank != nil {
		r.bank.stop()
	}
}

// Flush writes what is buffered and returns the first error.
func (r *RejectedWriter) Flush() error {
	switch {
	case r.bank != nil:
		r.err = errors.Join(r.err, r.bank.flush())
	case r.err == nil:
		r.err = r.w.Flush()
	}
	return r.err
}
