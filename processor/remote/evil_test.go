package remote_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
)

// An evilServer speaks SFTP packet by packet, as its reply function wants. The
// SSH around it is honest.
type evilServer struct {
	// reply gives the packets that answer one; nil cuts the connection. What it
	// leaves to honest is answered by an empty, well-behaved server.
	reply  func(p packet) [][]byte
	config *ssh.ServerConfig
	served sync.WaitGroup
}

// Packet types of SFTP version 3.
const (
	fxpInit, fxpVersion, fxpOpen, fxpClose, fxpRead, fxpWrite, fxpLstat = 1, 2, 3, 4, 5, 6, 7
	fxpOpendir, fxpReaddir, fxpRemove, fxpStat, fxpRename               = 11, 12, 13, 17, 18
	fxpStatus, fxpHandle, fxpData, fxpName, fxpAttrs                    = 101, 102, 103, 104, 105
	statusOK, statusEOF, statusNoFile, statusFailure                    = 0, 1, 2, 4
)

type packet struct {
	kind byte
	id   uint32
	body []byte
}

// text is the n-th string of the body.
func (p packet) text(n int) string {
	b := p.body
	for ; len(b) >= 4; n-- {
		length := int(binary.BigEndian.Uint32(b))
		if len(b) < 4+length {
			return ""
		}
		if n == 0 {
			return string(b[4 : 4+length])
		}
		b = b[4+length:]
	}
	return ""
}

// answer builds a packet: numbers as 32 bits, strings with their length.
func (p packet) answer(kind byte, parts ...any) [][]byte {
	b := []byte{0, 0, 0, 0, kind}
	b = binary.BigEndian.AppendUint32(b, p.id)
	for _, part := range parts {
		switch v := part.(type) {
		case int:
			b = binary.BigEndian.AppendUint32(b, uint32(v))
		case string:
			b = binary.BigEndian.AppendUint32(b, uint32(len(v)))
			b = append(b, v...)
		case []byte:
			b = append(b, v...)
		}
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	return [][]byte{b}
}

func (p packet) status(code int) [][]byte {
	return p.answer(fxpStatus, code, "words of the server", "")
}

// regular are the attributes of a regular file: size and mode.
func regular(size int) []byte {
	b := binary.BigEndian.AppendUint32(nil, 1|4)
	b = binary.BigEndian.AppendUint64(b, uint64(size))
	return binary.BigEndian.AppendUint32(b, 0o100644)
}

func (p packet) honest() [][]byte {
	switch p.kind {
	case fxpOpen, fxpOpendir:
		return p.answer(fxpHandle, "h")
	case fxpLstat, fxpStat:
		return p.status(statusNoFile)
	case fxpRead, fxpReaddir:
		return p.status(statusEOF)
	}
	return p.status(statusOK)
}

// newEvil makes the server and a config that reaches it without a network.
func newEvil(t *testing.T, reply func(p packet) [][]byte) (*evilServer, remote.Config) {
	t.Helper()
	identity, _ := remotetest.Identity(t)
	key, public := remotetest.Identity(t)
	e := &evilServer{reply: reply, config: &ssh.ServerConfig{
		PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return nil, nil },
	}}
	pem, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.ParsePrivateKey(pem)
	if err != nil {
		t.Fatal(err)
	}
	e.config.AddHostKey(signer)
	t.Cleanup(e.served.Wait)
	return e, remote.Config{
		URL: "sftp://acme@evil.example/base", Identity: identity, Dial: e.dial,
		KnownHosts: remotetest.KnownHosts(t, "evil.example:22", public),
	}
}

func (e *evilServer) dial(context.Context, string, string) (net.Conn, error) {
	client, server := remotetest.Pipe()
	e.served.Go(func() { e.serve(server) })
	return client, nil
}

func (e *evilServer) serve(conn net.Conn) {
	defer conn.Close()
	_, channels, requests, err := ssh.NewServerConn(conn, e.config)
	if err != nil {
		return
	}
	e.served.Go(func() { ssh.DiscardRequests(requests) })
	for opened := range channels {
		channel, requests, err := opened.Accept()
		if err != nil {
			return
		}
		e.served.Go(func() {
			for r := range requests {
				r.Reply(r.Type == "subsystem", nil)
			}
		})
		e.speak(channel)
		conn.Close()
	}
}

// speak answers packets until the reply function cuts or the client goes.
func (e *evilServer) speak(channel ssh.Channel) {
	for {
		p, err := readPacket(channel)
		if err != nil {
			return
		}
		if p.kind == fxpInit {
			p.id = 3 // the version stands where others have the id
			if _, err := channel.Write(p.answer(fxpVersion)[0]); err != nil {
				return
			}
			continue
		}
		answers := e.reply(p)
		if answers == nil {
			return
		}
		for _, a := range answers {
			if _, err := channel.Write(a); err != nil {
				return
			}
		}
	}
}

func readPacket(r io.Reader) (packet, error) {
	var head [9]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return packet{}, err
	}
	p := packet{kind: head[4], id: binary.BigEndian.Uint32(head[5:])}
	p.body = make([]byte, binary.BigEndian.Uint32(head[:4])-5)
	_, err := io.ReadFull(r, p.body)
	return p, err
}
