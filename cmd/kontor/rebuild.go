package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// rebuildCommand makes a report anew and compares it with what has left.
func (p *program) rebuildCommand() *cobra.Command {
	var a asking
	var supersede bool
	c := &cobra.Command{
		Use:   "rebuild OUT-FILE",
		Short: "Make a report anew from the books, and compare it with what has left",
		Long: `Make the report anew that a file belongs to, from the books and with the
configuration as it is now, and compare the bytes with those that left. OUT-FILE is a
file of a payout, of a dunning report, or a letter, named as in kontor resend. When
something differs it ends with 5, and nothing is sent.

With --supersede what differs leaves as a further version with the next run: for a
payout or a dunning report the whole set, under names that end in _v2, _v3 …, its
JSON twin with "supersedes", its PDF with version. The version before stays where it
is. Numbers, the fee invoice's too, and amounts stay the same, since the books never
change: money is corrected by new lines of the next payout. A booking batch leaves
again only if its own bytes differ, a payment order never does.`,
		Example: `  kontor rebuild out/payouts/payout_acme_2026W42_000003.csv
  kontor rebuild payout_acme_2026W42_000003.pdf --supersede --reason "address corrected"`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, supersede); err != nil {
				return err
			}
			return p.rebuild(c.Context(), args[0], supersede, a)
		},
	}
	c.Flags().BoolVar(&supersede, "supersede", false, "let what differs leave as a further version")
	a.flags(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitConflict)
}

// A rebuiltView tells what became of a report that was made anew.
type rebuiltView struct {
	Report   string        `json:"report"` // the file that was asked for
	Files    []rebuiltFile `json:"files"`
	Left     []string      `json:"left"` // files of the further version
	DryRun   bool          `json:"dry_run"`
	Operator string        `json:"operator"`
	Reason   string        `json:"reason"`
	Plan     string        `json:"plan,omitempty"` // of a dry run
	of       outbox.Entry
}

type rebuiltFile struct {
	File   string `json:"file"` // target:folder/name of the newest version
	Same   bool   `json:"same"`
	SHA256 string `json:"sha256"` // of what left; "" for a file that did not
	Anew   string `json:"sha256_anew"`
}

func (p *program) rebuild(ctx context.Context, name string, supersede bool, a asking) error {
	if !supersede && !a.dryRun && a.apply == "" { // it only compares
		return p.lookAt(ctx, func(x *exchange, merchant string) error {
			v, _, err := x.compared(ctx, merchant, name)
			if err != nil {
				return err
			}
			return errors.Join(p.printRebuilt(v), v.verdict(false))
		})
	}
	return p.change(ctx, a, false, func(t *doing) error {
		v, all, err := t.compared(ctx, t.merchant, name)
		if err != nil {
			return err
		}
		v.DryRun, v.Operator, v.Reason = a.dryRun, a.operator, a.reason
		return t.carry(ctx, act{
			foresee: func(context.Context) (plan, error) {
				return plan{lines: v.lines(), show: func(hash string) error {
					v.Plan = hash
					return errors.Join(p.printRebuilt(v), v.verdict(supersede))
				}}, nil
			},
			do: func(ctx context.Context) error {
				if v.differs() > 0 {
					left, err := t.engine.Supersede(ctx, v.of, all, outbox.Request{Operator: a.operator, Reason: a.reason})
					if err != nil {
						return explainRebuild(err)
					}
					for _, f := range left {
						v.Left = append(v.Left, f.String())
					}
				}
				return errors.Join(p.printRebuilt(v), v.verdict(supersede))
			},
		})
	})
}

// compared makes a report anew and compares it with what has left.
func (x *exchange) compared(ctx context.Context, merchant, name string) (v rebuiltView, all []processor.Rebuilt, err error) {
	of, err := x.outbox.Entry(ctx, merchant, name)
	if err != nil {
		return v, nil, explainResend(err)
	}
	v = rebuiltView{Report: of.File.String(), Files: []rebuiltFile{}, Left: []string{}, of: of}
	if all, err = x.anew(ctx, of); err != nil {
		return v, nil, explainRebuild(err)
	}
	for _, r := range all {
		v.Files = append(v.Files, rebuiltFile{r.File.String(), r.Same(), r.Left.SHA256, r.Anew.SHA256})
	}
	return v, all, nil
}

func (v rebuiltView) differs() (n int) {
	for _, f := range v.Files {
		if !f.Same {
			n++
		}
	}
	return n
}

// lines are the plan: what leaves anew.
func (v rebuiltView) lines() (all []string) {
	for _, f := range v.Files {
		if !f.Same {
			all = append(all, fmt.Sprintf("%s: %s → %s", f.File, dash(f.SHA256), f.Anew))
		}
	}
	return all
}

// anew makes the report in a spool that is thrown away.
func (x *exchange) anew(ctx context.Context, of outbox.Entry) (all []processor.Rebuilt, err error) {
	dir, err := os.MkdirTemp("", "kontor-rebuild-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	scratch, err := spool.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, scratch.Close()) }()
	e := *x.engine
	e.Spool = scratch
	return e.Rebuild(ctx, of)
}

// verdict is the exit: what left stands, or a further version does, or they
// contradict each other.
func (v rebuiltView) verdict(supersede bool) error {
	differs := v.differs()
	switch {
	case differs == 0 && supersede:
		return failWith(exitNothing, fmt.Errorf("%s is the same when it is made anew; there is nothing to supersede", v.Report), "kontor resend sends the same bytes again")
	case differs == 0 || len(v.Left) > 0 || supersede && v.DryRun:
		return nil
	}
	return failWith(exitConflict, fmt.Errorf("%s made anew is not what has left: %s of the report, see above; nothing is sent", v.Report, count(differs, "file differs", "files differ")),
		"--supersede --reason … lets it leave as a further version")
}

func (p *program) printRebuilt(v rebuiltView) error {
	if p.json {
		return p.printJSON(v)
	}
	for _, f := range v.Files {
		what := "same     "
		switch {
		case f.SHA256 == "":
			what = "new      "
		case !f.Same:
			what = "different"
		}
		if err := p.say(what + "  " + f.File); err != nil {
			return err
		}
	}
	for _, f := range v.Left {
		if err := p.say("leaves     " + f); err != nil {
			return err
		}
	}
	switch {
	case len(v.Left) > 0:
		return p.say("What left before stays, superseded. No money moves.", nextRun)
	case v.DryRun:
		return errors.Join(p.say("Dry run, nothing is changed. No money would move."), p.printPlan(v.Plan))
	}
	return nil
}

// explainRebuild gives the errors of a rebuild their exit codes.
func explainRebuild(err error) error {
	if errors.Is(err, processor.ErrNotMade) {
		return failWith(exitUsage, err, "payouts, dunning reports and letters can be made anew")
	}
	return explainResend(err)
}
