package opensshtest

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
)

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

// configure makes keys and the configuration of sshd.
func (s *Server) configure() {
	s.t.Helper()
	identity, public := remotetest.Identity(s.t)
	hostKey, hostPublic := remotetest.Identity(s.t)
	s.Identity, s.HostKey = identity, hostPublic
	dir := filepath.Dir(hostKey)
	authorized := filepath.Join(dir, "authorized_keys")
	s.config = filepath.Join(dir, "sshd_config")
	check(s.t, os.WriteFile(authorized, ssh.MarshalAuthorizedKey(public), 0o644),
		os.WriteFile(s.config, fmt.Appendf(nil, sshdConfig, hostKey, authorized), 0o644),
		own(s.credential, s.Root, hostKey, dir))
}

// account is whom sshd runs as and lets in: ourselves, or nobody for root.
func account(t testing.TB) (string, *syscall.Credential) {
	t.Helper()
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

func check(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
