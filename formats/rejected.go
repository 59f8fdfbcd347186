package formats

import (
	"io"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A RejectedWriter writes the rejected rows of a file, to be corrected and
// dropped in again: header and rows byte for byte as they came, with the
// columns kontor_code and kontor_message added at the end.
type RejectedWriter struct{}

// A Reject is one rejected row, by its span in the original file.
type Reject struct {
	Offset, Length int64 // as in [Row]
	Code           purchase.Code
	Message        string
}

// NewRejectedWriter copies the header of the original.
func (p *Profile) NewRejectedWriter(w io.Writer, original io.ReaderAt) (*RejectedWriter, error) {
	return nil, errStub
}

// Write adds one row.
func (w *RejectedWriter) Write(r Reject) error { return errStub }

// Flush writes what is buffered and returns the first error.
func (w *RejectedWriter) Flush() error { return errStub }
