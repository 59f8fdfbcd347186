package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Mail is a letter that is sent by mail: a short text, and the letter as PDF.
type Mail struct {
	Letter
	From string    // an address, with a name or not
	File string    // the message's name, given once for ever: its Message-ID is made of it
	At   time.Time // the Date of the message
}

// MailName is the name of the n-th mail of a dunning run, from 1.
func MailName(merchant string, day schedules.Date, n int64) string {
	return fmt.Sprintf("mail_%s_%s_%06d.eml", merchant, day, n)
}

// LetterMail writes the whole message (RFC 5322), in ASCII with CRLF, as it is
// sent. The same mail is the same bytes, with the same Message-ID, by which a
// repeat is recognised.
func (r Renderer) LetterMail(w io.Writer, m Mail) error {
	d, err := r.dunningLetter(m.Letter)
	if err != nil {
		return err
	}
	total, transfers, err := d.sums()
	if err != nil {
		return err
	}
	var pdf bytes.Buffer
	if err := r.LetterPDF(&pdf, m.Letter); err != nil {
		return err
	}
	message, err := d.message(m)
	if err != nil {
		return fmt.Errorf("mail %s: %w", m.File, err)
	}
	message.SetBodyString(mail.TypeTextPlain, d.plain(total, transfers))
	name := d.say("Schreiben", "Letter") + "_" + d.notices[0].RunDate.String() + PDF
	if err := message.AttachReader(name, &pdf, mail.WithFileContentType("application/pdf")); err != nil {
		return fmt.Errorf("mail %s: %w", m.File, err)
	}
	_, err = message.WriteTo(w)
	return err
}

// message is the header. Machines must not answer it (RFC 3834).
func (d *dunningLetter) message(m Mail) (*mail.Msg, error) {
	sum := sha256.Sum256([]byte(m.File))
	message := mail.NewMsg(mail.WithBoundary("kontor-"+hex.EncodeToString(sum[:16])), mail.WithNoDefaultUserAgent())
	if err := message.From(m.From); err != nil {
		return nil, fmt.Errorf("the sender %q is no address", m.From)
	}
	// No error may tell the debtor's address.
	if !purchase.ValidEmail(d.debtor.Email) || message.AddToFormat(fullName(d.debtor), d.debtor.Email) != nil {
		return nil, fmt.Errorf("the address of customer %s cannot be used", d.notices[0].CustomerNo)
	}
	_, domain, _ := strings.Cut(message.GetFrom()[0].Address, "@")
	message.SetMessageIDWithValue(strings.TrimSuffix(m.File, ".eml") + "@" + domain)
	message.SetDateWithValue(m.At)
	message.Subject(d.subject())
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	return message, nil
}

// plain is the text of a mail: what matters of the letter, without what is
// better seen on it.
func (d *dunningLetter) plain(total money.Amount, transfers []transfer) string {
	var b strings.Builder
	paragraph := func(lines ...string) { b.WriteString(strings.Join(lines, "\n") + "\n\n") }
	paragraph(d.greeting())
	paragraph(d.intro(stageOf(d.notices[0]), len(d.notices), false))
	var claims []string
	for _, n := range d.notices {
		claims = append(claims, fmt.Sprintf(d.say("- Rechnung %s vom %s, fällig am %s: zu zahlen %s", "- invoice %s of %s, due on %s: to pay %s"),
			n.InvoiceNo, d.date(n.InvoiceDate), d.date(n.DueDate), d.Renderer.sum(n.TotalDue, d.Currency)))
	}
	paragraph(claims...)
	paragraph(d.request(d.Renderer.sum(total, d.Currency)))
	for _, t := range transfers {
		var lines []string
		for _, item := range d.details(t.PaymentAdvice) {
			lines = append(lines, item[0]+": "+item[1])
		}
		paragraph(lines...)
	}
	paragraph(d.say(
		"Das vollständige Schreiben mit allen Einzelheiten und einem Code für die Banking-App liegt als PDF bei.",
		"The whole letter with all details and a code for your banking app is attached as PDF."))
	paragraph(d.crossed())
	s := d.sender
	b.WriteString(strings.Join(filled(d.say("Mit freundlichen Grüßen", "Yours sincerely"), s.Name, s.Street, strings.TrimSpace(s.Postcode+" "+s.City)), "\n") + "\n")
	return b.String()
}
