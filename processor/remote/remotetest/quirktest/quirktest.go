// Package quirktest is an SFTP server with the ways of servers that others
// wrote, each a switch of [Quirks]. It serves a folder of this machine over a
// connection in memory, by the request server of the SFTP library.
package quirktest

import (
	"context"
	"net"
	"os"
	"sync"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
)

// Quirks are ways of a server. The zero value is one that knows posix-rename and
// whose plain rename refuses a name that is in use, as the protocol wants it.
type Quirks struct {
	RenameReplaces bool   // the plain rename replaces a file of that name
	NoPosixRename  bool   // posix-rename is not offered
	NoPlainRename  bool   // the plain rename is not supported
	NoSetstat      bool   // modes, times and sizes cannot be set
	AnyOrder       bool   // listings come in no order, and in small pages
	VanishOnRead   bool   // a file is removed when it is opened for reading
	MaxPacket      uint32 // bytes of data; a longer write ends the connection, a longer read is answered short; 0: no limit
	VagueErrors    bool   // every refusal but that of a missing file is a failure without a reason
}

// A server serves one folder.
type server struct {
	t      testing.TB
	root   *os.Root
	quirks Quirks
	config *ssh.ServerConfig
	served sync.WaitGroup
}

// Start starts a server and returns how to reach it, and the folder that it
// serves. It ends with the test.
func Start(t testing.TB, q Quirks) (c remote.Config, dir string) {
	t.Helper()
	identity, _ := remotetest.Identity(t)
	key, public := remotetest.Identity(t)
	dir = t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, root: root, quirks: q, config: &ssh.ServerConfig{
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
	s.config.AddHostKey(signer)
	t.Cleanup(func() {
		s.served.Wait()
		if err := root.Close(); err != nil {
			t.Error(err)
		}
	})
	return remote.Config{
		URL: "sftp://acme@quirks.example/", Identity: identity, Dial: s.dial,
		KnownHosts: remotetest.KnownHosts(t, "quirks.example:22", public),
	}, dir
}

func (s *server) dial(context.Context, string, string) (net.Conn, error) {
	client, conn := remotetest.Pipe()
	context.AfterFunc(s.t.Context(), func() { conn.Close() })
	s.served.Go(func() { s.serve(conn) })
	return client, nil
}

// serve answers one connection until it ends.
func (s *server) serve(conn net.Conn) {
	defer conn.Close()
	_, channels, requests, err := ssh.NewServerConn(conn, s.config)
	if err != nil {
		return // the client says why
	}
	s.served.Go(func() { ssh.DiscardRequests(requests) })
	for opened := range channels {
		channel, requests, err := opened.Accept()
		if err != nil {
			return
		}
		s.served.Go(func() {
			for r := range requests {
				r.Reply(r.Type == "subsystem", nil)
			}
		})
		h := &handlers{server: s}
		server := sftp.NewRequestServer(&filter{ReadWriteCloser: channel, quirks: s.quirks},
			sftp.Handlers{FileGet: h, FilePut: h, FileCmd: h, FileList: h})
		server.Serve() // ends with the connection
		server.Close()
		conn.Close()
	}
}
