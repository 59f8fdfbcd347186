package remotetest

import (
	"context"
	"io"
	"math"
	"net"
	"sync/atomic"
)

// A Cutter makes connections and cuts the first one after a number of bytes,
// counted over both directions. Later ones are left alone.
type Cutter struct {
	// Through makes the connections; a net.Dialer when nil.
	Through func(ctx context.Context, network, address string) (net.Conn, error)

	after atomic.Int64
	dials atomic.Int64
	moved atomic.Int64
}

// CutAfter makes a Cutter for the n-th byte.
func CutAfter(n int64) *Cutter {
	c := &Cutter{}
	c.after.Store(n)
	return c
}

// Heal leaves the first connection alone from now on, if it still stands.
func (c *Cutter) Heal() { c.after.Store(math.MaxInt64) }

// Moved is how many bytes the first connection has carried.
func (c *Cutter) Moved() int64 { return c.moved.Load() }

// Dial is for remote.Config.
func (c *Cutter) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	through := c.Through
	if through == nil {
		through = (&net.Dialer{}).DialContext
	}
	conn, err := through(ctx, network, address)
	if err != nil || c.dials.Add(1) > 1 {
		return conn, err
	}
	return &cutConn{Conn: conn, cutter: c}, nil
}

type cutConn struct {
	net.Conn
	cutter *Cutter
}

// grant takes up to n bytes from what is left, and cuts when nothing is.
func (c *cutConn) grant(n int) int {
	for {
		moved := c.cutter.moved.Load()
		granted := min(int64(n), c.cutter.after.Load()-moved)
		if granted <= 0 {
			c.Conn.Close()
			return 0
		}
		if c.cutter.moved.CompareAndSwap(moved, moved+granted) {
			return int(granted)
		}
	}
}

func (c *cutConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if granted := c.grant(n); n > 0 && granted < n {
		c.Conn.Close()
		return granted, io.ErrUnexpectedEOF
	}
	return n, err
}

func (c *cutConn) Write(b []byte) (int, error) {
	granted := c.grant(len(b))
	if granted == len(b) {
		return c.Conn.Write(b)
	}
	n, err := c.Conn.Write(b[:granted])
	c.Conn.Close()
	if err == nil {
		err = io.ErrClosedPipe
	}
	return n, err
}
