package sftpd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
)

// An upload is invisible until its clean close.
func TestUploadAppearsAtClose(t *testing.T) {
	b := start(t)
	c := b.login("acme")
	f, err := c.OpenFile("in/orders_1.csv", os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	must(t, err)
	_, err = f.Write([]byte("half"))
	must(t, err)
	if got := append(b.files("acme", "in"), listed(t, c, "/in")...); len(got) != 0 {
		t.Errorf("while it is written in/ shows %q; want nothing", got)
	}
	if info, err := c.Stat("in/orders_1.csv"); err != nil || info.Size() != 4 {
		t.Errorf("its own session sees %v, %v; want 4 bytes", info, err)
	}
	must(t, f.Chmod(0o666), f.Close())
	b.wantFile("half", "acme", "in", "orders_1.csv")
	if diff := cmp.Diff([]string{"orders_1.csv"}, listed(t, c, "/in")); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	if got := b.files("acme", uploads); len(got) != 0 {
		t.Errorf("left in the hidden folder: %q", got)
	}
	if diff := cmp.Diff([]string{"in", "out"}, listed(t, c, "/")); diff != "" {
		t.Errorf("the home shows (-want +got):\n%s", diff)
	}
	info, err := os.Stat(b.path("acme", "in", "orders_1.csv"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

// A connection that is cut, or a session that ends without closing the file,
// publishes nothing and leaves nothing.
func TestFault051BrokenUpload(t *testing.T) {
	for name, cut := range map[string]func(conn *ssh.Client, end io.Closer) error{
		"connection cut": func(conn *ssh.Client, _ io.Closer) error { return conn.Close() },
		"session ended":  func(_ *ssh.Client, end io.Closer) error { return end.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.write("old", "acme", "in", "x.csv")
			c := b.login("acme")
			conn, err := b.dial("acme", b.keys["acme"])
			must(t, err)
			session, err := conn.NewSession()
			must(t, err)
			c2, end := sftpOver(t, session)
			f, err := c2.OpenFile("in/x.csv", os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
			must(t, err)
			_, err = f.Write([]byte("new, but not all of it"))
			must(t, err, cut(conn, end))
			conn.Close()              // again, where it was cut
			must(t, b.server.Close()) // waits for its sessions
			b.wantFile("old", "acme", "in", "x.csv")
			if got := b.files("acme", uploads); len(got) != 0 {
				t.Errorf("left in the hidden folder: %q", got)
			}
			c.Close()
		})
	}
}

// refusing is a check that wants a header, and answers as the program does.
func refusing(c *Config) {
	c.Check = func(user, name string, content io.Reader) error {
		text, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(string(text), "order_no;") {
			return fmt.Errorf("FILE_HEADER: a column is missing in the header of %s of %s", name, user)
		}
		return nil
	}
}

const (
	good = "order_no;amount\n1;2.00\n"
	bad  = "Betrag;Kanarienvogel\n"
)

// A header that the check refuses fails the close, with the reason and no path.
func TestRefusedAtClose(t *testing.T) {
	b := start(t, refusing)
	c := b.login("acme")
	must(t, put(c, "/in/orders_1.csv", good))
	for _, name := range []string{"/in/orders_1.csv", "/in/orders_2.csv"} {
		err := put(c, name, bad)
		if err == nil || !strings.Contains(err.Error(), "FILE_HEADER: a column is missing") || strings.Contains(err.Error(), b.dir) {
			t.Errorf("upload of a bad header = %v; want the reason of the check and no path", err)
		}
	}
	b.wantFile(good, "acme", "in", "orders_1.csv")
	b.wantFile("", "acme", "in", "orders_2.csv")
	if got := b.files("acme", uploads); len(got) != 0 {
		t.Errorf("left in the hidden folder: %q", got)
	}
	if strings.Contains(b.log.String(), "Kanarienvogel") {
		t.Errorf("the log has content of a file:\n%s", b.log)
	}
}

// Clients that upload under a temporary name are checked when they rename.
func TestRefusedAtRename(t *testing.T) {
	b := start(t, refusing)
	c := b.login("acme")
	for _, temporary := range []string{"/in/orders.csv.filepart", "/in/orders.part", "/in/.orders.csv.x", "/in/orders.tmp"} {
		must(t, put(c, temporary, bad))
		for _, rename := range []func(string, string) error{c.Rename, c.PosixRename} {
			if err := rename(temporary, "/in/orders.csv"); err == nil || !strings.Contains(err.Error(), "FILE_HEADER") {
				t.Errorf("rename of %s = %v; want the reason of the check", temporary, err)
			}
		}
		b.wantFile("", "acme", "in", "orders.csv")
		must(t, put(c, temporary, good), c.Rename(temporary, "/in/orders.csv"))
		b.wantFile(good, "acme", "in", "orders.csv")
		must(t, c.Remove("/in/orders.csv"))
	}
	if got := b.files("acme", "in"); len(got) != 0 {
		t.Errorf("left in in: %q", got)
	}
}

// A check that panics refuses the file and leaves the server alive.
func TestFault096PanickingCheck(t *testing.T) {
	b := start(t, func(c *Config) { c.Check = func(string, string, io.Reader) error { panic("Kanarienvogel") } })
	c := b.login("acme")
	if err := put(c, "/in/x.csv", good); err == nil || strings.Contains(err.Error(), "Kanarienvogel") {
		t.Errorf("upload = %v; want a failure without words", err)
	}
	if got := listed(t, c, "/in"); len(got) != 0 {
		t.Errorf("in shows %q", got)
	}
}

func TestReplace(t *testing.T) {
	b := start(t)
	c := b.login("acme")
	must(t, put(c, "/in/x.csv", "one"), put(c, "/in/x.csv", "two"))
	b.wantFile("two", "acme", "in", "x.csv")
	must(t, put(c, "/in/x.csv.tmp", "three"))
	if err := c.Rename("/in/x.csv.tmp", "/in/x.csv"); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("plain rename onto a file = %v; want a refusal", err)
	}
	b.wantFile("two", "acme", "in", "x.csv")
	must(t, c.PosixRename("/in/x.csv.tmp", "/in/x.csv"))
	b.wantFile("three", "acme", "in", "x.csv")
	if _, err := c.OpenFile("/in/x.csv", os.O_WRONLY|os.O_CREATE|os.O_EXCL); err == nil {
		t.Error("exclusive open of a file that is there = nil")
	}
	if _, err := c.OpenFile("/in/x.csv", os.O_WRONLY|os.O_APPEND); err == nil {
		t.Error("append = nil; want a refusal")
	}
	if _, err := c.OpenFile("/in/y.csv", os.O_WRONLY); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open for writing of a missing file = %v; want that it is missing", err)
	}
}

// A client resumes an upload by opening without truncating; a hole in what was
// sent refuses the file.
func TestResumeAndHoles(t *testing.T) {
	b := start(t)
	c := b.login("acme")
	must(t, put(c, "/in/x.csv.filepart", "first half, "))
	f, err := c.OpenFile("/in/x.csv.filepart", os.O_WRONLY|os.O_CREATE)
	must(t, err)
	_, err = f.WriteAt([]byte("second half"), 12)
	must(t, err, f.Close(), c.Rename("/in/x.csv.filepart", "/in/x.csv"))
	b.wantFile("first half, second half", "acme", "in", "x.csv")
	f, err = c.OpenFile("/in/y.csv", os.O_WRONLY|os.O_CREATE)
	must(t, err)
	_, err = f.WriteAt([]byte("end"), 1000)
	must(t, err)
	if err := f.Close(); err == nil || !strings.Contains(err.Error(), "never sent") {
		t.Errorf("Close of a file with a hole = %v; want a refusal", err)
	}
	b.wantFile("", "acme", "in", "y.csv")
}

func TestFileSizeLimit(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits.File = 1000 })
	c := b.login("acme")
	must(t, put(c, "/in/fits.csv", strings.Repeat("x", 1000)))
	for _, size := range []int{1001, 200_000} {
		if err := put(c, "/in/long.csv", strings.Repeat("x", size)); err == nil || !strings.Contains(err.Error(), "longer than 1000 bytes") {
			t.Errorf("upload of %d bytes = %v; want the limit", size, err)
		}
	}
	b.wantFile("", "acme", "in", "long.csv")
}

