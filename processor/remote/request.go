package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
)

// call runs one request beside others, but beside no listing.
func (s *server) call(ctx context.Context, sess *session, limit time.Duration, f func(*sftp.Client) error) error {
	if err := sess.lane.enter(ctx); err != nil {
		return err
	}
	defer sess.lane.leave()
	return s.request(ctx, sess, limit, f)
}

// request runs one request with a deadline. An error that is no answer of the
// server means that the connection is in an unknown state: it is dropped.
func (s *server) request(caller context.Context, sess *session, limit time.Duration, f func(*sftp.Client) error) error {
	ctx, cancel := context.WithTimeoutCause(caller, limit, fmt.Errorf("no answer from %s within %s", s.address, limit))
	defer cancel()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	stop := context.AfterFunc(ctx, sess.conn.hangUp)
	err := protected(func() error { return f(sess.client) })
	if stop() && answered(err) {
		return err
	}
	s.drop(sess)
	if sess.conn.exceeded() {
		return fmt.Errorf("%w: the listing is longer than %d bytes", ErrLimit, s.config.Limits.Listing)
	}
	if err == nil { // the deadline came together with the answer
		return nil
	}
	// The caller's context may have ended a request beside this one first, and the
	// connection with it.
	return errors.Join(cmp.Or(context.Cause(ctx), context.Cause(caller)), err)
}

// answered reports whether the error, if any, is the server's answer.
func answered(err error) bool {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return true
	}
	var status *sftp.StatusError
	return errors.As(err, &status) &&
		status.FxCode() != sftp.ErrSSHFxNoConnection && status.FxCode() != sftp.ErrSSHFxConnectionLost
}

// protected turns a panic of the library over a malformed packet into an error.
func protected(f func() error) (err error) {
	defer recovered(&err)
	return f()
}

func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the SFTP library gave up on an answer: %v", p)
	}
}

// A meteredConn counts what comes in against a budget.
type meteredConn struct {
	net.Conn
	left atomic.Int64
	over atomic.Bool
}

func (c *meteredConn) allow(bytes int64) { c.left.Store(bytes) }
func (c *meteredConn) allowAll()         { c.left.Store(math.MaxInt64) }
func (c *meteredConn) exceeded() bool    { return c.over.Load() }

// hangUp closes the connection; that it was closed before, or by the peer, is
// what we want.
func (c *meteredConn) hangUp() { c.Conn.Close() }

func (c *meteredConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.left.Add(-int64(n)) < 0 {
		c.over.Store(true)
		return 0, ErrLimit
	}
	return n, err
}
