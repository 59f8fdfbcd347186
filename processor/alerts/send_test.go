package alerts_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/processor/alerts"
	"github.com/kontor-exchange/kontor/processor/remote/mailbox"
	"github.com/kontor-exchange/kontor/processor/remote/mailbox/mailboxtest"
)

const secret = "correct horse battery staple"

func events() []alerts.Event {
	a := alerts.Alarm{Code: "FILE_MISSING", Merchant: "acme", Subject: "orders", Text: "no file of orders came für Grüße", Since: morning}
	b := alerts.Alarm{Code: "DISK_FULL", Text: "1 MiB is free", Since: morning.Add(-time.Hour)}
	return []alerts.Event{{ID: "1", Kind: alerts.Firing, Alarm: a}, {ID: "2", Kind: alerts.Resolved, Alarm: b}}
}

func webhook(url string) *alerts.Webhook {
	return &alerts.Webhook{
		URL: url, Key: func() ([]byte, error) { return []byte(secret), nil }, Instance: "host1", Agent: "kontor/test",
		Now: func() time.Time { return morning.Add(time.Second) },
	}
}

// What is posted is what the documentation says, and signed so that a receiver
// who knows the key, and nothing of ours, can tell.
func TestWebhook(t *testing.T) {
	var body []byte
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		var err error
		if body, err = io.ReadAll(r.Body); err != nil || r.Method != http.MethodPost || r.URL.Path != "/hook" {
			t.Errorf("%s %s, %v", r.Method, r.URL, err)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	if err := webhook(server.URL+"/hook").Send(t.Context(), morning, events()); err != nil {
		t.Fatal(err)
	}
	if header.Get("Content-Type") != "application/json" || header.Get("User-Agent") != "kontor/test" {
		t.Errorf("headers %v", header)
	}
	stamp, signature, _ := strings.Cut(header.Get("Kontor-Signature"), ",v1=")
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, strings.TrimPrefix(stamp, "t=")+"."+string(body))
	if stamp != "t=1791183601" || signature != hex.EncodeToString(mac.Sum(nil)) {
		t.Errorf("signature %q does not fit", header.Get("Kontor-Signature"))
	}
	var got struct {
		Version      int
		Instance, At string
		Events       []map[string]string
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	first := got.Events[0]
	if got.Version != 1 || got.Instance != "host1" || got.At != "2026-10-05T07:00:00Z" || len(got.Events) != 2 || first["event"] != "firing" ||
		first["id"] != "1" || first["code"] != "FILE_MISSING" || first["merchant"] != "acme" || first["subject"] != "orders" ||
		first["since"] != "2026-10-05T07:00:00Z" || !strings.Contains(first["text"], "Grüße") {
		t.Errorf("body %s", body)
	}
}

// Every answer but 2xx is a failure, a redirect is not followed, and no error
// tells the path, which may hold a secret.
func TestWebhookRefused(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	for _, code := range []int{301, 307, 400, 401, 500, 503} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(code)
		}))
		err := webhook(server.URL+"/t0ken").Send(t.Context(), morning, events())
		if err == nil || strings.Contains(err.Error(), "t0ken") || !strings.Contains(err.Error(), http.StatusText(code)) {
			t.Errorf("answer %d: %v; want an error with it, without the path", code, err)
		}
		server.Close()
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	if err := webhook(gone.URL+"/t0ken").Send(t.Context(), morning, events()); err == nil || strings.Contains(err.Error(), "t0ken") {
		t.Errorf("a server that is gone: %v; want an error without the path", err)
	}
	w := webhook(gone.URL)
	w.Key = func() ([]byte, error) { return nil, errors.New("no key") }
	if err := w.Send(t.Context(), morning, events()); err == nil || err.Error() != "no key" {
		t.Errorf("without key: %v; want that", err)
	}
	if name := webhook("https://hooks.example/t0ken").Name(); name != "webhook hooks.example" {
		t.Errorf("Name = %q", name)
	}
}

// A certificate that nobody vouches for is refused.
func TestWebhookTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = nil
	server.StartTLS()
	defer server.Close()
	if err := webhook(server.URL).Send(t.Context(), morning, events()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of nobody: %v; want an error", err)
	}
	w := webhook(server.URL)
	w.Client = server.Client()
	if err := w.Send(t.Context(), morning, events()); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("the test's own certificate: %v; want its answer", err)
	}
}

func mailer(s *mailboxtest.Server) *alerts.Mailer {
	return &alerts.Mailer{
		From: "kontor <kontor@shop.example>", To: "it@shop.example", Instance: "host1", Zone: time.UTC,
		Open: func(context.Context) (alerts.Mailbox, error) {
			return mailbox.Open(mailbox.Config{Server: s.Address, Roots: s.Roots}), nil
		},
	}
}

// One mail has all events; machines do not answer it.
func TestMail(t *testing.T) {
	s := mailboxtest.Start(t, mailboxtest.Behaviour{})
	m := mailer(s)
	for range 2 {
		if err := m.Send(t.Context(), morning, events()); err != nil {
			t.Fatal(err)
		}
	}
	taken := s.Taken()
	if len(taken) != 2 || !bytes.Equal(taken[0].Data, taken[1].Data) {
		t.Fatalf("%d mails; want 2 that are equal", len(taken))
	}
	message, err := netmail.ReadMessage(bytes.NewReader(taken[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	if taken[0].To != "it@shop.example" || message.Header.Get("Auto-Submitted") != "auto-generated" ||
		message.Header.Get("Subject") != "kontor on host1: alarms: 1 new, 1 over" || !strings.HasSuffix(message.Header.Get("Message-Id"), "@shop.example>") {
		t.Errorf("to %s, header %v", taken[0].To, message.Header)
	}
	for i, b := range taken[0].Data {
		if b > 0x7e {
			t.Fatalf("byte %d is not ASCII: %q", i, taken[0].Data)
		}
	}
	for _, want := range []string{"New:", "FILE_MISSING acme orders since 2026-10-05 07:00", "no file of orders came f=C3=BCr", "Over:", "DISK_FULL since 2026-10-05 06:00"} {
		if !bytes.Contains(taken[0].Data, []byte(want)) {
			t.Errorf("the mail lacks %q:\n%s", want, taken[0].Data)
		}
	}
}

func TestMailRefused(t *testing.T) {
	s := mailboxtest.Start(t, mailboxtest.Behaviour{End: func(int) string { return "451 later" }})
	if err := mailer(s).Send(t.Context(), morning, events()); err == nil || !strings.Contains(err.Error(), "451") {
		t.Errorf("Send = %v; want the server's code", err)
	}
}
