package sftpd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"
	"syscall"

	"github.com/pkg/sftp"
)

// A refusal is an answer to a client that says why, in words meant for it.
type refusal string

func (r refusal) Error() string { return string(r) }

// What clients are told without further words.
const (
	errNoFile     = sftp.ErrSSHFxNoSuchFile
	errDenied     = sftp.ErrSSHFxPermissionDenied
	errNotOffered = sftp.ErrSSHFxOpUnsupported
	errFailure    = sftp.ErrSSHFxFailure
)

// answer turns an error into what the client may know: never a path of this
// machine. What it may not know is logged.
func (s *session) answer(step string, err error) error {
	var words refusal
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.As(err, &words):
		s.log.Info("sftp: refused", "step", step, "reason", string(words))
		return words
	case errors.Is(err, errDenied):
		return errDenied
	case errors.Is(err, errNotOffered):
		return errNotOffered
	case errors.Is(err, errNoFile), errors.Is(err, fs.ErrNotExist):
		return errNoFile
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		s.log.Error("sftp: disk full", "step", step, "err", err)
		return refusal("no space left; try again later")
	}
	s.log.Warn("sftp: request not done", "step", step, "err", err)
	return errFailure
}

// guarded runs a request and answers; a panic is a bug of ours and must end this
// request only.
func (s *session) guarded(step string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("sftp: panic", "step", step, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack())) // the text may hold data
			err = errFailure
		}
	}()
	return s.answer(step, f())
}
