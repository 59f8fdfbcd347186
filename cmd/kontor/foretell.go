package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// foretell works out a forecast, and with files a second one to compare.
func (p *program) foretell(ctx context.Context, x *exchange, merchant string, f processor.Forecast, drops map[string]string) (forecastView, error) {
	v := forecastView{Merchant: merchant, AsOf: f.At, Until: f.Until, Assumes: assumptions(f)}
	var err error
	if v.future, err = p.lookAhead(ctx, x, merchant, f, nil, nil); err != nil || len(drops) == 0 {
		return v, err
	}
	without := v.future
	v.WhatIf = &whatIf{Without: without.Totals}
	f.Drops = true
	v.future, err = p.lookAhead(ctx, x, merchant, f, drops, func(y *exchange) (err error) {
		v.WhatIf.Files, err = y.arrived(ctx, merchant, drops)
		return err
	})
	v.WhatIf.Difference = v.Totals.minus(without.Totals)
	v.WhatIf.Effects = effects(without.books, v.books, []string{merchant})
	return v, err
}

// lookAhead moves the clock in a dry run, whose files lie in a folder that is
// removed afterwards. see looks at the outcome before it is gone; may be nil.
func (p *program) lookAhead(ctx context.Context, x *exchange, merchant string, f processor.Forecast, drops map[string]string, see func(*exchange) error) (v future, err error) {
	dir, err := os.MkdirTemp("", "kontor-forecast-")
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := dropAll(dir, drops); err != nil {
		return v, err
	}
	files, err := spool.Open(filepath.Join(dir, "spool"))
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	err = x.db.Dry(ctx, func(db *database.DB) error {
		y := &exchange{config: x.config, db: db, spool: files}
		if err := y.assemble(p, quiet()); err != nil {
			return err
		}
		y.alone(dir, merchant)
		if v, err = y.watch(ctx, merchant, func() error { return y.engine.Foresee(ctx, f) }); err != nil || see == nil {
			return err
		}
		return see(y)
	})
	return v, err
}

// dropAll copies files to where a forecast looks for them.
func dropAll(dir string, drops map[string]string) error {
	for _, target := range []string{outbox.ERP, outbox.Bank} {
		if err := os.MkdirAll(filepath.Join(dir, target, "in"), 0o700); err != nil {
			return err
		}
	}
	for file, target := range drops {
		if err := copyFile(filepath.Join(dir, target, "in", filepath.Base(file)), file); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return failWith(exitUsage, err, "--what-if names a file on this machine")
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// inboxOf tells into which inbox a file of that name goes.
func (c *Config) inboxOf(merchant, name string) (target string, known bool) {
	if feed, known := c.BankProfile().FeedOf(name); known && feed == purchase.Payments {
		return outbox.Bank, true
	}
	feed, known := c.Profile(merchant).FeedOf(name)
	return outbox.ERP, known && feed != purchase.Payments
}

// alone leaves only one merchant and the bank, who find their drops in a folder
// and nothing else.
func (x *exchange) alone(dir, merchant string) {
	targets := map[string]remote.Config{}
	for _, target := range []string{outbox.ERP, outbox.Bank} {
		targets[target] = x.remote("dir:"+filepath.Join(dir, target), Drop{})
	}
	e := x.engine
	e.Merchants = slices.DeleteFunc(e.Merchants, func(m *processor.Merchant) bool { return m.ID() != merchant })
	for _, m := range e.Everyone() {
		m.Open, m.Inbox.Settle = opener(targets), 0
	}
}

// arrived tells what became of the files that were dropped.
func (x *exchange) arrived(ctx context.Context, merchant string, drops map[string]string) (all []whatIfFile, err error) {
	owners := map[string]string{outbox.ERP: merchant, outbox.Bank: purchase.Provider}
	counts := map[string]int{}
	for _, target := range drops {
		counts[owners[target]]++
	}
	for owner, n := range counts {
		infos, err := x.intake.Files(ctx, owner, 0, n)
		if err != nil {
			return nil, err
		}
		for _, i := range infos {
			rows, err := x.rowViews(ctx, i)
			if err != nil {
				return nil, err
			}
			all = append(all, whatIfFile{viewOf(i), rows})
		}
	}
	slices.SortFunc(all, func(a, b whatIfFile) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}
