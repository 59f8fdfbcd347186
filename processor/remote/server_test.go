package remote_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
)

func closed(t *testing.T, r remote.Remote) {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Errorf("Close() = %v", err)
	}
}

// page is a listing of n names, the i-th made by name.
func (p packet) page(n int, name func(i int) string) [][]byte {
	parts := []any{n}
	for i := range n {
		parts = append(parts, name(i), "-rw-r--r-- long name", regular(1))
	}
	return p.answer(fxpName, parts...)
}

// Listings that never end, with names or without, and folders with too many
// entries stop at the limits, and the remote works again afterwards.
func TestFault071EndlessListing(t *testing.T) {
	for name, readdir := range map[string]func(p packet) [][]byte{
		"names":         func(p packet) [][]byte { return p.page(100, func(int) string { return "x.csv" }) },
		"empty answers": func(p packet) [][]byte { return p.page(0, nil) },
		"long names":    func(p packet) [][]byte { return p.page(1, func(int) string { return strings.Repeat("n", 60_000) }) },
	} {
		t.Run(name, func(t *testing.T) {
			var honest atomic.Bool
			_, c := newEvil(t, func(p packet) [][]byte {
				if p.kind == fxpReaddir && !honest.Load() {
					return readdir(p)
				}
				return p.honest()
			})
			c.Limits.Listing = 1 << 20
			r := open(t, c)
			defer closed(t, r)
			if files, err := r.List(t.Context(), "in"); !errors.Is(err, remote.ErrLimit) {
				t.Errorf("List = %d files, %v; want ErrLimit", len(files), err)
			}
			honest.Store(true)
			if files, err := r.List(t.Context(), "in"); err != nil || len(files) != 0 {
				t.Errorf("List of an honest server = %v, %v; want nothing", files, err)
			}
		})
	}
}

// The budget of a listing is not spent by a download that goes on beside it.
func TestListingBesideDownload(t *testing.T) {
	const pages, budget = 300, 1 << 20
	var listed atomic.Int64
	_, c := newEvil(t, func(p packet) [][]byte {
		switch p.kind {
		case fxpLstat:
			return p.answer(fxpAttrs, regular(1<<31))
		case fxpRead:
			return p.answer(fxpData, strings.Repeat("x", 32<<10))
		case fxpReaddir:
			if n := listed.Add(1); n <= pages {
				return p.page(1, func(int) string { return fmt.Sprintf("%03d.csv", n) })
			}
		}
		return p.honest()
	})
	c.Limits.Listing, c.Limits.File = budget, 1<<40
	r := open(t, c)
	defer closed(t, r)
	f, err := r.Open(t.Context(), "in", "x.csv")
	if err != nil {
		t.Fatal(err)
	}
	begun, stop, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		_, err := io.CopyN(io.Discard, f, budget)
		close(begun)
		for err == nil {
			select {
			case <-stop:
				ended <- f.Close()
				return
			default:
				_, err = io.CopyN(io.Discard, f, budget)
			}
		}
		ended <- err
	}()
	<-begun
	if files, err := r.List(t.Context(), "in"); err != nil || len(files) != pages {
		t.Errorf("List beside a download = %d files, %v; want %d", len(files), err, pages)
	}
	close(stop)
	if err := <-ended; err != nil {
		t.Errorf("the download ended with %v", err)
	}
}

func TestFault022EntryCap(t *testing.T) {
	done := false
	_, c := newEvil(t, func(p packet) [][]byte {
		if p.kind == fxpReaddir && !done {
			done = true
			return p.page(51, func(i int) string { return strings.Repeat("x", i+1) })
		}
		return p.honest()
	})
	c.Limits.Entries = 50
	r := open(t, c)
	defer closed(t, r)
	if files, err := r.List(t.Context(), "in"); !errors.Is(err, remote.ErrLimit) {
		t.Errorf("List = %d files, %v; want ErrLimit", len(files), err)
	}
}

