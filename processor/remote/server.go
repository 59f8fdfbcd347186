package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// server is a folder on an SFTP server. All calls share one connection, which
// is made when it is first needed and again after it was lost; a call that
// finds it broken fails, drops it, and the next one starts afresh.
type server struct {
	config  Config
	name    string // the URL, for messages
	user    string
	address string // host:port
	base    string
	signer  ssh.Signer

	turn     chan struct{} // held while connecting, so that it happens once
	failures atomic.Int64  // of connecting; counted by who has the turn
	failure  error         // the last one; of who has the turn
	names    names         // that files are being published under

	mu        sync.Mutex // guards what follows; never held across the network
	current   *session
	closed    bool
	refused   error     // the login that was refused, and
	refusedAt time.Time // when
	orphans   []string  // temporary files that could not be removed; after Close listings find them
}

func openServer(c Config) (Remote, error) {
	s, err := parseServer(c)
	if err != nil {
		return nil, err
	}
	if s.signer, err = readIdentity(c.Identity); err != nil {
		return nil, fmt.Errorf("remote %s: %w", s.name, err)
	}
	if _, _, err := hostKeys(c.KnownHosts, s.address); err != nil {
		return nil, fmt.Errorf("remote %s: %w", s.name, err)
	}
	return s, nil
}

// parseServer reads sftp://user@host:port/base.
func parseServer(c Config) (*server, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("remote: the URL is not readable; want sftp://user@host:port/base")
	}
	if _, password := u.User.Password(); password {
		return nil, fmt.Errorf("remote %s: a password in the URL is not used; give a private key as identity", u.Redacted())
	}
	if u.User.Username() == "" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("remote %q: want sftp://user@host:port/base", c.URL)
	}
	port := u.Port()
	if port == "" {
		port = "22"
	}
	return &server{
		config: c, name: u.String(), user: u.User.Username(),
		address: net.JoinHostPort(u.Hostname(), port), base: basePath(u.Path),
		turn: make(chan struct{}, 1),
	}, nil
}

// basePath maps the path of the URL: nothing and /~ are the login's folder,
// /~/x is below it, all else is absolute.
func basePath(p string) string {
	switch {
	case p == "" || p == "/~":
		return "."
	case strings.HasPrefix(p, "/~/"):
		return path.Clean(strings.TrimPrefix(p, "/~/"))
	}
	return path.Clean(p)
}

func (s *server) path(elements ...string) string {
	return path.Join(append([]string{s.base}, elements...)...)
}

// step names server, step and file in an error.
func (s *server) step(step, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %s %s: %w", s.name, step, name, err)
}

func (s *server) Close() error {
	s.mu.Lock()
	current := s.current
	s.current, s.closed = nil, true
	s.mu.Unlock()
	if current == nil {
		return nil
	}
	return current.close()
}

func (s *server) List(ctx context.Context, folder string) ([]File, error) {
	if err := checkFolder(folder); err != nil {
		return nil, err
	}
	files, err := s.list(ctx, folder)
	return files, s.step("list", folder, err)
}

func (s *server) list(ctx context.Context, folder string) ([]File, error) {
	sess, err := s.session(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := s.entries(ctx, sess, s.path(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, s.checkBase(ctx, sess)
	}
	if err != nil {
		return nil, err
	}
	if len(entries) > s.config.Limits.Entries {
		return nil, tooManyEntries(s.config.Limits.Entries)
	}
	var files []File
	for _, entry := range entries {
		files = appendFile(files, folder, entry.Name(), entry, s.config.Skipped)
	}
	sortFiles(files)
	s.config.sweepStale(folder, leftovers(entries),
		func() (fs.FileInfo, error) { return s.stat(ctx, sess, s.path(folder)) },
		func(name string) error { return s.remove(ctx, sess, s.path(folder, name), anyFile) })
	return files, nil
}

// entries reads a folder within the byte budget of a listing. Nothing else is
// asked for on the connection meanwhile, so the budget counts the listing alone.
func (s *server) entries(ctx context.Context, sess *session, folder string) ([]fs.FileInfo, error) {
	if err := sess.lane.enterAlone(ctx); err != nil {
		return nil, err
	}
	defer sess.lane.leaveAlone()
	var entries []fs.FileInfo
	sess.conn.allow(s.config.Limits.Listing)
	defer sess.conn.allowAll()
	err := s.request(ctx, sess, s.config.Timeouts.Listing, func(c *sftp.Client) (err error) {
		entries, err = c.ReadDir(folder)
		return err
	})
	return entries, err
}

// checkBase tells a folder that nobody made yet from a base that is wrong.
func (s *server) checkBase(ctx context.Context, sess *session) error {
	_, err := s.lstat(ctx, sess, s.base)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the base folder %s does not exist on the server; create it there, or correct the URL", s.base)
	}
	return err
}

func (s *server) Open(ctx context.Context, folder, name string) (io.ReadCloser, error) {
	if err := checkPath(folder, name); err != nil {
		return nil, err
	}
	sess, err := s.session(ctx)
	if err != nil {
		return nil, s.step("open", path.Join(folder, name), err)
	}
	reader, err := s.open(ctx, sess, s.path(folder, name))
	if err != nil {
		return nil, s.step("open", path.Join(folder, name), err)
	}
	return &cappedReader{ctx: ctx, file: reader, left: s.config.Limits.File}, nil
}

func (s *server) Remove(ctx context.Context, folder, name string) error {
	return s.removeWhen(ctx, folder, name, anyFile)
}

// RemoveIf is [RemoveIf].
func (s *server) RemoveIf(ctx context.Context, folder string, f File) error {
	return s.removeWhen(ctx, folder, f.Name, f.still)
}

func (s *server) removeWhen(ctx context.Context, folder, name string, fits condition) error {
	if err := checkPath(folder, name); err != nil {
		return err
	}
	sess, err := s.session(ctx)
	if err == nil {
		err = s.remove(ctx, sess, s.path(folder, name), fits)
	}
	return s.step("remove", path.Join(folder, name), err)
}

func (s *server) remove(ctx context.Context, sess *session, file string, fits condition) error {
	info, err := s.lstat(ctx, sess, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() { // the library would remove an empty folder
		return notRegular(info.Mode())
	}
	if err := fits(info); err != nil {
		return err
	}
	err = s.call(ctx, sess, s.config.Timeouts.Call, func(c *sftp.Client) error { return c.Remove(file) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (s *server) lstat(ctx context.Context, sess *session, file string) (fs.FileInfo, error) {
	return s.info(ctx, sess, func(c *sftp.Client) (fs.FileInfo, error) { return c.Lstat(file) })
}

// stat follows links.
func (s *server) stat(ctx context.Context, sess *session, file string) (fs.FileInfo, error) {
	return s.info(ctx, sess, func(c *sftp.Client) (fs.FileInfo, error) { return c.Stat(file) })
}

func (s *server) info(ctx context.Context, sess *session, ask func(*sftp.Client) (fs.FileInfo, error)) (fs.FileInfo, error) {
	var info fs.FileInfo
	err := s.call(ctx, sess, s.config.Timeouts.Call, func(c *sftp.Client) (err error) {
		info, err = ask(c)
		return err
	})
	if err == nil && info == nil {
		err = errors.New("the server answered with nothing")
	}
	return info, err
}
