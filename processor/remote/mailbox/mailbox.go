// Package mailbox sends letters by mail, as if an SMTP server were a folder:
// what is put is a whole message, as it is stored, and it counts as put only
// after the server has said 250.
//
// A message may come twice: when the connection breaks before the server's
// answer is read, nobody knows whether it was taken, and the next Put sends the
// same bytes again, with the same Message-ID, by which a repeat is recognised.
// It never gets lost.
//
// Nothing is sent without TLS, but over the loopback interface. Errors tell the
// step and the server's codes, and never its words: they may name the recipient.
package mailbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	netmail "net/mail"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/kontor-exchange/kontor/processor/remote"
)

// A Config says which server takes the mail.
type Config struct {
	Server string // host:port
	// Implicit begins with TLS (port 465); otherwise STARTTLS is demanded (port
	// 587), unless the server is on this machine.
	Implicit bool
	Hello    string // how we call ourselves; localhost when empty
	User     string // "" when the server asks for no login
	// Password is asked for at each login; needed with a User.
	Password func() (string, error)
	Roots    *x509.CertPool // that the server's certificate must lead to; those of the machine when nil
	Timeout  time.Duration  // of one message; 2 min when 0
	// Post takes letters by other means when their recipient cannot be reached by
	// mail for good; nil: they fail.
	Post func(ctx context.Context) (remote.Remote, error)
	// Dial connects; a net.Dialer when nil.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// ErrPlain says that a server offers no TLS.
var ErrPlain = errors.New("it offers no STARTTLS, and letters are not sent in the clear; use another port, or tls: implicit")

// A Mailbox is a server that takes mail. It may be used by several goroutines;
// they wait for each other.
type Mailbox struct {
	config Config
	mutex  sync.Mutex
	open   *smtp.Client // nil: none
	conn   net.Conn     // under it
}

var _ remote.Remote = (*Mailbox)(nil)

// Open returns the mailbox of a server, which is not connected before the first
// message.
func Open(c Config) *Mailbox {
	const patience = 2 * time.Minute
	if c.Timeout == 0 {
		c.Timeout = patience
	}
	if c.Hello == "" {
		c.Hello = "localhost"
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{}).DialContext
	}
	return &Mailbox{config: c}
}

// Put sends a message: from the address of its From to that of its To.
func (m *Mailbox) Put(ctx context.Context, folder, name string, size int64, content io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(content, size+1))
	if err != nil {
		return err
	}
	if int64(len(text)) != size {
		return fmt.Errorf("mail %s has %d bytes; want %d", name, len(text), size)
	}
	from, to, err := envelope(text)
	if err != nil {
		return fmt.Errorf("mail %s: %w", name, err)
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	ctx, cancel := context.WithTimeout(ctx, m.config.Timeout)
	defer cancel()
	err = m.send(ctx, from, to, text)
	if gone := (*unreachable)(nil); errors.As(err, &gone) && m.config.Post != nil {
		return m.post(ctx, folder, name, text, err)
	}
	if err != nil {
		return fmt.Errorf("mail %s by %s: %w", name, m.config.Server, err)
	}
	return nil
}

// envelope finds who sends to whom.
func envelope(text []byte) (from, to string, err error) {
	message, err := netmail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return "", "", errors.New("it is no message; want a header, an empty line and a body")
	}
	for field, address := range map[string]*string{"From": &from, "To": &to} {
		list, err := message.Header.AddressList(field)
		if err != nil || len(list) != 1 {
			return "", "", fmt.Errorf("its %s does not name one address", field)
		}
		*address = list[0].Address
	}
	return from, to, nil
}

// send hands a message over; every error but that of one recipient ends the
// connection.
func (m *Mailbox) send(ctx context.Context, from, to string, text []byte) (err error) {
	c, err := m.connected(ctx)
	if err != nil {
		return err
	}
	stop := cut(ctx, m.conn)
	defer func() {
		if gone := (*unreachable)(nil); err != nil && !errors.As(err, &gone) {
			m.drop()
		}
		if !stop() && err != nil {
			err = errors.Join(context.Cause(ctx), err)
		}
	}()
	if err := c.Mail("<" + from + ">"); err != nil {
		return failed("sender", err)
	}
	if err := c.Rcpt("<" + to + ">"); err != nil {
		return refused(err)
	}
	w, err := c.Data()
	if err != nil {
		return failed("data", err)
	}
	if _, err := w.Write(text); err != nil {
		return failed("data", err)
	}
	return failed("end of data", w.Close())
}

