package remote

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pkg/sftp"
)

// block is how much of a file is asked for or sent at a time: 16 packets of the
// 32 KiB that every server takes, in flight together. The deadline of a call
// holds for one block, so a peer must move about 9 KB a second.
const block = 512 << 10

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
	r := &fileReader{ctx: ctx, server: s, session: sess, file: f, size: info.Size()}
	r.buffered = bufio.NewReaderSize(readerFunc(r.fetch), int(min(max(info.Size(), 0)+1, block)))
	return r, nil
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

// A fileReader reads a file of the server block by block.
type fileReader struct {
	ctx      context.Context
	server   *server
	session  *session
	file     *sftp.File
	size     int64 // when it was opened
	got      int64
	buffered *bufio.Reader
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func (r *fileReader) Read(b []byte) (int, error) { return r.buffered.Read(b) }

func (r *fileReader) fetch(b []byte) (int, error) {
	var n int
	err := r.server.call(r.ctx, r.session, r.server.config.Timeouts.Call, func(*sftp.Client) (err error) {
		n, err = r.file.Read(b)
		return err
	})
	r.got += int64(n)
	if err == io.EOF && r.got < r.size {
		if n > 0 { // a short packet; the library takes it for the end
			return n, nil
		}
		return 0, fmt.Errorf("%w: %d of %d bytes", io.ErrUnexpectedEOF, r.got, r.size)
	}
	return n, err
}

// Close lets go of the file; on a connection that is lost there is nothing left
// to let go of.
func (r *fileReader) Close() error {
	parting := context.WithoutCancel(r.ctx)
	err := r.server.call(parting, r.session, r.server.config.Timeouts.Call, func(*sftp.Client) error { return r.file.Close() })
	if answered(err) {
		return err
	}
	return nil
}
