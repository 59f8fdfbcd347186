package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/sftpd"
	"github.com/kontor-exchange/kontor/samples"
)

// initCommand makes a folder to start from.
func (p *program) initCommand() *cobra.Command {
	return exits(&cobra.Command{
		Use:   "init DIR",
		Short: "Make a folder with configuration, keys and folders to start from",
		Long: `Make a folder with a commented configuration, the host key of the built-in SFTP
server, a key pair with which the ERP of the merchant acme logs in, and the
folders of bank and letters. What is there already is never changed; a folder
that is not empty and has no kontor.yaml is refused.`,
		Example: "  kontor init ./shop",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE:    func(_ *cobra.Command, args []string) error { return p.init(args[0]) },
	}, exitDone, exitFailed, exitUsage, exitNothing, exitRefused)
}

// A folder is what init makes, and what of it was not there before.
type folder struct {
	Dir  string   `json:"dir"`
	Made []string `json:"made"`
}

func (p *program) init(dir string) error {
	if dir == "" {
		return usage("name a new or an empty folder", "kontor init: the folder is \"\"")
	}
	f := &folder{Dir: dir}
	if err := f.own(); err != nil {
		return err
	}
	for _, step := range []func() error{f.config, f.folders, f.hostKey, f.clientKey, f.knownHosts} {
		if err := step(); err != nil {
			return err
		}
	}
	if len(f.Made) == 0 {
		return failWith(exitNothing, fmt.Errorf("%s is complete already", dir), "kontor --config %s serve starts it", filepath.Join(dir, defaultConfigFile))
	}
	if p.json {
		return p.printJSON(f)
	}
	_, err := fmt.Fprintf(p.out, nextSteps, dir)
	return err
}

const nextSteps = `%[1]s is ready: kontor.yaml, keys, folders.

Next:
  1. Edit kontor.yaml: names, IBANs, and the dialect of your ERP. Every line says what it is for.
  2. kontor --config %[1]s/kontor.yaml schedule     shows when what will happen
  3. kontor --config %[1]s/kontor.yaml serve        starts SFTP server and schedules
  4. The ERP logs in as acme with the key keys/acme, writes in/ and reads out/:
     sftp -P 2022 -i %[1]s/keys/acme -o UserKnownHostsFile=%[1]s/keys/known_hosts acme@127.0.0.1
  5. Account statements go to %[1]s/bank/in, notices to debtors come to %[1]s/letters.

keys/acme is a private key: give it to the ERP alone, or replace keys/acme.pub by the ERP's own.
`

// own refuses a folder that has something else in it.
func (f *folder) own() error {
	entries, err := os.ReadDir(f.Dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(f.path(defaultConfigFile)); err != nil {
		return failWith(exitRefused, fmt.Errorf("%s is not empty and has no %s", f.Dir, defaultConfigFile), "name a new or an empty folder")
	}
	return nil
}

func (f *folder) path(name string) string { return filepath.Join(f.Dir, name) }

func (f *folder) config() error {
	return f.file(defaultConfigFile, 0o600, func() ([]byte, error) { return samples.Files.ReadFile(defaultConfigFile) })
}

func (f *folder) folders() error {
	for _, name := range []string{"keys", "data/keys", "bank/in", "bank/out", "letters"} {
		if _, err := os.Stat(f.path(name)); err == nil {
			continue
		}
		if err := os.MkdirAll(f.path(name), 0o700); err != nil {
			return err
		}
		f.Made = append(f.Made, name)
	}
	return nil
}

// hostKey makes the host key of the built-in server where serve looks for it.
func (f *folder) hostKey() error {
	name := f.hostKeyName()
	_, err := os.Stat(f.path(name))
	if missing := errors.Is(err, fs.ErrNotExist); missing {
		f.Made = append(f.Made, name)
	}
	_, err = sftpd.EnsureHostKey(f.path(name))
	return err
}

func (f *folder) hostKeyName() string {
	return filepath.Join("data", hostKeyFile)
}

// clientKey makes the key pair of the ERP.
func (f *folder) clientKey() error {
	if _, err := os.Stat(f.path("keys/acme.pub")); err == nil {
		return nil // perhaps the ERP's own, then without a private key here
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, "acme")
	if err != nil {
		return err
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		return err
	}
	if err := f.file("keys/acme", 0o600, func() ([]byte, error) { return pem.EncodeToMemory(block), nil }); err != nil {
		return err
	}
	return f.file("keys/acme.pub", 0o644, func() ([]byte, error) { return ssh.MarshalAuthorizedKey(key), nil })
}

// knownHosts tells the ERP's client which server to trust.
func (f *folder) knownHosts() error {
	return f.file("keys/known_hosts", 0o644, func() ([]byte, error) {
		signer, err := sftpd.EnsureHostKey(f.path(f.hostKeyName()))
		if err != nil {
			return nil, err
		}
		return append([]byte("[127.0.0.1]:2022 "), ssh.MarshalAuthorizedKey(signer.PublicKey())...), nil
	})
}

// file writes a file that is not there yet.
func (f *folder) file(name string, mode fs.FileMode, content func() ([]byte, error)) error {
	if _, err := os.Stat(f.path(name)); err == nil {
		return nil
	}
	text, err := content()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(f.path(name)), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(f.path(name), text, mode); err != nil {
		return err
	}
	f.Made = append(f.Made, name)
	return nil
}
