// Package sftpd is the built-in SFTP server: one jailed home per merchant, keys
// only, and nothing but SFTP.
//
// A home has the folders in and out. The ERP writes only into in; it may read
// everything inside, and delete what lies in in and out. What it uploads is
// collected in a hidden folder of the home and appears under its name only after
// the client closed it cleanly, the bytes are on the disk and the header check
// agreed; a session that breaks publishes nothing. Clients that upload under a
// temporary name and rename are checked at the rename. A file in in may be
// replaced, as a whole, by an open upload or by posix-rename; the plain rename
// refuses a name that is in use, as the protocol says.
//
// Kontor itself reaches a home as the local folder that it is.
package sftpd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// A Config says where to listen, and whom to let in.
type Config struct {
	// Listen is the address, such as 127.0.0.1:2222; port 0 takes a free one.
	Listen string
	// HostKeys are the files of the server's private keys; see EnsureHostKey.
	HostKeys []string
	// Homes by user name, which is the merchant's id.
	Homes map[string]Home
	// Check, when not nil, looks at each file that is about to appear in in under
	// a final name (sidecars such as x.csv.done too). Its error refuses the file,
	// and its text goes to the client: the reason, without path and cell.
	Check  func(user, name string, content io.Reader) error
	Limits Limits
	Log    *slog.Logger     // discarded when nil
	Now    func() time.Time // clock of the ban list; time.Now when nil
}

// A Home is what one merchant sees.
type Home struct {
	Dir            string // made when it is missing, with in and out
	AuthorizedKeys []ssh.PublicKey
}

// Limits bound what clients can use up; zero values mean the defaults.
type Limits struct {
	Handshake   time.Duration // until the login is done; 20 s
	Idle        time.Duration // without a byte from the client; 5 min
	Grace       time.Duration // for open sessions when Serve is told to stop; 5 s
	Connections int           // in all; 256
	PerAddress  int           // of one address; 32
	PerUser     int           // of one user; 16
	Channels    int           // of one connection; 4
	Handles     int           // open files and listings of one channel; 32
	File        int64         // bytes of an upload; 5 GiB
	KeyTries    int           // keys a client may offer in one connection; 6
	BanAfter    int           // connections with refused logins, within BanFor; 15
	BanFor      time.Duration // how long the address is shut out; 30 min
}

// A Server is a listening SFTP server.
type Server struct {
	config   Config
	ssh      *ssh.ServerConfig
	homes    map[string]*home
	listener net.Listener
	bans     *banList
	log      *slog.Logger
	seen     counters

	mu        sync.Mutex
	conns     map[net.Conn]string // to its address
	addresses map[string]int
	users     map[string]int
	closed    bool
	sessions  sync.WaitGroup
}

// Listen prepares the homes and opens the port. Clients are served by Serve.
// Leftovers of uploads that broke off are removed, so only one server may use a
// home at a time.
func Listen(ctx context.Context, c Config) (*Server, error) {
	s, err := newServer(c)
	if err != nil {
		return nil, err
	}
	s.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sftp server: %w", err), s.closeHomes())
	}
	return s, nil
}

// newServer makes a server without a port.
func newServer(c Config) (*Server, error) {
	c = withDefaults(c)
	s := &Server{
		config: c, log: c.Log, homes: map[string]*home{},
		bans:  newBanList(c.Limits.BanAfter, c.Limits.BanFor, c.Now),
		conns: map[net.Conn]string{}, addresses: map[string]int{}, users: map[string]int{},
	}
	if err := s.setUp(); err != nil {
		return nil, errors.Join(err, s.closeHomes())
	}
	return s, nil
}

func (s *Server) setUp() error {
	var err error
	if s.ssh, err = s.sshConfig(); err != nil {
		return err
	}
	users := map[string]string{}
	for user, h := range s.config.Homes {
		if same := users[filepath.Clean(h.Dir)]; same != "" {
			return fmt.Errorf("sftp server: %s and %s have the same home %s; each needs its own", same, user, h.Dir)
		}
		users[filepath.Clean(h.Dir)] = user
		if s.homes[user], err = openHome(user, h); err != nil {
			return fmt.Errorf("sftp server: home of %s: %w", user, err)
		}
	}
	return nil
}

func (s *Server) closeHomes() error {
	var errs []error
	for _, h := range s.homes {
		if h != nil {
			errs = append(errs, h.root.Close())
		}
	}
	return errors.Join(errs...)
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Close stops at once: sessions are cut, and what they were uploading is dropped.
func (s *Server) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	conns := make([]net.Conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	s.mu.Unlock()
	if !first {
		s.sessions.Wait()
		return nil
	}
	err := s.stopListening()
	for _, c := range conns {
		hangUp(c)
	}
	s.sessions.Wait()
	return errors.Join(err, s.closeHomes())
}

func (s *Server) stopListening() error {
	if s.listener == nil {
		return nil
	}
	if err := s.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("sftp server: %w", err)
	}
	return nil
}

func withDefaults(c Config) Config {
	l := &c.Limits
	setDefault(&l.Handshake, 20*time.Second)
	setDefault(&l.Idle, 5*time.Minute)
	setDefault(&l.Grace, 5*time.Second)
	setDefault(&l.Connections, 256)
	setDefault(&l.PerAddress, 32)
	setDefault(&l.PerUser, 16)
	setDefault(&l.Channels, 4)
	setDefault(&l.Handles, 32)
	setDefault(&l.File, 5<<30)
	setDefault(&l.KeyTries, 6)
	setDefault(&l.BanAfter, 15)
	setDefault(&l.BanFor, 30*time.Minute)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Check == nil {
		c.Check = func(string, string, io.Reader) error { return nil }
	}
	return c
}

func setDefault[T int | int64 | time.Duration](v *T, standard T) {
	if *v == 0 {
		*v = standard
	}
}

// randomName makes a name for a hidden file.
func randomName() string { return rand.Text() }
