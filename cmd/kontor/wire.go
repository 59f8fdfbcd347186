package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/alerts"
	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/processor/spool"
	"github.com/kontor-exchange/kontor/schedules"
)

// This file puts the parts together: it alone knows all of them.

// An exchange is the whole program with its data.
type exchange struct {
	config   *Config
	db       *database.DB
	spool    *spool.Spool
	intake   *intake.Intake
	batches  *batch.Batches
	outbox   *outbox.Outbox
	provider *provider.Provider
	engine   *processor.Engine
	lock     *flock.Flock
	skipped  *skipped
	bar      *bar // nil: nobody looks
	alerts   *alerts.Alerts
	pulse    *pulse // of kontor serve
}

// open opens the data of a configuration, for looking and for commands that
// the next run carries out.
func (p *program) open(ctx context.Context, c *Config, log *slog.Logger) (_ *exchange, err error) {
	x := &exchange{config: c}
	defer func() {
		if err != nil {
			err = errors.Join(err, x.close())
		}
	}()
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, err
	}
	if x.spool, err = spool.Open(c.Spool()); err != nil {
		return nil, err
	}
	if x.db, err = database.Open(ctx, c.DatabaseURL()); err != nil {
		return nil, err
	}
	if err := migrate(ctx, x.db); err != nil {
		return nil, err
	}
	return x, x.assemble(p, log)
}

// openExclusive opens the data for a run: one process at a time.
func (p *program) openExclusive(ctx context.Context, c *Config, log *slog.Logger) (*exchange, error) {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(c.DataDir, "kontor.lock"), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", lock.Path(), err)
	case !got:
		return nil, failWith(exitHeld, fmt.Errorf("%s is in use by another process", c.DataDir),
			"kontor serve does what is due by itself; stop it first if you want to run by hand")
	}
	x, err := p.open(ctx, c, log)
	if err != nil {
		return nil, errors.Join(err, lock.Unlock())
	}
	x.lock = lock
	return x, errors.Join(x.spool.Clean(), c.makeHomes())
}

func (x *exchange) close() error {
	var errs []error
	if x.db != nil {
		errs = append(errs, x.db.Close())
	}
	if x.spool != nil {
		errs = append(errs, x.spool.Close())
	}
	if x.lock != nil {
		errs = append(errs, x.lock.Unlock())
	}
	return errors.Join(errs...)
}

// migrate brings the tables of all packages up to date.
func migrate(ctx context.Context, db *database.DB) error {
	sets, err := migrations()
	if err != nil {
		return err
	}
	return db.Migrate(ctx, sets...)
}

// migrations are the tables of all packages.
func migrations() ([]fs.FS, error) {
	own, err := provider.Migrations()
	if err != nil {
		return nil, err
	}
	runs, err := processor.Migrations()
	if err != nil {
		return nil, err
	}
	told, err := alerts.Migrations()
	if err != nil {
		return nil, err
	}
	return []fs.FS{told, ledger.Migrations, intake.Migrations(), batch.Migrations(), outbox.Migrations(), own, runs, courier.Migrations()}, nil
}

func (x *exchange) assemble(p *program, log *slog.Logger) error {
	rates, err := x.config.Rates()
	if err != nil {
		return err
	}
	terms := map[string]purchase.Terms{}
	for _, id := range x.config.MerchantIDs() {
		terms[id] = x.config.Terms(id)
	}
	x.skipped = newSkipped(log)
	x.alerts = alerts.New(x.db, x.config.Alerts.Repeat.value)
	x.batches = batch.New(x.db, x.spool)
	keys, err := x.config.keys()
	if err != nil {
		return err
	}
	x.intake = intake.New(x.db, x.spool, time.Now, wait, x.batches.Queue, log).WithKeys(keys)
	x.outbox = outbox.New(x.db, x.spool, p.now)
	x.provider = provider.New(x.db, terms, rates)
	x.engine = &processor.Engine{
		DB: x.db, Spool: x.spool, Intake: x.intake, Batches: x.batches, Outbox: x.outbox, Provider: x.provider,
		BatchMax: x.config.BatchMax.value, Now: p.now, Log: log, Step: p.telling(),
	}
	x.bar = p.seen()
	x.side(p)
	if x.engine.Role != processor.MerchantSide {
		if x.engine.Bank, err = x.bank(); err != nil {
			return err
		}
	}
	for _, id := range x.config.MerchantIDs() {
		m, err := x.merchant(id)
		if err != nil {
			return err
		}
		x.engine.Merchants = append(x.engine.Merchants, m)
	}
	return nil
}

