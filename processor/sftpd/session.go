package sftpd

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
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
