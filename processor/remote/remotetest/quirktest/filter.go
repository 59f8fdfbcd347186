package quirktest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Packet types of SFTP version 3.
const fxpVersion, fxpRead, fxpWrite = 2, 5, 6

// A filter stands between channel and server. It takes what is not offered out
// of the server's greeting, and holds requests to the longest packet.
type filter struct {
	io.ReadWriteCloser
	quirks Quirks
	asked  bytes.Buffer // what is left of a request; one goroutine reads

	mu      sync.Mutex
	greeted bool
	said    bytes.Buffer // of the greeting
}

// Read hands on whole requests.
func (f *filter) Read(b []byte) (int, error) {
	if f.asked.Len() == 0 {
		p, err := f.request()
		if err != nil {
			return 0, err
		}
		f.asked.Write(p)
	}
	return f.asked.Read(b)
}

var errTooLong = errors.New("the packet is too long")

func (f *filter) request() ([]byte, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(f.ReadWriteCloser, head); err != nil {
		return nil, err
	}
	p := append(head, make([]byte, binary.BigEndian.Uint32(head)-1)...)
	if _, err := io.ReadFull(f.ReadWriteCloser, p[5:]); err != nil {
		return nil, err
	}
	limit := f.quirks.MaxPacket
	if limit == 0 || p[4] != fxpRead && p[4] != fxpWrite {
		return p, nil
	}
	length := p[len(p)-4:] // of a read, at its end
	if p[4] == fxpWrite {
		handle := 9 + 4 + binary.BigEndian.Uint32(p[9:])
		length = p[handle+8:][:4]
	}
	asked := binary.BigEndian.Uint32(length)
	if p[4] == fxpWrite && asked > limit {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are taken", errTooLong, asked, limit)
	}
	binary.BigEndian.PutUint32(length, min(asked, limit))
	return p, nil
}

// Write keeps the first packet back until it is whole.
func (f *filter) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.greeted {
		return f.ReadWriteCloser.Write(b)
	}
	f.said.Write(b)
	said := f.said.Bytes()
	if len(said) < 5 || uint32(len(said)) < 4+binary.BigEndian.Uint32(said) {
		return len(b), nil
	}
	f.greeted = true
	_, err := f.ReadWriteCloser.Write(f.greeting(said))
	return len(b), err
}

// greeting leaves posix-rename away where it is not offered.
func (f *filter) greeting(p []byte) []byte {
	if p[4] != fxpVersion || !f.quirks.NoPosixRename {
		return p
	}
	out := bytes.Clone(p[:9])
	for rest := p[9:]; len(rest) >= 4; {
		name, after := text(rest)
		_, end := text(after)
		if name != "posix-rename@openssh.com" {
			out = append(out, rest[:len(rest)-len(end)]...)
		}
		rest = end
	}
	binary.BigEndian.PutUint32(out, uint32(len(out)-4))
	return out
}

func text(b []byte) (string, []byte) {
	n := 4 + binary.BigEndian.Uint32(b)
	return string(b[4:n]), b[n:]
}
