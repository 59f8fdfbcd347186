// Package spool keeps files by the SHA-256 of their content: what was dropped,
// batches, and what is to be delivered. It is the archive as well: nothing is
// changed or removed here.
//
// A file is written under a temporary name, synced, and then renamed to its
// hash, so a name that exists is complete. Storing the same bytes again is
// harmless.
package spool

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// A Spool is a folder of files named by their hash, in 256 sub-folders.
type Spool struct {
	root *os.Root
	base *Spool // see [Spool.Over]
}

// Open opens the spool in a folder, creating it with mode 0700.
func Open(dir string) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the spool: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the spool: %w", err)
	}
	return &Spool{root: root}, nil
}

// Over lets a spool give what it does not have from another one, into which
// nothing is written: for a dry run, whose spool is thrown away.
func (s *Spool) Over(base *Spool) *Spool {
	s.base = base
	return s
}

// Close releases the folder.
func (s *Spool) Close() error { return s.root.Close() }

const hexDigits = "0123456789abcdef"

func name(sum string) (string, error) {
	if len(sum) != 64 || strings.Trim(sum, hexDigits) != "" {
		return "", fmt.Errorf("%q is not a SHA-256 in lower-case hex", sum)
	}
	return path.Join(sum[:2], sum), nil
}

// A Stored file is complete and on disk.
type Stored struct {
	SHA256 string // lower-case hex
	Size   int64  // bytes
}

// Path is where the file lies in the folder of the spool, such as 2c/2cf24d….
func (f Stored) Path() string {
	p, err := name(f.SHA256)
	if err != nil {
		return ""
	}
	return p
}

// Open opens a stored file.
func (s *Spool) Open(sum string) (*os.File, error) {
	p, err := name(sum)
	if err != nil {
		return nil, err
	}
	f, err := s.root.Open(p)
	if errors.Is(err, fs.ErrNotExist) && s.base != nil {
		return s.base.Open(sum)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("spool: %s is missing; restore it from a backup of the data folder: %w", sum, err)
	}
	return f, err
}

// Store copies r into the spool and returns the hash of what it read.
func (s *Spool) Store(r io.Reader) (Stored, error) {
	w, err := s.Create()
	if err != nil {
		return Stored{}, err
	}
	if _, err := io.Copy(w, r); err != nil {
		return Stored{}, errors.Join(err, w.Abort())
	}
	return w.Commit()
}

// Bytes stores a small file.
func (s *Spool) Bytes(b []byte) (Stored, error) { return s.Store(bytes.NewReader(b)) }

// A Writer is a file on its way into the spool; end it with Commit or Abort.
type Writer struct {
	spool *Spool
	file  *os.File
	temp  string
	sum   hash.Hash
	size  int64
}

// Create begins a file.
func (s *Spool) Create() (*Writer, error) {
	temp := ".new-" + randomName()
	f, err := s.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return &Writer{spool: s, file: f, temp: temp, sum: sha256.New()}, nil
}

// Write adds bytes.
func (w *Writer) Write(b []byte) (int, error) {
	n, err := w.file.Write(b)
	w.sum.Write(b[:n])
	w.size += int64(n)
	return n, err
}

// Size returns how many bytes were written so far.
func (w *Writer) Size() int64 { return w.size }

// Abort drops the file.
func (w *Writer) Abort() error {
	return errors.Join(w.file.Close(), w.spool.root.Remove(w.temp))
}

// Commit syncs the file and gives it its name. A failed sync is never retried:
// what was written may be gone, and the caller must write it anew.
func (w *Writer) Commit() (Stored, error) {
	stored := Stored{SHA256: hex.EncodeToString(w.sum.Sum(nil)), Size: w.size}
	if err := w.file.Sync(); err != nil {
		return Stored{}, errors.Join(fmt.Errorf("spool: sync: %w", err), w.Abort())
	}
	if err := w.file.Close(); err != nil {
		return Stored{}, errors.Join(fmt.Errorf("spool: close: %w", err), w.spool.root.Remove(w.temp))
	}
	return stored, w.spool.publish(w.temp, stored)
}

// publish renames a synced temporary file to its hash and syncs the folders.
func (s *Spool) publish(temp string, f Stored) error {
	p, err := name(f.SHA256)
	if err != nil {
		return err
	}
	if err := s.root.Mkdir(path.Dir(p), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("spool: %w", err)
	}
	if err := s.root.Rename(temp, p); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return errors.Join(s.syncFolder(path.Dir(p)), s.syncFolder("."))
}

func (s *Spool) syncFolder(p string) error {
	d, err := s.root.Open(p)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// Clean removes what interrupted writers left behind. Only the process that
// holds the lock of the data folder may call it.
func (s *Spool) Clean() error {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	var errs []error
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".new-") {
			errs = append(errs, s.root.Remove(e.Name()))
		}
	}
	return errors.Join(errs...)
}
