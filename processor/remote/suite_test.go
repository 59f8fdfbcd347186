package remote_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest/opensshtest"
	"github.com/kontor-exchange/kontor/processor/sftpd"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// An implementation is a way to reach a fresh local folder.
type implementation struct {
	name  string
	fresh func(t *testing.T) (remote.Config, string)
}

// implementations are all remotes, and servers that others wrote.
func implementations() []implementation {
	return []implementation{{"dir", freshFolder}, {"sftpd", freshServer}, {"openssh", freshOpenSSH}}
}

func freshOpenSSH(t *testing.T) (remote.Config, string) {
	s := opensshtest.Start(t)
	return s.Config(""), s.Root
}

func freshFolder(t *testing.T) (remote.Config, string) {
	dir := t.TempDir()
	return remote.Config{URL: "dir:" + dir}, dir
}

// freshServer starts the built-in server with the home of one merchant.
func freshServer(t *testing.T) (remote.Config, string) {
	identity, public := remotetest.Identity(t)
	home, key := filepath.Join(t.TempDir(), "home"), filepath.Join(t.TempDir(), "host_key")
	address := serve(t, sftpd.Config{
		Listen: "127.0.0.1:0", HostKeys: []string{key},
		Homes: map[string]sftpd.Home{"acme": {Dir: home, AuthorizedKeys: []ssh.PublicKey{public}}},
	}).String()
	host, err := sftpd.EnsureHostKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return remote.Config{
		URL: "sftp://acme@" + address + "/", Identity: identity,
		KnownHosts: remotetest.KnownHosts(t, address, host.PublicKey()),
	}, home
}

func serve(t *testing.T, c sftpd.Config) net.Addr {
	t.Helper()
	s, err := sftpd.Listen(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(t.Context()) }()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return s.Addr()
}

func open(t *testing.T, c remote.Config) remote.Remote {
	t.Helper()
	r, err := remote.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPromises(t *testing.T) {
	for _, i := range implementations() {
		t.Run(i.name, func(t *testing.T) {
			remotetest.Run(t, func(t *testing.T) remote.Remote {
				c, _ := i.fresh(t)
				return open(t, c)
			})
		})
	}
}

func TestPlantedEntries(t *testing.T) {
	for _, i := range implementations() {
		t.Run(i.name, func(t *testing.T) {
			remotetest.RunPlanted(t, func(t *testing.T) (remote.Remote, string) {
				c, dir := i.fresh(t)
				return open(t, c), dir
			})
		})
	}
}

// A Put that fails, for whatever reason, leaves no temporary file.
func TestFailedPutLeavesNothing(t *testing.T) {
	for _, i := range implementations() {
		t.Run(i.name, func(t *testing.T) {
			c, dir := i.fresh(t)
			r := open(t, c)
			defer closed(t, r)
			remotetest.Put(t, r, "in", "x.csv", []byte("there"))
			ctx, cancel := context.WithCancel(t.Context())
			for name, content := range map[string]io.Reader{
				"short.csv": strings.NewReader("shor"), "long.csv": strings.NewReader("longer"), "x.csv": strings.NewReader("other"),
				"broken.csv": iotest.ErrReader(errors.New("broken")), "cancelled.csv": cancelling{cancel},
			} {
				if err := r.Put(ctx, "in", name, 5, content); err == nil {
					t.Errorf("Put(%q) = nil; want an error", name)
				}
			}
			if got := remotetest.List(t, r, "in"); !slices.Equal(got, []string{"x.csv 5"}) {
				t.Errorf("List = %q", got)
			}
			entries, err := os.ReadDir(filepath.Join(dir, "in"))
			if err != nil || len(entries) != 1 {
				t.Errorf("in the folder stand %v, %v; want x.csv alone", entries, err)
			}
		})
	}
}

// cancelling cancels its own Put.
type cancelling struct{ cancel func() }

func (c cancelling) Read(b []byte) (int, error) {
	c.cancel()
	return copy(b, "123"), nil
}

// Others may read what is put, as far as the umask lets them.
func TestFolderModes(t *testing.T) {
	c, dir := freshFolder(t)
	r := open(t, c)
	old := syscall.Umask(0o027)
	remotetest.Put(t, r, "out/ack", "x.csv", []byte("x"))
	syscall.Umask(old)
	for name, want := range map[string]os.FileMode{"out": 0o750, "out/ack": 0o750, "out/ack/x.csv": 0o640} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
}

// What the configuration says holds whatever the umask, for what is made; what is
// there already stays.
func TestFolderModesByConfig(t *testing.T) {
	tests := []struct {
		mode, file, folder os.FileMode
	}{{0o640, 0o640, 0o750}, {0o600, 0o600, 0o700}, {0o664, 0o664, 0o775}}
	for _, tt := range tests {
		c, dir := freshFolder(t)
		out := filepath.Join(dir, "out")
		if err := errors.Join(os.Mkdir(out, 0o711), os.Chmod(out, 0o711|os.ModeSetgid)); err != nil {
			t.Fatal(err)
		}
		before, err := os.Stat(filepath.Join(dir, "out"))
		if err != nil {
			t.Fatal(err)
		}
		c.Mode = tt.mode
		r := open(t, c)
		old := syscall.Umask(0o077)
		remotetest.Put(t, r, "out/ack/old", "x.csv", []byte("x"))
		syscall.Umask(old)
		for name, want := range map[string]os.FileMode{
			"out": before.Mode(), "out/ack": tt.folder | os.ModeSetgid | os.ModeDir, "out/ack/old": tt.folder | os.ModeSetgid | os.ModeDir, "out/ack/old/x.csv": tt.file,
		} {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil || info.Mode() != want {
				t.Errorf("mode %v: %s has mode %v, %v; want %v", tt.mode, name, info.Mode(), err, want)
			}
		}
	}
}

// A folder that is unplugged and plugged in again is found again; while it is
// away nothing is read as empty.
func TestFolderGoesAndComes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mount")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r := open(t, remote.Config{URL: "dir:" + dir})
	remotetest.Put(t, r, "", "x.csv", []byte("x"))
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if files, err := r.List(t.Context(), ""); err == nil {
		t.Errorf("List = %v, nil; want an error", files)
	}
	if err := os.Rename(dir+".away", dir); err != nil {
		t.Fatal(err)
	}
	if got := remotetest.List(t, r, ""); !slices.Equal(got, []string{"x.csv 1"}) {
		t.Errorf("List = %q", got)
	}
}
