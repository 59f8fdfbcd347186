package main

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/remote/remotetest/opensshtest"
	"github.com/kontor-exchange/kontor/processor/sftpd"
)

// The same history gives the same books, whatever way it comes.

func october(t *testing.T) scenario {
	t.Helper()
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	if testing.Short() {
		s.until = "2026-10-13"
	}
	return s
}

// In the dialect of another ERP; what is bad in one is as bad in the other.
func TestOctoberInActindo(t *testing.T) {
	s := october(t)
	s.profile = "actindo"
	onBoth(t, func(t *testing.T, url string) {
		g := newStage(t, s, url)
		from, to := profileOf(t, "kontor"), profileOf(t, "actindo")
		g.play(t, func(name string, text []byte) (string, []byte) { return name, convert(t, name, text, from, to) })
		compareWhole(t, s, g)
		g.verify(t)
	})
}

// Over SFTP: the ERP uploads to the built-in server, the bank has an OpenSSH
// server that the exchange logs into.
func TestOctoberOverSFTP(t *testing.T) {
	s := october(t)
	plain := newStage(t, s, "sqlite")
	plain.play(t, nil)
	onBoth(t, func(t *testing.T, url string) {
		g := newSFTPStage(t, s, url)
		g.play(t, nil)
		if diff := gocmp.Diff(plain.export(), g.export()); diff != "" {
			t.Errorf("the export differs from that over folders (-folders +SFTP):\n%s", diff)
		}
		compareWhole(t, s, g)
		g.verify(t)
		want, got := tree(t, filepath.Join(plain.dir, "erp", "out")), tree(t, filepath.Join(g.dir, "fetched"))
		if diff := gocmp.Diff(want, got); diff != "" || len(got) == 0 {
			t.Errorf("what comes back differs from that over folders (-folders +SFTP):\n%s", diff)
		}
	})
}

// newSFTPStage sets up an exchange whose ERP uploads to the built-in server and
// whose bank has an OpenSSH server.
func newSFTPStage(t *testing.T, s scenario, url string) *stage {
	t.Helper()
	dir := t.TempDir()
	keys := filepath.Join(dir, "keys")
	f := &folder{Dir: dir}
	for _, step := range []func() error{f.folders, f.hostKey, f.clientKey} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	s.at = dir
	s.erp = "url: builtin, authorized_keys: [./keys/acme.pub]"
	bank := opensshtest.Start(t)
	s.bank = fmt.Sprintf("url: %q, identity: %q, known_hosts: %q", bank.URL(""), bank.Identity, bank.KnownHosts)
	bankIn := bank.Folder("in")
	s.more = "server: {listen: \"127.0.0.1:0\"}\n"
	g := newStage(t, s, url)
	server, err := g.x.listen(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	serve(t, server)
	trust(t, keys, server.Addr().String(), f.path(f.hostKeyName()))
	erp, err := logIn(t.Context(), server.Addr().String(), keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := erp.close(); err != nil {
			t.Error(err)
		}
	})
	g.deliver = func(name string, text []byte) {
		var err error
		if strings.HasPrefix(name, "payments") {
			err = os.WriteFile(filepath.Join(bankIn, name), text, 0o644)
		} else {
			err = erp.upload(name, text)
		}
		if err != nil {
			t.Fatalf("deliver %s: %v", name, err)
		}
	}
	g.after = func() {
		if err := erp.download(filepath.Join(dir, "fetched")); err != nil {
			t.Fatal(err)
		}
		if left, err := erp.waiting(); err != nil || len(left) > 0 {
			t.Fatalf("%v stays in in/: %v", left, err)
		}
	}
	return g
}

// What the configuration says of a folder holds for what is put there, and for
// nothing else.
func TestModeOfFolders(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until, s.erp = "2026-10-02", `url: "dir:./erp", mode: 0640`
	g := newStage(t, s, "sqlite")
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	g.play(t, nil)
	for pattern, want := range map[string]os.FileMode{
		"erp/out": 0o750, "erp/out/ack": 0o750, "erp/out/ack/orders*.csv": 0o640, "erp/out/decisions/*.csv": 0o640, "data/reports/ack/*.csv": 0o600,
	} {
		found, err := filepath.Glob(filepath.Join(g.dir, pattern))
		if err != nil || len(found) == 0 {
			t.Errorf("%s: nothing is there, %v", pattern, err)
		}
		for _, name := range found {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s has mode %v, %v; want %v", name, info.Mode(), err, want)
			}
		}
	}
}

// serve lets a server work until the end of the test.
func serve(t *testing.T, server *sftpd.Server) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// trust adds a host key to known_hosts.
func trust(t *testing.T, keys, address, host string) {
	t.Helper()
	key, err := hostKey(host)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(keys, "known_hosts"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(knownHost(address, key)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func knownHost(address string, key ssh.PublicKey) string {
	host, port, _ := strings.Cut(address, ":")
	return "[" + host + "]:" + port + " " + string(ssh.MarshalAuthorizedKey(key))
}

// tree reads all files below a folder, but for hidden ones: what was being
// written when a process was killed keeps its temporary name.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
