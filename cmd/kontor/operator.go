package main

import (
	"context"
	"errors"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// An asking is who wants something changed, why, and whether only to see what
// would happen.
type asking struct {
	operator, reason, asOf string
	dryRun                 bool
	apply                  string   // hash of a plan
	loud                   bool     // it logs to the terminal
	verb                   string   // of the command line, such as "rerun rows"
	arguments              []string // and the flags that were given
}

// flags adds the flags of a verb that changes something.
func (a *asking) flags(c *cobra.Command) {
	c.Flags().BoolVar(&a.dryRun, "dry-run", false, "change nothing; show what would happen, rows and euro, and the hash of this plan")
	c.Flags().StringVar(&a.apply, "apply", "", "do it only if it is still what the dry run with this `HASH` has shown")
	c.Flags().StringVar(&a.operator, "operator", "", "`NAME` of who wants it, for the record (default: the user of this machine)")
	c.Flags().StringVar(&a.reason, "reason", "", "`WHY`, for the record")
}

// timeFlag adds --as-of to a verb that makes a run.
func (a *asking) timeFlag(c *cobra.Command) {
	c.Flags().StringVar(&a.asOf, "as-of", "", "the time of the run (default: now); a later time needs simulation: true")
}

// complete fills in the operator, and demands a reason where one is needed.
func (a *asking) complete(c *cobra.Command, needsReason bool) error {
	if a.reason = strings.TrimSpace(a.reason); needsReason && a.reason == "" {
		return usage("such as --reason \"the customer called\"", "%s: a reason is needed, since it is kept with the books", c.CommandPath())
	}
	for name, text := range map[string]string{"reason": a.reason, "operator": a.operator} {
		if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			return usage("write it in letters", "%s: --%s has a character that cannot be printed", c.CommandPath(), name)
		}
	}
	if a.dryRun && a.apply != "" {
		return usage("first the one, then the other", "%s: --dry-run and --apply do not go together", c.CommandPath())
	}
	if len(a.apply) != 0 && len(a.apply) != hashDigits {
		return usage("a dry run prints it in its last line", "%s: --apply %q is not the hash of a plan: want %d hex digits", c.CommandPath(), a.apply, hashDigits)
	}
	a.written(c)
	if a.operator = strings.TrimSpace(a.operator); a.operator != "" {
		return nil
	}
	u, err := user.Current()
	if err != nil || u.Username == "" {
		return usage("say who you are with --operator NAME", "the user of this machine has no name")
	}
	a.operator = u.Username
	return nil
}

// written keeps what stands on the command line, without what only says who,
// why and how.
func (a *asking) written(c *cobra.Command) {
	_, a.verb, _ = strings.Cut(c.CommandPath(), " ")
	a.arguments = append([]string{}, c.Flags().Args()...)
	inherited := c.InheritedFlags()
	c.Flags().Visit(func(f *pflag.Flag) {
		if inherited.Lookup(f.Name) == nil && !slices.Contains([]string{"operator", "reason", "dry-run", "apply"}, f.Name) {
			a.arguments = append(a.arguments, "--"+f.Name+"="+f.Value.String())
		}
	})
}

// A work is what a person wants done: register says it to a run.
type work struct {
	merchant string // whose run it is; [purchase.Provider] for a file of the bank
	what     string // for the record
	register func(y *exchange) func(context.Context, intake.Run, intake.Inbox) error
}

// request is the run of a work.
func (w work) request(y *exchange, a asking, at time.Time) processor.Request {
	q := processor.Request{Merchant: w.merchant, At: at, What: w.what, Operator: a.operator, Reason: a.reason}
	if w.register != nil {
		q.Register = w.register(y)
	}
	return q
}

// preview does a work in a dry run, together with the next transmit, and tells
// what it moves in the books. see looks at the outcome before it is undone.
func (p *program) preview(ctx context.Context, x *exchange, w work, a asking, at time.Time, see func(y *exchange) error) ([]effect, error) {
	return p.previewAll(ctx, x, w.merchant, a, at, func(y *exchange) error {
		return y.engine.Preview(ctx, w.request(y, a, at))
	}, see)
}

// previewAll is preview for anything that can be done.
func (p *program) previewAll(ctx context.Context, x *exchange, merchant string, a asking, at time.Time, do, see func(y *exchange) error) (moved []effect, err error) {
	err = p.dry(ctx, x, func(y *exchange) error {
		// What waits anyway is transmitted first, so that it does not count.
		if err := y.engine.Preview(ctx, work{merchant: merchant, what: "before"}.request(y, a, at)); err != nil {
			return err
		}
		moved, err = y.watchBooks(ctx, func() error { return do(y) })
		if err != nil {
			return err
		}
		return see(y)
	})
	return moved, err
}