// Names that a server should not have are left out and told.
func TestFault073ListedNames(t *testing.T) {
	names := append(remotetest.RefusedNames(), "good.csv", "b/../also good.csv")
	done := false
	_, c := newEvil(t, func(p packet) [][]byte {
		if p.kind == fxpReaddir && !done {
			done = true
			return p.page(len(names), func(i int) string { return names[i] })
		}
		return p.honest()
	})
	var skipped []string
	c.Skipped = func(_, name string, _ error) { skipped = append(skipped, name) }
	r := open(t, c)
	defer closed(t, r)
	got := remotetest.List(t, r, "in")
	// The SFTP library shows the last element of a path; it stays in the folder.
	want := []string{"also good.csv 1", "good.csv 1", "x.csv 1", "x.csv 1", "x.csv 1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
	if len(skipped) != 7 {
		t.Errorf("told of %q; want the 7 that are neither hidden nor temporary", skipped)
	}
}

// A server that sends a file without end, nothing at all, or less than it said.
func TestFault072LyingDownloads(t *testing.T) {
	const waitsForCall = "packets without data" // ends at the deadline only
	tests := []struct {
		name string
		read func(p packet) [][]byte
		want error
	}{
		{"endless file", func(p packet) [][]byte { return p.answer(fxpData, strings.Repeat("x", 32<<10)) }, remote.ErrLimit},
		{waitsForCall, func(p packet) [][]byte { return p.answer(fxpData, "") }, errAny},
		{"end before the size that was told", func(p packet) [][]byte { return p.status(statusEOF) }, io.ErrUnexpectedEOF},
		{"failure", func(p packet) [][]byte { return p.status(statusFailure) }, errAny},
		{"another kind of packet", func(p packet) [][]byte { return p.answer(fxpHandle, "x") }, errAny},
		{"an id that nobody asked for", func(p packet) [][]byte { p.id += 1000; return p.answer(fxpData, "x") }, errAny},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, c := newEvil(t, func(p packet) [][]byte {
				switch p.kind {
				case fxpLstat:
					return p.answer(fxpAttrs, regular(10))
				case fxpRead:
					return test.read(p)
				}
				return p.honest()
			})
			c.Limits.File = 1 << 20
			if test.name == waitsForCall {
				c.Timeouts.Call = 200 * time.Millisecond
			}
			r := open(t, c)
			defer closed(t, r)
			got, err := remotetest.Read(t.Context(), r, "in", "x.csv")
			if err == nil || test.want != errAny && !errors.Is(err, test.want) {
				t.Errorf("Open gives %d bytes, %v; want %v", len(got), err, test.want)
			}
		})
	}
}

var errAny = errors.New("any error")

// Short packets are no end of the file.
func TestShortPackets(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 20_000)
	_, c := newEvil(t, func(p packet) [][]byte {
		switch p.kind {
		case fxpLstat:
			return p.answer(fxpAttrs, regular(len(content)))
		case fxpRead:
			offset := min(int(binary.BigEndian.Uint64(p.body[len(p.body)-12:])), len(content))
			if offset == len(content) {
				return p.status(statusEOF)
			}
			return p.answer(fxpData, string(content[offset:min(offset+20_000, len(content))]))
		}
		return p.honest()
	})
	r := open(t, c)
	defer closed(t, r)
	got, err := remotetest.Read(t.Context(), r, "in", "x.csv")
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("Open gives %d bytes, %v; want %d", len(got), err, len(content))
	}
}

// The server confirms an upload that it has cut short.
func TestFault056TruncatedUpload(t *testing.T) {
	_, c := newEvil(t, func(p packet) [][]byte {
		if p.kind == fxpLstat && strings.Contains(p.text(0), ".tmp") {
			return p.answer(fxpAttrs, regular(3))
		}
		if p.kind == fxpRename {
			t.Error("the short file was published")
		}
		return p.honest()
	})
	r := open(t, c)
	defer closed(t, r)
	err := r.Put(t.Context(), "in", "x.csv", 5, strings.NewReader("12345"))
	if err == nil || !strings.Contains(err.Error(), "3 bytes; want 5") {
		t.Errorf("Put = %v; want that 3 of 5 bytes are there", err)
	}
}

// The rename worked, and the connection broke before its answer: asking again
// shows that the file is there, and nothing is sent twice.
func TestFault055LostAnswer(t *testing.T) {
	for name, stored := range map[string]string{"ours": "12345", "another": "54321"} {
		t.Run(name, func(t *testing.T) {
			renamed, writes := false, 0
			_, c := newEvil(t, func(p packet) [][]byte {
				switch {
				case p.kind == fxpRename:
					renamed = true
					return nil
				case p.kind == fxpWrite:
					writes++
				case p.kind == fxpLstat && (renamed || strings.Contains(p.text(0), ".tmp")):
					return p.answer(fxpAttrs, regular(5))
				case p.kind == fxpRead && p.body[len(p.body)-5] == 0: // offset below 256: the first byte
					if offset := int(binary.BigEndian.Uint64(p.body[len(p.body)-12:])); offset < len(stored) {
						return p.answer(fxpData, stored[offset:])
					}
				}
				return p.honest()
			})
			r := open(t, c)
			defer closed(t, r)
			err := r.Put(t.Context(), "in", "x.csv", 5, strings.NewReader("12345"))
			if name == "ours" && err != nil || name == "another" && !errors.Is(err, remote.ErrExists) {
				t.Errorf("Put = %v", err)
			}
			if writes != 1 {
				t.Errorf("%d writes; want 1", writes)
			}
		})
	}
}

