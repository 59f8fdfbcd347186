package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/processor/sftpd"
)

// checkKeys sees that keys can be read, and by us alone.
func (d *diagnosis) checkKeys(c *Config) {
	const check = "keys"
	before := len(d.Checks)
	secrets := c.secretFiles()
	for _, file := range secrets {
		info, err := os.Stat(file)
		switch {
		case errors.Is(err, fs.ErrNotExist) && file == c.HostKey():
			continue // made at the first start
		case err != nil:
			d.fault(check, "correct its path in the configuration, or make it", "%v", err)
		case info.Mode().Perm()&0o077 != 0:
			d.fault(check, "chmod 600 "+file, "%s can be read by others (%s)", file, info.Mode().Perm())
		}
	}
	if _, err := c.keys(); err != nil && len(d.Checks) == before {
		d.fault(check, "correct decrypt in the configuration", "%v", err)
	}
	public := 0
	for _, id := range c.MerchantIDs() {
		for _, file := range c.Merchants[id].ERP.AuthorizedKeys {
			public++
			d.checkPublicKey("merchants."+id+".erp.authorized_keys", file)
		}
	}
	for _, id := range c.MerchantIDs() {
		d.checkRecipients(dropKey(id), c.Merchants[id].ERP)
	}
	if len(d.Checks) == before {
		d.ok(check, "%s only we can read; %s of public keys", count(len(secrets), "file", "files"), count(public, "file", "files"))
	}
}

// soon is how many days before a key expires the doctor tells it.
const soon = 30

// checkRecipients sees that files can be encrypted for an ERP, and can be for
// some time.
func (d *diagnosis) checkRecipients(key string, drop Drop) {
	const check, renew = "keys", "let the ERP renew its key, and put the new public key there"
	r, err := drop.recipients(key)
	switch {
	case err != nil:
		d.fault(check, renew, "%v", err)
	case r != nil && !r.UsableAt(d.At.AddDate(0, 0, soon)):
		d.warn(check, renew, "%s.encrypt.pgp: %s: the key expires within %d days", key, drop.Encrypt.PGP, soon)
	}
}

func (d *diagnosis) checkPublicKey(key, file string) {
	const check = "keys"
	if _, err := sftpd.ReadAuthorizedKeys(file); err != nil {
		d.fault(check, "it holds the public keys of the other side, as ssh-keygen writes them", "%s: %v", key, err)
		return
	}
	if info, err := os.Stat(file); err == nil && info.Mode().Perm()&0o022 != 0 {
		d.warn(check, "chmod go-w "+file, "%s: %s can be changed by others (%s), who could let themselves in", key, file, info.Mode().Perm())
	}
}

// secretFiles are the files of the configuration that nobody else may read.
func (c *Config) secretFiles() (files []string) {
	seen := map[string]bool{}
	add := func(file string) {
		if file != "" && !seen[file] {
			seen[file] = true
			files = append(files, file)
		}
	}
	drop := func(drop Drop) {
		add(drop.Identity)
		if drop.Decrypt != nil {
			add(drop.Decrypt.PGP)
			add(drop.Decrypt.Age)
		}
	}
	if c.Server != nil {
		add(c.HostKey())
	}
	for _, id := range c.MerchantIDs() {
		drop(c.Merchants[id].ERP)
	}
	add(c.Provider.Identity)
	drop(c.Provider.Bank)
	drop(c.Provider.Letters)
	drop(c.Provider.Collection)
	if m := c.Provider.Mail; m != nil {
		add(m.PasswordFile)
	}
	if m := c.Alerts.Mail; m != nil {
		add(m.PasswordFile)
	}
	if w := c.Alerts.Webhook; w != nil {
		add(w.KeyFile)
	}
	return files
}

// checkPorts sees that kontor serve can listen, or does.
func (d *diagnosis) checkPorts(ctx context.Context, c *Config) {
	if c.Server != nil {
		d.checkPort(c, "server.listen", c.Server.Listen, func() bool { return ours(ctx, c) })
	}
	if c.HTTP != "" {
		d.checkPort(c, "http", c.HTTP, func() bool { return true })
	}
}

// checkPort tries to listen; isOurs tells who does, when somebody is at work in
// data_dir.
func (d *diagnosis) checkPort(c *Config, check, address string, isOurs func() bool) {
	l, err := net.Listen("tcp", address)
	if err == nil {
		err = l.Close()
		if err == nil {
			d.ok(check, "%s is free", address)
			return
		}
	}
	if c.atWork() && isOurs() {
		d.ok(check, "kontor serve listens on %s", address)
		return
	}
	d.fault(check, "end the other program (ss -ltnp), or choose another port in the configuration", "%v", err)
}

// atWork reports whether a process holds data_dir, such as kontor serve.
func (c *Config) atWork() bool {
	file := filepath.Join(c.DataDir, "kontor.lock")
	if _, err := os.Stat(file); err != nil {
		return false
	}
	lock := flock.New(file)
	got, err := lock.TryLock()
	if got {
		err = errors.Join(err, lock.Unlock())
	}
	return err == nil && !got
}

// ours reports whether the server that answers on our port has our host key.
func ours(ctx context.Context, c *Config) bool {
	if _, err := os.Stat(c.HostKey()); err != nil {
		return false
	}
	signer, err := sftpd.EnsureHostKey(c.HostKey())
	if err != nil {
		return false
	}
	host, port, err := net.SplitHostPort(c.Server.Listen)
	if err != nil {
		return false
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, slowest)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return false
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(slowest)); err != nil {
		return false
	}
	same := false
	_, _, _, err = ssh.NewClientConn(conn, conn.RemoteAddr().String(), &ssh.ClientConfig{
		User: "kontor-doctor", HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			same = string(key.Marshal()) == string(signer.PublicKey().Marshal())
			return errSeen
		},
	})
	return same && err != nil && strings.Contains(err.Error(), errSeen.Error())
}

var errSeen = errors.New("the host key was seen")
