package sftpd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime/debug"
	"syscall"
)

// check asks the program about a file that is about to get a final name. Its
// words are meant for the client. A panic over a file refuses it.
func (s *session) check(name string, content io.Reader) (err error) {
	if temporary(name) {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("sftp: panic", "step", "check", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = errFailure
		}
	}()
	if err := s.config.Check(s.home.user, name, content); err != nil {
		return refusal(err.Error())
	}
	return nil
}

// publish gives a file its new name, replacing another or refusing to, and
// forces the name to the disk. What is hidden from clients they do not replace.
func (s *session) publish(from, to string, replace bool) error {
	if s.home.hides(to) {
		return errDenied
	}
	var err error
	if replace {
		err = s.home.root.Rename(from, to)
	} else {
		err = moveNew(s.home.root, from, to)
	}
	if errors.Is(err, fs.ErrExist) {
		return refusal("a file with this name is there already")
	}
	if err != nil {
		return err
	}
	return s.home.sync(path.Dir(to))
}

// moveNew renames to a name that is not in use. A hard link refuses by itself; a
// file system without links gets the rename after a look.
func moveNew(root *os.Root, from, to string) error {
	err := root.Link(from, to)
	if err == nil {
		return root.Remove(from)
	}
	if !errors.Is(err, syscall.EPERM) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if _, err := root.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fs.ErrExist)
	}
	return root.Rename(from, to)
}
