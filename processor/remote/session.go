package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// A session is one connection with its login and its SFTP channel. The library
// knows no deadlines, so each call gets a timer that closes the connection,
// which ends every wait on it.
type session struct {
	conn   *meteredConn
	lane   lane
	ssh    *ssh.Client
	client *sftp.Client
	used   atomic.Int64 // last use, Unix nanoseconds

	cannotRename, onlyPosix atomic.Bool // as the server has answered
}

// session returns the connection, making one if there is none.
// Those who waited while it could not be made share the failure, so that many at
// once do not wait for a dead server one after the other.
func (s *server) session(ctx context.Context) (*session, error) {
	arrived := s.failures.Load()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.failures.Load() != arrived {
		return nil, s.failure
	}
	sess, err := s.standing()
	if err != nil {
		return nil, err
	}
	if sess != nil && s.alive(ctx, sess) {
		return sess, nil
	}
	sess, err = s.connect(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.failure = err
			s.failures.Add(1)
		}
		return nil, s.remember(err)
	}
	if err := s.adopt(sess); err != nil {
		return nil, errors.Join(err, sess.close())
	}
	s.sweep(ctx, sess)
	return sess, nil
}

// standing is the connection that there is, or why there must be none.
func (s *server) standing() (*session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if s.refused != nil && s.config.Now().Before(s.refusedAt.Add(s.config.Timeouts.Refused)) {
		return nil, s.refused
	}
	s.refused = nil
	return s.current, nil
}

func (s *server) adopt(sess *session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.current = sess
	sess.used.Store(s.config.Now().UnixNano())
	return nil
}

// remember keeps a refusal for a while, so that a run of many files does not
// hammer a server that has locked us out, or a server that is not ours.
func (s *server) remember(err error) error {
	var changed *HostKeyError
	// The SSH library has no type for a refused login on the client's side.
	if errors.As(err, &changed) || strings.Contains(err.Error(), "unable to authenticate") {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.refused, s.refusedAt = err, s.config.Now()
	}
	return err
}

// drop forgets a broken connection.
func (s *server) drop(sess *session) {
	s.mu.Lock()
	if s.current == sess {
		s.current = nil
	}
	s.mu.Unlock()
	sess.abandon()
}

// alive tries a connection that was idle, by a request that every server answers.
func (s *server) alive(ctx context.Context, sess *session) bool {
	now := s.config.Now()
	idle := now.Sub(time.Unix(0, sess.used.Load()))
	sess.used.Store(now.UnixNano())
	if idle >= 0 && idle < s.config.Timeouts.Probe {
		return true
	}
	err := s.call(ctx, sess, s.config.Timeouts.Probe, func(*sftp.Client) error {
		_, _, err := sess.ssh.SendRequest("keepalive@openssh.com", true, nil)
		return err
	})
	return err == nil
}

// connect dials, shakes hands, logs in and starts SFTP, all within one deadline.
func (s *server) connect(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.config.Timeouts.Connect,
		fmt.Errorf("no connection to %s within %s", s.address, s.config.Timeouts.Connect))
	defer cancel()
	check, algorithms, err := hostKeys(s.config.KnownHosts, s.address)
	if err != nil {
		return nil, err
	}
	sess, err := s.dial(ctx, check, algorithms)
	var none *ssh.AlgorithmNegotiationError
	if errors.As(err, &none) {
		// No key of a type that we know. Let the server show the one that it has:
		// the check refuses it, and its error names both.
		return s.dial(ctx, check, nil)
	}
	return sess, err
}

func (s *server) dial(ctx context.Context, check ssh.HostKeyCallback, algorithms []string) (*session, error) {
	raw, err := s.config.Dial(ctx, "tcp", s.address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	conn := &meteredConn{Conn: raw}
	conn.allowAll()
	stop := context.AfterFunc(ctx, conn.hangUp)
	defer stop()
	sess, err := login(conn, s.address, &ssh.ClientConfig{
		User: s.user, Auth: []ssh.AuthMethod{ssh.PublicKeys(s.signer)},
		HostKeyCallback: check, HostKeyAlgorithms: algorithms,
	})
	if err != nil {
		conn.hangUp()
		return nil, errors.Join(err, context.Cause(ctx))
	}
	return sess, nil
}

func login(conn *meteredConn, address string, config *ssh.ClientConfig) (sess *session, err error) {
	defer recovered(&err)
	connection, channels, requests, err := ssh.NewClientConn(conn, address, config)
	if err != nil {
		return nil, err
	}
	client := ssh.NewClient(connection, channels, requests)
	// Several requests in flight: 64 blocks of 32 KiB at most.
	files, err := sftp.NewClient(client, sftp.UseConcurrentWrites(true))
	if err != nil {
		return nil, fmt.Errorf("start sftp: %w", err)
	}
	return &session{conn: conn, lane: newLane(), ssh: client, client: files}, nil
}

// close says goodbye; errors of a connection that is gone already are none.
func (sess *session) close() error {
	timer := time.AfterFunc(5*time.Second, sess.conn.hangUp)
	defer timer.Stop()
	err := errors.Join(gone(sess.client.Close()), gone(sess.ssh.Close()))
	sess.conn.hangUp()
	return err
}

func gone(err error) error {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) {
		return nil
	}
	return err
}

// abandon cuts the connection first, so that nothing waits for a dead peer.
func (sess *session) abandon() {
	sess.conn.hangUp()
	sess.client.Close()
	sess.ssh.Close()
}
