package remote_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
)

func TestOpenRefuses(t *testing.T) {
	identity, public := remotetest.Identity(t)
	loose, _ := remotetest.Identity(t)
	if err := os.Chmod(loose, 0o644); err != nil {
		t.Fatal(err)
	}
	known := remotetest.KnownHosts(t, "erp.example:22", public)
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	tests := []struct {
		name   string
		config remote.Config
		want   string
	}{
		{"no URL", remote.Config{}, "want dir:PATH or sftp://"},
		{"another scheme", remote.Config{URL: "ftp://a@b/c"}, "want dir:PATH or sftp://"},
		{"no path", remote.Config{URL: "dir:"}, "after dir: comes the path of a folder"},
		{"folder missing", remote.Config{URL: "dir:" + missing}, "does not exist; create it"},
		{"no user", remote.Config{URL: "sftp://erp.example/x"}, "want sftp://user@host:port/base"},
		{"no host", remote.Config{URL: "sftp://acme@/x"}, "want sftp://user@host:port/base"},
		{"password", remote.Config{URL: "sftp://acme:secret@erp.example/x"}, "a password in the URL is not used"},
		{"no identity", remote.Config{URL: "sftp://acme@erp.example/x"}, "ssh-keygen -t ed25519"},
		{"identity missing", remote.Config{URL: "sftp://acme@erp.example/x", Identity: missing}, "no such file"},
		{"loose identity", remote.Config{URL: "sftp://acme@erp.example/x", Identity: loose}, "mode 0644 lets others use the key; do: chmod 600 " + loose},
		{"identity is text", remote.Config{URL: "sftp://acme@erp.example/x", Identity: text}, "not a private key"},
		{"no known_hosts", remote.Config{URL: "sftp://acme@erp.example/x", Identity: identity}, "it must name the server's key"},
		{"known_hosts missing", remote.Config{URL: "sftp://acme@erp.example/x", Identity: identity, KnownHosts: missing}, "ssh-keyscan -p 22 erp.example >> " + missing},
		{"host unknown", remote.Config{URL: "sftp://acme@other.example:2022/x", Identity: identity, KnownHosts: known}, "has no key of other.example:2022"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := remote.Open(t.Context(), test.config)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Open(%q) = %v; want %q", test.config.URL, err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("Open(%q) = %v; the password is in it", test.config.URL, err)
			}
		})
	}
}

// The key of the server changed: both fingerprints are named, and the server is
// left alone for a while.
func TestFault065ChangedHostKey(t *testing.T) {
	_, c := newEvil(t, packet.honest)
	_, other := remotetest.Identity(t)
	dial, dials := c.Dial, 0
	c.KnownHosts = remotetest.KnownHosts(t, "evil.example:22", other)
	c.Dial = countingDial(dial, &dials)
	now := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	c.Now = func() time.Time { return now }
	r := open(t, c)
	defer closed(t, r)
	for range 3 {
		_, err := r.List(t.Context(), "in")
		var changed *remote.HostKeyError
		if !errors.As(err, &changed) {
			t.Fatalf("List = %v; want a HostKeyError", err)
		}
		if !strings.Contains(err.Error(), ssh.FingerprintSHA256(other)) || strings.Count(err.Error(), "SHA256:") != 2 {
			t.Errorf("List = %v; want both fingerprints", err)
		}
	}
	if dials != 1 {
		t.Errorf("%d connections; want 1, and then a pause", dials)
	}
	now = now.Add(time.Minute)
	if _, err := r.List(t.Context(), "in"); err == nil || dials != 2 {
		t.Errorf("after a minute List = %v with %d connections; want a second try", err, dials)
	}
}

// The server has only a key of a type that we do not know: its fingerprint and
// ours are named all the same.
func TestFault066HostKeyOfAnotherType(t *testing.T) {
	e, c := newEvil(t, packet.honest)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	e.config = &ssh.ServerConfig{PublicKeyCallback: e.config.PublicKeyCallback}
	e.config.AddHostKey(signer)
	r := open(t, c)
	defer closed(t, r)
	_, err = r.List(t.Context(), "in")
	var changed *remote.HostKeyError
	if !errors.As(err, &changed) || changed.Got != "ecdsa-sha2-nistp256 "+ssh.FingerprintSHA256(signer.PublicKey()) ||
		len(changed.Known) != 1 || !strings.HasPrefix(changed.Known[0], "ssh-ed25519 SHA256:") {
		t.Errorf("List = %v; want a HostKeyError with both fingerprints", err)
	}
}

// A server that also has a key of another type shows the one that we know.
func TestFault066SeveralHostKeys(t *testing.T) {
	e, c := newEvil(t, packet.honest)
	for _, bits := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		key, err := ecdsa.GenerateKey(bits, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := ssh.NewSignerFromKey(key)
		if err != nil {
			t.Fatal(err)
		}
		e.config.AddHostKey(signer)
	}
	r := open(t, c)
	defer closed(t, r)
	if _, err := r.List(t.Context(), "in"); err != nil {
		t.Errorf("List = %v; want the ed25519 key to be asked for", err)
	}
}

// Two keys of a host are valid together, in either order, while it is rotated;
// a key that is added counts without opening the remote again.
func TestFault067HostKeyRotation(t *testing.T) {
	_, c := newEvil(t, packet.honest)
	_, other := remotetest.Identity(t)
	current, err := os.ReadFile(c.KnownHosts)
	if err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(remotetest.KnownHosts(t, "evil.example:22", other))
	if err != nil {
		t.Fatal(err)
	}
	for i, lines := range []string{string(current) + string(old), string(old) + string(current)} {
		c.KnownHosts = filepath.Join(t.TempDir(), fmt.Sprint("known", i))
		if err := os.WriteFile(c.KnownHosts, old, 0o600); err != nil {
			t.Fatal(err)
		}
		r := open(t, c)
		if err := os.WriteFile(c.KnownHosts, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := r.List(t.Context(), "in"); err != nil {
			t.Errorf("List with two known keys = %v", err)
		}
		closed(t, r)
	}
}

// A refused login is not tried again at once, so that a run with many files does
// not lock the account.
func TestFault069RefusedLogin(t *testing.T) {
	e, c := newEvil(t, packet.honest)
	e.config.PublicKeyCallback = func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
		return nil, errors.New("no")
	}
	dials := 0
	c.Dial = countingDial(c.Dial, &dials)
	r := open(t, c)
	defer closed(t, r)
	for range 5 {
		if _, err := r.List(t.Context(), "in"); err == nil || !strings.Contains(err.Error(), "unable to authenticate") {
			t.Errorf("List = %v; want a refused login", err)
		}
	}
	if dials != 1 {
		t.Errorf("%d logins; want 1, and then a pause", dials)
	}
}
