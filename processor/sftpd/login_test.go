package sftpd

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
)

var fixed = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

func TestWhoMayLogIn(t *testing.T) {
	b := start(t)
	stranger := newSigner(t)
	tests := []struct {
		name, user string
		auth       ssh.AuthMethod
		want       bool
	}{
		{"own key", "acme", ssh.PublicKeys(b.keys["acme"]), true},
		{"own key after others", "acme", ssh.PublicKeys(stranger, b.keys["other"], b.keys["acme"]), true},
		{"unknown key", "acme", ssh.PublicKeys(stranger), false},
		{"key of another merchant", "acme", ssh.PublicKeys(b.keys["other"]), false},
		{"unknown user", "nobody", ssh.PublicKeys(b.keys["acme"]), false},
		{"empty user", "", ssh.PublicKeys(b.keys["acme"]), false},
		{"user in capitals", "ACME", ssh.PublicKeys(b.keys["acme"]), false},
		{"password", "acme", ssh.Password("acme"), false},
		{"no method", "acme", nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := b.client(test.user)
			if c.Auth = nil; test.auth != nil {
				c.Auth = []ssh.AuthMethod{test.auth}
			}
			conn, err := ssh.Dial("tcp", b.server.Addr().String(), c)
			if (err == nil) != test.want {
				t.Fatalf("login = %v; want success: %t", err, test.want)
			}
			if err == nil {
				must(t, conn.Close())
			}
		})
	}
}

// A client that asks about one key and signs with another is who signed: the
// server sees its own home whatever was asked before.
func TestFault116IdentityOfTheSignature(t *testing.T) {
	b := start(t)
	for _, user := range []string{"acme", "other"} {
		conn, err := b.dial(user, b.keys["acme"], b.keys["other"], newSigner(t))
		must(t, err)
		c, err := sftp.NewClient(conn)
		must(t, err, put(c, "/in/"+user+".csv", user), c.Close())
		conn.Close()
		b.wantFile(user, user, "in", user+".csv")
	}
}

// Only the sftp subsystem is served.
func TestNoShell(t *testing.T) {
	b := start(t)
	conn, err := b.dial("acme", b.keys["acme"])
	must(t, err)
	defer conn.Close()
	for name, try := range map[string]func(*ssh.Session) error{
		"exec":    func(s *ssh.Session) error { return s.Run("id") },
		"shell":   (*ssh.Session).Shell,
		"pty":     func(s *ssh.Session) error { return s.RequestPty("xterm", 24, 80, nil) },
		"scp":     func(s *ssh.Session) error { return s.Run("scp -t /in") },
		"other":   func(s *ssh.Session) error { return s.RequestSubsystem("netconf") },
		"env":     func(s *ssh.Session) error { return s.Setenv("LD_PRELOAD", "/x.so") },
		"no name": func(s *ssh.Session) error { return second(s.SendRequest("subsystem", true, nil)) },
	} {
		session, err := conn.NewSession()
		must(t, err)
		if ok := try(session); ok == nil && name != "no name" {
			t.Errorf("%s = nil; want a refusal", name)
		}
		session.Close()
	}
	if c, err := conn.Dial("tcp", b.server.Addr().String()); err == nil {
		t.Error("forwarding is served")
		c.Close()
	}
	if l, err := conn.Listen("tcp", "127.0.0.1:0"); err == nil {
		t.Error("forwarding back is served")
		l.Close()
	}
	c, err := sftp.NewClient(conn)
	must(t, err)
	must(t, c.Close())
}

func TestFault115Limits(t *testing.T) {
	b := start(t, func(c *Config) {
		c.Limits = Limits{Handles: 3, Channels: 2, PerUser: 3, PerAddress: 5}
	})
	c := b.login("acme")
	must(t, put(c, "/in/x.csv", "x"))
	t.Run("handles", func(t *testing.T) {
		var open []io.Closer
		for range 2 {
			f, err := c.Open("/in/x.csv")
			must(t, err)
			open = append(open, f)
		}
		f, err := c.OpenFile("/in/y.csv", os.O_WRONLY|os.O_CREATE)
		must(t, err)
		open = append(open, f)
		for name, err := range map[string]error{
			"read": second(c.Open("/in/x.csv")), "write": second(c.OpenFile("/in/z.csv", os.O_WRONLY|os.O_CREATE)), "list": second(c.ReadDir("/in")),
		} {
			if err == nil || !strings.Contains(err.Error(), "too many files are open") {
				t.Errorf("%s with three handles open = %v; want a refusal", name, err)
			}
		}
		for _, f := range open {
			must(t, f.Close())
		}
		for range 10 {
			must(t, second(c.ReadDir("/in")))
		}
	})
	t.Run("channels", func(t *testing.T) {
		conn, err := b.dial("acme", b.keys["acme"])
		must(t, err)
		defer conn.Close()
		for range 2 {
			must(t, second(sftp.NewClient(conn)))
		}
		if _, err := conn.NewSession(); err == nil {
			t.Error("a third channel = nil; want a refusal")
		}
	})
	t.Run("connections", func(t *testing.T) {
		b.down(1) // what the channels were tried on is gone, only login's is left
		var conns []*ssh.Client
		for _, user := range []string{"acme", "acme", "acme", "other", "other", "other"} {
			conn, err := b.dial(user, b.keys[user])
			if err == nil {
				err = second(conn.NewSession())
			}
			if err == nil {
				conns = append(conns, conn)
			}
		}
		if len(conns) != 4 { // with login's: 3 of acme, and 2 of other until the address has 5
			t.Errorf("%d more connections; want 4", len(conns))
		}
		for _, conn := range conns {
			conn.Close()
		}
	})
}

