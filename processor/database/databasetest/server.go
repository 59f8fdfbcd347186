package databasetest

import (
	"bufio"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// A server is a PostgreSQL that runs in a folder of its own.
type server struct {
	url     string
	folder  string
	process *os.Process
	done    chan error
}

// launch makes a cluster and starts it. As root it does so as user postgres,
// since the server refuses to run as root.
func launch() (*server, error) {
	initdb, err := find("initdb")
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(base(), "kontor-pg")
	if err != nil {
		return nil, err
	}
	s, err := launchIn(initdb, folder)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}

func launchIn(initdb, folder string) (*server, error) {
	attributes, owner, err := account()
	if err != nil {
		return nil, err
	}
	if err := os.Chown(folder, owner.uid, owner.gid); err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	cmd := exec.Command(initdb, "--no-sync", "-E", "UTF8", "--locale=C", "-U", "postgres", "--auth=trust", "-D", data)
	cmd.SysProcAttr, cmd.Dir = attributes, folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	address := url.URL{
		Scheme: "postgres", User: url.User("postgres"), Path: "/postgres",
		RawQuery: url.Values{"host": {folder}, "sslmode": {"disable"}}.Encode(),
	}
	s := &server{url: address.String(), folder: folder, done: make(chan error, 1)}
	return s, s.start(filepath.Join(filepath.Dir(initdb), "postgres"), data, attributes)
}

// start returns when the server takes connections.
func (s *server) start(program, data string, attributes *syscall.SysProcAttr) error {
	cmd := exec.Command(program, "-D", data, "-k", s.folder)
	for _, setting := range []string{
		"listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off",
		"shared_buffers=64MB", "max_wal_senders=0", "wal_level=minimal", "max_connections=100", "lc_messages=C",
		"log_min_error_statement=panic",
	} {
		cmd.Args = append(cmd.Args, "-c", setting)
	}
	cmd.SysProcAttr, cmd.Dir = attributes, s.folder
	ready := make(chan error)
	go s.watch(cmd, ready)
	return <-ready
}

// watch starts the server and waits for its end. It keeps its thread, since the
// server is told of the death of the thread that has started it.
func (s *server) watch(cmd *exec.Cmd, ready chan<- error) {
	runtime.LockOSThread()
	log, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		ready <- err
		return
	}
	s.process = cmd.Process
	var said []string
	up := false
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if !up && strings.Contains(lines.Text(), "ready to accept connections") {
			up = true
			ready <- nil
		} else if !up {
			said = append(said, lines.Text())
		}
	}
	err = cmd.Wait()
	if !up {
		ready <- fmt.Errorf("postgres does not start: %w\n%s", err, strings.Join(said, "\n"))
	}
	s.done <- err
}

// stop ends the server and removes its folder.
func (s *server) stop() error {
	err := s.process.Signal(syscall.SIGINT) // fast: does not wait for clients
	if err == nil {
		err = <-s.done
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}

// base is where the folder is made: the path of a unix socket is at most about
// 100 bytes long, and user postgres must be able to get there.
func base() string {
	if dir := os.TempDir(); len(dir) < 60 && os.Getuid() != 0 {
		return dir
	}
	return "/tmp"
}

// find looks for a program of PostgreSQL, the newest version first.
func find(program string) (string, error) {
	installed, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + program)
	if err != nil {
		return "", err
	}
	best, version := "", -1
	for _, path := range installed {
		n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		if err == nil && n > version {
			best, version = path, n
		}
	}
	if best != "" {
		return best, nil
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", errors.New("these tests need a PostgreSQL server: apt-get install postgresql, or set " + external + " to the URL of one")
	}
	return filepath.EvalSymlinks(path)
}

type owner struct{ uid, gid int }

// account says as whom the server runs.
func account() (*syscall.SysProcAttr, owner, error) {
	attributes := dieWithParent()
	if os.Getuid() != 0 {
		return attributes, owner{os.Getuid(), os.Getgid()}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, owner{}, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, owner{}, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, owner{}, err
	}
	attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attributes, owner{int(uid), int(gid)}, nil
}