// dry runs f on an exchange in which everything happens and nothing remains: a
// transaction that is rolled back, and a spool over the real one that is thrown
// away. Only what is read from an inbox stays in the real spool: a server may
// remove what is read. What lies in an inbox counts as complete at once.
func (p *program) dry(ctx context.Context, x *exchange, f func(y *exchange) error) (err error) {
	dir, err := os.MkdirTemp("", "kontor-dry-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	files, err := spool.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	err = x.db.Dry(ctx, func(db *database.DB) error {
		y := &exchange{config: x.config, db: db, spool: files.Over(x.spool)}
		if err := y.assemble(p, quiet()); err != nil {
			return err
		}
		for _, m := range y.engine.Everyone() {
			m.Inbox.Settle, m.Inbox.Archive = 0, x.spool
		}
		return f(y)
	})
	if errors.Is(err, intake.ErrGone) {
		return failWith(exitFailed, err, "the server removes what is read: copy each file from "+x.config.Spool()+
			" back into in/ under its name, and run without --dry-run and --apply; kontor doctor names such servers")
	}
	return err
}

// watchBooks tells what something moves in the books.
func (x *exchange) watchBooks(ctx context.Context, do func() error) ([]effect, error) {
	before, err := x.balances(ctx)
	if err != nil {
		return nil, err
	}
	if err := do(); err != nil {
		return nil, err
	}
	after, err := x.balances(ctx)
	return effects(before, after, x.config.MerchantIDs()), err
}

// An effect is what changes on an account, debit positive.
type effect struct {
	Merchant string       `json:"merchant"`
	Account  ledger.Class `json:"account"`
	Before   money.Amount `json:"before_cents"`
	Change   money.Amount `json:"change_cents"`
	After    money.Amount `json:"after_cents"`
}

type balances map[string]map[ledger.Class]money.Amount // by merchant

func (x *exchange) balances(ctx context.Context) (balances, error) {
	all := balances{}
	err := x.db.Read(ctx, func(tx *database.Tx) (err error) {
		for _, id := range x.config.MerchantIDs() {
			if all[id], err = ledger.Balances(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

func effects(before, after balances, ids []string) []effect {
	moved := []effect{}
	for _, id := range ids {
		for _, class := range ledger.Classes() {
			if was, is := before[id][class], after[id][class]; was != is {
				moved = append(moved, effect{id, class, was, is - was, is})
			}
		}
	}
	return moved
}

func (p *program) printEffects(moved []effect) error {
	if len(moved) == 0 {
		return p.say("No money would move.")
	}
	var rows [][]string
	for _, e := range moved {
		rows = append(rows, []string{e.Merchant, string(e.Account), e.Before.String(), signed(e.Change), e.After.String()})
	}
	if err := p.say("Effect on the books (debit positive):"); err != nil {
		return err
	}
	return p.printTable([]string{"MERCHANT", "ACCOUNT", ">BEFORE", ">CHANGE", ">AFTER"}, rows)
}

// latest is the later of now and the last run of a merchant: in a simulation
// the books may be ahead of the clock.
func (x *exchange) latest(ctx context.Context, p *program, merchant string) (time.Time, error) {
	at := p.now()
	ids := []string{merchant}
	if merchant == purchase.Provider {
		ids = append(ids, x.config.MerchantIDs()...)
	}
	for _, id := range ids {
		last, err := x.engine.LastRun(ctx, id)
		if err != nil {
			return at, err
		}
		if last.After(at) {
			at = last
		}
	}
	return at.In(x.config.ZoneOf(merchant)), nil
}

// runAt is the time of a run that a person asks for.
func (x *exchange) runAt(ctx context.Context, p *program, a asking, merchant string) (time.Time, error) {
	if a.asOf == "" {
		return x.latest(ctx, p, merchant)
	}
	return p.runTime(x.config, a.asOf)
}

// explainRerun gives the errors of a rerun their exit codes.
func explainRerun(err error) error {
	switch {
	case errors.Is(err, intake.ErrNothing):
		return failWith(exitNothing, err, "kontor files show FILE tells what became of each row")
	case errors.Is(err, intake.ErrUnfit):
		return failWith(exitUsage, err, "nothing was done; the corrected file needs as many rows as are meant, in their order, or as many as the file; kontor check --feed tells every mistake")
	case errors.Is(err, processor.ErrOpen):
		return failWith(exitFailed, err, "kontor run finishes it")
	}
	return explainRun(err)
}

// nextRun says when a decision of an operator takes effect.
const nextRun = "It takes effect with the next run; kontor run does it now."
