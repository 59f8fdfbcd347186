package sftpd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
)

// sftpOver starts SFTP on a session by hand, so that a test can end it alone.
func sftpOver(t *testing.T, session *ssh.Session) (*sftp.Client, *ssh.Session) {
	t.Helper()
	in, err := session.StdinPipe()
	must(t, err)
	out, err := session.StdoutPipe()
	must(t, err, session.RequestSubsystem("sftp"))
	c, err := sftp.NewClientPipe(out, in)
	must(t, err)
	return c, session
}

// forOpenSSH writes what the program needs.
func (b *bench) forOpenSSH() (identity, known, dir string) {
	dir = b.t.TempDir()
	identity, known = filepath.Join(dir, "id"), filepath.Join(dir, "known_hosts")
	must(b.t, os.WriteFile(identity, b.pem["acme"], 0o600),
		os.WriteFile(known, []byte(knownhosts.Line([]string{b.server.Addr().String()}, b.host)+"\n"), 0o600))
	return identity, known, dir
}

// Nothing but in is written, and nothing but files is made.
func TestWhatIsRefused(t *testing.T) {
	b := start(t)
	b.write("state", "acme", "out", "states", "s.csv")
	b.write("ack", "acme", "out", "ack", "a.csv")
	b.write("half", "acme", "out", "ack", ".kontor-1.tmp")
	b.write("data", "acme", "in", "x.csv")
	b.write("sub", "acme", "in", "sub", "x.csv")
	b.write("private", "acme", "notes.txt")
	c := b.login("acme")
	tests := map[string]error{
		"write into out":         put(c, "/out/ack/x.csv", "x"),
		"write into home":        put(c, "/x.csv", "x"),
		"write into a subfolder": put(c, "/in/sub/y.csv", "x"),
		"write the folder":       put(c, "/in", "x"),
		"write a subfolder":      put(c, "/in/sub", "x"),
		"write hidden folder":    put(c, "/.uploads/x.csv", "x"),
		"write elsewhere":        put(c, "/etc/x.csv", "x"),
		"newline in the name":    put(c, "/in/x\n.csv", "x"),
		"escape in the name":     put(c, "/in/x\x1b[2J.csv", "x"),
		"backslash in the name":  put(c, `/in/..\x.csv`, "x"),
		"NUL in the name":        put(c, "/in/x\x00.csv", "x"),
		"Latin-1 in the name":    put(c, "/in/\xe4.csv", "x"),
		"long name":              put(c, "/in/"+strings.Repeat("x", 256), "x"),
		"mkdir":                  c.Mkdir("/in/new"),
		"mkdir in home":          c.Mkdir("/new"),
		"rmdir":                  c.RemoveDirectory("/in/sub"),
		"remove a folder":        c.Remove("/in/sub"),
		"symlink":                c.Symlink("/in/x.csv", "/in/link.csv"),
		"symlink outwards":       c.Symlink("../../other", "/in/link"),
		"hard link":              c.Link("/in/x.csv", "/in/link.csv"),
		"rename out of in":       c.Rename("/in/x.csv", "/out/x.csv"),
		"rename into in":         c.Rename("/out/ack/a.csv", "/in/a.csv"),
		"rename in out":          c.PosixRename("/out/ack/a.csv", "/out/ack/b.csv"),
		"rename a folder":        c.Rename("/in/sub", "/in/dir"),
		"rename onto a folder":   c.PosixRename("/in/x.csv", "/in/sub"),
		"truncate":               c.Truncate("/in/x.csv", 1),
		"remove a missing file":  c.Remove("/in/none.csv"),
		"attributes of nothing":  c.Chmod("/in/none.csv", 0o600),
		"private file":           second(c.Stat("/notes.txt")),
		"hidden file in out":     second(c.Stat("/out/ack/.kontor-1.tmp")),
		"hidden folder":          second(c.ReadDir("/.uploads")),
		"list a file":            second(c.ReadDir("/in/x.csv")),
		"read a folder":          second(c.Open("/in")),
		"read a missing file":    second(c.Open("/in/none.csv")),
		"read a link":            second(c.ReadLink("/in/x.csv")),
	}
	for name, err := range tests {
		if err == nil {
			t.Errorf("%s: nil; want a refusal", name)
		} else if strings.Contains(err.Error(), b.dir) || strings.Contains(err.Error(), "openat") {
			t.Errorf("%s: %v; shows the server's insides", name, err)
		}
	}
	must(t, c.Mkdir("/in"), c.Chmod("/in/x.csv", 0o777), c.Chtimes("/in/x.csv", fixed, fixed))
	for file, content := range map[string]string{"in/x.csv": "data", "in/sub/x.csv": "sub", "out/ack/a.csv": "ack", "notes.txt": "private"} {
		b.wantFile(content, "acme", file)
	}
	if diff := cmp.Diff([]string{"a.csv"}, listed(t, c, "/out/ack")); diff != "" {
		t.Errorf("out/ack shows (-want +got):\n%s", diff)
	}
}

