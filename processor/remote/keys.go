package remote

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// A HostKeyError says that a server showed another key than the known ones. It
// may be an attack, or the server was set up anew: a person must decide.
type HostKeyError struct {
	Host  string   // host:port
	Got   string   // type and SHA256 fingerprint of the key shown
	Known []string // the same, with file and line, of the keys we know
}

func (e *HostKeyError) Error() string {
	return fmt.Sprintf("host key of %s changed: the server shows %s; known: %s; ask its operator for the fingerprint, and only if it is this one put the key into known_hosts",
		e.Host, e.Got, strings.Join(e.Known, ", "))
}

// readIdentity reads the private key, which nobody else may be able to read.
func readIdentity(file string) (ssh.Signer, error) {
	if file == "" {
		return nil, errors.New("identity: no private key given; make one with ssh-keygen -t ed25519")
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	if open := info.Mode().Perm() & 0o077; open != 0 {
		return nil, fmt.Errorf("identity %s: mode %04o lets others use the key; do: chmod 600 %s", file, info.Mode().Perm(), file)
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	signer, err := ssh.ParsePrivateKey(pem)
	var passphrase *ssh.PassphraseMissingError
	if errors.As(err, &passphrase) {
		return nil, fmt.Errorf("identity %s: the key has a passphrase; want one without (ssh-keygen -p -f %s)", file, file)
	}
	if err != nil {
		return nil, fmt.Errorf("identity %s: not a private key: %w", file, err)
	}
	return signer, nil
}

// hostKeys returns the check of the server's key and the algorithms to ask for:
// only those of keys that we know, or else a server with several keys might show
// the one that we do not know. Read for every connection, so that a key added
// for a rotation counts at once.
func hostKeys(file, address string) (ssh.HostKeyCallback, []string, error) {
	if file == "" {
		return nil, nil, errors.New("known_hosts: no file given; it must name the server's key")
	}
	db, err := knownhosts.NewDB(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("known_hosts %s does not exist; %s", file, scanHint(address, file))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("known_hosts %s: %w", file, err)
	}
	algorithms := db.HostKeyAlgorithms(address)
	if len(algorithms) == 0 {
		return nil, nil, fmt.Errorf("known_hosts %s has no key of %s; %s", file, address, scanHint(address, file))
	}
	algorithms = slices.DeleteFunc(algorithms, func(a string) bool { return a == ssh.KeyAlgoRSA }) // SHA-1
	check := db.HostKeyCallback()
	return func(host string, remote net.Addr, key ssh.PublicKey) error {
		return explain(check(host, remote, key), host, key)
	}, algorithms, nil
}

func scanHint(address, file string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "add its line"
	}
	return fmt.Sprintf("get it with ssh-keyscan -p %s %s >> %s and compare the fingerprint with the operator's", port, host, file)
}

// explain puts both fingerprints into the error of a changed key.
func explain(err error, host string, key ssh.PublicKey) error {
	var changed *xknownhosts.KeyError
	if !errors.As(err, &changed) {
		return err
	}
	e := &HostKeyError{Host: host, Got: fingerprint(key)}
	for _, known := range changed.Want {
		e.Known = append(e.Known, fmt.Sprintf("%s (%s:%d)", fingerprint(known.Key), known.Filename, known.Line))
	}
	return e
}

func fingerprint(key ssh.PublicKey) string { return key.Type() + " " + ssh.FingerprintSHA256(key) }
