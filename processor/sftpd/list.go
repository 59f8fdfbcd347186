package sftpd

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"github.com/pkg/sftp"
)

// Filelist answers listings and questions about one file.
func (s *session) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	var lister sftp.ListerAt
	err := s.guarded(r.Method, func() error {
		at, err := locate(r.Filepath)
		if err != nil {
			return err
		}
		switch r.Method {
		case "List":
			lister, err = s.list(at)
		case "Stat", "Lstat":
			var info fs.FileInfo
			info, err = s.stat(at)
			lister = answers{info}
		default:
			return errNotOffered // Readlink: there are no links
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return lister, nil
}

// stat sees an upload of this session under the name that it will have.
func (s *session) stat(at place) (fs.FileInfo, error) {
	s.mu.Lock()
	up := s.uploads[at.file]
	s.mu.Unlock()
	if up != nil {
		info, err := up.file.Stat()
		if err == nil {
			return shown{info: info, name: at.name}, nil
		}
		if !errors.Is(err, os.ErrClosed) {
			return nil, err
		}
	}
	info, err := s.home.lstat(at.file)
	if err != nil {
		return nil, err
	}
	return shown{info: info, name: path.Base(at.file)}, nil
}

// list opens a listing of what the client may see in a folder.
func (s *session) list(at place) (sftp.ListerAt, error) {
	if err := s.take(); err != nil {
		return nil, err
	}
	l, err := s.read(at)
	if err != nil {
		s.give()
		return nil, err
	}
	return l, nil
}

func (s *session) read(at place) (*listing, error) {
	if _, err := s.home.lstat(at.file); err != nil {
		return nil, err
	}
	folder, err := s.home.root.OpenRoot(at.file)
	if err != nil {
		return nil, err
	}
	l := &listing{session: s, folder: folder, dots: at.folder == "in", names: []string{"in", "out"}, all: true}
	if at.folder == "" {
		return l, nil
	}
	l.names, l.all = nil, false
	if l.dir, err = folder.Open("."); err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return l, nil
}

// A listing hands out the entries of a folder as they are at that moment, and
// holds no more of them than one answer has.
type listing struct {
	session *session
	folder  *os.Root
	dir     *os.File // nil for the home, whose names are known
	names   []string // read and not handed out yet
	all     bool     // no more names are to be read
	dots    bool     // clients see their own hidden files, never those of kontor
}

// ListAt is called in order; the library's offset counts what it got.
func (l *listing) ListAt(out []fs.FileInfo, _ int64) (int, error) {
	n := 0
	err := l.session.guarded("list", func() error {
		for n < len(out) {
			name, err := l.next(len(out))
			if err != nil {
				return err
			}
			info, err := l.folder.Lstat(name)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			if l.shows(name, info) {
				out[n] = shown{info: info, name: name}
				n++
			}
		}
		return nil
	})
	return n, err
}

// next is the next name, or io.EOF.
func (l *listing) next(batch int) (string, error) {
	if len(l.names) == 0 && !l.all {
		var err error
		l.names, err = l.dir.Readdirnames(batch)
		l.all = err == io.EOF
		if err != nil && err != io.EOF {
			return "", err
		}
	}
	if len(l.names) == 0 {
		return "", io.EOF
	}
	name := l.names[0]
	l.names = l.names[1:]
	return name, nil
}

func (l *listing) shows(name string, info fs.FileInfo) bool {
	if strings.HasPrefix(name, ".") && (!l.dots || info.IsDir()) {
		return false
	}
	return info.IsDir() || info.Mode().IsRegular()
}

func (l *listing) Close() error {
	l.session.give()
	err := l.folder.Close()
	if l.dir != nil {
		err = errors.Join(err, l.dir.Close())
	}
	return l.session.answer("close", err)
}

type answers []fs.FileInfo

func (a answers) ListAt(out []fs.FileInfo, offset int64) (int, error) {
	if offset >= int64(len(a)) {
		return 0, io.EOF
	}
	return copy(out, a[offset:]), nil
}

// shown is what a client sees of a file: no owner, no mode of ours.
type shown struct {
	info fs.FileInfo
	name string
}

func (s shown) Name() string       { return s.name }
func (s shown) Size() int64        { return s.info.Size() }
func (s shown) ModTime() time.Time { return s.info.ModTime() }
func (s shown) IsDir() bool        { return s.info.IsDir() }
func (s shown) Sys() any           { return nil }

func (s shown) Mode() fs.FileMode {
	if s.info.IsDir() {
		return fs.ModeDir | 0o700
	}
	return 0o600
}
