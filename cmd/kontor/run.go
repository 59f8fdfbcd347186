package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// runCommand does what the daemon does at one time, then ends.
func (p *program) runCommand() *cobra.Command {
	a := asking{loud: true}
	c := &cobra.Command{
		Use:   "run [JOB…]",
		Short: "Do what is due now, for all merchants, and end",
		Long: `Catch up all due slots, or those of the named jobs (collect, guarantee, payout,
transmit, dunning, deliver), then end: exactly what the daemon does at that
time. A payout brings the guarantees before it. A run that was cut off is finished
first; a merchant whose run cannot be finished waits until it can, and the others
go on. All merchants take part, since the statements of the bank belong to all.
Alarms go out afterwards, when the configuration names someone under alerts.

It ends with 4 when files that it read were rejected or held, or rows of them; the
acknowledgements say which and why.

With --dry-run nothing is taken, booked or delivered: it tells which files would be
read and with what verdicts, what would be told, and what would move in the books.`,
		Example: `  kontor run
  kontor run collect transmit deliver
  kontor run --as-of 2026-10-02T12:00
  kontor run --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, false); err != nil {
				return err
			}
			return p.run(c.Context(), args, a)
		},
	}
	a.flags(c)
	c.Flags().StringVar(&a.asOf, "as-of", "", "the time of the run, such as 2026-10-02T12:00 (default: now); a later time needs simulation: true")
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitRejected, exitConflict, exitHeld, exitRefused)
}

func (p *program) run(ctx context.Context, names []string, a asking) (err error) {
	jobs, err := namedJobs(names)
	if err != nil {
		return err
	}
	c, err := Load(p.configFile)
	if err != nil {
		return err
	}
	if _, err := c.chosen(p.merchant); err != nil {
		return err
	}
	at, err := p.runTime(c, a.asOf)
	if err != nil {
		return err
	}
	return p.changeOf(ctx, c, purchase.Provider, a, true, func(t *doing) error {
		return t.carry(ctx, act{
			foresee: func(ctx context.Context) (plan, error) { return t.foreseeRun(ctx, at, jobs) },
			do: func(ctx context.Context) error {
				before, err := t.mark(ctx)
				if err != nil {
					return err
				}
				err = t.goOn(ctx, func() error { return t.engine.Run(ctx, at, jobs) })
				if !errors.Is(err, processor.ErrEarlier) {
					t.alert(ctx, at, p.now, p.logger(c))
				}
				if err != nil {
					return explainRun(err)
				}
				return t.rejectedSince(ctx, before)
			},
		})
	})
}

// rejectedSince is the error of a run that is done, but has read files of which
// not all was taken.
func (x *exchange) rejectedSince(ctx context.Context, m mark) error {
	var v runView
	for _, id := range x.owners() {
		newest, err := x.intake.Files(ctx, id, 0, 1)
		if err != nil {
			return err
		}
		if len(newest) == 0 {
			continue
		}
		files, err := x.intake.Files(ctx, id, 0, int(abs(newest[0].Number)-m.files[id]))
		if err != nil {
			return err
		}
		for _, f := range files {
			v.Files = append(v.Files, whatIfFile{viewOf(f), nil})
		}
	}
	return v.verdict()
}

// namedJobs reads the jobs on the command line; none means all.
func namedJobs(names []string) ([]schedules.Job, error) {
	if len(names) == 0 {
		return nil, nil
	}
	return parseJobs(names)
}

// runTime is the T of a run. What is later than the wall clock is refused,
// since the books cannot be undone.
func (p *program) runTime(c *Config, asOf string) (time.Time, error) {
	at, err := p.instant(asOf, c.ZoneOf(""))
	if err != nil {
		return at, err
	}
	if at.After(p.now()) && !c.Simulation {
		return at, failWith(exitRefused, errors.New("--as-of "+asOf+" is later than now, and what is booked cannot be undone"),
			"to play through the future, use a configuration of its own with simulation: true")
	}
	return at, nil
}

// explainRun gives the errors of a run their exit codes.
func explainRun(err error) error {
	switch {
	case errors.Is(err, processor.ErrEarlier):
		return failWith(exitNothing, err, "choose a later --as-of")
	case errors.Is(err, processor.ErrRole):
		return failWith(exitRefused, err, "the other side needs a data_dir and a database of its own")
	case errors.Is(err, processor.ErrNothingDue):
		return failWith(exitNothing, err, "kontor schedule shows when the next slots are due")
	}
	return err
}

// logger is the log of a command on the operator's terminal or in a journal.
func (p *program) logger(c *Config) *slog.Logger { return newLogger(p.errs, c.Log) }

// quiet drops the log.
func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
