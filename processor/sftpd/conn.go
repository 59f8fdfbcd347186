package sftpd

import (
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// A watchedConn is cut when the login takes too long, and later when the client
// sends nothing for a while. The client that does not read what we send is cut
// too, since it does not send either.
type watchedConn struct {
	net.Conn
	idle     time.Duration
	timer    *time.Timer
	loggedIn atomic.Bool
}

func watch(conn net.Conn, handshake, idle time.Duration) *watchedConn {
	return &watchedConn{Conn: conn, idle: idle, timer: time.AfterFunc(handshake, func() { hangUp(conn) })}
}

// welcome ends the deadline of the login and starts that of idleness.
func (c *watchedConn) welcome() {
	c.loggedIn.Store(true)
	c.timer.Reset(c.idle)
}

func (c *watchedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && c.loggedIn.Load() {
		c.timer.Reset(c.idle)
	}
	return n, err
}

// serveConn shakes hands, logs the user in and serves its channels until the
// connection ends. It waits for all that it started.
func (s *Server) serveConn(raw net.Conn) {
	conn := watch(raw, s.config.Limits.Handshake, s.config.Limits.Idle)
	defer conn.timer.Stop()
	peer := address(raw)
	attempt := &attempt{}
	login, channels, requests, err := ssh.NewServerConn(conn, s.forAttempt(attempt))
	if err != nil {
		s.refused(peer, attempt)
		return
	}
	defer hangUp(raw)
	conn.welcome()
	user := login.Permissions.Extensions[userExtension]
	h := s.homes[user]
	if h == nil || !s.admitUser(user) {
		s.seen.shut.Add(1)
		s.log.Warn("sftp: login refused, too many connections", "user", user, "peer", peer)
		return
	}
	defer s.leaveUser(user)
	s.seen.logins.Add(1)
	s.log.Info("sftp: login", "user", user, "peer", peer)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ssh.DiscardRequests(requests)
	}()
	s.serveChannels(h, channels)
	hangUp(raw)
	<-done
	s.log.Info("sftp: logout", "user", user, "peer", peer)
}
