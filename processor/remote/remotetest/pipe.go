package remotetest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// Pipe is a connection in memory that buffers what is written, as a network
// does; both ends of an SSH connection write first. It works under a fake clock
// and has no deadlines.
func Pipe() (client, server net.Conn) {
	there, back := newStream(), newStream()
	return &pipeEnd{in: back, out: there, peer: 22}, &pipeEnd{in: there, out: back, peer: 40000}
}

// A stream is one direction.
type stream struct {
	mu     sync.Mutex
	grown  *sync.Cond
	buffer bytes.Buffer
	closed bool
}

func newStream() *stream {
	s := &stream{}
	s.grown = sync.NewCond(&s.mu)
	return s
}

func (s *stream) read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.buffer.Len() == 0 && !s.closed {
		s.grown.Wait()
	}
	if s.buffer.Len() == 0 {
		return 0, io.EOF
	}
	return s.buffer.Read(b)
}

func (s *stream) write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, io.ErrClosedPipe
	}
	defer s.grown.Broadcast()
	return s.buffer.Write(b)
}

func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.grown.Broadcast()
}

type pipeEnd struct {
	in, out *stream
	peer    int // port
}

func (p *pipeEnd) Read(b []byte) (int, error)  { return p.in.read(b) }
func (p *pipeEnd) Write(b []byte) (int, error) { return p.out.write(b) }
func (p *pipeEnd) LocalAddr() net.Addr         { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1} }

// RemoteAddr looks like one of a network; the check of host keys wants that.
func (p *pipeEnd) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 2), Port: p.peer}
}

func (p *pipeEnd) Close() error {
	p.in.close()
	p.out.close()
	return nil
}

var errNoDeadline = errors.New("a pipe has no deadlines")

func (p *pipeEnd) SetDeadline(time.Time) error      { return errNoDeadline }
func (p *pipeEnd) SetReadDeadline(time.Time) error  { return errNoDeadline }
func (p *pipeEnd) SetWriteDeadline(time.Time) error { return errNoDeadline }
