package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/schedules"
)

func (p *program) rerunDateCommand() *cobra.Command {
	var a asking
	var to, mode string
	c := &cobra.Command{
		Use:   "date DAY --mode missing|failed|all",
		Short: "Make up for what is missing or failed on a day, or on several",
		Long: `Look what should have happened on a day, or from DAY to --to, and do what did not.

--mode missing: files in the inboxes that no run has taken, guarantee, payout and
dunning slots that have not run, collect, transmit and deliver, a run that was cut
off, reports that were not written or not delivered. It is a run for all merchants,
dated at the end of the last day if that is over: each guarantee and payout is
booked at its own time. Of dunning only the latest slot that is due by now is done.
A report that was delivered and is gone was taken; kontor resend sends it again.

--mode failed: files that were refused or held are read again, in the profile that
their merchant has now, rejected rows are tried again, and what could not be
delivered is. What that books travels with the next run.

--mode all: both. What is complete says so; a second time there is nothing to do.`,
		Example: `  kontor rerun date 2026-10-05 --to 2026-10-11 --mode missing --dry-run
  kontor rerun date 2026-10-05 --mode failed --reason "profile corrected"`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			q, err := repairQuestion(args[0], to, mode)
			if err != nil {
				return err
			}
			if err := a.complete(c, false); err != nil {
				return err
			}
			return p.rerunDays(c.Context(), q, a)
		},
	}
	c.Flags().StringVar(&to, "to", "", "the last `DAY` (default: the first)")
	c.Flags().StringVar(&mode, "mode", "", "what to do again: missing, failed or all; must be given")
	a.flags(c)
	a.timeFlag(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitRejected, exitConflict, exitHeld, exitRefused)
}

func (p *program) rerunRunCommand() *cobra.Command {
	var a asking
	c := &cobra.Command{
		Use:   "run RUN",
		Short: "Make up for what is missing or failed of a run",
		Long: `Finish a run that was cut off, read again the files that it refused or held, try the
rows again that it rejected, and deliver what it could not. RUN is its number, or its
name as it stands in the names of acknowledgements.`,
		Example: "  kontor rerun run r20261005T0600-000012 --dry-run\n  kontor rerun run 12",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			number, err := runNumber(args[0])
			if err != nil {
				return err
			}
			if err := a.complete(c, false); err != nil {
				return err
			}
			return p.rerunDays(c.Context(), daysQuestion{run: number, missing: true, failed: true}, a)
		},
	}
	a.flags(c)
	a.timeFlag(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitRejected, exitConflict, exitHeld, exitRefused)
}

// A daysQuestion is what stands on the command line: days, or a run.
type daysQuestion struct {
	from, to        schedules.Date
	run             int64
	missing, failed bool
}

func repairQuestion(from, to, mode string) (q daysQuestion, err error) {
	if q.from, err = schedules.ParseDate(from); err != nil {
		return q, usage("such as kontor rerun date 2026-10-05 --mode missing", "%w", err)
	}
	if q.to = q.from; to != "" {
		if q.to, err = schedules.ParseDate(to); err != nil {
			return q, usage("", "--to: %w", err)
		}
	}
	if q.to < q.from {
		return q, usage("", "--to %s is before %s", q.to, q.from)
	}
	switch strings.ToLower(mode) {
	case "missing":
		q.missing = true
	case "failed":
		q.failed = true
	case "all":
		q.missing, q.failed = true, true
	default:
		return q, usage("missing is what did not happen, failed what was rejected or refused", "--mode %q: want missing, failed or all", mode)
	}
	return q, nil
}

// runNumber reads the number of a run, or its name.
func runNumber(s string) (n int64, err error) {
	digits := s
	if i := strings.LastIndexByte(s, '-'); i > 0 && s[0] == 'r' {
		digits = s[i+1:]
	}
	if _, err := fmt.Sscanf(digits, "%d", &n); err != nil || n < 1 || strings.Trim(digits, "0123456789") != "" {
		return 0, usage("kontor files tells the run of each file", "%q is not a run such as 12 or r20261005T0600-000012", s)
	}
	return n, nil
}

