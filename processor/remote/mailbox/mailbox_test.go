package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/mailbox"
	"github.com/kontor-exchange/kontor/processor/remote/mailbox/mailboxtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const message = "From: Muster <mahnung@provider.example>\r\nTo: erika@shop.example\r\nMessage-ID: <letter_1@provider.example>\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n.one dot\r\n" +
	"--x\r\nContent-Type: application/pdf; name=letter.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0x\r\nLjc=\r\n--x--\r\n"

func put(t *testing.T, m *mailbox.Mailbox) error {
	t.Helper()
	return m.Put(t.Context(), "", "mail_acme_2026-10-22_000001.eml", int64(len(message)), strings.NewReader(message))
}

func open(t *testing.T, s *mailboxtest.Server, edit func(*mailbox.Config)) *mailbox.Mailbox {
	t.Helper()
	c := mailbox.Config{Server: s.Address, Roots: s.Roots, Timeout: 10 * time.Second}
	if edit != nil {
		edit(&c)
	}
	m := mailbox.Open(c)
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// A distant connection says that it leads to another machine.
type distant struct{ net.Conn }

func (distant) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 587} }

// elsewhere makes a server seem to stand on another machine.
func elsewhere(c *mailbox.Config) {
	c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return distant{conn}, err
	}
}

// What is put is what the server takes, byte for byte, one connection for all.
func TestPut(t *testing.T) {
	s := mailboxtest.Start(t, mailboxtest.Behaviour{})
	m := open(t, s, nil)
	for range 3 {
		if err := put(t, m); err != nil {
			t.Fatal(err)
		}
	}
	taken := s.Taken()
	if len(taken) != 3 {
		t.Fatalf("the server took %d; want 3", len(taken))
	}
	for _, mail := range taken {
		if mail.From != "mahnung@provider.example" || mail.To != "erika@shop.example" || string(mail.Data) != message || mail.TLS {
			t.Errorf("taken: from %s to %s, TLS %t:\n%s", mail.From, mail.To, mail.TLS, mail.Data)
		}
	}
}

// Nothing leaves in the clear, but on this machine.
func TestTLS(t *testing.T) {
	password := func() (string, error) { return "secret", nil }
	tests := []struct {
		name   string
		server mailboxtest.Behaviour
		edit   func(*mailbox.Config)
		tls    bool
		want   string // of the error
	}{
		{"on this machine", mailboxtest.Behaviour{TLS: true}, func(*mailbox.Config) {}, false, ""},
		{"elsewhere, with STARTTLS", mailboxtest.Behaviour{TLS: true}, elsewhere, true, ""},
		{"elsewhere, without", mailboxtest.Behaviour{}, elsewhere, false, "it offers no STARTTLS"},
		{"from the start", mailboxtest.Behaviour{Implicit: true}, func(c *mailbox.Config) { elsewhere(c); c.Implicit = true }, true, ""},
		{"from the start, but the server does not", mailboxtest.Behaviour{}, func(c *mailbox.Config) { elsewhere(c); c.Implicit = true }, false, "greeting"},
		{"a certificate of nobody", mailboxtest.Behaviour{TLS: true}, func(c *mailbox.Config) { elsewhere(c); c.Roots = nil }, false, "STARTTLS: tls: failed to verify certificate"},
		{"with a login", mailboxtest.Behaviour{TLS: true}, func(c *mailbox.Config) { elsewhere(c); c.User, c.Password = "kontor", password }, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := mailboxtest.Start(t, tt.server)
			err := put(t, open(t, s, tt.edit))
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) || len(s.Taken()) > 0 {
					t.Errorf("Put = %v, taken %d; want an error with %q, and nothing", err, len(s.Taken()), tt.want)
				}
				return
			}
			if err != nil || len(s.Taken()) != 1 || s.Taken()[0].TLS != tt.tls {
				t.Fatalf("Put = %v, taken %v; want one, by TLS: %t", err, s.Taken(), tt.tls)
			}
			if login := s.Taken()[0].Login; (login != "") != (tt.name == "with a login") {
				t.Errorf("login %q", login)
			}
		})
	}
}

