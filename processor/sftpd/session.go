package sftpd

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"sync"
	"syscall"

	"github.com/pkg/sftp"
)

// session answers the requests of one SFTP channel. The library calls it from
// several goroutines.
type session struct {
	home   *home
	config *Config
	log    *slog.Logger

	mu      sync.Mutex
	open    int
	uploads map[string]*upload // by the path that they will have
}

// take counts a handle; give returns it.
func (s *session) take() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open >= s.config.Limits.Handles {
		return refusal("too many files are open in this session; close some")
	}
	s.open++
	return nil
}

func (s *session) give() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
}

// Fileread opens a file in in or out for reading.
func (s *session) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	var reader *download
	err := s.guarded("open", func() error {
		at, err := locate(r.Filepath)
		if err != nil {
			return err
		}
		if err := s.take(); err != nil {
			return err
		}
		file, err := s.openRegular(at.file)
		if err != nil {
			s.give()
			return err
		}
		reader = &download{session: s, file: file}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return reader, nil
}

// openRegular opens nothing but a regular file, and does not wait on a pipe.
func (s *session) openRegular(file string) (*os.File, error) {
	info, err := s.home.lstat(file)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, refusal("this is a folder")
	}
	f, err := s.home.root.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// A download is a file that a client reads.
type download struct {
	session *session
	file    *os.File
}

func (d *download) ReadAt(b []byte, offset int64) (n int, err error) {
	if offset < 0 {
		return 0, io.EOF
	}
	n, err = d.file.ReadAt(b, offset)
	if err != nil && err != io.EOF {
		err = d.session.answer("read", err)
	}
	return n, err
}

func (d *download) Close() error {
	d.session.give()
	return d.session.answer("close", d.file.Close())
}

// Filecmd does what changes names. Attributes are accepted and not applied:
// clients set them after uploads, and modes and times here are ours.
func (s *session) Filecmd(r *sftp.Request) error {
	return s.guarded(r.Method, func() error {
		switch r.Method {
		case "Setstat":
			return s.setstat(r)
		case "Rename":
			return s.rename(r.Filepath, r.Target, false)
		case "Remove":
			return s.remove(r.Filepath)
		case "Mkdir":
			return s.mkdir(r.Filepath)
		case "Rmdir":
			return errDenied
		}
		return errNotOffered // links of both kinds
	})
}

// PosixRename replaces a file under the new name.
func (s *session) PosixRename(r *sftp.Request) error {
	return s.guarded(r.Method, func() error { return s.rename(r.Filepath, r.Target, true) })
}

func (s *session) setstat(r *sftp.Request) error {
	at, err := locate(r.Filepath)
	if err != nil {
		return err
	}
	if r.AttrFlags().Size {
		return errNotOffered // cutting a file is changing it without a check
	}
	_, err = s.stat(at)
	return err
}

// mkdir says yes to folders that are there, and no to others.
func (s *session) mkdir(p string) error {
	at, err := locate(p)
	if err != nil {
		return errDenied
	}
	if info, err := s.home.lstat(at.file); err != nil || !info.IsDir() {
		return errDenied
	}
	return nil
}

// remove deletes a file; the ERP decides what it has read.
func (s *session) remove(p string) error {
	at, err := locate(p)
	if err != nil {
		return err
	}
	info, err := s.home.lstat(at.file)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return errDenied
	}
	if err := s.home.root.Remove(at.file); err != nil {
		return err
	}
	s.log.Info("sftp: file removed by the client", "file", at.file)
	return s.home.sync(path.Dir(at.file))
}

// rename moves a file inside in. What gets a final name by it is checked first.
func (s *session) rename(from, to string, replace bool) error {
	old, err := locate(from)
	if err != nil {
		return err
	}
	target, err := locate(to)
	if err != nil {
		return err
	}
	if !old.writable() || !target.writable() {
		return errDenied
	}
	f, err := s.openRegular(old.file)
	if err != nil {
		return err
	}
	err = s.check(target.name, f)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := s.publish(old.file, target.file, replace); err != nil {
		return err
	}
	s.log.Info("sftp: file renamed", "file", target.file)
	return nil
}

// writable reports whether clients may make a file here: directly in in.
func (p place) writable() bool { return p.folder == "in" && p.direct }
