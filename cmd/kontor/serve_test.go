package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/samples"
	"github.com/kontor-exchange/kontor/schedules"
)

// fastMain is the program on a machine whose clock goes a hundred times too
// fast, so that slots come while a test runs.
func fastMain() {
	begun := time.Now()
	now := func() time.Time { return begun.Add(100 * time.Since(begun)) }
	p := &program{in: os.Stdin, out: os.Stdout, errs: os.Stderr, now: now}
	syscall.Umask(0o077)
	root := p.rootCommand()
	root.SetArgs(os.Args[1:])
	os.Exit(p.conclude(root.Execute()))
}

// A shop is a folder of kontor init with a configuration for tests.
type shop struct {
	*testing.T
	dir, config string
}

func newShop(t *testing.T) shop {
	s := shop{t, t.TempDir(), ""}
	s.config = filepath.Join(s.dir, defaultConfigFile)
	s.run(exitDone, "init", s.dir)
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	for old, replaced := range map[string]string{
		"settle: 10s": "settle: 0s", "127.0.0.1:2022": "127.0.0.1:0", "level: info": "level: debug",
		`collect: "*/5`: `collect: "*`, `transmit: "*/5`: `transmit: "*`, `deliver: "*/5`: `deliver: "*`,
	} {
		if !bytes.Contains(text, []byte(old)) {
			t.Fatalf("the configuration of kontor init has no %s", old)
		}
		text = bytes.ReplaceAll(text, []byte(old), []byte(replaced))
	}
	if err := os.WriteFile(s.config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs kontor to its end and returns what it printed.
func (s shop) run(want exit, args ...string) string {
	s.Helper()
	got, err := exec.CommandContext(s.Context(), "kontor", append([]string{"--config", s.config}, args...)...).CombinedOutput()
	code := 0
	if ended := new(exec.ExitError); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else if err != nil {
		s.Fatal(err)
	}
	if exit(code) != want {
		s.Fatalf("kontor %v ended with %d; want %d\n%s", args, code, want, got)
	}
	return string(got)
}

// drop writes samples straight into in/ of the merchant.
func (s shop) drop(o samples.Options) {
	s.Helper()
	in := filepath.Join(s.dir, "data", "homes", "acme", "in")
	if err := os.MkdirAll(in, 0o700); err != nil {
		s.Fatal(err)
	}
	o.Profile, _ = formats.Lookup("actindo")
	err := samples.Generate(s.Context(), o, func(_ schedules.Date, bank bool, name string) (io.WriteCloser, error) {
		if bank {
			return discard{}, nil
		}
		return os.Create(filepath.Join(in, name))
	})
	if err != nil {
		s.Fatal(err)
	}
}

// A discard takes everything.
type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) Close() error                { return nil }

// A logLine is a line of the daemon's log.
type logLine struct {
	Level, Msg, Address, Step, Error string
}

// A served is a running daemon.
type served struct {
	shop
	cmd   *exec.Cmd
	lines chan logLine
}

// serve starts the daemon; it must be stopped.
func (s shop) serve(program string) *served {
	s.Helper()
	d := &served{s, exec.CommandContext(s.Context(), program, "--config", s.config, "serve"), make(chan logLine, 100_000)}
	d.cmd.Cancel = func() error { return d.cmd.Process.Kill() }
	out, err := d.cmd.StderrPipe()
	if err == nil {
		err = d.cmd.Start()
	}
	if err != nil {
		s.Fatal(err)
	}
	go func() {
		defer close(d.lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			var l logLine
			if err := json.Unmarshal(scan.Bytes(), &l); err != nil {
				l = logLine{Level: "ERROR", Msg: "no JSON: " + scan.Text()}
			}
			d.lines <- l
		}
	}()
	return d
}

// waitFor reads the log up to a line; it fails when the daemon tells an error
// or ends before.
func (d *served) waitFor(found func(logLine) bool) logLine {
	d.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	for {
		select {
		case l, more := <-d.lines:
			switch {
			case !more:
				d.Fatal("the daemon ended")
			case l.Level == "ERROR":
				d.Fatalf("the daemon logs %+v", l)
			case found(l):
				return l
			}
		case <-late.C:
			d.Fatal("the daemon did not log the line for a minute")
		}
	}
}

func message(text string) func(logLine) bool { return func(l logLine) bool { return l.Msg == text } }

// stop sends SIGTERM, and wants the daemon to end well, in less than 10 seconds.
func (d *served) stop() (last logLine) {
	d.Helper()
	asked := time.Now()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.Fatal(err)
	}
	for l := range d.lines {
		last = l
	}
	if err := d.cmd.Wait(); err != nil {
		d.Fatalf("the daemon ended with %v; want exit code 0 (last line %+v)", err, last)
	}
	if took := time.Since(asked); took >= 10*time.Second {
		d.Errorf("the daemon took %s to stop; want less than 10s", took)
	}
	return last
}

