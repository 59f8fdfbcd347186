package formats

import (
	"io"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A Writer writes records in a profile's dialect.
type Writer struct{}

// NewWriter writes the header at once. Without columns (canonical names) it
// writes all columns of the feed.
func (p *Profile) NewWriter(w io.Writer, feed purchase.Feed, columns ...string) *Writer {
	return &Writer{}
}

// Write adds one row.
func (w *Writer) Write(r purchase.Record) error { return errStub }

// Trailer adds the trailer over the rows written so far.
func (w *Writer) Trailer() error { return errStub }

// Flush writes what is buffered and returns the first error.
func (w *Writer) Flush() error { return errStub }
