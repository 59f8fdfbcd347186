package sftpd

import (
	"errors"
	"path"

	"github.com/pkg/sftp"
)

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
