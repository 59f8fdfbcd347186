package alerts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/kontor-exchange/kontor/processor/remote"
)

// A Mailer mails events to one person.
type Mailer struct {
	From, To string // addresses, with a name or not
	Instance string // which kontor it is
	Zone     *time.Location
	// Open opens the mail server; what is put there is a whole message.
	Open func(ctx context.Context) (Mailbox, error)
}

// A Mailbox takes messages.
type Mailbox interface {
	remote.Remote
	Close() error
}

// Name is "mail" and the address.
func (m *Mailer) Name() string { return "mail " + m.To }

// Send mails all events in one message.
func (m *Mailer) Send(ctx context.Context, at time.Time, events []Event) (err error) {
	text, name, err := m.message(at, events)
	if err != nil {
		return err
	}
	box, err := m.Open(ctx)
	if err != nil {
		return err
	}
	err = box.Put(ctx, "", name, int64(len(text)), bytes.NewReader(text))
	if closing := box.Close(); err == nil {
		err = closing
	}
	return err
}

// message is the whole message in ASCII. The same events are the same bytes,
// with the same Message-ID.
func (m *Mailer) message(at time.Time, events []Event) (text []byte, name string, err error) {
	sum := sha256.New()
	for _, e := range events {
		fmt.Fprintln(sum, e.ID)
	}
	id := "alarm-" + hex.EncodeToString(sum.Sum(nil)[:16])
	message := mail.NewMsg(mail.WithBoundary(id), mail.WithNoDefaultUserAgent())
	if err := message.From(m.From); err != nil {
		return nil, "", fmt.Errorf("the sender %q is no address", m.From)
	}
	if err := message.To(m.To); err != nil {
		return nil, "", fmt.Errorf("%q is no address", m.To)
	}
	_, domain, _ := strings.Cut(message.GetFrom()[0].Address, "@")
	message.SetMessageIDWithValue(id + "@" + domain)
	message.SetDateWithValue(at)
	message.Subject(m.subject(events))
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(mail.TypeTextPlain, m.body(events))
	var b bytes.Buffer
	_, err = message.WriteTo(&b)
	return b.Bytes(), id + ".eml", err
}

func (m *Mailer) subject(events []Event) string {
	n := map[string]int{}
	for _, e := range events {
		n[e.Kind]++
	}
	var parts []string
	for _, kind := range []struct{ kind, word string }{{Firing, "new"}, {Again, "still there"}, {Resolved, "over"}} {
		if n[kind.kind] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[kind.kind], kind.word))
		}
	}
	return fmt.Sprintf("kontor on %s: alarms: %s", m.Instance, strings.Join(parts, ", "))
}

func (m *Mailer) body(events []Event) string {
	var b strings.Builder
	for _, kind := range []struct{ kind, heading string }{{Firing, "New"}, {Again, "Still there"}, {Resolved, "Over"}} {
		first := true
		for _, e := range events {
			if e.Kind != kind.kind {
				continue
			}
			if first {
				fmt.Fprintf(&b, "%s:\n\n", kind.heading)
				first = false
			}
			fmt.Fprintf(&b, "%s since %s\n%s\n\n", e.Label(), e.Since.In(m.Zone).Format("2006-01-02 15:04"), e.Text)
		}
	}
	b.WriteString("kontor status tells how things stand.\n")
	return b.String()
}

// Label is the code, and whom and what it is about.
func (a Alarm) Label() string {
	var words []string
	for _, w := range []string{a.Code, a.Merchant, a.Subject} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}
