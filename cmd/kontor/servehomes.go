package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/sftpd"
)

// listen opens the built-in server; nil when there is none.
func (x *exchange) listen(ctx context.Context, log *slog.Logger) (*sftpd.Server, error) {
	c := x.config
	if c.Server == nil {
		return nil, nil
	}
	if err := os.MkdirAll(filepath.Dir(c.HostKey()), 0o700); err != nil {
		return nil, err
	}
	if _, err := sftpd.EnsureHostKey(c.HostKey()); err != nil {
		return nil, err
	}
	homes, err := c.homes()
	if err != nil {
		return nil, err
	}
	keys, err := c.keys()
	if err != nil {
		return nil, err
	}
	server, err := sftpd.Listen(ctx, sftpd.Config{
		Listen: c.Server.Listen, HostKeys: []string{c.HostKey()}, Homes: homes, Check: c.uploadCheck(keys, log),
		Limits: sftpd.Limits{File: int64(c.MaxFile.value)}, Log: log,
	})
	if err != nil {
		return nil, failWith(exitFailed, fmt.Errorf("SFTP server: %w", err), "server.listen in the configuration is %s", c.Server.Listen)
	}
	log.Info("SFTP server listens", "address", server.Addr().String(), "homes", len(homes))
	return server, nil
}

// makeHomes makes the homes on the built-in server, so that a run before its
// first start finds them.
func (c *Config) makeHomes() error {
	for _, id := range c.MerchantIDs() {
		if c.Merchants[id].ERP.URL != builtin {
			continue
		}
		for _, folder := range []string{"in", "out"} {
			if err := os.MkdirAll(filepath.Join(c.Home(id), folder), 0o700); err != nil {
				return err
			}
		}
	}
	return nil
}

// homes are those of the merchants whose ERP comes to the built-in server.
func (c *Config) homes() (map[string]sftpd.Home, error) {
	homes := map[string]sftpd.Home{}
	for _, id := range c.MerchantIDs() {
		erp := c.Merchants[id].ERP
		if erp.URL != builtin {
			continue
		}
		var keys []ssh.PublicKey
		for _, file := range erp.AuthorizedKeys {
			some, err := sftpd.ReadAuthorizedKeys(file)
			if err != nil {
				return nil, failWith(exitUsage, fmt.Errorf("merchants.%s.erp.authorized_keys: %w", id, err), "it holds the ERP's public keys as ssh-keygen writes them")
			}
			keys = append(keys, some...)
		}
		homes[id] = sftpd.Home{Dir: c.Home(id), AuthorizedKeys: keys}
	}
	return homes, nil
}

// uploadCheck refuses, at the end of an upload, a file whose header the
// merchant's profile cannot read. The text goes to the client: the reason, in
// the merchant's language, but neither path nor cell.
func (c *Config) uploadCheck(keys map[string]*container.Keys, log *slog.Logger) func(user, name string, content io.Reader) error {
	if c.role() == processor.ProviderSide {
		return homeCheck
	}
	return func(user, name string, content io.Reader) error {
		profile := c.Profile(user)
		feed, known := profile.FeedOf(name)
		if !known || feed == purchase.Payments {
			return nil // what no feed takes, and what is not the merchant's, is told otherwise
		}
		err := profile.CheckHeader(feed, content, formats.ReadOptions{File: name, Keys: keys[user]})
		if err == nil {
			return nil
		}
		refused := formats.FileError{}
		if !errors.As(err, &refused) {
			log.Error("an upload cannot be checked", "merchant", user, "file", name, "error", err)
			return errors.New("the file cannot be read here now; send it again later")
		}
		log.Info("an upload was refused", "merchant", user, "file", name, "code", refused.Code)
		return fmt.Errorf("%s: %s", refused.Code, refused.Message(c.LanguageOf(user)))
	}
}
