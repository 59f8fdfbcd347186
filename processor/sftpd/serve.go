package sftpd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// Serve lets clients in until the context is done, then waits up to
// Limits.Grace for open sessions, cuts the rest and closes the server. It
// returns nil after such a stop, or after Close.
func (s *Server) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		if err := s.stopListening(); err != nil {
			s.log.Error("sftp: port not closed", "err", err)
		}
	})
	defer stop()
	err := s.accept(ctx)
	if ctx.Err() != nil {
		s.drain()
	}
	return errors.Join(err, s.Close())
}

// accept takes connections; a passing lack of file descriptors is waited out.
func (s *Server) accept(ctx context.Context) error {
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			s.log.Warn("sftp: connection not taken", "err", err)
			if !pause(ctx, 100*time.Millisecond) {
				return nil
			}
			continue
		}
		if reason := s.admit(conn); reason != nil {
			s.seen.shut.Add(1)
			s.log.Warn("sftp: connection refused", "peer", address(conn), "reason", reason)
			hangUp(conn)
			continue
		}
		go func() {
			defer s.leave(conn)
			s.serveConn(conn)
		}()
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// drain waits for sessions to end by themselves.
func (s *Server) drain() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.sessions.Wait()
	}()
	timer := time.NewTimer(s.config.Limits.Grace)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// admit counts the connection, or says why it may not come in.
func (s *Server) admit(conn net.Conn) error {
	from := address(conn)
	if s.bans.banned(from) {
		return errors.New("banned after refused logins")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.config.Limits
	switch {
	case s.closed:
		return errors.New("the server is closed")
	case len(s.conns) >= l.Connections:
		return fmt.Errorf("%d connections are open", len(s.conns))
	case s.addresses[from] >= l.PerAddress:
		return fmt.Errorf("%d connections of this address are open", s.addresses[from])
	}
	s.conns[conn] = from
	s.addresses[from]++
	s.sessions.Add(1)
	return nil
}

func (s *Server) leave(conn net.Conn) {
	hangUp(conn)
	s.mu.Lock()
	from := s.conns[conn]
	delete(s.conns, conn)
	countDown(s.addresses, from)
	s.mu.Unlock()
	s.sessions.Done()
}

// admitUser counts a connection of the user.
func (s *Server) admitUser(user string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[user] >= s.config.Limits.PerUser {
		return false
	}
	s.users[user]++
	return true
}

func (s *Server) leaveUser(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	countDown(s.users, user)
}

func countDown(counts map[string]int, key string) {
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}

// address is the peer without its port; of IPv6 the /64 that one customer has.
func address(conn net.Conn) string {
	text := conn.RemoteAddr().String()
	port, err := netip.ParseAddrPort(text)
	if err != nil {
		return text
	}
	ip := port.Addr().Unmap()
	if ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return prefix.String()
}

// hangUp closes a connection; that it was closed before is what we want.
func hangUp(conn net.Conn) { conn.Close() }
