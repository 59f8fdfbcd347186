package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/pkg/sftp"
)

// A file moves in blocks of one packet, the 32 KiB that every server takes, of
// which several are asked for or sent before the first is answered: few at first,
// and one more with each that comes quickly, up to 2 MiB, which is also what is
// held in memory. The deadline of a call holds for a block, so a peer must move
// about 2 KB a second.
const (
	block       = 32 << 10
	firstWindow = 4
	fullWindow  = 64
)

// quick reports whether a block came so fast that more of them may be under way.
func (s *server) quick(asked time.Time) bool {
	return s.config.Now().Sub(asked) < s.config.Timeouts.Call/8
}

// open checks that the file is a regular one and opens it.
func (s *server) open(ctx context.Context, sess *session, file string) (io.ReadCloser, error) {
	info, err := s.lstat(ctx, sess, file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, notRegular(info.Mode())
	}
	f, err := s.openFile(ctx, sess, file, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	return &fileReader{ctx: ctx, server: s, session: sess, file: f, size: max(info.Size(), 0), window: firstWindow}, nil
}

func (s *server) openFile(ctx context.Context, sess *session, file string, flags int) (*sftp.File, error) {
	var f *sftp.File
	err := s.call(ctx, sess, s.config.Timeouts.Call, func(c *sftp.Client) (err error) {
		f, err = c.OpenFile(file, flags)
		return err
	})
	if err == nil && f == nil { // the library can answer so
		err = errors.New("the server opened nothing")
	}
	return f, err
}

// A fileReader reads a file of the server, a window of blocks ahead. They end at
// the size that the server told; behind it one block at a time is asked for
// until the file ends, since it may have grown.
type fileReader struct {
	ctx     context.Context
	server  *server
	session *session
	file    *sftp.File
	size    int64 // when it was opened

	window  int   // how many pieces may be under way
	asked   int64 // up to this offset
	got     int64
	ahead   []*piece // in the order of the file
	spare   [][]byte // buffers for the next ones
	rest    []byte   // of the first piece, that is being read
	err     error    // after rest
	running sync.WaitGroup
}

// A piece is a block on its way.
type piece struct {
	bytes  []byte
	n      int
	err    error
	quick  bool
	landed chan struct{}
}

func (r *fileReader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 && r.err == nil {
		r.next()
	}
	n := copy(b, r.rest)
	if r.rest = r.rest[n:]; n > 0 || len(b) == 0 {
		return n, nil
	}
	return 0, r.err
}

// next waits for the first piece and asks for more behind the last.
func (r *fileReader) next() {
	for len(r.ahead) < r.window && (r.asked < r.size || len(r.ahead) == 0) {
		r.ask(int(min(block, r.size-r.asked)))
	}
	if r.asked == r.size {
		r.ask(block) // finds the end, in the time of the pieces before it
	}
	p := r.ahead[0]
	r.ahead = r.ahead[1:]
	<-p.landed
	if p.quick && r.window < fullWindow {
		r.window++
	}
	r.rest, r.err = p.bytes[:p.n], p.err
	r.got += int64(p.n)
	if r.err == io.EOF && r.got < r.size {
		r.err = fmt.Errorf("%w: %d of %d bytes", io.ErrUnexpectedEOF, r.got, r.size)
	}
	r.spare = append(r.spare, p.bytes)
}

// ask begins a piece; of no size, when the file was longer than told, a block.
func (r *fileReader) ask(size int) {
	if size <= 0 {
		size = block
	}
	p := &piece{bytes: r.buffer(size), landed: make(chan struct{})}
	offset := r.asked
	r.asked += int64(size)
	r.ahead = append(r.ahead, p)
	r.running.Go(func() {
		defer close(p.landed)
		began := r.server.config.Now()
		p.err = r.server.call(r.ctx, r.session, r.server.config.Timeouts.Call, func(*sftp.Client) (err error) {
			p.n, err = r.file.ReadAt(p.bytes, offset)
			return err
		})
		p.quick = p.err == nil && r.server.quick(began)
	})
}

// buffer is one that was read before: whoever asks has nothing left to read.
func (r *fileReader) buffer(size int) []byte {
	if len(r.spare) > 0 && cap(r.spare[0]) >= size {
		b := r.spare[0][:size]
		r.spare = r.spare[1:]
		return b
	}
	return make([]byte, size)
}

// Close lets go of the file; on a connection that is lost there is nothing left
// to let go of.
func (r *fileReader) Close() error {
	r.running.Wait()
	parting := context.WithoutCancel(r.ctx)
	err := r.server.call(parting, r.session, r.server.config.Timeouts.Call, func(*sftp.Client) error { return r.file.Close() })
	if answered(err) {
		return err
	}
	return nil
}