// Answers of any bytes end in an error, or in one of the few results that they
// can mean, never in a panic or a wait without end.
func TestFault070MalformedPackets(t *testing.T) {
	for seed := range uint64(80) {
		random := rand.New(rand.NewPCG(seed, 7))
		_, c := newEvil(t, func(p packet) [][]byte { return damaged(p, random) })
		c.Timeouts.Call, c.Timeouts.Listing, c.Limits.Listing = 50*time.Millisecond, 50*time.Millisecond, 1<<20
		r := open(t, c)
		for range 3 {
			// Errors are expected, results are worth nothing: it must come back.
			for _, err := range []error{listOnly(t, r), readOnly(t, r), putOnly(t, r), r.Remove(t.Context(), "in", "x.csv")} {
				if err != nil && !strings.Contains(err.Error(), "evil.example") {
					t.Errorf("seed %d: %v; want the server named", seed, err)
				}
			}
		}
		r.Close() // over a broken session it may say so
	}
}

func listOnly(t *testing.T, r remote.Remote) error {
	_, err := r.List(t.Context(), "in")
	return err
}

func readOnly(t *testing.T, r remote.Remote) error {
	_, err := remotetest.Read(t.Context(), r, "in", "x.csv")
	if err != nil && !strings.Contains(err.Error(), "evil.example") {
		return nil // errors of the reader do not name it
	}
	return err
}

func putOnly(t *testing.T, r remote.Remote) error {
	return r.Put(t.Context(), "in", "x.csv", 5, strings.NewReader("12345"))
}

// damaged is an answer with some of its bytes changed, cut or doubled.
func damaged(p packet, random *rand.Rand) [][]byte {
	choices := [][][]byte{
		p.honest(), p.answer(fxpAttrs, regular(random.IntN(100))), p.answer(fxpData, "some bytes"),
		p.page(random.IntN(5), func(int) string { return "x.csv" }), p.answer(fxpHandle, "h"),
	}
	answer := choices[random.IntN(len(choices))]
	if random.IntN(3) == 0 {
		return answer
	}
	b := bytes.Clone(answer[0])
	for range random.IntN(4) {
		b[4+random.IntN(len(b)-4)] = byte(random.Uint32())
	}
	if random.IntN(3) == 0 {
		b = b[:4+random.IntN(len(b)-4)]
		binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	}
	return [][]byte{b}
}

// A server that stops answering is given up after the deadline, and the next
// call starts with a new connection.
func TestFault052SilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var honest atomic.Bool
		stop := make(chan struct{})
		e, c := newEvil(t, func(p packet) [][]byte {
			if !honest.Load() {
				<-stop
			}
			return p.honest()
		})
		r := open(t, c)
		began := time.Now()
		_, err := r.List(t.Context(), "in")
		if err == nil || !strings.Contains(err.Error(), "no answer from evil.example:22 within 5m0s") {
			t.Errorf("List = %v; want that no answer came", err)
		}
		if waited := time.Since(began); waited != 5*time.Minute {
			t.Errorf("waited %s; want the 5 min of a listing", waited)
		}
		honest.Store(true)
		close(stop)
		if _, err := r.List(t.Context(), "in"); err != nil {
			t.Errorf("List afterwards = %v", err)
		}
		closed(t, r)
		e.served.Wait()
	})
}

// A peer that takes the connection and says nothing ends at the deadline too.
func TestFault052SilentHandshake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := newEvil(t, nil)
		var peers []net.Conn
		c.Dial = func(context.Context, string, string) (net.Conn, error) {
			client, server := remotetest.Pipe()
			peers = append(peers, server)
			go io.Copy(io.Discard, server)
			return client, nil
		}
		r := open(t, c)
		began := time.Now()
		_, err := r.List(t.Context(), "in")
		if err == nil || time.Since(began) != 30*time.Second {
			t.Errorf("List = %v after %s; want an error after 30 s", err, time.Since(began))
		}
		closed(t, r)
		for _, p := range peers {
			p.Close()
		}
	})
}

// A connection that died while it was idle is noticed before it is used.
func TestIdleConnectionIsProbed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, c := newEvil(t, packet.honest)
		dials, conns := 0, []net.Conn{}
		c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := e.dial(ctx, network, address)
			dials++
			conns = append(conns, conn)
			return conn, err
		}
		r := open(t, c)
		for range 2 {
			if _, err := r.List(t.Context(), "in"); err != nil {
				t.Fatal(err)
			}
		}
		if dials != 1 {
			t.Errorf("%d connections for two calls; want 1", dials)
		}
		conns[0].Close()
		time.Sleep(time.Hour) // of the test's clock
		if _, err := r.List(t.Context(), "in"); err != nil {
			t.Errorf("List after an hour and a cut = %v; want a new connection", err)
		}
		if dials != 2 {
			t.Errorf("%d connections; want 2", dials)
		}
		closed(t, r)
		e.served.Wait()
	})
}
