package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// Alive is who answers; ready is whose database answers, whose loop goes on, and
// whose runs are not overdue.
func TestHealth(t *testing.T) {
	g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), "sqlite")
	now := g.at("2026-10-01T12:00")
	w := g.watched(func() time.Time { return now })
	ready := func(name string, code int, want string) {
		t.Helper()
		if got, text := w.get("/readyz"); got != code || !strings.Contains(text, want) {
			t.Errorf("%s: /readyz answers %d %q; want %d with %q", name, got, text, code, want)
		}
		if got, text := w.get("/healthz"); got != http.StatusOK || text != "alive\n" {
			t.Errorf("%s: /healthz answers %d %q", name, got, text)
		}
	}
	ready("before the loop begins", 503, "the first run has not begun")
	g.x.pulse.beat(now)
	ready("while the first run goes on", 200, "ready")
	g.run("2026-10-01T12:00")
	ready("after a run", 200, "ready")
	now = now.Add(5 * time.Minute)
	ready("when the next is due", 200, "ready")
	now = now.Add(15 * time.Minute)
	g.x.pulse.beat(now)
	ready("15 minutes later", 200, "ready")
	now = now.Add(time.Minute)
	ready("a minute more", 503, "the run of 2026-10-01T12:05:00+02:00 is overdue")
	g.sql("UPDATE processor_runs SET ended_at = 0")
	ready("when a run goes on", 200, "ready")
	now = now.Add(15 * time.Minute)
	ready("when that run shows no sign of life", 503, "the loop gave its last sign of life at")
	g.sql("UPDATE processor_runs SET ended_at = 1")
	g.sql("ALTER TABLE processor_runs RENAME TO gone")
	ready("without a table", 503, "the database does not answer")
	g.sql("ALTER TABLE gone RENAME TO processor_runs")
}

// Nothing can be changed, and nothing else is there.
func TestHTTPOnlyTells(t *testing.T) {
	g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), "sqlite")
	w := g.watched(time.Now)
	for path, want := range map[string]int{"/": 404, "/metrics/x": 404, "/debug/pprof/": 404, "/metrics": 405, "/readyz": 405} {
		answer, err := http.Post(w.url+path, "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("POST %s answers %d; want %d", path, answer.StatusCode, want)
		}
	}
}

// A stop answers who was being answered, cuts who says nothing, and leaves
// nothing behind; a port in use is told.
func TestHTTPStop(t *testing.T) {
	g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), "sqlite")
	leaks := goleak.IgnoreCurrent()
	w := g.watched(time.Now)
	idle, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	io.WriteString(idle, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	if line, err := bufio.NewReader(idle).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Errorf("/healthz answers %q, %v", line, err)
	}
	g.x.config.HTTP = strings.TrimPrefix(w.url, "http://")
	if _, err := g.x.listenHTTP(t.Context(), nil, time.Now, quiet()); err == nil || !strings.Contains(err.Error(), "metrics and health: listen tcp 127.0.0.1:") {
		t.Errorf("a port in use = %v; want an error that names it", err)
	}
	if err := w.stop(); err != nil {
		t.Errorf("stop = %v", err)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(leaks); err != nil {
		t.Error(err)
	}
}

// The daemon answers on its port while it works, and stops in time with it.
func TestServeHTTP(t *testing.T) {
	s := newShop(t)
	s.edit(`http: ""`, "http: 127.0.0.1:0")
	d := s.serve("kontor")
	address := d.waitFor(message("metrics and health listen")).Address
	d.waitFor(message("run done"))
	w := watchedStage{&stage{t: t}, "http://" + address, nil}
	if code, text := w.get("/readyz"); code != 200 {
		t.Errorf("/readyz answers %d %q", code, text)
	}
	_, text := w.get("/metrics")
	got := scraped(t, text)
	for name, want := range map[string]int64{
		`kontor_scrape_success{}`: 1, `kontor_loop_failures_total{}`: 0, `kontor_runs_total{merchant="acme"}`: 1,
		`kontor_sftp_sessions{}`: 0, `kontor_files_ignored{merchant="acme"}`: 0,
	} {
		if v, told := got[name]; !told || v != want {
			t.Errorf("%s = %d (told: %t); want %d", name, v, told, want)
		}
	}
	d.stop()
}

// edit changes the configuration of a shop.
func (s shop) edit(old, text string) {
	s.Helper()
	was := string(readFile(s.T, s.config))
	if strings.Count(was, old) != 1 {
		s.Fatalf("the configuration has %q %d times; want once", old, strings.Count(was, old))
	}
	if err := os.WriteFile(s.config, []byte(strings.Replace(was, old, text, 1)), 0o600); err != nil {
		s.Fatal(err)
	}
}
