package intake

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrUnreadable says that the archive does not give back the bytes of a
// registered file. The file stays unread, and is read when they are there again.
var ErrUnreadable = errors.New("the file cannot be read from the archive")

// An archived file is read from the spool. It remembers that a read failed, for
// which the file must not be blamed.
type archived struct {
	file   file
	bytes  *os.File
	broken error // wraps ErrUnreadable
}

func (in *Intake) archived(f file) (*archived, error) {
	a := &archived{file: f}
	var err error
	a.bytes, err = in.spool.Open(f.sha256)
	return a, a.noted(err)
}

func (a *archived) noted(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	a.broken = fmt.Errorf("file %d (%s): %w: %w", a.file.number, a.file.name, ErrUnreadable, err)
	return a.broken
}

func (a *archived) Read(b []byte) (int, error) {
	n, err := a.bytes.Read(b)
	return n, a.noted(err)
}

func (a *archived) ReadAt(b []byte, offset int64) (int, error) {
	n, err := a.bytes.ReadAt(b, offset)
	return n, a.noted(err)
}

func (a *archived) Seek(offset int64, whence int) (int64, error) {
	at, err := a.bytes.Seek(offset, whence)
	return at, a.noted(err)
}

func (a *archived) Close() error { return a.bytes.Close() }