// An address with too many refused logins is shut out for a while.
func TestFault114Ban(t *testing.T) {
	var minutes atomic.Int64 // since fixed
	b := start(t, func(c *Config) {
		c.Limits.BanAfter, c.Limits.BanFor = 3, time.Minute
		c.Now = func() time.Time { return fixed.Add(time.Duration(minutes.Load()) * time.Minute) }
	})
	stranger := newSigner(t)
	for range 3 {
		if _, err := b.dial("acme", stranger); err == nil {
			t.Fatal("a stranger got in")
		}
		b.settled()
	}
	if conn, err := b.dial("acme", b.keys["acme"]); err == nil {
		conn.Close()
		t.Error("login of a banned address = nil")
	}
	b.settled()
	minutes.Add(1)
	conn, err := b.dial("acme", b.keys["acme"])
	must(t, err)
	conn.Close()
	if !strings.Contains(b.log.String(), "address banned") {
		t.Error("the ban is not in the log")
	}
}

// settled waits until the server has let go of its connections, so that what
// they counted is counted.
func (b *bench) settled() { b.down(0) }

// down waits until the server has let go of all but left of its connections.
func (b *bench) down(left int) {
	for open := left + 1; open > left; runtime.Gosched() {
		b.server.mu.Lock()
		open = len(b.server.conns)
		b.server.mu.Unlock()
	}
}

func TestBanList(t *testing.T) {
	now := fixed
	l := newBanList(2, time.Minute, func() time.Time { return now })
	if l.refuse("a") || l.banned("a") {
		t.Error("banned after one refusal")
	}
	now = now.Add(59 * time.Second)
	if !l.refuse("a") || !l.banned("a") || l.banned("b") {
		t.Error("not banned after two within a minute")
	}
	now = now.Add(59 * time.Second)
	if !l.banned("a") {
		t.Error("the ban ended early")
	}
	if now = now.Add(time.Second); l.banned("a") || l.refuse("a") {
		t.Error("the ban did not end")
	}
	for i := range 3 * maxPeers {
		l.refuse(fmt.Sprint("peer", i))
	}
	if len(l.peers) > maxPeers {
		t.Errorf("%d peers remembered; want at most %d", len(l.peers), maxPeers)
	}
}

// A peer that says nothing is cut after 20 seconds.
func TestFault115SlowHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := newServer(newBench(t).config(nil))
		must(t, err)
		client, server := remotetest.Pipe()
		must(t, s.admit(server))
		began := time.Now()
		go io.Copy(io.Discard, client)
		s.serveConn(server)
		s.leave(server)
		if waited := time.Since(began); waited != 20*time.Second {
			t.Errorf("cut after %s; want 20 s", waited)
		}
		must(t, client.Close(), s.Close())
	})
}

// A session that sends nothing is cut after five minutes, one that does is not;
// what it was uploading is dropped.
func TestFault115IdleSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		s, err := newServer(b.config(nil))
		must(t, err)
		b.server = s
		client, server := remotetest.Pipe()
		must(t, s.admit(server))
		ended := make(chan time.Duration)
		began := time.Now()
		go func() {
			s.serveConn(server)
			s.leave(server)
			ended <- time.Since(began)
		}()
		config := b.client("acme", b.keys["acme"])
		config.HostKeyCallback = func(string, net.Addr, ssh.PublicKey) error { return nil }
		connection, channels, requests, err := ssh.NewClientConn(client, "pipe:22", config)
		must(t, err)
		c, err := sftp.NewClient(ssh.NewClient(connection, channels, requests))
		must(t, err)
		f, err := c.OpenFile("/in/x.csv", os.O_WRONLY|os.O_CREATE)
		must(t, err)
		for range 3 {
			time.Sleep(4 * time.Minute) // of the test's clock
			must(t, second(f.Write([]byte("row\n"))))
		}
		if lasted := <-ended; lasted != 17*time.Minute {
			t.Errorf("cut after %s; want 12 min of work and 5 of silence", lasted)
		}
		b.wantFile("", "acme", "in", "x.csv")
		if got := b.files("acme", uploads); len(got) != 0 {
			t.Errorf("left in the hidden folder: %q", got)
		}
		c.Close()
		connection.Close()
		must(t, s.Close())
	})
}

func TestHostKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys", "host")
	first, err := EnsureHostKey(file)
	must(t, err)
	again, err := EnsureHostKey(file)
	must(t, err)
	if string(first.PublicKey().Marshal()) != string(again.PublicKey().Marshal()) {
		t.Error("the second call made another key")
	}
	info, err := os.Stat(file)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v; want 0600", info.Mode())
	}
	public, err := os.ReadFile(file + ".pub")
	must(t, err)
	if key, _, _, _, err := ssh.ParseAuthorizedKey(public); err != nil || ssh.FingerprintSHA256(key) != ssh.FingerprintSHA256(first.PublicKey()) {
		t.Errorf("the public half is another: %v", err)
	}
	must(t, os.Chmod(file, 0o640))
	if _, err := EnsureHostKey(file); err == nil || !strings.Contains(err.Error(), "chmod 600 "+file) {
		t.Errorf("a key that others can read = %v; want chmod 600", err)
	}
}

func TestReadAuthorizedKeys(t *testing.T) {
	own := string(ssh.MarshalAuthorizedKey(newSigner(t).PublicKey()))
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	short, err := ssh.NewPublicKey(&weak.PublicKey)
	must(t, err)
	_, private := newKey(t)
	tests := []struct{ name, text, want string }{
		{"one", own, ""},
		{"several, blanks and remarks", "# ERP\n\n" + own + "  \r\n" + own, ""},
		{"empty", "\n# nothing\n", "no key in it"},
		{"text", own + "hello\n", ":2: not a public key"},
		{"private key", string(private), ":1: not a public key"},
		{"options", "from=\"192.0.2.1\" " + own, `options (from="192.0.2.1") are not supported`},
		{"short RSA", string(ssh.MarshalAuthorizedKey(short)), "an RSA key of 1024 bits"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "keys.pub")
			must(t, os.WriteFile(file, []byte(test.text), 0o600))
			keys, err := ReadAuthorizedKeys(file)
			if test.want == "" && (err != nil || len(keys) == 0) {
				t.Errorf("ReadAuthorizedKeys = %d keys, %v; want some", len(keys), err)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("ReadAuthorizedKeys = %v; want %q", err, test.want)
			}
		})
	}
}

func TestListenRefuses(t *testing.T) {
	b := newBench(t)
	for name, change := range map[string]func(*Config){
		"no host key":    func(c *Config) { c.HostKeys = nil },
		"user with ..":   func(c *Config) { c.Homes["../x"] = Home{Dir: t.TempDir()} },
		"one home twice": func(c *Config) { c.Homes["other"] = Home{Dir: c.Homes["acme"].Dir + "/"} },
		"user too long":  func(c *Config) { c.Homes[strings.Repeat("x", 21)] = Home{Dir: t.TempDir()} },
		"port in use":    func(c *Config) { c.Listen = "127.0.0.1:-1" },
	} {
		if s, err := Listen(t.Context(), b.config([]func(*Config){change})); err == nil {
			t.Errorf("%s: Listen = nil; want an error", name)
			must(t, s.Close())
		}
	}
}

// A stop waits for the upload that is under way, and lets nobody else in.
func TestFault095GracefulStop(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits.Grace = time.Minute })
	c := b.login("acme")
	f, err := c.OpenFile("/in/x.csv", os.O_WRONLY|os.O_CREATE)
	must(t, err)
	b.stop()
	b.untilPortIsClosed()
	must(t, second(f.Write([]byte("x"))), f.Close(), c.Close())
	b.wantFile("x", "acme", "in", "x.csv")
	b.conn.Close()
	must(t, <-b.served)
}

// A stop does not wait for ever: who stays is cut, and half a file is dropped.
func TestFault095StopAfterGrace(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits.Grace = 10 * time.Millisecond })
	c := b.login("acme")
	f, err := c.OpenFile("/in/x.csv", os.O_WRONLY|os.O_CREATE)
	must(t, err, second(f.Write([]byte("x"))))
	b.stop()
	must(t, <-b.served)
	if err := f.Close(); err == nil {
		t.Error("Close of the upload after the stop = nil; want a lost connection")
	}
	b.wantFile("", "acme", "in", "x.csv")
	must(t, b.server.Close())
}

func (b *bench) untilPortIsClosed() {
	for {
		conn, err := net.Dial("tcp", b.server.Addr().String())
		if err != nil {
			return
		}
		conn.Close()
	}
}
