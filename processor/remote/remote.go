// Package remote is where files are dropped and taken: a local folder or a
// folder on an SFTP server, behind one interface.
//
// A remote is foreign ground. What it lists is not trusted: names pass an
// allow-list ([CheckName]), only regular files count, entries, bytes and
// waiting are capped. A file that we put appears whole or not at all: it is
// written under a hidden temporary name, checked by size and renamed to a name
// that is not in use. Whether a file of somebody else is complete is not judged
// here but by who takes it; sidecars such as x.csv.done are ordinary files.
//
// The promises that every remote keeps are written down, and tested, in
// package remotetest.
package remote

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"time"
)

// A File is a regular file in a folder of a remote.
type File struct {
	Name    string    // without folder, passes CheckName
	Size    int64     // bytes
	ModTime time.Time // by the clock of the remote: shown, never decides anything
}

// A Remote is a place where files are dropped. Put makes a file appear whole or
// not at all. A folder is a slash-separated path below the remote's base, such
// as "in" or "out/ack"; the empty folder is the base itself. A Remote may be
// used by several goroutines.
type Remote interface {
	// List returns the regular files of the folder that have an allowed name and
	// are not temporary, sorted by the bytes of their names. A folder that does
	// not exist is an empty one.
	List(ctx context.Context, folder string) ([]File, error)
	// Open reads a file; fs.ErrNotExist when it is gone. The context lives as
	// long as the reader: when it is done, reading fails. Close the reader.
	Open(ctx context.Context, folder, name string) (io.ReadCloser, error)
	// Put makes the content, exactly size bytes, appear under the name, and
	// creates the folder if it is missing. A file of that name with the same
	// bytes is success, with other bytes ErrExists. After an error nothing
	// partial stands under the name, and the same Put may be tried again. On a
	// server without any rename it is ErrNoRename; see also ErrVanished.
	Put(ctx context.Context, folder, name string, size int64, content io.Reader) error
	// Remove deletes a file; that it is gone already is success.
	Remove(ctx context.Context, folder, name string) error
	// Close lets go of connections. The remote must not be used afterwards.
	Close() error
}

// ErrExists says that another file stands under the name already.
var ErrExists = errors.New("a file with this name and other content is there already")

// ErrNoRename says that a server knows no way to rename, so that no file can be
// made to appear whole. Nothing was put.
var ErrNoRename = errors.New("the server cannot rename, so no file can appear whole there: ask its operator to allow renaming")

// ErrVanished says that a server removes files when they are read: what stood
// under the name, and had to be compared, is gone. The same Put again puts it.
var ErrVanished = errors.New("the server removes a file when it is read, so what stood under the name is gone since it was compared: ask its operator to keep files until they are removed")

// ErrLimit says that a remote sent more than it may.
var ErrLimit = errors.New("limit exceeded")

// ErrClosed says that a remote was used after Close.
var ErrClosed = errors.New("the remote was closed")

// A Config says which remote to open and how far to trust it.
type Config struct {
	// URL is dir:PATH for a local folder (which must exist), or
	// sftp://user@host:port/base. As with curl, base is absolute and
	// /~/base counts from the folder of the login; no path is that folder.
	URL string
	// Identity is the file of the private key (sftp), readable by its owner only.
	Identity string
	// KnownHosts is the file with the server's host keys (sftp), as OpenSSH
	// writes it. Several lines per host are several valid keys.
	KnownHosts string
	// Mode is what files have that are put into a local folder, whatever the
	// umask, such as 0640; folders that are made for them can be entered by those
	// who may read. 0: 0644 and 0755, less the umask.
	Mode     fs.FileMode
	Limits   Limits
	Timeouts Timeouts
	// Now is the clock of the pause after a refused login and of the probe of an
	// idle connection; time.Now when nil.
	Now func() time.Time
	// Rand makes temporary names; crypto/rand when nil.
	Rand io.Reader
	// Dial connects (sftp); a net.Dialer when nil.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Skipped, when not nil, is told of each entry that List leaves out because
	// of its name or because it is no regular file; not of dot and temporary names,
	// but of temporary files of ours that were left behind and cannot be removed.
	Skipped func(folder, name string, why error)
}

// Limits cap what a remote may send; zero values mean the defaults.
type Limits struct {
	Entries int   // entries in one folder; 200,000
	Listing int64 // bytes of one listing on the wire (sftp); 64 MiB
	File    int64 // bytes of one file; 5 GiB
}

// Timeouts bound the waiting on a server; zero values mean the defaults.
type Timeouts struct {
	Connect time.Duration // dial, handshake and login together; 30 s
	Call    time.Duration // one request, or one block of a transfer; 60 s
	Listing time.Duration // one whole listing; 5 min
	Probe   time.Duration // a connection idle for longer is tried before use; 15 s
	Refused time.Duration // after a refused login or a wrong host key no new try; 60 s
}

// Open opens the remote that the config names. An SFTP server is not connected
// before the first call, and again by itself after a connection was lost.
func Open(ctx context.Context, c Config) (Remote, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c = withDefaults(c)
	scheme, rest, found := strings.Cut(c.URL, ":")
	switch {
	case found && scheme == "dir":
		return openFolder(rest, c)
	case found && scheme == "sftp":
		return openServer(c)
	}
	return nil, fmt.Errorf("remote %q: want dir:PATH or sftp://user@host:port/base", c.URL)
}

func withDefaults(c Config) Config {
	setDefault(&c.Limits.Entries, 200_000)
	setDefault(&c.Limits.Listing, 64<<20)
	setDefault(&c.Limits.File, 5<<30)
	setDefault(&c.Timeouts.Connect, 30*time.Second)
	setDefault(&c.Timeouts.Call, time.Minute)
	setDefault(&c.Timeouts.Listing, 5*time.Minute)
	setDefault(&c.Timeouts.Probe, 15*time.Second)
	setDefault(&c.Timeouts.Refused, time.Minute)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{}).DialContext
	}
	if c.Skipped == nil {
		c.Skipped = func(string, string, error) {}
	}
	return c
}

func setDefault[T int | int64 | time.Duration](v *T, standard T) {
	if *v == 0 {
		*v = standard
	}
}
