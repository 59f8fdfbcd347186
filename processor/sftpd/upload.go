package sftpd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"

	"github.com/pkg/sftp"
)

// An upload is a file that a client is writing. It grows in the hidden folder
// and gets its name at a clean close.
type upload struct {
	session *session
	file    *os.File
	hidden  string // where it grows
	target  string // path that it will have
	name    string
	seed    int64 // bytes taken over from the file that it continues

	mu      sync.Mutex
	broken  error // why it will not be published
	written int64
	closed  bool
}

// Filewrite starts an upload into in.
func (s *session) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	var up *upload
	err := s.guarded("open", func() error {
		at, err := locate(r.Filepath)
		if err != nil {
			return err
		}
		if !at.writable() {
			return refusal("files are taken in the folder in only")
		}
		if err := s.take(); err != nil {
			return err
		}
		if up, err = s.start(at, r.Pflags()); err != nil {
			s.give()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return up, nil
}

// start opens the hidden file as the flags of the client want it.
func (s *session) start(at place, flags sftp.FileOpenFlags) (*upload, error) {
	info, err := s.home.lstat(at.file)
	there := err == nil
	switch {
	case s.home.hides(at.file):
		return nil, errDenied
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case !there && !flags.Creat:
		return nil, fs.ErrNotExist
	case there && info.IsDir():
		return nil, refusal("this is a folder")
	case there && flags.Creat && flags.Excl:
		return nil, refusal("a file with this name is there already")
	case there && flags.Append && !flags.Trunc:
		return nil, refusal("appending is not offered; upload the whole file")
	}
	hidden := path.Join(uploads, randomName())
	f, err := s.home.root.OpenFile(hidden, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	up := &upload{session: s, file: f, hidden: hidden, target: at.file, name: at.name}
	if there && !flags.Trunc {
		if err := up.continueFrom(at.file); err != nil {
			return nil, errors.Join(err, f.Close(), s.home.root.Remove(hidden))
		}
	}
	s.mu.Lock()
	s.uploads[at.file] = up
	s.mu.Unlock()
	return up, nil
}

// continueFrom copies the file that is there: a client that opens without
// truncating resumes an upload that was cut off.
func (u *upload) continueFrom(file string) error {
	old, err := u.session.openRegular(file)
	if err != nil {
		return err
	}
	u.seed, err = io.Copy(u.file, old)
	return errors.Join(err, old.Close())
}

// WriteAt writes a packet; after an error the upload is lost, whatever the
// client makes of it.
func (u *upload) WriteAt(b []byte, offset int64) (int, error) {
	n := 0
	err := u.session.guarded("write", func() error {
		limit := u.session.config.Limits.File
		if offset < 0 || offset > limit || int64(len(b)) > limit-offset {
			return refusal(fmt.Sprintf("the file is longer than %d bytes", limit))
		}
		var err error
		n, err = u.file.WriteAt(b, offset)
		return err
	})
	u.mu.Lock()
	defer u.mu.Unlock()
	u.written += int64(n)
	if err != nil && u.broken == nil {
		u.broken = err
	}
	return n, err
}

// TransferError is told before Close when the session broke.
func (u *upload) TransferError(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.broken == nil {
		u.broken = errors.Join(errFailure, err)
	}
}

// Close publishes the file, or drops it with an error that the client's close
// returns.
func (u *upload) Close() error {
	s := u.session
	return s.guarded("close", func() error {
		if !u.end() {
			return errFailure
		}
		defer s.give()
		err := errors.Join(u.publish(), u.file.Close())
		if err == nil {
			s.log.Info("sftp: file taken", "file", u.target)
			return nil
		}
		s.log.Info("sftp: upload dropped", "file", u.target)
		if left := s.home.root.Remove(u.hidden); left != nil && !errors.Is(left, fs.ErrNotExist) {
			s.log.Warn("sftp: upload not cleared away", "err", left)
		}
		return err
	})
}

// end is true the first time.
func (u *upload) end() bool {
	u.mu.Lock()
	first := !u.closed
	u.closed = true
	u.mu.Unlock()
	s := u.session
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.uploads[u.target] == u {
		delete(s.uploads, u.target)
	}
	return first
}

func (u *upload) publish() error {
	u.mu.Lock()
	broken, written := u.broken, u.written
	u.mu.Unlock()
	if broken != nil {
		return broken
	}
	info, err := u.file.Stat()
	if err != nil {
		return err
	}
	if u.seed+written < info.Size() {
		return refusal("parts of the file were never sent; upload it again")
	}
	if err := u.session.check(u.name, io.NewSectionReader(u.file, 0, info.Size())); err != nil {
		return err
	}
	if err := u.file.Sync(); err != nil {
		return err
	}
	return u.session.publish(u.hidden, u.target, true)
}
