package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// This file is about the two sides of the exchange, where each is a program of
// its own.

func (c *Config) role() processor.Role { return processor.Role(c.Role) }

// validateRole refuses what the other side keeps, by name.
func (c *Config) validateRole(f *faults) {
	f.oneOf("role", c.Role, string(processor.Both), string(processor.MerchantSide), string(processor.ProviderSide))
	if c.role() == processor.MerchantSide {
		c.validateHome(f)
		return
	}
	const hint = "it is for role: merchant, where the provider is on another machine; leave it out"
	f.check(c.Provider.URL == "", "provider.url", hint)
	f.check(c.Provider.Identity == "", "provider.identity", hint)
	f.check(c.Provider.KnownHosts == "", "provider.known_hosts", hint)
}

// validateHome checks where the provider of role: merchant is.
func (c *Config) validateHome(f *faults) {
	p := c.Provider
	home := defaultDrop()
	home.URL, home.Identity, home.KnownHosts = p.URL, p.Identity, p.KnownHosts
	if p.URL == "" {
		f.add("provider.url", "it is empty; want the merchant's home at the provider, such as sftp://acme@provider.example:2022/")
	} else {
		c.validateDrop(f, "provider", home, false)
	}
	f.check(len(c.Merchants) < 2 || strings.Contains(p.URL, merchantMark), "provider.url",
		"there are several merchants, each with its own home; want their ids in it as %s", merchantMark)
	for _, own := range []struct {
		key string
		set bool
	}{
		{"name", p.Name != ""},
		{"bic", p.BIC != ""},
		{"bank_name", p.BankName != ""},
		{"address", p.Address != Address{}},
		{"bank", p.Bank.URL != ""},
		{"letters", p.Letters.URL != ""},
		{"mail", p.Mail != nil},
		{"collection", p.Collection.URL != ""},
	} {
		f.check(!own.set, "provider."+own.key, "it is the provider's own, and stands in its configuration; leave it out with role: merchant")
	}
}

// validateSide refuses what a merchant has on the other side only.
func (c *Config) validateSide(f *faults, key string, m Merchant) {
	if c.role() != processor.ProviderSide {
		return
	}
	const hint = "it is about the files of the ERP, which the merchant's own kontor writes; leave it out with role: provider"
	f.check(m.Profile == defaultMerchant().Profile, key+".profile", hint)
	f.check(m.ReportStyle == defaultMerchant().ReportStyle, key+".report_style", hint)
	f.check(m.DATEV == nil, key+".datev", hint)
	f.check(m.ERP.Encrypt == nil, key+".erp.encrypt", hint)
	transmit, deliver := cmp.Or(m.Schedules.Transmit, c.Schedules.Transmit), cmp.Or(m.Schedules.Deliver, c.Schedules.Deliver)
	f.check(transmit == deliver, key+".schedules.deliver",
		"%q is not %q as of transmit; answers leave with deliver, and the merchant's kontor waits for them after each transmit", deliver, transmit)
}

// withoutBank reports whether an account may be left out: it is only needed where
// the money is.
func (c *Config) withoutBank(iban string) bool {
	return iban == "" && c.role() == processor.MerchantSide
}

// merchantMark stands for the merchant's id in provider.url.
const merchantMark = "{merchant}"

// home is the remote of a merchant's home at the provider.
func (x *exchange) home(id string) remote.Config {
	p := x.config.Provider
	return x.remote(strings.ReplaceAll(p.URL, merchantMark, id), Drop{Identity: p.Identity, KnownHosts: p.KnownHosts})
}

// side puts together what is different on one of two sides.
func (x *exchange) side(p *program) {
	x.engine.Role = x.config.role()
	if x.engine.Role == processor.Both {
		return
	}
	x.engine.Courier = courier.New(x.db, x.spool, p.now, x.config.Provider.Wait.value)
	if x.engine.Role == processor.MerchantSide {
		x.engine.Provider = courier.Far{Courier: x.engine.Courier}
	}
}

// sideTargets adds or takes away where files go on one of two sides.
func (x *exchange) sideTargets(id string, targets map[string]remote.Config) {
	if x.config.role() == processor.MerchantSide {
		delete(targets, outbox.Letters)
		delete(targets, outbox.Bank)
		targets[outbox.Provider] = x.home(id)
	}
}

// atProvider makes a command refuse where the books are kept by a provider on
// another machine, and those below it.
func (p *program) atProvider(c *cobra.Command) *cobra.Command {
	for _, sub := range c.Commands() {
		p.atProvider(sub)
	}
	if c.RunE == nil {
		return c
	}
	do := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		config, err := Load(p.configFile)
		if err == nil && config.role() == processor.MerchantSide {
			return failWith(exitRefused, errors.New("this is kept by the provider, and this configuration has role: merchant"),
				"ask the provider, who can look at it with the same command")
		}
		return do(c, args)
	}
	return c
}

// homeCheck refuses uploads into a home that are none of the hand-over: an ERP
// that was sent to the wrong place learns it at once.
func homeCheck(user, name string, _ io.Reader) error {
	batchOf, _, isBatch := formats.ParseBatchName(name)
	turnOf, _, isTurn := formats.ParseTurnName(name)
	if isBatch && batchOf == user || isTurn && turnOf == user {
		return nil
	}
	return errors.New("here a merchant's kontor brings its batches; the files of an ERP go to the merchant's own kontor")
}

// goOn does a run, and goes on with it as long as it waits for the other side.
func (x *exchange) goOn(ctx context.Context, run func() error) error {
	for n := 1; ; n++ {
		err := run()
		if !errors.Is(err, processor.ErrWaiting) || ctx.Err() != nil {
			return err
		}
		if err := wait(ctx, pause(n)); err != nil {
			return err
		}
	}
}

// pause is how long to wait before the other side is asked for the n-th time: it
// answers soon, or not for long.
func pause(n int) time.Duration {
	const soon, seldom = 20, 5 * time.Second
	if n <= soon {
		return wake
	}
	return seldom
}
