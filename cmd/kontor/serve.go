package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/sftpd"
)

// serveCommand is the daemon.
func (p *program) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run as a daemon: schedules, and the built-in SFTP server",
		Long: `Do what is due when it is due, until SIGTERM or SIGINT, and serve the merchants'
homes over SFTP when the configuration has a server block. What was missed while
the daemon was down is caught up first, each slot at its own time. A stop takes
less than 10 seconds; what was cut off is finished at the next start.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return p.serve(c.Context()) },
	}
	return exits(c, exitDone, exitFailed, exitUsage, exitHeld)
}

func (p *program) serve(ctx context.Context) (err error) {
	c, err := Load(p.configFile)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	log := p.logger(c)
	x, err := p.openExclusive(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	server, err := x.listen(ctx, log)
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- serveSFTP(ctx, server) }()
	log.Info("kontor serves", "merchants", len(x.engine.Merchants), "data_dir", c.DataDir)
	x.loop(ctx, p.now, log)
	log.Info("kontor stops")
	return <-served
}

func serveSFTP(ctx context.Context, server *sftpd.Server) error {
	if server == nil {
		return nil
	}
	return server.Serve(ctx)
}

// wake is how long the loop sleeps at most, so that a jump of the clock, or a
// laptop that slept, does not delay a slot for long.
const wake = 20 * time.Second

// loop does what is due until the context ends. An error of a run is told, and
// what is left is tried again at the next slot.
func (x *exchange) loop(ctx context.Context, now func() time.Time, log *slog.Logger) {
	for ctx.Err() == nil {
		t := now()
		err := x.engine.Run(ctx, t, nil)
		switch {
		case err == nil, errors.Is(err, processor.ErrNothingDue), ctx.Err() != nil:
		case errors.Is(err, processor.ErrEarlier):
			log.Error("the clock is behind the books", "error", err)
		default:
			log.Error("run", "error", err)
		}
		for next := x.engine.Next(t); ctx.Err() == nil && now().Before(next); {
			if wait(ctx, min(wake, next.Sub(now()))) != nil {
				return
			}
		}
	}
}

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
	homes := map[string]sftpd.Home{}
	for _, id := range c.MerchantIDs() {
		if erp := c.Merchants[id].ERP; erp.URL == builtin {
			keys, err := authorizedKeys(erp.AuthorizedKeys)
			if err != nil {
				return nil, fmt.Errorf("merchants.%s.erp.authorized_keys: %w", id, err)
			}
			homes[id] = sftpd.Home{Dir: c.Home(id), AuthorizedKeys: keys}
		}
	}
	server, err := sftpd.Listen(ctx, sftpd.Config{
		Listen: c.Server.Listen, HostKeys: []string{c.HostKey()}, Homes: homes, Check: c.checkUpload,
		Limits: sftpd.Limits{File: int64(c.MaxFile.value)}, Log: log,
	})
	if err == nil {
		log.Info("SFTP server listens", "address", server.Addr().String(), "homes", len(homes))
	}
	return server, err
}

// authorizedKeys reads public keys of OpenSSH.
func authorizedKeys(files []string) ([]ssh.PublicKey, error) {
	var keys []ssh.PublicKey
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for rest := text; len(strings.TrimSpace(string(rest))) > 0; {
			var key ssh.PublicKey
			if key, _, _, rest, err = ssh.ParseAuthorizedKey(rest); err != nil {
				return nil, fmt.Errorf("%s: %w; want lines such as ssh-ed25519 AAAA…", file, err)
			}
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// checkUpload refuses, at the end of an upload, a file whose header the
// merchant's profile cannot read. The text goes to the client.
func (c *Config) checkUpload(user, name string, content io.Reader) error {
	profile := c.Profile(user)
	feed, known := profile.FeedOf(name)
	if !known || feed == purchase.Payments {
		return nil // what no feed takes, and what is not the merchant's, is told otherwise
	}
	err := profile.CheckHeader(feed, content)
	if refused := (formats.FileError{}); errors.As(err, &refused) {
		return errors.New(refused.Message(c.LanguageOf(user)))
	}
	return err
}