// The whole daemon: a file that lay there is taken at the start, what an SFTP
// client uploads at the next slot, and a wrong header is refused at the upload.
func TestServe(t *testing.T) {
	s := newShop(t)
	s.drop(samples.Options{Orders: 5, Days: 1, Seed: 1})
	d := s.serve("kontor-fast")
	address := d.waitFor(message("SFTP server listens")).Address
	d.waitFor(message("run done"))

	out := s.run(exitHeld, "serve")
	if !strings.Contains(out, "is in use by another process") {
		t.Errorf("a second daemon says %q", out)
	}
	s.run(exitHeld, "run")

	erp := s.logIn(address)
	acks := erp.list(t, "out/ack")
	if !slices.ContainsFunc(acks, func(name string) bool { return strings.HasPrefix(name, "orders_20261001.csv.r") }) {
		t.Errorf("out/ack holds %q; want the ack of orders_20261001.csv", acks)
	}
	secret := []byte("Belegart;Geheim;Auftragsdatum\nAB;Geheimnis;01.10.2026\n")
	err := erp.upload("orders_bad.csv", secret)
	if err == nil || !strings.Contains(err.Error(), "FILE_HEADER") || regexp.MustCompile("Geheim|"+regexp.QuoteMeta(s.dir)).MatchString(err.Error()) {
		t.Errorf("upload of a wrong header = %v; want the reason, with neither path nor cell", err)
	}
	if err := erp.upload("orders_late.csv", readFile(t, filepath.Join("..", "..", "samples", "exports", "actindo", "orders_20261001.csv"))); err != nil {
		t.Fatal(err)
	}
	for late := func(name string) bool { return strings.HasPrefix(name, "orders_late.csv.r") }; !slices.ContainsFunc(erp.list(t, "out/ack"), late); {
		d.waitFor(message("run done"))
	}
	if left := erp.list(t, "in"); len(left) > 0 {
		t.Errorf("in/ holds %q after the acks; want nothing", left)
	}
	if last := d.stop(); last.Msg != "kontor stops" {
		t.Errorf("the last line is %+v; want kontor stops", last)
	}
}

// logIn is an SFTP session with the keys of kontor init.
func (s shop) logIn(address string) *demoERP {
	s.Helper()
	host, port, _ := strings.Cut(address, ":")
	key := readFile(s.T, filepath.Join(s.dir, "data", hostKeyFile+".pub"))
	line := fmt.Appendf(nil, "[%s]:%s %s", host, port, key)
	if err := os.WriteFile(filepath.Join(s.dir, "keys", "known_hosts"), line, 0o600); err != nil {
		s.Fatal(err)
	}
	erp, err := logIn(s.Context(), address, filepath.Join(s.dir, "keys"))
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() {
		if err := erp.close(); err != nil && !errors.Is(err, new(ssh.ExitMissingError)) {
			s.Logf("the session ended with %v", err)
		}
	})
	return erp
}

