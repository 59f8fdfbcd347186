package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"os"
	"strconv"

	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/mailbox"
)

// mailPassword is where the password is looked for when no file is named.
const mailPassword = "KONTOR_SMTP_PASSWORD"

// A Mail is the server that sends letters to debtors who take them by mail.
type Mail struct {
	// SMTP is address and port of the server, such as smtp.example:587.
	SMTP string `yaml:"smtp"`
	// TLS: starttls (demanded, unless the server is on this machine) or implicit.
	TLS string `yaml:"tls"`
	// From is the sender, such as "Muster Rechnungskauf <mahnung@provider.example>".
	From string `yaml:"from"`
	// User logs in, if the server asks for it. The password is the first line of
	// PasswordFile, readable by its owner only, else in the environment as
	// KONTOR_SMTP_PASSWORD; it never stands in the configuration.
	User         string `yaml:"user"`
	PasswordFile string `yaml:"password_file"`
	// CA is a file with certificates (PEM) that the server's must lead to, for
	// one that the machine does not know.
	CA string `yaml:"ca"`
}

// UnmarshalYAML sets the defaults of a mail server before it is decoded.
func (m *Mail) UnmarshalYAML(decode func(any) error) error {
	type plain Mail
	v := plain{TLS: "starttls"}
	if err := decode(&v); err != nil {
		return err
	}
	*m = Mail(v)
	return nil
}

func (m *Mail) validate(f *faults, key string, sender Address) {
	host, port, err := net.SplitHostPort(m.SMTP)
	n, bad := strconv.ParseUint(port, 10, 16)
	f.check(err == nil && host != "" && bad == nil && n > 0, key+".smtp", "%q is not an address such as smtp.example:587", m.SMTP)
	f.oneOf(key+".tls", m.TLS, "starttls", "implicit")
	from, err := mail.ParseAddress(m.From)
	f.check(err == nil && purchase.ValidEmail(from.Address), key+".from", "%q is not an address such as Muster Rechnungskauf <mahnung@provider.example>", m.From)
	f.check(m.User != "" || m.PasswordFile == "", key+".user", "it is empty, but there is a password_file")
	f.check(sender.party("x").Complete(), key, "letters need provider.address: street, postcode and city")
}

// password is what the server asks for.
func (m *Mail) password() (string, error) {
	if m.PasswordFile == "" {
		if p := os.Getenv(mailPassword); p != "" {
			return p, nil
		}
		return "", fmt.Errorf("there is no password for %s: name a file in password_file, or set %s", m.User, mailPassword)
	}
	return firstLine(m.PasswordFile)
}

// roots are the certificates of CA; nil for those of the machine.
func (m *Mail) roots() (*x509.CertPool, error) {
	if m.CA == "" {
		return nil, nil
	}
	text, err := os.ReadFile(m.CA)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate in PEM", m.CA)
	}
	return roots, nil
}

// mailing opens the mail server as one more target, beside others. Whom no mail
// reaches gets the letter on paper.
func (c *Config) mailing(other func(context.Context, string) (remote.Remote, error)) func(context.Context, string) (remote.Remote, error) {
	m := c.Provider.Mail
	return func(ctx context.Context, target string) (remote.Remote, error) {
		if target != outbox.Mail {
			return other(ctx, target)
		}
		if m == nil {
			return nil, errors.New("a letter waits to be mailed, but provider.mail is not configured")
		}
		roots, err := m.roots()
		if err != nil {
			return nil, err
		}
		return mailbox.Open(mailbox.Config{
			Server: m.SMTP, Implicit: m.TLS == "implicit", User: m.User, Password: m.password, Roots: roots,
			Post: func(ctx context.Context) (remote.Remote, error) { return other(ctx, outbox.Letters) },
		}), nil
	}
}

// MailFrom is the sender of mails; "" when none are sent.
func (c *Config) MailFrom() string {
	if c.Provider.Mail == nil {
		return ""
	}
	return c.Provider.Mail.From
}
