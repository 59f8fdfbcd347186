package sftpd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/sftp"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A bench is a running server with two merchants, acme and other.
type bench struct {
	t      *testing.T
	server *Server
	dir    string // of the homes, by user
	host   ssh.PublicKey
	keys   map[string]ssh.Signer
	pem    map[string][]byte // the same, as files have them
	log    *lockedBuffer
	conn   *ssh.Client        // of the last login
	stop   context.CancelFunc // asks Serve to stop
	served chan error         // what Serve returned
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newKey(t *testing.T) (ssh.Signer, []byte) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	signer, err := ssh.NewSignerFromKey(private)
	must(t, err)
	block, err := ssh.MarshalPrivateKey(private, "test")
	must(t, err)
	return signer, pem.EncodeToMemory(block)
}

func newSigner(t *testing.T) ssh.Signer {
	signer, _ := newKey(t)
	return signer
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// config is that of a bench, changed by those given.
func (b *bench) config(changes []func(*Config)) Config {
	c := Config{
		Listen: "127.0.0.1:0", HostKeys: []string{filepath.Join(b.t.TempDir(), "host_key")},
		Homes: map[string]Home{}, Log: slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for user, key := range b.keys {
		c.Homes[user] = Home{Dir: filepath.Join(b.dir, user), AuthorizedKeys: []ssh.PublicKey{key.PublicKey()}}
	}
	for _, change := range changes {
		change(&c)
	}
	return c
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, dir: t.TempDir(), log: &lockedBuffer{}, keys: map[string]ssh.Signer{}, pem: map[string][]byte{}}
	for _, user := range []string{"acme", "other"} {
		b.keys[user], b.pem[user] = newKey(t)
	}
	return b
}

// start runs a server on loopback until the test ends.
func start(t *testing.T, changes ...func(*Config)) *bench {
	t.Helper()
	b := newBench(t)
	c := b.config(changes)
	s, err := Listen(t.Context(), c)
	must(t, err)
	b.server = s
	host, err := EnsureHostKey(c.HostKeys[0])
	must(t, err)
	b.host = host.PublicKey()
	ctx, stop := context.WithCancel(context.Background())
	b.stop, b.served = stop, make(chan error, 1)
	go func() {
		b.served <- s.Serve(ctx)
		close(b.served)
	}()
	t.Cleanup(func() {
		must(t, s.Close(), <-b.served)
		stop()
	})
	return b
}

func (b *bench) client(user string, keys ...ssh.Signer) *ssh.ClientConfig {
	return &ssh.ClientConfig{User: user, Auth: []ssh.AuthMethod{ssh.PublicKeys(keys...)}, HostKeyCallback: ssh.FixedHostKey(b.host)}
}

func (b *bench) dial(user string, keys ...ssh.Signer) (*ssh.Client, error) {
	return ssh.Dial("tcp", b.server.Addr().String(), b.client(user, keys...))
}

// login is a session of the user that ends with the test.
func (b *bench) login(user string) *sftp.Client {
	b.t.Helper()
	conn, err := b.dial(user, b.keys[user])
	must(b.t, err)
	b.conn = conn
	client, err := sftp.NewClient(conn)
	must(b.t, err)
	b.t.Cleanup(func() {
		client.Close() // over a session that a test has cut there is nothing to say
		conn.Close()
	})
	return client
}

func (b *bench) path(elements ...string) string {
	return filepath.Join(append([]string{b.dir}, elements...)...)
}

// put writes a file as a client does and returns the error of the close.
func put(c *sftp.Client, name, content string) error {
	f, err := c.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, strings.NewReader(content))
	return errors.Join(err, f.Close())
}

func get(c *sftp.Client, name string) (string, error) {
	f, err := c.Open(name)
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(f)
	return string(content), errors.Join(err, f.Close())
}

func listed(t *testing.T, c *sftp.Client, folder string) []string {
	t.Helper()
	infos, err := c.ReadDir(folder)
	must(t, err)
	names := []string{}
	for _, info := range infos {
		names = append(names, info.Name())
	}
	return names
}

// files are the names in a folder of a home, the hidden ones too.
func (b *bench) files(elements ...string) []string {
	b.t.Helper()
	entries, err := os.ReadDir(b.path(elements...))
	must(b.t, err)
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (b *bench) write(content string, elements ...string) {
	b.t.Helper()
	must(b.t, os.MkdirAll(filepath.Dir(b.path(elements...)), 0o700), os.WriteFile(b.path(elements...), []byte(content), 0o600))
}

// wantFile compares a file of a home; "" means that it must not be there.
func (b *bench) wantFile(content string, elements ...string) {
	b.t.Helper()
	got, err := os.ReadFile(b.path(elements...))
	if content == "" && errors.Is(err, fs.ErrNotExist) {
		return
	}
	if string(got) != content || err != nil {
		b.t.Errorf("%s has %q, %v; want %q", filepath.Join(elements...), got, err, content)
	}
}
