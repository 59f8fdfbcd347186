package remote_test

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
	"github.com/kontor-exchange/kontor/processor/sftpd"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// An implementation is a way to reach a fresh local folder.
type implementation struct {
	name  string
	fresh func(t *testing.T) (remote.Config, string)
}

// implementations are all remotes; OpenSSH's server where it is installed.
func implementations(t *testing.T) []implementation {
	all := []implementation{{"dir", freshFolder}, {"sftpd", freshServer}}
	if _, err := os.Stat("/usr/sbin/sshd"); err != nil {
		t.Log("without OpenSSH:", err)
		return all
	}
	return append(all, implementation{"openssh", func(t *testing.T) (remote.Config, string) {
		c, dir, ok := remotetest.OpenSSH(t)
		if !ok {
			t.Fatal("sshd does not start")
		}
		return c, dir
	}})
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
	for _, i := range implementations(t) {
		t.Run(i.name, func(t *testing.T) {
			remotetest.Run(t, func(t *testing.T) remote.Remote {
				c, _ := i.fresh(t)
				return open(t, c)
			})
		})
	}
}

func TestPlantedEntries(t *testing.T) {
	for _, i := range implementations(t) {
		t.Run(i.name, func(t *testing.T) {
			remotetest.RunPlanted(t, func(t *testing.T) (remote.Remote, string) {
				c, dir := i.fresh(t)
				return open(t, c), dir
			})
		})
	}
}
