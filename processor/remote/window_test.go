package remote_test

import (
	"bytes"
	"encoding/binary"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
)

// disk is a file on an evil server that is read and written block by block;
// before is called with each.
func disk(content []byte, before func(p packet) [][]byte) func(p packet) [][]byte {
	return func(p packet) [][]byte {
		switch p.kind {
		case fxpRead, fxpWrite:
			if answer := before(p); answer != nil {
				return answer
			}
		case fxpLstat:
			return p.answer(fxpAttrs, regular(len(content)))
		}
		if p.kind != fxpRead {
			return p.honest()
		}
		from := min(int(binary.BigEndian.Uint64(p.body[len(p.body)-12:])), len(content))
		if from == len(content) {
			return p.status(statusEOF)
		}
		length := int(binary.BigEndian.Uint32(p.body[len(p.body)-4:]))
		return p.answer(fxpData, string(content[from:min(from+length, len(content))]))
	}
}

// A line that moves 4 KB a second, hardly more than one block before a deadline,
// brings large files all the same: few blocks are under way on it.
func TestSlowLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		content := bytes.Repeat([]byte("0123456789abcde\n"), 1<<16)
		e, c := newEvil(t, disk(content, func(packet) [][]byte { time.Sleep(8 * time.Second); return nil }))
		r := open(t, c)
		got, err := remotetest.Read(t.Context(), r, "in", "x.csv")
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("Open gives %d bytes, %v; want %d", len(got), err, len(content))
		}
		closed(t, r)
		e.served.Wait()
	})
}

// Uploads over such a line too.
func TestSlowLineUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 1 << 20
		content, written := make([]byte, size), 0
		e, c := newEvil(t, func(p packet) [][]byte {
			switch {
			case p.kind == fxpWrite:
				time.Sleep(8 * time.Second)
				written++
			case p.kind == fxpLstat && bytes.Contains(p.body, []byte(".tmp")):
				return p.answer(fxpAttrs, regular(size))
			}
			return p.honest()
		})
		r := open(t, c)
		if err := r.Put(t.Context(), "in", "x.csv", size, bytes.NewReader(content)); err != nil || written != size/(32<<10) {
			t.Errorf("Put = %v after %d blocks; want nil after %d", err, written, size/(32<<10))
		}
		closed(t, r)
		e.served.Wait()
	})
}

// A block that the server refuses, as when its disk is full, fails the Put:
// nothing is published, the temporary file is removed, and the connection stands.
func TestRefusedBlock(t *testing.T) {
	var blocks, removed atomic.Int64
	_, c := newEvil(t, func(p packet) [][]byte {
		switch p.kind {
		case fxpWrite:
			if blocks.Add(1) == 20 {
				return p.status(statusFailure)
			}
		case fxpRename:
			t.Error("the file was published")
		case fxpLstat:
			if bytes.Contains(p.body, []byte(".tmp")) {
				return p.answer(fxpAttrs, regular(1))
			}
		case fxpRemove:
			removed.Add(1)
		}
		return p.honest()
	})
	n := 0
	c.Dial = countingDial(c.Dial, &n)
	r := open(t, c)
	defer closed(t, r)
	for range 2 {
		blocks.Store(0)
		err := r.Put(t.Context(), "in", "x.csv", 2<<20, bytes.NewReader(make([]byte, 2<<20)))
		if err == nil {
			t.Error("Put = nil; want what the server said")
		}
	}
	if removed.Load() != 2 || n != 1 {
		t.Errorf("%d temporary files were removed over %d connections; want 2 over 1", removed.Load(), n)
	}
}
