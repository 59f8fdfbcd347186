// Package mailboxtest is a mail server for tests: it speaks as much SMTP
// (RFC 5321) over real sockets on this machine as a sender needs, keeps what it
// was given, and refuses or breaks off where it is told to.
package mailboxtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Mail is what a server has taken.
type Mail struct {
	From, To string
	Data     []byte // with CRLF
	TLS      bool   // the connection was encrypted
	Login    string // what AUTH said, base64; "" without
}

// Behaviour is how a server differs from one that takes everything.
type Behaviour struct {
	TLS      bool                          // offers STARTTLS
	Implicit bool                          // begins with TLS
	Rcpt     func(to string) string        // the reply to RCPT; "" takes
	End      func(n int) (reply string)    // the reply after the n-th message, from 1; "" takes it
	Break    func(n int) (before, is bool) // breaks off after the n-th message: before it is kept, or after
}

// A Server is one that runs until its test ends.
type Server struct {
	Address string // host:port
	Roots   *x509.CertPool

	t         testing.TB
	behaviour Behaviour
	config    *tls.Config
	running   sync.WaitGroup
	mutex     sync.Mutex
	open      map[net.Conn]bool
	messages  int
	taken     []Mail
}

// Start starts a server on a free port of the loopback interface.
func Start(t testing.TB, b Behaviour) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Address: l.Addr().String(), t: t, behaviour: b, open: map[net.Conn]bool{}}
	s.certify()
	s.running.Go(func() { s.accept(l) })
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		s.mutex.Lock()
		for c := range s.open {
			s.hangUp(c)
		}
		s.mutex.Unlock()
		s.running.Wait()
	})
	return s
}

// Taken are the mails that the server has taken.
func (s *Server) Taken() []Mail {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]Mail{}, s.taken...)
}

func (s *Server) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return // closed
		}
		s.mutex.Lock()
		s.open[c] = true
		s.mutex.Unlock()
		s.running.Go(func() {
			s.serve(c)
			s.mutex.Lock()
			delete(s.open, c)
			s.mutex.Unlock()
			s.hangUp(c)
		})
	}
}

func (s *Server) hangUp(c net.Conn) {
	if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		s.t.Logf("close: %v", err)
	}
}

// A session is one connection.
type session struct {
	*Server
	conn net.Conn
	text *textproto.Conn
	mail Mail
}

func (s *Server) serve(c net.Conn) {
	x := &session{Server: s, conn: c}
	if s.behaviour.Implicit {
		x.encrypt()
	} else {
		x.text = textproto.NewConn(c)
	}
	x.say("220 mail.test ESMTP")
	for {
		line, err := x.text.ReadLine()
		if err != nil || !x.command(line) {
			return
		}
	}
}

func (x *session) encrypt() {
	x.conn = tls.Server(x.conn, x.config)
	x.text = textproto.NewConn(x.conn)
	x.mail.TLS = true
}

// say replies; a client that is gone is noticed when it is read from.
func (x *session) say(lines ...string) {
	for _, l := range lines {
		if err := x.text.PrintfLine("%s", l); err != nil {
			return
		}
	}
}

// command does what a line asks for, and reports whether there may be more.
func (x *session) command(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO":
		x.hello()
	case "STARTTLS":
		x.say("220 2.0.0 go ahead")
		x.encrypt()
	case "AUTH":
		x.mail.Login = rest
		x.say("235 2.7.0 welcome")
	case "MAIL":
		x.mail.From = address(rest)
		x.say("250 2.1.0 ok")
	case "RCPT":
		x.recipient(address(rest))
	case "DATA":
		return x.data()
	case "RSET", "NOOP":
		x.say("250 2.0.0 ok")
	case "QUIT":
		x.say("221 2.0.0 bye")
		return false
	default:
		x.say("502 5.5.1 unknown")
	}
	return true
}

func (x *session) hello() {
	x.say("250-mail.test")
	if x.behaviour.TLS && !x.mail.TLS {
		x.say("250-STARTTLS")
	}
	x.say("250-8BITMIME", "250-AUTH PLAIN", "250 SMTPUTF8")
}

func address(argument string) string {
	_, rest, _ := strings.Cut(argument, "<")
	inside, _, _ := strings.Cut(rest, ">")
	return inside
}

func (x *session) recipient(to string) {
	if x.behaviour.Rcpt != nil {
		if reply := x.behaviour.Rcpt(to); reply != "" {
			x.say(reply)
			return
		}
	}
	x.mail.To = to
	x.say("250 2.1.5 ok")
}

// data takes a message; false ends the connection.
func (x *session) data() bool {
	x.say("354 go ahead")
	lines, err := x.text.ReadDotLines()
	if err != nil {
		return false
	}
	x.mutex.Lock()
	x.messages++
	n := x.messages
	x.mutex.Unlock()
	breaks, before := false, false
	if x.behaviour.Break != nil {
		before, breaks = x.behaviour.Break(n)
	}
	reply := ""
	if x.behaviour.End != nil {
		reply = x.behaviour.End(n)
	}
	if reply == "" && (!breaks || !before) {
		x.keep(strings.Join(lines, "\r\n") + "\r\n")
		reply = "250 2.0.0 taken"
	}
	if breaks {
		return false
	}
	x.say(reply)
	return true
}

func (x *session) keep(text string) {
	x.mutex.Lock()
	defer x.mutex.Unlock()
	mail := x.mail
	mail.Data = []byte(text)
	x.taken = append(x.taken, mail)
}

// certify makes the server's certificate, for 127.0.0.1 and mail.test.
func (s *Server) certify() {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		DNSNames: []string{"mail.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		s.t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Roots = x509.NewCertPool()
	s.Roots.AddCert(certificate)
	s.config = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
}
