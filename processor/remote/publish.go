package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pkg/sftp"
)

// publish gives the file its final name. The plain rename comes first: by the
// protocol, and in OpenSSH by a hard link, it refuses a name that is in use.
// Servers that replace instead are the reason for the look before it. The
// posix-rename, which always replaces, is for servers that know no other. Where
// names are replaced, the look helps against others, who should use other names;
// of our own Puts one at a time publishes under a name, and looks again if one
// did since. The look comes before the turn, which only the rename needs.
func (s *server) publish(ctx context.Context, sess *session, temporary, file string, turn <-chan struct{}) error {
	c := s.names.enter(file)
	defer s.names.leave(file, c)
	if err := s.free(ctx, sess, file); err != nil {
		return err
	}
	if err := await(ctx, turn); err != nil {
		return err
	}
	return c.publish(ctx, func(used bool) error {
		if used {
			if err := s.free(ctx, sess, file); err != nil {
				return err
			}
		}
		_, err := s.rename(ctx, sess, temporary, file)
		return err
	})
}

// rename gives a file another name by the plain rename, else by posix-rename.
func (s *server) rename(ctx context.Context, sess *session, from, to string) (posix bool, err error) {
	if !sess.onlyPosix.Load() {
		err = s.call(ctx, sess, s.config.Timeouts.Call, func(c *sftp.Client) error { return c.Rename(from, to) })
		if !unsupported(err) {
			return false, err
		}
	}
	if _, offered := sess.client.HasExtension("posix-rename@openssh.com"); offered {
		err = s.call(ctx, sess, s.config.Timeouts.Call, func(c *sftp.Client) error { return c.PosixRename(from, to) })
	}
	if unsupported(err) {
		sess.cannotRename.Store(true)
		return false, fmt.Errorf("%w: %w", ErrNoRename, err)
	}
	sess.onlyPosix.Store(true)
	return true, err
}

func unsupported(err error) bool {
	var status *sftp.StatusError
	return errors.As(err, &status) && status.FxCode() == sftp.ErrSSHFxOpUnsupported
}

// free is an error unless nothing stands under the name.
func (s *server) free(ctx context.Context, sess *session, file string) error {
	_, err := s.lstat(ctx, sess, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		return ErrExists
	}
	return err
}

// recheck asks after a publishing that was not confirmed: the server may have
// done it and only its answer was lost, or somebody else was faster.
func (s *server) recheck(ctx context.Context, file string, size int64, sum []byte, cause error) error {
	sess, err := s.session(ctx)
	if err != nil {
		return cause
	}
	err = s.sameOrExists(ctx, sess, file, size, sum)
	if err == nil || errors.Is(err, ErrExists) || errors.Is(err, ErrVanished) {
		return err
	}
	return cause
}

// sameOrExists is nil when the file under the name has the given bytes, which
// are read back and compared by their digest.
func (s *server) sameOrExists(ctx context.Context, sess *session, file string, size int64, sum []byte) error {
	info, err := s.lstat(ctx, sess, file)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: %w", ErrExists, notRegular(info.Mode()))
	}
	if info.Size() != size {
		return fmt.Errorf("%w: it has %d bytes, ours %d", ErrExists, info.Size(), size)
	}
	r, err := s.open(ctx, sess, file)
	if err != nil {
		return err
	}
	err = errors.Join(compare(r, size, sum), r.Close())
	if _, gone := s.lstat(ctx, sess, file); errors.Is(gone, fs.ErrNotExist) {
		return errors.Join(err, ErrVanished)
	}
	return err
}

// discard removes a temporary file, at once if the connection still stands, or
// else when the next one does.
func (s *server) discard(ctx context.Context, sess *session, temporary string) {
	s.mu.Lock()
	s.orphans = append(s.orphans, temporary)
	standing := s.current == sess
	s.mu.Unlock()
	if standing {
		s.sweep(context.WithoutCancel(ctx), sess)
	}
}

// sweep removes the temporary files of uploads that did not end well. What
// cannot be removed is hidden and does no harm; it is tried again with the next
// connection.
func (s *server) sweep(ctx context.Context, sess *session) {
	s.mu.Lock()
	orphans := s.orphans
	s.orphans = nil
	s.mu.Unlock()
	for i, file := range orphans {
		err := s.remove(ctx, sess, file, anyFile)
		if err != nil && !answered(err) {
			s.mu.Lock()
			s.orphans = append(s.orphans, orphans[i:]...)
			s.mu.Unlock()
			return
		}
	}
}