// The client that everybody has, where it is installed.
func TestOpenSSHClient(t *testing.T) {
	program, err := exec.LookPath("sftp")
	if err != nil {
		t.Log("without OpenSSH's client:", err)
		return
	}
	b := start(t, refusing)
	b.write("decision", "acme", "out", "decisions", "d.csv")
	identity, known, dir := b.forOpenSSH()
	must(t, os.WriteFile(filepath.Join(dir, "good.csv"), []byte(good), 0o600), os.WriteFile(filepath.Join(dir, "bad.csv"), []byte(bad), 0o600))
	host, port, _ := strings.Cut(b.server.Addr().String(), ":")
	run := func(batch string) (string, error) {
		command := exec.Command(program, "-b", "-", "-q", "-F", "none", "-i", identity, "-P", port, "-o", "UserKnownHostsFile="+known,
			"-o", "IdentitiesOnly=yes", "acme@"+host)
		command.Dir, command.Stdin = dir, strings.NewReader(batch)
		out, err := command.CombinedOutput()
		return string(out), err
	}
	out, err := run("cd in\nput -p good.csv\nput good.csv x.csv.tmp\nrename x.csv.tmp x.csv\nls\nget /out/decisions/d.csv\nrm /out/decisions/d.csv\n")
	if err != nil || !strings.Contains(out, "good.csv") {
		t.Errorf("sftp = %v:\n%s", err, out)
	}
	b.wantFile(good, "acme", "in", "good.csv")
	b.wantFile(good, "acme", "in", "x.csv")
	b.wantFile("", "acme", "out", "decisions", "d.csv")
	if got, err := os.ReadFile(filepath.Join(dir, "d.csv")); string(got) != "decision" {
		t.Errorf("downloaded %q, %v", got, err)
	}
	for _, batch := range []string{"put bad.csv in/bad.csv\n", "put good.csv out/x.csv\n", "cd in\nln -s x.csv y.csv\n", "mkdir in/sub\n", "get /etc/passwd\n"} {
		if out, err := run(batch); err == nil {
			t.Errorf("sftp %q = nil; want an error; it said:\n%s", batch, out)
		}
	}
	b.wantFile("", "acme", "in", "bad.csv")
}
