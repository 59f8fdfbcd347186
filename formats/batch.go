package formats

import (
	"io"
	"iter"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A BatchRecord is one line of a file inside a batch.
type BatchRecord struct {
	Record purchase.Record
	Source purchase.Source
}

// A BatchWriter writes a file of a batch: profile kontor, all columns, then
// source_sha256;source_name;source_row.
type BatchWriter struct{}

// NewBatchWriter writes the header at once; feed may be [purchase.Commands].
func NewBatchWriter(w io.Writer, feed purchase.Feed) *BatchWriter { return &BatchWriter{} }

// Write adds one record of the feed.
func (w *BatchWriter) Write(r purchase.Record, s purchase.Source) error { return errStub }

// Flush writes what is buffered and returns the first error.
func (w *BatchWriter) Flush() error { return errStub }

// ReadBatch is the exact inverse of [BatchWriter]; it stops at the first error.
func ReadBatch(r io.Reader, feed purchase.Feed) iter.Seq2[BatchRecord, error] {
	return func(yield func(BatchRecord, error) bool) { yield(BatchRecord{}, errStub) }
}
