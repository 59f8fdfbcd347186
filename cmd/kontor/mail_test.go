package main

import (
	"bytes"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/remote/mailbox/mailboxtest"
	"github.com/kontor-exchange/kontor/schedules"
)

// consenting gives every order of a step the debtor's consent to mail, but that
// of one customer.
func consenting(but string) func(name string, text []byte) (string, []byte) {
	return func(name string, text []byte) (string, []byte) {
		if !strings.HasPrefix(name, "orders") {
			return name, text
		}
		var lines []string
		for i, line := range strings.SplitAfter(string(text), "\n") {
			row := strings.TrimRight(line, "\r\n")
			end := line[len(row):]
			switch {
			case i == 0:
				row += ";email_consent"
			case row == "" || row[0] == '#':
			case strings.Contains(row, ";"+but+";"):
				row += ";N"
			default:
				row += ";Y"
			}
			lines = append(lines, row+end)
		}
		return name, []byte(strings.Join(lines, ""))
	}
}

// mailStage is october with a mail server.
func mailStage(t *testing.T, b mailboxtest.Behaviour) (*stage, *mailboxtest.Server) {
	t.Helper()
	server := mailboxtest.Start(t, b)
	g := newStage(t, readScenario(t, filepath.Join(examples, "october"), "kontor"), "sqlite")
	g.reconfigure("provider:\n", "provider:\n  address: {street: Musterweg 1, postcode: \"20095\", city: Hamburg, vat_id: DE123456789}\n"+
		"  mail: {smtp: \""+server.Address+"\", from: Muster <mahnung@provider.example>}\n")
	return g, server
}

// messageIDs are the ids of the mails that a server has taken, in order.
func messageIDs(t *testing.T, taken []mailboxtest.Mail) (ids []string) {
	t.Helper()
	for _, m := range taken {
		message, err := netmail.ReadMessage(bytes.NewReader(m.Data))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, message.Header.Get("Message-Id"))
	}
	return ids
}

func (g *stage) letters(pattern string) []string {
	g.t.Helper()
	files, err := filepath.Glob(filepath.Join(g.dir, "letters", pattern))
	if err != nil {
		g.t.Fatal(err)
	}
	return files
}

// Who has consented gets mail and nothing on paper; the books are the same. What
// would break it: a notice that is mailed and printed, or neither.
func TestLettersByMail(t *testing.T) {
	g, server := mailStage(t, mailboxtest.Behaviour{})
	g.play(t, consenting("K2"))
	compareDunning(t, g.scenario.expected(t), g.export())
	taken := server.Taken()
	if len(taken) != 12 {
		t.Errorf("%d mails; want 12, one for each notice but those of K2", len(taken))
	}
	ids := messageIDs(t, taken)
	if sorted := slices.Compact(slices.Sorted(slices.Values(ids))); len(sorted) != len(ids) {
		t.Errorf("ids of mails: %q; want each once", ids)
	}
	if len(ids) > 0 && ids[0] != "<mail_acme_2026-10-23_000001@provider.example>" {
		t.Errorf("the first mail is %s", ids[0])
	}
	if on := g.letters("letter_*.pdf"); len(on) != 3 {
		t.Errorf("on paper: %q; want those of K2, three", on)
	}
	for _, file := range g.letters("letters_*.json") {
		text, err := os.ReadFile(file)
		if err != nil || bytes.Contains(text, []byte("K4")) || !bytes.Contains(text, []byte("K2")) {
			t.Errorf("%s: %v; want K2 alone", file, err)
		}
	}
	broken, err := g.x.verify(t.Context(), "acme")
	if err != nil || len(broken) > 0 {
		t.Errorf("verify: %v, %v; want nothing broken", broken, err)
	}
}

// compareDunning compares what was dunned and when: rows of orders differ by a
// column.
func compareDunning(t *testing.T, want, got any) {
	t.Helper()
	w, _ := want.(map[string]any)
	compare(t, map[string]any{"dunning": w["dunning"], "balances": w["balances"], "claims": w["claims"]}, got)
}

// A mail counts as sent when the server has said so, not before; until then its
// notice waits, and others go on. What would break it: a level that counts from
// a mail that never left, or a mail that is lost.
func TestMailWaits(t *testing.T) {
	down := true
	g, server := mailStage(t, mailboxtest.Behaviour{End: func(int) string {
		if down {
			return "451 4.3.0 not today, a@example.org"
		}
		return ""
	}})
	g.scenario.until = "2026-10-27"
	for _, step := range g.scenario.steps(t) {
		g.drop(step, consenting("K2"))
		g.try(step)
	}
	waiting, err := g.x.outbox.List(t.Context(), "acme", outbox.Filter{Waiting: true})
	if err != nil || len(waiting) != 2 || len(server.Taken()) > 0 {
		t.Fatalf("waiting %v, %v, taken %d; want the mails to K4 and K11", waiting, err, len(server.Taken()))
	}
	for _, e := range waiting {
		if !strings.Contains(e.Error, "the server said 451 4.3.0") || strings.Contains(e.Error, "example.org") || e.Tries == 0 {
			t.Errorf("%s waits after %d tries with %q; want the server's code, and nobody's address", e.Name, e.Tries, e.Error)
		}
	}
	if life, _, err := g.x.provider.Claim(t.Context(), "acme", "RE1004"); err != nil || life.Notices[0].Status != "ISSUED" {
		t.Errorf("RE1004: %v, %v; want a notice that is ISSUED", life.Notices, err)
	}
	if life, _, err := g.x.provider.Claim(t.Context(), "acme", "RE1002"); err != nil || life.Notices[0].Status != "SENT" {
		t.Errorf("RE1002: %v, %v; want a notice that is SENT, on paper", life.Notices, err)
	}
	down = false
	g.run("2026-10-27T12:00")
	life, _, err := g.x.provider.Claim(t.Context(), "acme", "RE1004")
	if err != nil || life.Notices[0].Status != "SENT" || len(server.Taken()) != 2 {
		t.Errorf("RE1004: %v, %v, taken %d; want both SENT", life.Notices, err, len(server.Taken()))
	}
}

