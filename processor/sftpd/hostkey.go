package sftpd

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"
)

// EnsureHostKey reads the server's private key from the file, or makes an
// ed25519 key there (mode 0600) with its public half beside it as file.pub. A
// key that others can read is refused. Again = the same key.
func EnsureHostKey(file string) (ssh.Signer, error) {
	signer, err := readHostKey(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return signer, err
	}
	if err := makeHostKey(file); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("host key %s: %w", file, err)
	}
	return readHostKey(file)
}

func readHostKey(file string) (ssh.Signer, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("host key %s: mode %04o lets others use the key; do: chmod 600 %s", file, info.Mode().Perm(), file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("host key: %w", err)
	}
	signer, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("host key %s: not a private key without passphrase: %w", file, err)
	}
	return signer, nil
}

func makeHostKey(file string) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, "kontor host key")
	if err != nil {
		return err
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	if err := writeNew(file, pem.EncodeToMemory(block)); err != nil {
		return err
	}
	return os.WriteFile(file+".pub", ssh.MarshalAuthorizedKey(key), 0o644)
}

// writeNew makes the file appear whole; an existing one stays.
func writeNew(file string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".hostkey-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Link(f.Name(), file)
	}
	return errors.Join(err, os.Remove(f.Name()))
}