// wait sleeps by the real clock, unless the context ends first.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (x *exchange) merchant(id string) (*processor.Merchant, error) {
	c, m := x.config, x.config.Merchants[id]
	plan, err := c.SchedulesOf(id)
	if err != nil {
		return nil, err
	}
	targets := map[string]remote.Config{
		outbox.ERP:     x.remote(c.FolderURL(id, m.ERP), m.ERP),
		outbox.Letters: x.remote(c.Provider.Letters.URL, c.Provider.Letters),
		outbox.Bank:    x.remote(c.Provider.Bank.URL, c.Provider.Bank),
		outbox.Reports: x.remote("dir:"+c.Reports(), Drop{}),
	}
	own := c.collectionTarget(x, targets)
	recipients, err := m.ERP.recipients(dropKey(id))
	if err != nil {
		recipients = container.Unusable(err) // this merchant's files wait, and all else goes on
	}
	x.sideTargets(id, targets)
	return &processor.Merchant{
		Terms: c.Terms(id), Zone: c.ZoneOf(id), Schedules: plan, KeepDays: m.ERP.KeepDays.value,
		Inbox: intake.Inbox{
			Owner: id, Folder: "in", Profile: c.Profile(id), Feeds: purchase.Feeds(), Settle: m.ERP.settles(),
			MaxFile: int64(c.MaxFile.value), Keep: m.ERP.After == "keep", Language: c.LanguageOf(id),
		},
		Renderer: report.Renderer{
			Merchant: id, Name: m.Name, Currency: m.Currency, Profile: c.Profile(id), Style: formats.Style(m.ReportStyle), Language: c.LanguageOf(id),
		},
		Provider: c.ProviderParty(id), Party: c.MerchantParty(id), DATEV: m.DATEV, VATExemption: m.Fees.VATExemption,
		Recipients: recipients,
		MailFrom:   c.MailFrom(), Open: c.mailing(opener(targets, own...)),
	}, nil
}

// bank is the provider's side: account statements come in, acks of them stay
// with the operator.
func (x *exchange) bank() (*processor.Merchant, error) {
	c, drop := x.config, x.config.Provider.Bank
	plan, err := c.SchedulesOf("")
	if err != nil {
		return nil, err
	}
	for _, j := range []schedules.Job{schedules.Guarantee, schedules.Payout, schedules.Dunning, schedules.Transmit, schedules.Deliver} {
		delete(plan, j)
	}
	accounts := map[string]string{}
	for _, id := range c.MerchantIDs() {
		accounts[c.Merchants[id].SettlementAccount] = id
	}
	targets := map[string]remote.Config{
		outbox.Bank:    x.remote(drop.URL, drop),
		outbox.Reports: x.remote("dir:"+c.Reports(), Drop{}),
	}
	return &processor.Merchant{
		Terms: purchase.Terms{Merchant: purchase.Provider}, Zone: c.ZoneOf(""), Schedules: plan, KeepDays: drop.KeepDays.value,
		Inbox: intake.Inbox{
			Owner: purchase.Provider, Folder: "in", Profile: c.BankProfile(), Feeds: []purchase.Feed{purchase.Payments},
			Settle: drop.Settle.value, MaxFile: int64(c.MaxFile.value), Keep: drop.After == "keep", Language: c.LanguageOf(""),
			Accounts: accounts,
		},
		Renderer: report.Renderer{Merchant: purchase.Provider, Profile: c.BankProfile().Inbound(), Style: formats.Style("excel-de"), Language: c.LanguageOf("")},
		Open:     opener(targets),
	}, nil
}

func (x *exchange) remote(url string, d Drop) remote.Config {
	return remote.Config{
		URL: url, Identity: d.Identity, KnownHosts: d.KnownHosts, Mode: d.Mode.value,
		Limits:  remote.Limits{File: int64(x.config.MaxFile.value)},
		Skipped: x.skipped.of(url),
	}
}

// opener opens targets; a folder of ours is made when it is missing: that of
// reports, and of other targets that are our own.
func opener(targets map[string]remote.Config, own ...string) func(context.Context, string) (remote.Remote, error) {
	return func(ctx context.Context, target string) (remote.Remote, error) {
		c, known := targets[target]
		if !known {
			return nil, fmt.Errorf("target %q is not configured", target)
		}
		if target == outbox.Reports || slices.Contains(own, target) {
			if err := os.MkdirAll(c.URL[len("dir:"):], 0o700); err != nil {
				return nil, err
			}
		}
		return remote.Open(ctx, c)
	}
}
