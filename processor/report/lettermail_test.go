package report_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/processor/report"
)

// mailOf makes a letter a mail.
func mailOf(l report.Letter, address string) report.Mail {
	l.Notices = slices.Clone(l.Notices)
	for i := range l.Notices {
		l.Notices[i].Debtor.Email, l.Notices[i].Debtor.EmailConsent = address, true
	}
	return report.Mail{
		Letter: l, From: "Muster Rechnungskauf GmbH <mahnung@provider.example>", File: "mail_acme_2026-10-26_000001.eml",
		At: time.Date(2026, 10, 26, 5, 0, 0, 0, time.FixedZone("CET", 3600)),
	}
}

func letterMail(t *testing.T, r report.Renderer, m report.Mail) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := r.LetterMail(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parts reads a message as a mail program does: its text, and its attachment.
func parts(t *testing.T, raw []byte) (header mail.Header, text string, name string, pdf []byte) {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return message.Header, text, name, pdf
		}
		if err != nil {
			t.Fatal(err)
		}
		var body io.Reader = quotedprintable.NewReader(part)
		if part.Header.Get("Content-Transfer-Encoding") == "base64" {
			body = base64.NewDecoder(base64.StdEncoding, part)
		}
		content, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if part.FileName() == "" {
			text = string(content)
		} else {
			name, pdf = part.FileName(), content
		}
	}
}

func TestLetterMailGolden(t *testing.T) {
	o := loadOctober(t)
	tests := []struct {
		golden string
		r      report.Renderer
		letter report.Letter
	}{
		{"mail_reminder.de.txt", german(t), o.letter(t, "RE1011", "2026-10-26")},
		{"mail_second.en.txt", english(t), o.letter(t, "RE1002", "2026-11-12")},
	}
	for _, tt := range tests {
		raw := letterMail(t, tt.r, mailOf(tt.letter, "erika@shop.example"))
		header, text, name, pdf := parts(t, raw)
		subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
		if err != nil {
			t.Fatal(err)
		}
		golden(t, tt.golden, func(w *bytes.Buffer) error {
			_, err := w.WriteString("Subject: " + subject + "\nAttachment: " + name + "\n\n" + strings.ReplaceAll(text, "\r\n", "\n"))
			return err
		})
		if !bytes.Equal(pdf, letterPDF(t, tt.r, tt.letter)) {
			t.Errorf("%s: the attachment of %d bytes is not the letter", tt.golden, len(pdf))
		}
		if !bytes.Equal(letterMail(t, tt.r, mailOf(tt.letter, "erika@shop.example")), raw) {
			t.Errorf("%s: the same mail twice is not the same bytes", tt.golden)
		}
	}
}

// The header says who writes to whom, under an id that stays, and that no
// machine should answer; every server can take the message as it is.
func TestLetterMailHeader(t *testing.T) {
	l := loadOctober(t).letter(t, "RE1011", "2026-10-26")
	for i := range l.Notices {
		l.Notices[i].Debtor.FirstName, l.Notices[i].Debtor.LastName = `Jörg "Jo", x@y.example`, "Übel <z@y.example>"
	}
	raw := letterMail(t, german(t), mailOf(l, "erika@shop.example"))
	header, _, _, _ := parts(t, raw)
	to, err := header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "erika@shop.example" {
		t.Errorf("To: %s is %v, %v; want erika@shop.example alone", header.Get("To"), to, err)
	}
	for field, want := range map[string]string{
		"Message-Id": "<mail_acme_2026-10-26_000001@provider.example>", "Date": "Mon, 26 Oct 2026 05:00:00 +0100",
		"Auto-Submitted": "auto-generated", "From": `"Muster Rechnungskauf GmbH" <mahnung@provider.example>`,
	} {
		if got := header.Get(field); got != want {
			t.Errorf("%s: %s; want %s", field, got, want)
		}
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
		if len(line) > 998 || strings.ContainsFunc(line, func(c rune) bool { return c > '~' || c < ' ' && c != '\t' }) {
			t.Errorf("line %d has %d bytes, or others than ASCII: %.80q", i+1, len(line), line)
		}
	}
}

// No error says who it is about.
func TestLetterMailFails(t *testing.T) {
	l := loadOctober(t).letter(t, "RE1011", "2026-10-26")
	for name, m := range map[string]report.Mail{
		"address": mailOf(l, "erika@localhost\r\nBcc: all@shop.example"), "sender": func() report.Mail { m := mailOf(l, "erika@shop.example"); m.From = "nobody"; return m }(),
	} {
		err := german(t).LetterMail(io.Discard, m)
		if err == nil || strings.Contains(err.Error(), "erika") {
			t.Errorf("%s: LetterMail = %v; want an error that does not name the debtor", name, err)
		}
	}
}