func second[T any](_ T, err error) error { return err }

// What lies in out is read, and removed by the ERP when it likes.
func TestOutIsTakenAway(t *testing.T) {
	b := start(t)
	b.write("payout", "acme", "out", "payouts", "p.csv")
	c := b.login("acme")
	if diff := cmp.Diff([]string{"ack", "decisions", "dunning", "payouts", "states"}, sorted(listed(t, c, "out"))); diff != "" {
		t.Errorf("out shows (-want +got):\n%s", diff)
	}
	if got, err := get(c, "out/payouts/p.csv"); got != "payout" || err != nil {
		t.Errorf("download = %q, %v", got, err)
	}
	must(t, c.Remove("/out/payouts/p.csv"))
	b.wantFile("", "acme", "out", "payouts", "p.csv")
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

// No path and no link leads to another merchant, or out of the home.
func TestFault116OtherMerchant(t *testing.T) {
	b := start(t)
	b.write("secret", "other", "in", "secret.csv")
	b.write("secret", "secret.csv")
	must(t,
		os.Symlink(b.path("other"), b.path("acme", "in", "abs")),
		os.Symlink("../../other", b.path("acme", "in", "rel")),
		os.Symlink(b.path("secret.csv"), b.path("acme", "in", "file.csv")),
		os.Symlink("../../secret.csv", b.path("acme", "out", "file.csv")),
		os.Symlink("/", b.path("acme", "out", "root")))
	c := b.login("acme")
	paths := []string{
		"../other/in/secret.csv", "/../other/in/secret.csv", "in/../../other/in/secret.csv", "/in/../../../secret.csv",
		b.path("other", "in", "secret.csv"), "/proc/self/cwd/secret.csv", "/etc/passwd", "in/abs/in/secret.csv", "in/rel/in/secret.csv",
		"in/file.csv", "out/file.csv", "out/root/etc/passwd", "out/root" + b.path("secret.csv"), "in//..//..//other/in/secret.csv",
		"./in/./../../other/in/secret.csv", "in/rel/in", "in/abs", "\x00/../secret.csv", `..\other\in\secret.csv`,
	}
	for _, p := range paths {
		if got, err := get(c, p); err == nil {
			t.Errorf("download(%q) = %q; want an error", p, got)
		}
		if infos, err := c.ReadDir(p); err == nil {
			t.Errorf("list(%q) = %d entries; want an error", p, len(infos))
		}
		if info, err := c.Lstat(p); err == nil {
			t.Errorf("lstat(%q) = %s; want an error", p, info.Name())
		}
		if err := put(c, p, "overwritten"); err == nil {
			t.Errorf("upload(%q) = nil; want an error", p)
		}
		if err := errors.Join(c.Remove(p), c.Rename(p, "/in/x.csv"), c.Chmod(p, 0o777)); err == nil {
			t.Errorf("change of %q = nil; want an error", p)
		}
	}
	b.wantFile("secret", "other", "in", "secret.csv")
	b.wantFile("secret", "secret.csv")
	if got := listed(t, c, "/in"); len(got) != 0 {
		t.Errorf("in shows %q; want no links", got)
	}
}

// A folder of many files is listed as a whole, hidden files of the client too.
func TestListMany(t *testing.T) {
	b := start(t)
	want := []string{".mine"}
	b.write("", "acme", "in", ".mine")
	for i := range 1234 {
		want = append(want, fmt.Sprintf("f%04d.csv", i))
		b.write("", "acme", "in", want[i+1])
	}
	if diff := cmp.Diff(want, sorted(listed(t, b.login("acme"), "/in"))); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
}

// What a cut upload left is gone after the next start, and nothing else.
func TestStartClearsAway(t *testing.T) {
	b := newBench(t)
	b.write("half", "acme", uploads, "ABC")
	b.write("half", "acme", "in", ".kontor-0123456789abcdef.tmp")
	b.write("theirs", "acme", "in", ".theirs.tmp")
	b.write("file", "acme", "in", "x.csv")
	b.write("half", "acme", "out", ".kontor-0123456789abcdef.tmp")
	b.write("half", "acme", "out", "ack", ".kontor-0123456789abcdef.tmp")
	b.write("file", "acme", "out", "ack", "x.csv")
	s, err := newServer(b.config(nil))
	must(t, err, s.Close())
	if diff := cmp.Diff([]string{".theirs.tmp", "x.csv"}, b.files("acme", "in")); diff != "" {
		t.Errorf("in after the start (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"x.csv"}, b.files("acme", "out", "ack")); diff != "" {
		t.Errorf("out/ack after the start (-want +got):\n%s", diff)
	}
	if got := b.files("acme", "out"); slices.Contains(got, ".kontor-0123456789abcdef.tmp") {
		t.Errorf("in out after the start: %q", got)
	}
	if got := b.files("acme", uploads); len(got) != 0 {
		t.Errorf("left in the hidden folder: %q", got)
	}
}

// The server takes the names that a remote takes, and hides as unfinished those
// that a remote does not.
func TestNamesAgreeWithRemote(t *testing.T) {
	for _, name := range append(remotetest.RefusedNames(), "orders.csv", "x.csv.done", "Aufträge.csv", "x.tmp.csv", "X.PART", "~x", "x~") {
		if temporary(name) != remote.Temporary(name) {
			t.Errorf("temporary(%q) = %t; want %t", name, temporary(name), remote.Temporary(name))
		}
		at, err := locate("/in/" + name)
		if final := err == nil && at.writable() && !temporary(name) && at.name == name; final != (remote.CheckName(name) == nil) {
			t.Errorf("%q is final for the server: %t, for the remote: %v", name, final, remote.CheckName(name))
		}
	}
}

// A path of a client, whatever it is, leads to in, out or below, or nowhere.
func FuzzLocate(f *testing.F) {
	for _, p := range []string{"", "/", "in", "/in/x.csv", "../x", "in/../../x", "out/ack/a.csv", "/in/.hidden", "in/\x00", "//in//x", ".uploads/x", "in/./x", "out/.x/y"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		at, err := locate(p)
		if err != nil {
			return
		}
		top, _, _ := strings.Cut(at.file, "/")
		inside := at.file == "." || top == "in" || top == "out"
		if !inside || !filepath.IsLocal(at.file) || path.Clean(at.file) != at.file || strings.ContainsAny(at.file, "\x00\n\\") {
			t.Errorf("locate(%q) = %q", p, at.file)
		}
		if at.writable() && path.Dir(at.file) != "in" {
			t.Errorf("locate(%q) = %q may be written", p, at.file)
		}
		if !fs.ValidPath(at.file) {
			t.Errorf("locate(%q) = %q is no path", p, at.file)
		}
	})
}
