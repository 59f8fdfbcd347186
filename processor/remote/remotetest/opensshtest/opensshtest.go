// Package opensshtest runs OpenSSH's sshd with internal-sftp on loopback, for
// tests against a server that nobody here wrote.
//
// It has its own configuration, keys and port, and needs nothing of the system
// but the program: for root, sshd runs as nobody. Each connection gets an sshd
// of its own, as inetd does it, which is ended by its own process group.
package opensshtest

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
)

// A Server is an OpenSSH server that serves a folder until the test ends.
type Server struct {
	Addr       string        // 127.0.0.1 and port, also after Stop and Restart
	Root       string        // the folder that it serves, of whom it runs as
	User       string        // who may log in
	Identity   string        // file of the private key of User
	HostKey    ssh.PublicKey // of the server
	KnownHosts string        // a file that knows it

	t          testing.TB
	program    string
	config     string // sshd_config
	credential *syscall.Credential

	mu       sync.Mutex // guards what follows
	listener net.Listener
	running  map[int]*exec.Cmd // by process group
	stopping bool
	serving  sync.WaitGroup
}

// Start starts a server. Where sshd is not installed, the test fails and says so.
func Start(t testing.TB) *Server {
	t.Helper()
	program, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		program, err = exec.LookPath("sshd")
	}
	if err != nil {
		t.Fatal("OpenSSH's sshd is not installed; .ci/setup installs it, as does: apt-get install openssh-server")
	}
	s := &Server{t: t, program: program, Root: t.TempDir(), Addr: "127.0.0.1:0", running: map[int]*exec.Cmd{}}
	s.User, s.credential = account(t)
	s.configure()
	s.Restart()
	s.KnownHosts = remotetest.KnownHosts(t, s.Addr, s.HostKey)
	t.Cleanup(s.Stop)
	return s
}

// Config reaches a folder below Root, or Root itself with "".
func (s *Server) Config(folder string) remote.Config {
	return remote.Config{URL: s.URL(folder), Identity: s.Identity, KnownHosts: s.KnownHosts}
}

// URL is that of a folder below Root, for a configuration.
func (s *Server) URL(folder string) string {
	return "sftp://" + s.User + "@" + s.Addr + path.Join(s.Root, folder)
}

// Folder makes a folder below Root that belongs to User, and returns its path on
// this machine. What is written there beside the server must be readable by User.
func (s *Server) Folder(folder string) string {
	s.t.Helper()
	at := s.Root
	for element := range strings.SplitSeq(folder, "/") {
		at = filepath.Join(at, element)
		if err := os.Mkdir(at, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			s.t.Fatal(err)
		}
		check(s.t, own(s.credential, at))
	}
	return at
}

// Stop cuts every connection, also in the midst of a request, and takes no
// more, as a machine that is switched off.
func (s *Server) Stop() {
	s.t.Helper()
	s.mu.Lock()
	if s.listener != nil {
		check(s.t, s.listener.Close())
		s.listener = nil
	}
	s.stopping = true
	s.killAll()
	s.mu.Unlock()
	s.serving.Wait()
}

// Cut ends the connections that stand; new ones are taken.
func (s *Server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killAll()
}

// Restart serves again, under the same address.
func (s *Server) Restart() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil {
		return
	}
	l, err := net.Listen("tcp", s.Addr)
	check(s.t, err)
	s.listener, s.Addr, s.stopping = l, l.Addr().String(), false
	s.serving.Go(func() { s.accept(l) })
}

func (s *Server) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			err = s.handOver(conn.(*net.TCPConn))
		}
		if err != nil {
			s.t.Errorf("hand a connection to sshd: %v", err)
			return
		}
	}
}

// handOver starts an sshd for the connection.
func (s *Server) handOver(conn *net.TCPConn) error {
	f, err := conn.File()
	if err := errors.Join(err, conn.Close()); err != nil {
		return err
	}
	defer f.Close()
	command := exec.Command(s.program, "-i", "-f", s.config)
	command.Stdin, command.Stdout = f, f
	command.SysProcAttr = &syscall.SysProcAttr{Credential: s.credential, Setpgid: true}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return nil
	}
	if err := command.Start(); err != nil {
		return err
	}
	s.running[command.Process.Pid] = command
	s.serving.Go(func() { s.reap(command) })
	return nil
}

// reap waits for the end of an sshd: it ends with its connection, and with an
// error when that was cut.
func (s *Server) reap(command *exec.Cmd) {
	command.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, command.Process.Pid)
}

// killAll ends what was started here, each with the processes that it started.
func (s *Server) killAll() {
	for group := range s.running {
		if err := syscall.Kill(-group, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			s.t.Errorf("end sshd %d: %v", group, err)
		}
	}
}
