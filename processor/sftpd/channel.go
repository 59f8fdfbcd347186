package sftpd

import (
	"errors"
	"io"
	"sync"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// serveChannels takes session channels, a few at a time, and nothing else: no
// forwarding, no agent.
func (s *Server) serveChannels(h *home, channels <-chan ssh.NewChannel) {
	var open sync.WaitGroup
	defer open.Wait()
	slots := make(chan struct{}, s.config.Limits.Channels)
	for channel := range channels {
		if channel.ChannelType() != "session" {
			reject(channel, ssh.Prohibited, "only sftp is served here")
			continue
		}
		select {
		case slots <- struct{}{}:
		default:
			reject(channel, ssh.ResourceShortage, "too many channels")
			continue
		}
		open.Go(func() {
			defer func() { <-slots }()
			s.serveChannel(h, channel, &open)
		})
	}
}

// reject turns a channel down; a client that is gone meanwhile needs no answer.
func reject(channel ssh.NewChannel, why ssh.RejectionReason, text string) {
	channel.Reject(why, text)
}

// serveChannel waits for the request of the sftp subsystem and refuses others,
// then and later; the goroutine for later is left to the group, since it lives
// until the client closes its side.
func (s *Server) serveChannel(h *home, opened ssh.NewChannel, open *sync.WaitGroup) {
	channel, requests, err := opened.Accept()
	if err != nil {
		return
	}
	defer channel.Close()
	for request := range requests {
		if request.Type != "subsystem" || !isSFTP(request.Payload) {
			answer(request, false) // shell, exec, env, pty
			continue
		}
		answer(request, true)
		open.Go(func() { refuseAll(requests) })
		s.serveFiles(h, channel)
		return
	}
}

func answer(request *ssh.Request, ok bool) {
	if request.WantReply {
		request.Reply(ok, nil)
	}
}

// refuseAll ends when the channel closes.
func refuseAll(requests <-chan *ssh.Request) {
	for request := range requests {
		answer(request, false)
	}
}

func isSFTP(payload []byte) bool {
	var subsystem struct{ Name string }
	return ssh.Unmarshal(payload, &subsystem) == nil && subsystem.Name == "sftp"
}

// serveFiles speaks SFTP until the client ends it.
func (s *Server) serveFiles(h *home, channel ssh.Channel) {
	session := &session{home: h, config: &s.config, log: s.log.With("user", h.user), uploads: map[string]*upload{}}
	server := sftp.NewRequestServer(channel, sftp.Handlers{
		FileGet: session, FilePut: session, FileCmd: session, FileList: session,
	})
	err := server.Serve()
	if err != nil && !errors.Is(err, io.EOF) {
		session.log.Debug("sftp: session ended", "err", err)
	}
	// Exit status 0, which clients wait for; nobody may be listening any more.
	channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{0}))
}
