package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/kontor-exchange/kontor/processor/sftpd"
)

// A demoERP is the shop's ERP: an SFTP client like any other, with the key and
// the known_hosts that a merchant would be given.
type demoERP struct {
	ssh     *ssh.Client
	sftp    *sftp.Client
	address string
	release func() bool
}

// hostKey reads the public half of the server's key.
func hostKey(file string) (ssh.PublicKey, error) {
	signer, err := sftpd.EnsureHostKey(file)
	if err != nil {
		return nil, err
	}
	return signer.PublicKey(), nil
}

// logIn opens a session as acme; it ends with the context.
func logIn(ctx context.Context, address, keys string) (*demoERP, error) {
	text, err := os.ReadFile(filepath.Join(keys, "acme"))
	if err != nil {
		return nil, err
	}
	key, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return nil, err
	}
	known, err := knownhosts.New(filepath.Join(keys, "known_hosts"))
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	release := context.AfterFunc(ctx, func() { conn.Close() })
	c, channels, requests, err := ssh.NewClientConn(conn, address, &ssh.ClientConfig{
		User: "acme", Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, HostKeyCallback: known, HostKeyAlgorithms: []string{ssh.KeyAlgoED25519},
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	erp := &demoERP{ssh: ssh.NewClient(c, channels, requests), address: address, release: release}
	if erp.sftp, err = sftp.NewClient(erp.ssh); err != nil {
		return nil, errors.Join(err, erp.ssh.Close())
	}
	return erp, nil
}

func (e *demoERP) close() error {
	e.release()
	err := errors.Join(e.sftp.Close(), e.ssh.Close())
	if errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
		return nil // the server, or the context, was faster
	}
	return err
}

// upload puts a file into in/. The server may refuse it at the close.
func (e *demoERP) upload(name string, content []byte) (err error) {
	f, err := e.sftp.Create("in/" + name)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// waiting lists what is still in in/.
func (e *demoERP) waiting() (names []string, err error) {
	files, err := e.sftp.ReadDir("in")
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names, err
}

// download fetches everything in out/ into a folder.
func (e *demoERP) download(to string) error {
	folders, err := e.sftp.ReadDir("out")
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if err := os.MkdirAll(filepath.Join(to, folder.Name()), 0o700); err != nil {
			return err
		}
		files, err := e.sftp.ReadDir(path.Join("out", folder.Name()))
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := e.fetch(path.Join("out", folder.Name(), f.Name()), filepath.Join(to, folder.Name(), f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// fetch copies one file.
func (e *demoERP) fetch(from, to string) (err error) {
	src, err := e.sftp.Open(from)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", from, err)
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}