func (p *program) rerunDays(ctx context.Context, q daysQuestion, a asking) error {
	return p.change(ctx, a, true, func(t *doing) error {
		r, err := t.repairing(ctx, q)
		if err != nil {
			return err
		}
		if !r.anything() {
			return errors.Join(p.printFindings(r, nil), r.nothing())
		}
		if err := r.inOrder(ctx); err != nil {
			return err
		}
		return t.carry(ctx, act{foresee: r.foresee, do: r.do})
	})
}

// repairing looks what is to be done.
func (t *doing) repairing(ctx context.Context, q daysQuestion) (*repairing, error) {
	now, err := t.runAt(ctx, t.p, t.asking, t.merchant)
	if err != nil {
		return nil, err
	}
	r := &repairing{doing: t, daysQuestion: q, scope: processor.Scope{Merchant: t.merchant, From: q.from, To: q.to, Run: q.run, Now: now}}
	if q.run != 0 {
		at, found, err := t.engine.RunTime(ctx, t.merchant, q.run)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, failWith(exitFailed, fmt.Errorf("merchant %s has no run %d", t.merchant, q.run), "kontor files tells the run of each file")
		}
		r.scope.From = schedules.DateOf(at.In(t.config.ZoneOf(t.merchant)))
		r.scope.To = r.scope.From
	}
	if r.before, err = t.engine.Survey(ctx, r.scope); err != nil {
		return nil, err
	}
	r.at, r.dunning, err = t.engine.RepairTime(ctx, t.merchant, r.scope.To, now)
	return r, err
}

// toRepair reports whether a finding is something to make up for.
func (q daysQuestion) toRepair(f processor.Finding) bool {
	return q.missing && f.State == processor.Missing
}

// toRetry reports whether a finding is something to try again.
func (q daysQuestion) toRetry(f processor.Finding) bool {
	if !q.failed {
		return false
	}
	return f.State == processor.Failing || f.State == processor.Missing && (f.Kind == processor.KindReport || f.Kind == processor.KindRun)
}

func (r *repairing) anything() bool {
	return slices.ContainsFunc(r.before, func(f processor.Finding) bool { return r.toRepair(f) || r.toRetry(f) })
}

// nothing is the exit when there is nothing to do.
func (r *repairing) nothing() error {
	what := "nothing failed"
	switch {
	case r.missing && r.failed:
		what = "all is complete"
	case r.missing:
		what = "nothing is missing"
	}
	return failWith(exitNothing, fmt.Errorf("%s: %s", r.name(), what), "kontor status tells how things stand")
}

// name tells which days, or which run.
func (r *repairing) name() string {
	switch {
	case r.run != 0:
		return fmt.Sprintf("run %d of %s", r.run, r.merchant)
	case r.from == r.to:
		return fmt.Sprintf("%s of %s", r.from, r.merchant)
	}
	return fmt.Sprintf("%s to %s of %s", r.from, r.to, r.merchant)
}

// inOrder refuses to do slots while earlier ones are missing: guarantees and
// payouts go in their order.
func (r *repairing) inOrder(ctx context.Context) error {
	if !r.missing || r.run != 0 {
		return nil
	}
	zone := r.config.ZoneOf(r.merchant)
	early, _, err := r.engine.Outstanding(ctx, r.merchant, r.from.In(zone, 0, 0).Add(-1))
	if err != nil {
		return err
	}
	for _, s := range early {
		if s.Job == schedules.Guarantee || s.Job == schedules.Payout {
			return failWith(exitRefused, fmt.Errorf("%s of %s has not run either, and guarantees and payouts go in their order", s.Job, timeText(s.At, zone)),
				"begin with that day: kontor rerun date %s --to %s …", schedules.DateOf(s.At.In(zone)), r.to)
		}
	}
	return nil
}
