package remote

import (
	"context"
	"io"
	"sync"

	"github.com/pkg/sftp"
)

// A sender writes the blocks of a file, a window of them at once.
type sender struct {
	ctx     context.Context
	server  *server
	session *session
	file    *sftp.File

	places  chan []byte // the buffers; who has one may send
	running sync.WaitGroup

	mu     sync.Mutex
	window int   // how many places there are
	err    error // the first one
}

// send writes exactly size bytes of the content.
func (s *server) send(ctx context.Context, sess *session, f *sftp.File, size int64, content io.Reader) error {
	w := &sender{ctx: ctx, server: s, session: sess, file: f, places: make(chan []byte, fullWindow), window: firstWindow}
	for range firstWindow {
		w.places <- nil
	}
	err := w.sendAll(size, content)
	w.running.Wait()
	if failed := w.failed(); failed != nil {
		return failed
	}
	return err
}

func (w *sender) sendAll(size int64, content io.Reader) error {
	for sent := int64(0); ; {
		buffer := <-w.places
		if buffer == nil {
			buffer = make([]byte, min(max(size-sent, 0)+1, block))
		}
		n, err := io.ReadFull(content, buffer)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		if sent+int64(n) > size || err != nil && sent+int64(n) < size {
			return wrongLength(sent+int64(n), size)
		}
		if n > 0 {
			w.write(buffer, n, sent)
		}
		if sent += int64(n); err != nil || w.failed() != nil {
			return nil
		}
	}
}

// write sends the first n bytes of the buffer beside others, and gives its place
// back, and another one if it went quickly.
func (w *sender) write(buffer []byte, n int, offset int64) {
	w.running.Go(func() {
		began := w.server.config.Now()
		err := w.server.call(w.ctx, w.session, w.server.config.Timeouts.Call, func(*sftp.Client) error {
			_, err := w.file.WriteAt(buffer[:n], offset)
			return err
		})
		w.places <- buffer
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.err == nil {
			w.err = err
		}
		if w.window < fullWindow && w.err == nil && w.server.quick(began) {
			w.window++
			w.places <- nil
		}
	})
}

func (w *sender) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}
