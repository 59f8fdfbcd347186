package formats

import (
	"io"
	"iter"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// ReadOptions says how to read one file.
type ReadOptions struct {
	File          string // name for messages
	MaxSize       int64  // bytes; 0 means no limit
	IgnoreTrailer bool   // an operator released the file
}

// A Reader streams one file.
type Reader struct {
	err *FileError
}

// Read starts to read a file of a feed.
func (p *Profile) Read(feed purchase.Feed, r io.Reader, o ReadOptions) *Reader { return &Reader{} }

// Rows yields every data row, good and bad, in order. It stops at what makes
// the whole file doubtful; see [Reader.Err]. It can be ranged over once.
func (r *Reader) Rows() iter.Seq[Row] { return func(yield func(Row) bool) {} }

// Err returns nil, or why the file is refused or held; ask after Rows ended.
func (r *Reader) Err() *FileError { return r.err }

// UnknownColumns lists the headings that the profile does not know, in order.
func (r *Reader) UnknownColumns() []string { return nil }
