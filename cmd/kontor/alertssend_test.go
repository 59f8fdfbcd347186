package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kontor-exchange/kontor/processor/alerts"
	"github.com/kontor-exchange/kontor/processor/remote/mailbox/mailboxtest"
)

// A hook is a receiver of webhooks that knows the key.
type hook struct {
	*httptest.Server
	t      *testing.T
	key    string
	mutex  sync.Mutex
	broken bool
	told   []string
}

func newHook(t *testing.T, key string) *hook {
	h := &hook{t: t, key: key}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.broken {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(r.Body)
	var message struct{ Events []alerts.Event }
	if err := errors.Join(err, json.Unmarshal(body, &message)); err != nil {
		h.t.Error(err)
	}
	at, signature, _ := strings.Cut(strings.TrimPrefix(r.Header.Get(alerts.SignatureHeader), "t="), ",v1=")
	if signature != alerts.Signature([]byte(h.key), at, body) {
		h.t.Errorf("the signature %s does not fit", r.Header.Get(alerts.SignatureHeader))
	}
	for _, e := range message.Events {
		h.told = append(h.told, e.Kind+" "+e.Label())
	}
}

// since is what was told since the last call.
func (h *hook) since() string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	told := strings.Join(h.told, "; ")
	h.told = nil
	return told
}

func (h *hook) fail(broken bool) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.broken = broken
}

// alarmShop is a shop that sends its alarms to a webhook and two people.
func alarmShop(t *testing.T) (shop, *hook, *mailboxtest.Server) {
	s := newShop(t)
	const key = "a key of the webhook"
	h, m := newHook(t, key), mailboxtest.Start(t, mailboxtest.Behaviour{})
	if err := os.WriteFile(filepath.Join(s.dir, "keys", "webhook"), []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.edit("simulation: false", "simulation: true")
	s.edit("  disk_free: 1GiB ", fmt.Sprintf(`  disk_free: 0B
  mail: {to: [it@shop.example, boss@shop.example], smtp: "%s", from: kontor@shop.example}
  webhook: {url: "%s/t0ken", key_file: ./keys/webhook}`, m.Address, h.URL))
	return s, h, m
}

func (s shop) bad(name string) {
	s.Helper()
	in := filepath.Join(s.dir, "data", "homes", "acme", "in")
	if err := os.MkdirAll(in, 0o700); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(in, name), []byte("a;b\n1;2\n"), 0o600); err != nil {
		s.Fatal(err)
	}
}

// kontor run tells what it has found: each alarm once, again after a day, and
// once more when it is over.
func TestRunSendsAlarms(t *testing.T) {
	s, h, m := alarmShop(t)
	told := func(code exit, at, want string) {
		t.Helper()
		s.run(code, "run", "--as-of", at)
		if got := h.since(); got != want {
			t.Errorf("run at %s told %q; want %q", at, got, want)
		}
	}
	told(exitDone, "2036-10-01T12:00", "firing BASE_RATES_END")
	s.bad("orders_1.csv")
	told(exitRejected, "2036-10-01T12:01", "firing FILE_REFUSED acme orders_1.csv")
	told(exitDone, "2036-10-01T12:02", "")
	told(exitDone, "2036-10-02T00:00", "resolved FILE_REFUSED acme orders_1.csv")
	told(exitDone, "2036-10-02T12:00", "again BASE_RATES_END")
	s.run(exitNothing, "run", "--as-of", "2036-10-02T12:00")
	if got := h.since(); got != "" {
		t.Errorf("a run without anything due told %q", got)
	}
	var mailed []string
	for _, mail := range m.Taken() {
		mailed = append(mailed, mail.To)
	}
	slices.Sort(mailed)
	if got := strings.Join(mailed, " "); got != strings.TrimSpace(strings.Repeat("boss@shop.example ", 4)+strings.Repeat("it@shop.example ", 4)) {
		t.Errorf("mails went to %s; want four to each", got)
	}
}

// A webhook that does not answer stops nothing, is told, and gets later what is
// still so.
func TestBrokenWebhook(t *testing.T) {
	s, h, m := alarmShop(t)
	h.fail(true)
	if out := s.run(exitDone, "run", "--as-of", "2036-10-01T12:00"); !strings.Contains(out, "answered 503 Service Unavailable; want 2xx") || strings.Contains(out, "t0ken") {
		t.Errorf("run says %q; want the answer of the webhook, without its path", out)
	}
	if n := len(m.Taken()); n != 2 {
		t.Errorf("%d mails; want 2", n)
	}
	out := s.run(exitFailed, "status", "--check", "--as-of", "2036-10-01T12:00")
	if !strings.Contains(out, "ALERT_UNSENT webhook "+strings.TrimPrefix(h.URL, "http://")+" since 2036-10-01 12:00: alarms were not sent by webhook") {
		t.Errorf("status --check says %q; want that the webhook does not answer", out)
	}
	h.fail(false)
	s.run(exitDone, "run", "--as-of", "2036-10-01T12:01")
	if got := h.since(); got != "firing ALERT_UNSENT webhook "+strings.TrimPrefix(h.URL, "http://")+"; firing BASE_RATES_END" {
		t.Errorf("the webhook that is back was told %q", got)
	}
	s.run(exitDone, "run", "--as-of", "2036-10-01T12:02")
	if got := h.since(); got != "resolved ALERT_UNSENT webhook "+strings.TrimPrefix(h.URL, "http://") {
		t.Errorf("then it was told %q", got)
	}
}

// Who stands in the configuration can be tried, and each who does not answer is
// told.
func TestAlertsTest(t *testing.T) {
	s, h, m := alarmShop(t)
	host := strings.TrimPrefix(h.URL, "http://")
	if out, want := s.run(exitDone, "alerts", "test"), "mail it@shop.example: sent\nmail boss@shop.example: sent\nwebhook "+host+": sent\n"; out != want {
		t.Errorf("alerts test says %q; want %q", out, want)
	}
	if got := h.since(); got != "firing TEST" || len(m.Taken()) != 2 {
		t.Errorf("the webhook was told %q, and %d mails went out", got, len(m.Taken()))
	}
	h.fail(true)
	out := s.run(exitFailed, "alerts", "test")
	if !strings.Contains(out, "webhook "+host+": "+host+" answered 503 Service Unavailable; want 2xx\n") || !strings.Contains(out, "kontor: 1 channel did not take the alarm") {
		t.Errorf("alerts test says %q; want the answer of the webhook", out)
	}
	s.edit("  webhook:", "  # webhook:")
	s.edit("  mail: {to", "  # mail: {to")
	s.run(exitNothing, "alerts", "test")
}

// The daemon tells what it finds, and does not tell it again after a restart.
func TestServeSendsAlarmsOnce(t *testing.T) {
	s, h, m := alarmShop(t)
	s.bad("orders_1.csv")
	for range 2 {
		d := s.serve("kontor")
		d.waitFor(message("alarms were looked for"))
		d.stop()
	}
	if got := h.since(); strings.Count(got, "firing FILE_REFUSED acme orders_1.csv") != 1 || strings.Contains(got, "again") {
		t.Errorf("the webhook was told %q; want the refused file once", got)
	}
	if n := len(m.Taken()); n != 2 {
		t.Errorf("%d mails; want one to each", n)
	}
}