// try runs at a time though a delivery may fail.
func (g *stage) try(at string) {
	g.t.Helper()
	t, err := schedules.ParseInstant(at, g.x.config.ZoneOf(""))
	if err != nil {
		g.t.Fatal(err)
	}
	if err := g.x.engine.Run(g.t.Context(), t, nil); err != nil && !strings.Contains(err.Error(), "the server said 451") {
		g.t.Fatal(err)
	}
}

// When the answer of the server is lost, the mail goes out again under the same
// id, and counts once.
func TestMailTwice(t *testing.T) {
	g, server := mailStage(t, mailboxtest.Behaviour{Break: func(n int) (bool, bool) { return false, n == 1 }})
	g.scenario.until = "2026-10-26"
	steps := g.scenario.steps(t)
	for _, step := range steps[:len(steps)-1] {
		g.drop(step, consenting("K2"))
		g.run(step)
	}
	g.drop(steps[len(steps)-1], consenting("K2"))
	at, err := schedules.ParseInstant(steps[len(steps)-1], g.x.config.ZoneOf(""))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.x.engine.Run(t.Context(), at, nil); err == nil || !strings.Contains(err.Error(), "EOF") {
		t.Fatalf("Run = %v; want that the answer was lost", err)
	}
	g.run("2026-10-26T12:00")
	ids := messageIDs(t, server.Taken())
	if len(ids) < 2 || ids[0] != ids[1] || !bytes.Equal(server.Taken()[0].Data, server.Taken()[1].Data) {
		t.Errorf("mails: %q; want the first one twice, byte for byte", ids)
	}
}

// Whom no mail reaches gets the letter on paper.
func TestMailBecomesPaper(t *testing.T) {
	g, server := mailStage(t, mailboxtest.Behaviour{Rcpt: func(string) string { return "550 5.1.1 who?" }})
	g.scenario.until = "2026-10-24"
	g.play(t, consenting("K2"))
	if on := g.letters("mail_acme_2026-10-23_000001.pdf"); len(on) != 1 || len(server.Taken()) > 0 {
		t.Errorf("on paper %q, taken %d; want the letter to K4 on paper", on, len(server.Taken()))
	}
	if life, _, err := g.x.provider.Claim(t.Context(), "acme", "RE1004"); err != nil || life.Notices[0].Status != "SENT" {
		t.Errorf("RE1004: %v, %v; want SENT", life.Notices, err)
	}
}

func TestMailConfig(t *testing.T) {
	address := Address{Street: "Musterweg 1", Postcode: "20095", City: "Hamburg"}
	good := Mail{SMTP: "smtp.example:587", TLS: "starttls", From: "Muster <m@provider.example>"}
	tests := []struct {
		name    string
		edit    func(*Mail)
		address Address
		want    string
	}{
		{"good", func(*Mail) {}, address, ""},
		{"no port", func(m *Mail) { m.SMTP = "smtp.example" }, address, `provider.mail.smtp: "smtp.example" is not an address such as smtp.example:587`},
		{"no TLS", func(m *Mail) { m.TLS = "none" }, address, "provider.mail.tls"},
		{"nobody", func(m *Mail) { m.From = "Muster" }, address, "provider.mail.from"},
		{"a password of nobody", func(m *Mail) { m.PasswordFile = "x" }, address, "provider.mail.user"},
		{"no address", func(*Mail) {}, Address{}, "letters need provider.address"},
	}
	for _, tt := range tests {
		m := good
		tt.edit(&m)
		var f faults
		m.validate(&f, "provider.mail", tt.address)
		switch {
		case tt.want == "" && len(f) > 0:
			t.Errorf("%s: %v; want no fault", tt.name, f)
		case tt.want != "" && (len(f) != 1 || !strings.Contains(f[0].Error(), tt.want)):
			t.Errorf("%s: %v; want one fault with %q", tt.name, f, tt.want)
		}
	}
}

func TestMailPassword(t *testing.T) {
	file := filepath.Join(t.TempDir(), "smtp")
	m := Mail{User: "kontor", PasswordFile: file}
	if _, err := m.password(); err == nil {
		t.Error("a missing file: password = nil; want an error")
	}
	for _, tt := range []struct {
		text string
		mode os.FileMode
		want string // "" for an error
	}{{"s3cret\n", 0o600, "s3cret"}, {"s3cret\r\nmore", 0o400, "s3cret"}, {"s3cret", 0o644, ""}, {"\n", 0o600, ""}} {
		if err := os.RemoveAll(file); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(tt.text), tt.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, tt.mode); err != nil {
			t.Fatal(err)
		}
		got, err := m.password()
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%q with mode %04o: %q, %v; want %q", tt.text, tt.mode, got, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v tells the password", err)
		}
	}
	m.PasswordFile = ""
	t.Setenv(mailPassword, "from the environment")
	if got, err := m.password(); got != "from the environment" || err != nil {
		t.Errorf("password = %q, %v", got, err)
	}
}
