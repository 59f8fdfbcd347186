package remote

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
)

func (d *localFolder) Put(ctx context.Context, folder, name string, size int64, content io.Reader) error {
	if err := errors.Join(ctx.Err(), checkPath(folder, name)); err != nil {
		return err
	}
	content = &contextReader{ctx: ctx, r: content}
	return d.in("put", path.Join(folder, name), func(root *os.Root) error {
		if err := makeFolders(root, folder); err != nil {
			return err
		}
		sub, err := root.OpenRoot(inBase(folder))
		if err != nil {
			return err
		}
		return errors.Join(d.putIn(sub, name, size, content), sub.Close())
	})
}

// makeFolders makes each missing element and forces its name to the disk.
func makeFolders(root *os.Root, folder string) error {
	if _, err := root.Stat(inBase(folder)); err == nil {
		return nil
	}
	if err := root.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for above := path.Dir(folder); ; above = path.Dir(above) {
		if err := syncFolder(root, above); err != nil || above == "." {
			return err
		}
	}
}

// putIn writes, checks and publishes inside the folder.
func (d *localFolder) putIn(folder *os.Root, name string, size int64, content io.Reader) error {
	if _, err := folder.Lstat(name); err == nil {
		sum, err := digest(io.Discard, content, size)
		if err != nil {
			return err
		}
		return sameOrExists(folder, name, size, sum)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temporary, err := temporaryName(d.config.Rand)
	if err != nil {
		return err
	}
	sum, err := writeSynced(folder, temporary, size, content)
	if err == nil {
		err = publish(folder, temporary, name)
	}
	if errors.Is(err, fs.ErrExist) { // somebody was faster
		err = sameOrExists(folder, name, size, sum)
	}
	return errors.Join(err, removeIfThere(folder, temporary), syncFolder(folder, "."))
}

// writeSynced writes the content to a new file and forces it to the disk.
func writeSynced(folder *os.Root, temporary string, size int64, content io.Reader) ([]byte, error) {
	f, err := folder.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	sum, err := digest(f, content, size)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = checkSize(f.Stat, size)
	}
	return sum, errors.Join(err, f.Close())
}

// publish gives the file its final name and never replaces another: a hard link
// fails when the name is taken. A file system without links gets the rename
// after a look.
func publish(folder *os.Root, temporary, name string) error {
	err := folder.Link(temporary, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if !errors.Is(err, syscall.EPERM) && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EMLINK) {
		return err
	}
	if _, err := folder.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fs.ErrExist)
	}
	return folder.Rename(temporary, name)
}

// sameOrExists is nil when the file under the name has the given bytes.
func sameOrExists(folder *os.Root, name string, size int64, sum []byte) error {
	f, err := openRegular(folder, name)
	if err != nil {
		return errors.Join(ErrExists, err)
	}
	defer f.Close()
	if err := checkSize(f.Stat, size); err != nil {
		return fmt.Errorf("%w: %w", ErrExists, err)
	}
	return compare(f, size, sum)
}

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

func removeIfThere(folder *os.Root, name string) error {
	if err := folder.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncFolder forces the names of a folder to the disk.
func syncFolder(root *os.Root, folder string) error {
	dir, err := root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
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
