package intake

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/purchase"
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

// An Inside is what a file that came in holds, as the places of its rows count
// it: of one that came packed or encrypted what is inside. Close it.
type Inside struct {
	*formats.Content
	file *os.File
}

// Close lets go of the file in the archive.
func (i *Inside) Close() error { return i.file.Close() }

// Inside opens a file that came in to an owner under a name.
func (in *Intake) Inside(owner, name, sha256 string, feed purchase.Feed) (*Inside, error) {
	f, err := in.spool.Open(sha256)
	if err != nil {
		return nil, err
	}
	content, err := formats.OpenContent(feed, f, in.options(file{owner: owner, name: name}))
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Inside{content, f}, nil
}

// options say how a file is read.
func (in *Intake) options(f file) formats.ReadOptions {
	return formats.ReadOptions{File: f.name, Keys: in.keys[f.owner]}
}

// closed reports whether an error says that a file cannot be opened: damaged, or
// its key is no longer there.
func closed(err error) bool {
	var c *container.Error
	var f formats.FileError
	return errors.As(err, &c) || errors.As(err, &f)
}
