package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/pkg/sftp"
)

// examine is [Examine].
func (s *server) examine(ctx context.Context, folder string) (e Examination, err error) {
	sess, err := s.session(ctx)
	if err == nil {
		err = s.checkBase(ctx, sess)
	}
	if err != nil {
		return e, s.step("examine", folder, err)
	}
	info, err := s.stat(ctx, sess, s.path(folder))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Missing = true
		return e, nil
	case err == nil && !info.IsDir():
		err = fmt.Errorf("it is no folder but a file; want a folder")
	}
	if err != nil {
		return e, s.step("examine", folder, err)
	}
	files, err := s.list(ctx, folder)
	e.Files, e.ListErr = len(files), err
	s.ground(ctx, sess, folder).try(&e)
	return e, nil
}

// ground does the steps of a trial as Put and Open do them.
func (s *server) ground(ctx context.Context, sess *session, folder string) ground {
	at := func(name string) string { return s.path(folder, name) }
	return ground{
		now:  s.config.Now,
		name: func() (string, error) { return temporaryName(s.config.Rand) },
		write: func(name, content string) error {
			f, err := s.openFile(ctx, sess, at(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL)
			if err != nil {
				return err
			}
			err = s.send(ctx, sess, f, int64(len(content)), strings.NewReader(content))
			return errors.Join(err, s.call(ctx, sess, s.config.Timeouts.Call, func(c *sftp.Client) error { return finish(c, f) }))
		},
		stat:   func(name string) (fs.FileInfo, error) { return s.lstat(ctx, sess, at(name)) },
		rename: func(from, to string) (bool, error) { return s.rename(ctx, sess, at(from), at(to)) },
		read: func(name string) error {
			r, err := s.open(ctx, sess, at(name))
			if err != nil {
				return err
			}
			return errors.Join(readsAs(r, trial), r.Close())
		},
		remove: func(name string) error {
			return s.call(ctx, sess, s.config.Timeouts.Call, func(c *sftp.Client) error { return c.Remove(at(name)) })
		},
	}
}

// examine is [Examine].
func (d *localFolder) examine(ctx context.Context, folder string) (e Examination, err error) {
	err = d.in("examine", folder, func(root *os.Root) error {
		info, err := root.Stat(inBase(folder))
		if errors.Is(err, fs.ErrNotExist) {
			e.Missing = true
			return nil
		}
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("it is no folder but a file; want a folder")
		}
		if err != nil {
			return err
		}
		files, err := d.List(ctx, folder)
		e.Files, e.ListErr = len(files), err
		sub, err := root.OpenRoot(inBase(folder))
		if err != nil {
			return err
		}
		d.ground(sub).try(&e)
		return sub.Close()
	})
	return e, err
}

func (d *localFolder) ground(folder *os.Root) ground {
	return ground{
		now:  d.config.Now,
		name: func() (string, error) { return temporaryName(d.config.Rand) },
		write: func(name, content string) error {
			_, err := writeSynced(folder, name, d.config.Mode, int64(len(content)), strings.NewReader(content))
			return err
		},
		stat: folder.Lstat,
		rename: func(from, to string) (bool, error) {
			if err := publish(folder, from, to); err != nil {
				return false, err
			}
			return false, removeIfThere(folder, from)
		},
		read: func(name string) error {
			f, err := openRegular(folder, name)
			if err != nil {
				return err
			}
			return errors.Join(readsAs(f, trial), f.Close())
		},
		remove: folder.Remove,
	}
}