// connected returns a connection that is ready for a message.
func (m *Mailbox) connected(ctx context.Context) (*smtp.Client, error) {
	if m.open != nil {
		if m.open.Reset() == nil {
			return m.open, nil
		}
		m.drop() // it was idle for too long
	}
	conn, err := m.config.Dial(ctx, "tcp", m.config.Server)
	if err != nil {
		return nil, err
	}
	c, err := m.begin(ctx, conn)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	m.open, m.conn = c, conn
	return c, nil
}

// cut closes a connection when a context ends, so that nothing is waited for;
// stop reports whether that did not happen.
func cut(ctx context.Context, conn net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		if err := conn.Close(); err != nil {
			return // it was closed by then
		}
	})
}

// begin says hello, and turns to TLS and logs in where that is due.
func (m *Mailbox) begin(ctx context.Context, conn net.Conn) (_ *smtp.Client, err error) {
	stop := cut(ctx, conn)
	defer func() {
		if !stop() {
			err = errors.Join(context.Cause(ctx), err)
		}
	}()
	host, _, err := net.SplitHostPort(m.config.Server)
	if err != nil {
		return nil, err
	}
	local := loopback(conn.RemoteAddr())
	settings := &tls.Config{ServerName: host, RootCAs: m.config.Roots, MinVersion: tls.VersionTLS12}
	if m.config.Implicit {
		conn = tls.Client(conn, settings)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return nil, failed("greeting", err)
	}
	c.SkipSMTPUTF8(true) // addresses and messages are ASCII
	if err := c.Hello(m.config.Hello); err != nil {
		return nil, failed("hello", err)
	}
	if err := m.encrypt(c, settings, local); err != nil {
		return nil, err
	}
	return c, m.login(c, host, local)
}

func (m *Mailbox) encrypt(c *smtp.Client, settings *tls.Config, local bool) error {
	if m.config.Implicit || local {
		return nil
	}
	if offered, _ := c.Extension("STARTTLS"); !offered {
		return ErrPlain
	}
	return failed("STARTTLS", c.StartTLS(settings))
}

func (m *Mailbox) login(c *smtp.Client, host string, local bool) error {
	if m.config.User == "" {
		return nil
	}
	password, err := m.config.Password()
	if err != nil {
		return err
	}
	return failed("login", c.Auth(smtp.PlainAuth("", m.config.User, password, host, local)))
}

// loopback reports whether a connection does not leave this machine.
func loopback(a net.Addr) bool {
	tcp, is := a.(*net.TCPAddr)
	return is && tcp.IP.IsLoopback()
}

// drop ends the connection without a word.
func (m *Mailbox) drop() {
	if m.open == nil {
		return
	}
	open := m.open
	m.open, m.conn = nil, nil
	if err := open.Close(); err != nil {
		return // it was of no use any more
	}
}

// List connects and names no file: a mailbox cannot be looked into. It is the
// sign of life that [remote.Remote] promises.
func (m *Mailbox) List(ctx context.Context, _ string) ([]remote.File, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	ctx, cancel := context.WithTimeout(ctx, m.config.Timeout)
	defer cancel()
	_, err := m.connected(ctx)
	return nil, err
}

// Open finds nothing: what was sent cannot be read again.
func (m *Mailbox) Open(_ context.Context, _, name string) (io.ReadCloser, error) {
	return nil, fmt.Errorf("mail %s: %w", name, fs.ErrNotExist)
}

// Remove has nothing to do: what was sent is gone.
func (m *Mailbox) Remove(context.Context, string, string) error { return nil }

// Close takes leave of the server.
func (m *Mailbox) Close() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.open != nil && m.open.Quit() == nil {
		m.open, m.conn = nil, nil
	}
	m.drop() // a server that does not take leave has all messages anyway
	return nil
}
