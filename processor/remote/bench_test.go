package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest/quirktest"
)

// A distant connection hands on what comes in after a while, as a line of that
// length does.
type distant struct {
	net.Conn
	queue chan parcel
	rest  []byte
}

type parcel struct {
	bytes []byte
	at    time.Time
	err   error
}

func (d *distant) fill(delay time.Duration) {
	for {
		b := make([]byte, 64<<10)
		n, err := d.Conn.Read(b)
		d.queue <- parcel{b[:n], time.Now().Add(delay), err}
		if err != nil {
			return
		}
	}
}

func (d *distant) Read(b []byte) (int, error) {
	if len(d.rest) == 0 {
		p := <-d.queue
		time.Sleep(time.Until(p.at))
		if d.rest = p.bytes; len(p.bytes) == 0 {
			return 0, p.err
		}
	}
	n := copy(b, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}

// roundTrip is that of a server some hundred kilometres away.
const roundTrip = 20 * time.Millisecond

// away is a server at the other end of a line, and the folder that it serves.
func away(b *testing.B) (remote.Config, string) {
	c, dir := quirktest.Start(b, quirktest.Quirks{})
	near := c.Dial
	c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := near(ctx, network, address)
		if err != nil {
			return nil, err
		}
		d := &distant{Conn: conn, queue: make(chan parcel, 1<<12)}
		go d.fill(roundTrip)
		return d, nil
	}
	if err := os.Mkdir(filepath.Join(dir, "in"), 0o755); err != nil {
		b.Fatal(err)
	}
	return c, dir
}

// plain is a client without overlapping blocks or files: 512 KiB at a time.
func plain(b *testing.B, c remote.Config) *sftp.Client {
	pem, err := os.ReadFile(c.Identity)
	if err != nil {
		b.Fatal(err)
	}
	signer, err := ssh.ParsePrivateKey(pem)
	if err != nil {
		b.Fatal(err)
	}
	conn, err := c.Dial(b.Context(), "tcp", "")
	if err != nil {
		b.Fatal(err)
	}
	connection, channels, requests, err := ssh.NewClientConn(conn, "quirks.example:22", &ssh.ClientConfig{
		User: "acme", Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)},
		HostKeyCallback: func(string, net.Addr, ssh.PublicKey) error { return nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	client, err := sftp.NewClient(ssh.NewClient(connection, channels, requests), sftp.UseConcurrentWrites(true))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	return client
}

const plainBlock = 512 << 10

// compared times two ways to do the same and reports how much faster the second is.
func compared(b *testing.B, before, now func()) {
	var old, recent time.Duration
	for b.Loop() {
		began := time.Now()
		before()
		middle := time.Now()
		now()
		old, recent = old+middle.Sub(began), recent+time.Since(middle)
	}
	b.ReportMetric(old.Seconds()/float64(b.N), "s-before")
	b.ReportMetric(recent.Seconds()/float64(b.N), "s-now")
	b.ReportMetric(old.Seconds()/recent.Seconds(), "times-faster")
}

func BenchmarkLargeDownload(b *testing.B) {
	c, dir := away(b)
	if err := os.WriteFile(filepath.Join(dir, "in", "x.csv"), make([]byte, 32<<20), 0o644); err != nil {
		b.Fatal(err)
	}
	client, r := plain(b, c), opened(b, c)
	compared(b, func() {
		f, err := client.Open("/in/x.csv")
		buffer := make([]byte, plainBlock)
		for err == nil {
			_, err = f.Read(buffer)
		}
		if err := errors.Join(f.Close()); err != nil {
			b.Fatal(err)
		}
	}, func() { fetch(b, r, "x.csv") })
}

func BenchmarkLargeUpload(b *testing.B) {
	c, _ := away(b)
	client, r := plain(b, c), opened(b, c)
	content, n := make([]byte, 32<<20), 0
	compared(b, func() {
		n++
		f, err := client.Create(fmt.Sprintf("/in/old%d.csv", n))
		for rest := content; len(rest) > 0 && err == nil; rest = rest[plainBlock:] {
			_, err = f.Write(rest[:plainBlock])
		}
		if err := errors.Join(err, f.Close()); err != nil {
			b.Fatal(err)
		}
	}, func() { send(b, r, fmt.Sprintf("%d.csv", n), content, nil) })
}

func names(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("%d.csv", i))
	}
	return all
}

func BenchmarkManySmallDownloads(b *testing.B) {
	c, dir := away(b)
	for _, name := range names(64) {
		if err := os.WriteFile(filepath.Join(dir, "in", name), make([]byte, 2000), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	r := opened(b, c)
	compared(b, func() {
		for _, name := range names(64) {
			fetch(b, r, name)
		}
	}, func() {
		for range remote.Ahead(b.Context(), names(64), small, func(_ context.Context, name string, _ <-chan struct{}) error {
			fetch(b, r, name)
			return nil
		}) {
			continue
		}
	})
}

func BenchmarkManySmallUploads(b *testing.B) {
	c, _ := away(b)
	r, content, n := opened(b, c), make([]byte, 2000), 0
	compared(b, func() {
		n++
		for _, name := range names(64) {
			send(b, r, fmt.Sprintf("old%d-%s", n, name), content, nil)
		}
	}, func() {
		for range remote.Ahead(b.Context(), names(64), small, func(_ context.Context, name string, turn <-chan struct{}) error {
			send(b, r, fmt.Sprintf("%d-%s", n, name), content, turn)
			return nil
		}) {
			continue
		}
	})
}

func small(string) int64 { return 2000 }

func opened(b *testing.B, c remote.Config) remote.Remote {
	r, err := remote.Open(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(sync.OnceFunc(func() { r.Close() }))
	return r
}

func fetch(b *testing.B, r remote.Remote, name string) {
	f, err := r.Open(b.Context(), "in", name)
	if err == nil {
		_, err = io.Copy(io.Discard, f)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		b.Error(err)
	}
}

func send(b *testing.B, r remote.Remote, name string, content []byte, turn <-chan struct{}) {
	if err := remote.PutInTurn(b.Context(), r, "in", name, int64(len(content)), bytes.NewReader(content), turn); err != nil {
		b.Error(err)
	}
}
