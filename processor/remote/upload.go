package remote

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/pkg/sftp"
)

func (s *server) Put(ctx context.Context, folder, name string, size int64, content io.Reader) error {
	return s.PutInTurn(ctx, folder, name, size, content, nil)
}

// PutInTurn is [PutInTurn].
func (s *server) PutInTurn(ctx context.Context, folder, name string, size int64, content io.Reader, turn <-chan struct{}) error {
	if err := checkPath(folder, name); err != nil {
		return err
	}
	content = &contextReader{ctx: ctx, r: content}
	sess, err := s.session(ctx)
	if err == nil {
		err = s.put(ctx, sess, folder, name, size, content, turn)
	}
	return s.step("put", path.Join(folder, name), err)
}

func (s *server) put(ctx context.Context, sess *session, folder, name string, size int64, content io.Reader, turn <-chan struct{}) error {
	file := s.path(folder, name)
	if _, err := s.lstat(ctx, sess, file); err == nil {
		sum, err := digest(io.Discard, content, size)
		if err != nil {
			return err
		}
		return s.sameOrExists(ctx, sess, file, size, sum)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if sess.cannotRename.Load() {
		return ErrNoRename
	}
	hidden, err := temporaryName(s.config.Rand)
	if err != nil {
		return err
	}
	temporary := s.path(folder, hidden)
	sum, err := s.upload(ctx, sess, folder, temporary, size, content)
	if err != nil {
		s.discard(ctx, sess, temporary)
		return err
	}
	if err := s.publish(ctx, sess, temporary, file, turn); err != nil {
		s.discard(ctx, sess, temporary)
		return s.recheck(ctx, file, size, sum, err)
	}
	if looks(hidden) {
		s.config.look(ctx, folder, func() ([]File, error) { return s.list(ctx, folder) })
	}
	return nil
}

// upload writes the temporary file and proves its size.
func (s *server) upload(ctx context.Context, sess *session, folder, temporary string, size int64, content io.Reader) ([]byte, error) {
	f, err := s.create(ctx, sess, folder, temporary)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	err = s.send(ctx, sess, f, size, io.TeeReader(content, h))
	parting := context.WithoutCancel(ctx)
	err = errors.Join(err, s.call(parting, sess, s.config.Timeouts.Call, func(c *sftp.Client) error {
		return finish(c, f)
	}))
	if err != nil {
		return nil, err
	}
	stat := func() (fs.FileInfo, error) { return s.lstat(ctx, sess, temporary) }
	return h.Sum(nil), checkSize(stat, size)
}

// finish forces the file to the server's disk where it offers that, and closes it.
func finish(c *sftp.Client, f *sftp.File) error {
	var err error
	if version, offered := c.HasExtension("fsync@openssh.com"); offered && version == "1" {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// create opens a new file, and makes the folder when it is missing.
func (s *server) create(ctx context.Context, sess *session, folder, temporary string) (*sftp.File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := s.openFile(ctx, sess, temporary, flags)
	if err == nil || !answered(err) || folder == "" {
		return f, err
	}
	if err := s.makeFolder(ctx, sess, folder); err != nil {
		return nil, err
	}
	return s.openFile(ctx, sess, temporary, flags)
}

// makeFolder makes each missing element below the base.
func (s *server) makeFolder(ctx context.Context, sess *session, folder string) error {
	at := ""
	for element := range strings.SplitSeq(folder, "/") {
		at = path.Join(at, element)
		full := s.path(at)
		there, err := s.isFolder(ctx, sess, full)
		if there {
			continue
		}
		if err == nil {
			err = s.call(ctx, sess, s.config.Timeouts.Call, func(c *sftp.Client) error { return c.Mkdir(full) })
		}
		if err == nil {
			continue
		}
		if there, again := s.isFolder(ctx, sess, full); !there { // nor has somebody else made it
			return fmt.Errorf("make folder %s: %w", full, errors.Join(err, again))
		}
	}
	return nil
}

// isFolder also takes a link for one: what it leads to is the server's business.
func (s *server) isFolder(ctx context.Context, sess *session, full string) (bool, error) {
	info, err := s.lstat(ctx, sess, full)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !info.IsDir() && info.Mode().Type() != fs.ModeSymlink {
		return false, errors.New("a file of this name is in the way")
	}
	return true, nil
}
