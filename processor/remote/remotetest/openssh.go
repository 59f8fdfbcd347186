package remotetest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/remote"
)

// OpenSSH serves a folder by OpenSSH's sshd with internal-sftp on loopback until
// the test ends, and returns how to reach it; ok is false where sshd is not
// installed. For root it runs as nobody, so that it needs nothing of the system.
func OpenSSH(t *testing.T) (c remote.Config, dir string, ok bool) {
	t.Helper()
	program, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		return remote.Config{}, "", false
	}
	login, credential := account(t)
	identity, public := Identity(t)
	hostKey, hostPublic := Identity(t)
	dir = t.TempDir()
	authorized := filepath.Join(filepath.Dir(hostKey), "authorized_keys")
	config := filepath.Join(filepath.Dir(hostKey), "sshd_config")
	check(t, os.WriteFile(authorized, ssh.MarshalAuthorizedKey(public), 0o644),
		os.WriteFile(config, []byte(fmt.Sprintf(sshdConfig, hostKey, authorized)), 0o644),
		own(credential, dir, hostKey, filepath.Dir(hostKey)))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	var serving sync.WaitGroup
	serving.Go(func() { serveOpenSSH(t, listener, program, config, credential, &serving) })
	t.Cleanup(func() {
		check(t, listener.Close())
		serving.Wait()
	})
	address := listener.Addr().String()
	return remote.Config{
		URL: "sftp://" + login + "@" + address + dir, Identity: identity,
		KnownHosts: KnownHosts(t, address, hostPublic),
	}, dir, true
}

const sshdConfig = `HostKey %s
AuthorizedKeysFile %s
StrictModes no
UsePAM yes
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
ForceCommand internal-sftp
PidFile none
`

// serveOpenSSH starts one sshd for each connection, as inetd does.
func serveOpenSSH(t *testing.T, l net.Listener, program, config string, as *syscall.Credential, serving *sync.WaitGroup) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			t.Errorf("accept for sshd: %v", err)
			return
		}
		f, err := conn.(*net.TCPConn).File()
		conn.Close()
		if err != nil {
			t.Errorf("hand the connection to sshd: %v", err)
			return
		}
		command := exec.Command(program, "-i", "-f", config)
		command.Stdin, command.Stdout = f, f
		command.SysProcAttr = &syscall.SysProcAttr{Credential: as}
		if err := command.Start(); err != nil {
			t.Errorf("start sshd: %v", err)
		} else {
			// It ends with the connection, and with an error when that was cut.
			serving.Go(func() { command.Wait() })
		}
		f.Close()
	}
}

// account is whom sshd runs as and lets in: ourselves, or nobody for root.
func account(t *testing.T) (string, *syscall.Credential) {
	me, err := user.Current()
	check(t, err)
	if me.Uid != "0" {
		return me.Username, nil
	}
	nobody, err := user.Lookup("nobody")
	check(t, err)
	uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
	check(t, err)
	gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
	check(t, err)
	return nobody.Username, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// own gives files to the account, and opens the way to them.
func own(as *syscall.Credential, files ...string) error {
	var errs []error
	for _, file := range files {
		if as == nil {
			break
		}
		errs = append(errs, os.Chown(file, int(as.Uid), int(as.Gid)))
		for up := filepath.Dir(file); strings.HasPrefix(up, os.TempDir()+"/"); up = filepath.Dir(up) {
			errs = append(errs, os.Chmod(up, 0o755))
		}
	}
	return errors.Join(errs...)
}

func check(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
