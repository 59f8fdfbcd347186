package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/samples"
	"github.com/kontor-exchange/kontor/schedules"
)

// demoOptions are the flags of kontor demo.
type demoOptions struct {
	folder       string // "" takes a temporary one
	keep         bool
	orders, days int
	seed         uint64
	parties      int
}

// demoCommand plays the whole job.
func (p *program) demoCommand() *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole job on this machine, with an invented shop",
		Long: `Play two months of a shop in some seconds: make a folder with configuration and
fresh keys, start the built-in SFTP server on a free port of this machine, and
day after day let an ERP upload its exports by SFTP and a bank drop its
statements, do what is due, and at the end fetch by SFTP what came back and show
it. Nothing is prepared: every number shown is read from the files that came
back, or from the books, and the books are verified at the end.

The folder is a temporary one and removed at the end, unless --keep. With --dir
it stays, and all other commands work in it. A folder that holds anything but an
earlier demo is refused; an earlier demo is played anew.

With --parties 3 the provider is a kontor of its own: ERP, kontor and provider
have a folder each, kontor and provider each a database and an SFTP server, and
batches and answers travel between the two. The numbers are the same.`,
		Example: `  kontor demo
  kontor demo --parties 3
  kontor demo --dir ./kontor-demo
  kontor --config ./kontor-demo/kontor.yaml claims`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return p.demo(c.Context(), o) },
	}
	f := c.Flags()
	f.StringVar(&o.folder, "dir", "", "play in `DIR`, and keep it")
	f.BoolVar(&o.keep, "keep", false, "keep the temporary folder")
	f.IntVar(&o.orders, "orders", 200, "how many orders the shop gets")
	f.IntVar(&o.days, "days", 61, "how many days are played, from 2026-10-01 on; at most 90")
	f.Uint64Var(&o.seed, "seed", 1, "another seed, another shop")
	f.IntVar(&o.parties, "parties", 2, "2: ERP and kontor, the provider in it; 3: ERP, kontor and provider")
	return exits(c, exitDone, exitFailed, exitUsage, exitHeld, exitRefused)
}

// demoStart is the first day that is played: a Thursday. It does not depend on
// the wall clock, so that everybody sees the same numbers.
func demoStart() schedules.Date { return schedules.NewDate(2026, 10, 1) }

// A demo is one play.
type demo struct {
	*program
	demoOptions
	temporary bool
	dir       string // absolute
	shown     string // as the user named it
	clients   *demoERP
	x         *exchange // beside the ERP
	books     *exchange // of the provider; the same one, unless there are three parties
	progress  *progress
	story     demoStory
}

func (p *program) demo(ctx context.Context, o demoOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	p.bar = nil // the demo has its own
	d := &demo{program: p, demoOptions: o, progress: newProgress(p.errs)}
	defer func() { err = errors.Join(err, d.leave(ctx, err)) }()
	if err := d.prepare(); err != nil {
		return err
	}
	s, err := d.run(ctx)
	d.progress.clear()
	if ctx.Err() != nil {
		return errors.New("the demo was stopped")
	}
	if err != nil {
		return err
	}
	if err := d.show(s); err != nil {
		return err
	}
	return s.fault()
}

func (o demoOptions) check() error {
	if o.orders < 1 || o.orders > 100_000 {
		return usage("", "--orders %d: want a number from 1 to 100000", o.orders)
	}
	if o.days < 1 || o.days > 90 {
		return usage("the base rates of default interest are known until then", "--days %d: want a number from 1 to 90", o.days)
	}
	if o.parties != 2 && o.parties != 3 {
		return usage("", "--parties %d: want 2 or 3", o.parties)
	}
	return nil
}

// run plays all days and reads what came of it.
func (d *demo) run(ctx context.Context) (s *demoSummary, err error) {
	if err := samples.Write(ctx, d.samples(), d.path(demoDrops)); err != nil {
		return nil, err
	}
	stop, err := d.start(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := d.play(ctx); err != nil {
		return nil, err
	}
	d.progress.say("fetching by SFTP what came back …")
	if err := d.clients.download(d.path(demoDownload)); err != nil {
		return nil, err
	}
	return d.summary(ctx)
}

// samples is a shop with a little more trouble than is usual, so that two
// months of few orders show all of it.
func (d *demo) samples() samples.Options {
	actindo, _ := formats.Lookup("actindo")
	shares := samples.Typical()
	shares.Age, shares.Country, shares.Limit, shares.Missing = 12, 12, 16, 24
	shares.Messy, shares.Instruction, shares.Bounced, shares.Again = 50, 300, 20, 25
	return samples.Options{
		Orders: d.orders, Days: d.days, Quiet: d.days / 10, Seed: d.seed, Profile: actindo, Start: demoStart(), Shares: shares,
	}
}

// path is a path in the folder of the demo, or of who has it.
func (d *demo) path(name string) string { return filepath.Join(d.dir, d.owner(name), name) }

// leave removes a temporary folder, unless something is wrong, so that it can
// be looked at.
func (d *demo) leave(ctx context.Context, failed error) error {
	if !d.temporary || d.keep || d.dir == "" {
		return nil
	}
	if failed != nil && ctx.Err() == nil {
		fmt.Fprintf(d.errs, "kontor: %s is kept to look at\n", d.dir)
		return nil
	}
	return os.RemoveAll(d.dir)
}
