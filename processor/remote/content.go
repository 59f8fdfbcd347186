package remote

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"io/fs"
)

// compare is ErrExists unless the reader gives exactly the bytes of the digest.
func compare(r io.Reader, size int64, sum []byte) error {
	there := sha256.New()
	n, err := io.Copy(there, io.LimitReader(r, size+1))
	if err != nil {
		return err
	}
	if n != size || !equalSum(there, sum) {
		return ErrExists
	}
	return nil
}

// readsAs compares a small content.
func readsAs(r io.Reader, want string) error {
	got, err := io.ReadAll(io.LimitReader(r, int64(len(want))+1))
	if err == nil && string(got) != want {
		err = fmt.Errorf("it gives %q; want %q, which was written", got, want)
	}
	return err
}

func equalSum(h hash.Hash, sum []byte) bool { return string(h.Sum(nil)) == string(sum) }

// digest copies exactly size bytes and returns their SHA-256.
func digest(w io.Writer, content io.Reader, size int64) ([]byte, error) {
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, h), io.LimitReader(content, size+1))
	if err != nil {
		return nil, err
	}
	if n != size {
		return nil, wrongLength(n, size)
	}
	return h.Sum(nil), nil
}

func wrongLength(got, size int64) error {
	if got > size {
		return fmt.Errorf("the content is longer than the %d bytes that were announced", size)
	}
	return fmt.Errorf("the content ended after %d of %d bytes", got, size)
}

func checkSize(stat func() (fs.FileInfo, error), size int64) error {
	info, err := stat()
	if err != nil {
		return err
	}
	if info.Size() != size {
		return fmt.Errorf("the file has %d bytes; want %d", info.Size(), size)
	}
	return nil
}

// A contextReader stops when its context is done.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

// A cappedReader reads at most left bytes of a file and fails after them.
type cappedReader struct {
	ctx  context.Context
	file io.ReadCloser
	left int64
}

func (c *cappedReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.file.Read(b)
	if c.left -= int64(n); c.left < 0 {
		return 0, fmt.Errorf("%w: the file is longer than max_file", ErrLimit)
	}
	return n, err
}

func (c *cappedReader) Close() error { return c.file.Close() }
