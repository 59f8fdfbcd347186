package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest/opensshtest"
	"github.com/kontor-exchange/kontor/processor/sftpd"
)

// A ward is a configuration that the doctor looks at.
type ward struct {
	*testing.T
	dir, config string
	now         func() time.Time
}

// newWard writes a configuration; each place that is not given is a folder.
func newWard(t *testing.T, erp, more string) *ward {
	t.Helper()
	w := &ward{T: t, dir: t.TempDir(), now: time.Now}
	w.config = filepath.Join(w.dir, defaultConfigFile)
	for _, folder := range []string{"bank/in", "letters", "erp/in"} {
		if err := os.MkdirAll(filepath.Join(w.dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	w.write(erp, more)
	return w
}

func (w *ward) write(erp, more string) {
	w.Helper()
	text := fmt.Sprintf(`%s
provider:
  name: Muster Rechnungskauf GmbH
  bic: BYLADEM1001
  bank_name: Deutsche Kreditbank
  bank: {url: "dir:./bank"}
  letters: {url: "dir:./letters"}
merchants:
  acme:
    name: ACME Handels GmbH
    settlement_account: DE02120300000000202051
    iban: DE75512108001245126199
    erp: {%s}
`, more, erp)
	if err := os.WriteFile(w.config, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

// want fails unless the doctor tells of a check so, and exits by its faults.
func (w *ward) want(check, state, text string) {
	w.Helper()
	var out bytes.Buffer
	p := &program{out: &out, errs: io.Discard, now: w.now, configFile: w.config, json: true}
	err := p.doctor(w.Context())
	var d diagnosis
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		w.Fatalf("%v; doctor = %v", err, p.doctor(w.Context()))
	}
	var f *fault
	if failed := errors.As(err, &f) && f.code == exitFailed; failed != (d.Faults > 0) || (err == nil) != (d.Faults == 0) {
		w.Errorf("doctor = %v with %d faults; want an error for a fault and none without", err, d.Faults)
	}
	var told []symptom
	for _, s := range d.Checks {
		if s.Check == check {
			told = append(told, s)
			if s.State == state && strings.Contains(s.Text+"; do: "+s.Do, text) {
				return
			}
		}
	}
	w.Errorf("of %q the doctor tells %+v; want %s and %q", check, told, state, text)
}

// The doctor over OpenSSH: what works, and each thing that can be wrong there.
func TestDoctorOverOpenSSH(t *testing.T) {
	s := opensshtest.Start(t)
	s.Folder("erp/in")
	out := s.Folder("erp/out")
	erp := fmt.Sprintf("url: %q, identity: %q, known_hosts: %q", s.URL("erp"), s.Identity, s.KnownHosts)
	w := newWard(t, erp, "")
	w.want("acme erp", healthy, ": login and host key are accepted")
	w.want("acme erp in", healthy, "0 files; a file was put, renamed (never onto another), read and removed")
	w.want("acme erp out", healthy, "0 files; ")
	w.want("acme erp clock", healthy, "it agrees with ours")
	if left := filesBelow(t, s.Root); left != "" {
		t.Errorf("left on the server: %s", left)
	}

	w.now = func() time.Time { return time.Now().Add(time.Hour) }
	w.want("acme erp clock", warning, " behind ours; do: see which one is wrong")
	w.now = time.Now
	if err := os.Chmod(out, 0o555); err != nil {
		t.Fatal(err)
	}
	w.want("acme erp out", faulty, "no file can be put there: ")
	w.want("acme erp out", faulty, "let the operator of the server allow our user to write")
	if err := os.Remove(out); err != nil {
		t.Fatal(err)
	}
	w.want("acme erp out", healthy, "it is not there yet, and is made with the first file")

	_, other := remotetest.Identity(t)
	stranger, _ := remotetest.Identity(t)
	w.write(fmt.Sprintf("url: %q, identity: %q, known_hosts: %q", s.URL("erp"), s.Identity, remotetest.KnownHosts(t, s.Addr, other)), "")
	w.want("acme erp", faulty, "ask the operator of the server which key is right, by telephone")
	w.write(fmt.Sprintf("url: %q, identity: %q, known_hosts: %q", s.URL("erp"), stranger, s.KnownHosts), "")
	w.want("acme erp", faulty, "let the operator of the server add the public half of identity")
	w.write(fmt.Sprintf("url: %q, identity: %q, known_hosts: %q", s.URL("nowhere"), s.Identity, s.KnownHosts), "")
	w.want("acme erp", faulty, "does not exist on the server; create it there")
	s.Stop()
	w.write(erp, "")
	w.want("acme erp", faulty, "see that the server runs, and that host, port and firewall are right")
	w.want("letters", healthy, "0 files; ")
}

func filesBelow(t *testing.T, dir string) (files string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files += file + " "
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// merchantSide makes the configuration one of role: merchant.
func (w *ward) merchantSide(url, identity, knownHosts string) {
	w.Helper()
	text := fmt.Sprintf(`role: merchant
provider: {url: %q, identity: %q, known_hosts: %q}
merchants:
  acme:
    name: ACME Handels GmbH
    settlement_account: DE02120300000000202051
    iban: DE75512108001245126199
    erp: {url: "dir:./erp"}
`, url, identity, knownHosts)
	if err := os.WriteFile(w.config, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

// With role: merchant the home at the provider is a place like the others.
func TestDoctorOfMerchantSide(t *testing.T) {
	s := opensshtest.Start(t)
	s.Folder("home/in")
	w := newWard(t, `url: "dir:./erp"`, "")
	w.merchantSide(s.URL("home"), s.Identity, s.KnownHosts)
	w.want("acme provider", healthy, ": login and host key are accepted")
	w.want("acme provider in", healthy, "0 files; a file was put")
	w.want("acme provider out", warning, "it is not there yet, so nothing is taken; do: create the folder")
	w.want("acme provider clock", healthy, "")
}

// So is it on the built-in server of a provider, which lets nobody put what is
// no part of the hand-over.
func TestDoctorAtBuiltInProvider(t *testing.T) {
	identity, public := remotetest.Identity(t)
	x, server := atWorkIn(t, newWard(t, builtinERP(t, public), "role: provider\nserver: {listen: \"127.0.0.1:0\"}"))
	host, err := hostKey(x.config.HostKey())
	if err != nil {
		t.Fatal(err)
	}
	address := server.Addr().String()
	w := newWard(t, `url: "dir:./erp"`, "")
	w.merchantSide("sftp://acme@"+address+"/", identity, remotetest.KnownHosts(t, address, host))
	w.want("acme provider", healthy, ": login and host key are accepted")
	w.want("acme provider in", healthy, "0 files; a file was put, renamed (never onto another), read and removed")
	w.want("acme provider out", healthy, "0 files; the provider alone puts files there")
}

// builtinERP is an ERP that comes to the built-in server with a key.
func builtinERP(t *testing.T, public ssh.PublicKey) string {
	t.Helper()
	key := filepath.Join(t.TempDir(), "acme.pub")
	if err := os.WriteFile(key, ssh.MarshalAuthorizedKey(public), 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("url: builtin, authorized_keys: [%q]", key)
}

// atWorkIn is what kontor serve would open, and its SFTP server at work.
func atWorkIn(t *testing.T, w *ward) (*exchange, *sftpd.Server) {
	t.Helper()
	c, err := Load(w.config)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{out: io.Discard, errs: io.Discard, now: time.Now}
	x, err := p.openExclusive(t.Context(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.close(); err != nil {
			t.Error(err)
		}
	})
	server, err := x.listen(t.Context(), quiet())
	if err != nil {
		t.Fatal(err)
	}
	serve(t, server)
	return x, server
}

// The ports of kontor serve: free, in use by it, or by somebody else.
func TestDoctorPorts(t *testing.T) {
	_, public := remotetest.Identity(t)
	erp := builtinERP(t, public)
	w := newWard(t, erp, `server: {listen: "127.0.0.1:0"}`)
	w.want("server.listen", healthy, "127.0.0.1:0 is free")
	w.want("acme erp", healthy, "its home on the built-in server is not there yet")

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	w.write(erp, fmt.Sprintf("server: {listen: %q}", l.Addr()))
	w.want("server.listen", faulty, "address already in use; do: end the other program")

	w.write(erp, `server: {listen: "127.0.0.1:0"}`)
	_, server := atWorkIn(t, w)
	w.write(erp, fmt.Sprintf("server: {listen: %q}", server.Addr()))
	w.want("server.listen", healthy, "kontor serve listens on 127.0.0.1:")
	w.want("acme erp in", healthy, "0 files; ")
	w.want("database", healthy, "SQLite: writable, schema up to date")
}

// The schema is looked at and not touched; a newer one is a fault.
func TestDoctorDatabase(t *testing.T) {
	url := databasetest.URL(t, database.PostgreSQL)
	w := newWard(t, `url: "dir:./erp"`, fmt.Sprintf("database: %q", url))
	for range 2 {
		w.want("database", healthy, "PostgreSQL: writable; the next command brings its schema up to date (")
	}
	c, err := Load(w.config)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{out: io.Discard, errs: io.Discard, now: time.Now}
	x, err := p.open(t.Context(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := x.close(); err != nil {
			t.Error(err)
		}
	}()
	w.want("database", healthy, "PostgreSQL: writable, schema up to date")
	w.want("clock", healthy, "and there was no run yet")
	err = x.db.Write(t.Context(), func(tx *database.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.want("database", faulty, "a newer kontor has changed the tables (99999); do: use the newer kontor")
	w.write(`url: "dir:./erp"`, `database: "postgres://nobody@127.0.0.1:1/none"`)
	w.want("database", faulty, "see that the database runs")
}
