package sftpd

import (
	"crypto/rsa"
	"crypto/subtle"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
)

// userExtension is where a login keeps its user. It is read from the Permissions
// of the connection alone, which belong to the key whose signature was verified,
// and not to another one that the client only asked about.
const userExtension = "kontor-user"

// errRefused is what a client learns about a login that failed; that the user
// does not exist is not told apart from a wrong key.
var errRefused = errors.New("login refused")

func (s *Server) sshConfig() (*ssh.ServerConfig, error) {
	config := &ssh.ServerConfig{
		MaxAuthTries:      s.config.Limits.KeyTries,
		PublicKeyCallback: s.checkKey,
		ServerVersion:     "SSH-2.0-kontor",
	}
	if len(s.config.HostKeys) == 0 {
		return nil, errors.New("sftp server: no host key; name at least one file, it is made when it is missing")
	}
	for _, file := range s.config.HostKeys {
		signer, err := EnsureHostKey(file)
		if err != nil {
			return nil, fmt.Errorf("sftp server: %w", err)
		}
		config.AddHostKey(signer)
	}
	return config, nil
}

// ReadAuthorizedKeys reads the public keys of a file as OpenSSH writes them, one
// a line. Options before a key are refused, since a restriction that is not
// kept is worse than none; so are DSA keys and RSA keys under 2048 bits.
func ReadAuthorizedKeys(file string) ([]ssh.PublicKey, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("authorized keys: %w", err)
	}
	var keys []ssh.PublicKey
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, err := authorizedKey(line)
		if err != nil {
			return nil, fmt.Errorf("authorized keys %s:%d: %w", file, i+1, err)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("authorized keys %s: no key in it; want lines such as ssh-ed25519 AAAA…", file)
	}
	return keys, nil
}

func authorizedKey(line string) (ssh.PublicKey, error) {
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		return nil, errors.New("not a public key; want a line such as ssh-ed25519 AAAA… (and never the private key)")
	}
	if len(options) > 0 {
		return nil, fmt.Errorf("options (%s) are not supported; want the key alone", strings.Join(options, ","))
	}
	if holder, ok := key.(ssh.CryptoPublicKey); ok {
		if k, ok := holder.CryptoPublicKey().(*rsa.PublicKey); ok && k.N.BitLen() < 2048 {
			return nil, fmt.Errorf("an RSA key of %d bits; want 2048 or more, or ed25519", k.N.BitLen())
		}
	}
	if key.Type() == "ssh-dss" {
		return nil, errors.New("a DSA key; want ed25519")
	}
	return key, nil
}

// checkKey compares the key with all keys of the user.
func (s *Server) checkKey(meta ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	h := s.homes[meta.User()]
	if h == nil {
		h = &home{} // a home without keys
	}
	offered, known := key.Marshal(), 0
	for _, authorized := range h.keys {
		known |= subtle.ConstantTimeCompare(offered, authorized)
	}
	if known != 1 {
		return nil, errRefused
	}
	return &ssh.Permissions{Extensions: map[string]string{userExtension: h.user}}, nil
}

// An attempt notes how the login of one connection went. An honest client may
// offer several keys before the right one, so what counts against an address is
// a connection that did not get in, once, and only if it tried a key.
type attempt struct{ tried int }

func (s *Server) forAttempt(a *attempt) *ssh.ServerConfig {
	config := *s.ssh
	config.AuthLogCallback = func(_ ssh.ConnMetadata, method string, err error) {
		if err != nil && method != "none" {
			a.tried++
		}
	}
	return &config
}

// refused logs the connection that did not get in and counts it.
func (s *Server) refused(peer string, a *attempt) {
	if a.tried == 0 {
		s.log.Debug("sftp: no login", "peer", peer)
		return
	}
	s.seen.refused.Add(1)
	s.log.Warn("sftp: login refused", "peer", peer, "tries", a.tried)
	if s.bans.refuse(peer) {
		s.log.Warn("sftp: address banned", "peer", peer, "for", s.config.Limits.BanFor)
	}
}