// A message is put when the server has said so; else it is not, and the next try
// sends the same. What would break it: taking the end of the data for the answer.
func TestPutFails(t *testing.T) {
	first := func(reply string) func(int) string {
		return func(n int) string {
			if n == 1 {
				return reply
			}
			return ""
		}
	}
	always := func(reply string) func(string) string { return func(string) string { return reply } }
	tests := []struct {
		name   string
		server mailboxtest.Behaviour
		want   string // of the first error
		again  bool   // the second try is taken
		taken  int    // after both
	}{
		{"full for now", mailboxtest.Behaviour{End: first("452 4.2.2 erika@shop.example is over quota")}, "end of data: the server said 452 4.2.2", true, 1},
		{"not liked", mailboxtest.Behaviour{End: first("554 5.7.1 spam for erika@shop.example")}, "end of data: the server said 554 5.7.1", true, 1},
		{"breaks off before it is kept", mailboxtest.Behaviour{Break: func(n int) (bool, bool) { return true, n == 1 }}, "end of data: EOF", true, 1},
		{"breaks off after it is kept", mailboxtest.Behaviour{Break: func(n int) (bool, bool) { return false, n == 1 }}, "end of data: EOF", true, 2},
		{"greylisted", mailboxtest.Behaviour{Rcpt: always("451 4.7.1 come back, erika@shop.example")}, "recipient: the server said 451 4.7.1", false, 0},
		{"may not relay", mailboxtest.Behaviour{Rcpt: always("550 5.7.1 relaying denied: erika@shop.example")}, "recipient: the server said 550 5.7.1", false, 0},
		{"no such mailbox", mailboxtest.Behaviour{Rcpt: always("550 5.1.1 who is erika@shop.example?")}, "recipient: the server said 550 5.1.1: there is no such mailbox", false, 0},
		{"no such mailbox, in old words", mailboxtest.Behaviour{Rcpt: always("550 erika@shop.example unknown")}, "recipient: the server said 550: there is no such mailbox", false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := mailboxtest.Start(t, tt.server)
			m := open(t, s, nil)
			err := put(t, m)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Put = %v; want an error with %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "erika") {
				t.Errorf("Put = %v; it names the recipient", err)
			}
			if err := put(t, m); (err == nil) != tt.again {
				t.Errorf("the second Put = %v; want success: %t", err, tt.again)
			}
			taken := s.Taken()
			if len(taken) != tt.taken {
				t.Errorf("taken %d; want %d", len(taken), tt.taken)
			}
			for _, mail := range taken {
				if string(mail.Data) != message {
					t.Errorf("taken:\n%s\nwant the same message each time", mail.Data)
				}
			}
		})
	}
}

// A folder that keeps what is put into it.
type folder struct {
	remote.Remote
	files map[string]string
	fails error
}

func (f *folder) Put(_ context.Context, folder, name string, _ int64, content io.Reader) error {
	text, err := io.ReadAll(content)
	f.files[folder+"/"+name] = string(text)
	return errors.Join(err, f.fails)
}

func (f *folder) Close() error { return nil }

// Whom no mail reaches gets the same letter on paper; nobody else does.
func TestPost(t *testing.T) {
	for reply, paper := range map[string]bool{
		"550 5.1.1 unknown": true, "553 no": true, "550 5.7.1 denied": false, "451 4.1.1 later": false, "": false,
	} {
		t.Run(reply, func(t *testing.T) {
			s := mailboxtest.Start(t, mailboxtest.Behaviour{Rcpt: func(string) string { return reply }})
			post := &folder{files: map[string]string{}}
			m := open(t, s, func(c *mailbox.Config) { c.Post = func(context.Context) (remote.Remote, error) { return post, nil } })
			err := put(t, m)
			if (err == nil) != (paper || reply == "") {
				t.Errorf("Put = %v", err)
			}
			want := ""
			if paper {
				want = "%PDF-1.7"
			}
			if got := post.files["/mail_acme_2026-10-22_000001.pdf"]; got != want {
				t.Errorf("on paper: %q; want %q", got, want)
			}
		})
	}
}

// What is no message, or is cut, is not sent.
func TestNoMessage(t *testing.T) {
	s := mailboxtest.Start(t, mailboxtest.Behaviour{})
	m := open(t, s, nil)
	for name, text := range map[string]string{
		"empty": "", "no header": "x", "no recipient": "From: a@b.example\r\n\r\n", "two recipients": "From: a@b.example\r\nTo: c@d.example, e@f.example\r\n\r\n",
	} {
		if err := m.Put(t.Context(), "", "x.eml", int64(len(text)), strings.NewReader(text)); err == nil {
			t.Errorf("%s: Put = nil; want an error", name)
		}
	}
	if err := m.Put(t.Context(), "", "x.eml", int64(len(message)), bytes.NewReader([]byte(message)[:20])); err == nil || !strings.Contains(err.Error(), "has 20 bytes") {
		t.Errorf("cut: Put = %v; want an error", err)
	}
	if len(s.Taken()) > 0 {
		t.Errorf("taken %v; want nothing", s.Taken())
	}
}

// The rest of what a remote promises, as far as a mailbox can.
func TestMailboxIsARemote(t *testing.T) {
	s := mailboxtest.Start(t, mailboxtest.Behaviour{})
	m := open(t, s, nil)
	if files, err := m.List(t.Context(), ""); err != nil || len(files) > 0 {
		t.Errorf("List = %v, %v; want nothing", files, err)
	}
	if _, err := m.Open(t.Context(), "", "x.eml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open = %v; want fs.ErrNotExist", err)
	}
	if err := m.Remove(t.Context(), "", "x.eml"); err != nil {
		t.Errorf("Remove = %v", err)
	}
	down := mailbox.Open(mailbox.Config{Server: "127.0.0.1:1", Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("nobody is there") }})
	if _, err := down.List(t.Context(), ""); err == nil {
		t.Error("List of a server that is down = nil; want an error")
	}
}

// A server that says nothing is not waited for longer than the context lasts.
func TestSilentServer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ours, theirs := net.Pipe()
	m := mailbox.Open(mailbox.Config{Server: "mail.example:587", Dial: func(context.Context, string, string) (net.Conn, error) {
		cancel() // as soon as it is connected
		return ours, nil
	}})
	err := m.Put(ctx, "", "x.eml", int64(len(message)), strings.NewReader(message))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Put = %v; want that it was cancelled", err)
	}
	if err := errors.Join(m.Close(), theirs.Close()); err != nil {
		t.Error(err)
	}
}