func (e *demoERP) list(t *testing.T, folder string) (names []string) {
	t.Helper()
	files, err := e.sftp.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A stop in the midst of a run loses nothing and books nothing twice: the next
// start finishes the run.
func TestServeStopsInARun(t *testing.T) {
	s := newShop(t)
	s.drop(samples.Options{Orders: 3000, Days: 1, Simple: true})
	for _, step := range []string{"collect", "try", "transmit"} {
		d := s.serve("kontor")
		d.waitFor(func(l logLine) bool { return l.Msg == "step" && l.Step == step })
		d.stop()
	}
	d := s.serve("kontor")
	d.waitFor(message("run done"))
	d.stop()
	var books export
	if err := json.Unmarshal([]byte(s.run(exitDone, "export")), &books); err != nil {
		t.Fatal(err)
	}
	if len(books.Decisions) != 3000 {
		t.Errorf("%d orders were decided; want 3000", len(books.Decisions))
	}
	for _, f := range books.Files {
		if f.ExportRows == nil || f.Rows != 3000 || f.Final.Duplicate+f.Final.Conflict > 0 {
			t.Errorf("%s: %+v; want 3000 rows, none of them twice", f.Name, f.ExportRows)
		}
	}
}

// What was missed while the daemon was down is caught up at its own time.
func TestServeCatchesUp(t *testing.T) {
	s := newShop(t)
	down := time.Now().AddDate(0, 0, -15).UTC()
	s.run(exitDone, "run", "--as-of", down.Format(time.RFC3339))
	d := s.serve("kontor")
	d.waitFor(message("run done"))
	d.stop()
	payouts, err := filepath.Glob(filepath.Join(s.dir, "data", "homes", "acme", "out", "payouts", "payout_*.csv"))
	if err != nil || len(payouts) != 2 && len(payouts) != 3 {
		t.Errorf("after 15 days there are the payouts %q, %v; want one for each Monday", payouts, err)
	}
}

// A task that hangs does not hold up the stop.
func TestUntilStopped(t *testing.T) {
	broken := errors.New("broken")
	obedient := func(ctx context.Context) error { <-ctx.Done(); return nil }
	tests := []struct {
		name  string
		other task
		ended bool
		err   error
		after time.Duration
	}{
		{"all end", obedient, true, nil, time.Hour},
		{"one fails, the others are stopped", func(context.Context) error { return broken }, true, broken, 0},
		{"one ends late", func(ctx context.Context) error { <-ctx.Done(); return wait(context.Background(), 7*time.Second) }, true, nil, time.Hour + 7*time.Second},
		{"one hangs", func(ctx context.Context) error { <-ctx.Done(); return wait(context.Background(), 9*time.Second) }, false, nil, time.Hour + 8*time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				begun := time.Now()
				ended, err := untilStopped(ctx, stopLimit, []task{obedient, tt.other})
				if ended != tt.ended || !errors.Is(err, tt.err) || time.Since(begun) != tt.after {
					t.Errorf("untilStopped = %v, %v after %s; want %v, %v after %s", ended, err, time.Since(begun), tt.ended, tt.err, tt.after)
				}
				if err := wait(context.Background(), time.Minute); err != nil { // the one that hangs ends too
					t.Error(err)
				}
			})
		})
	}
}

// Each thing that went wrong in a run has its own line.
func TestTell(t *testing.T) {
	var b bytes.Buffer
	log := slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	inner := errors.Join(errors.New("two"), errors.New("three"))
	tell(log, time.Date(2026, 10, 2, 10, 0, 0, 0, time.UTC), errors.Join(errors.New("one"), inner))
	const line = "level=ERROR msg=\"a part of the run failed and is tried again at the next slot\" as_of=2026-10-02T10:00:00Z error="
	if want := line + "one\n" + line + "two\n" + line + "three\n"; b.String() != want {
		t.Errorf("tell logs\n%swant\n%s", b.String(), want)
	}
}
