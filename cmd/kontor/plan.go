package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor"
)

// The one mechanism of all commands that change something: each can be looked
// at (--dry-run), done, or done only if it is what a dry run has shown
// (--apply HASH); and each is written down, see kontor audit.

// A doing is such a command at work.
type doing struct {
	*exchange
	asking
	p        *program
	merchant string
	deed     processor.Deed
}

// An act is what a command does: foresee works it out the whole way and
// undoes it, do does it and tells what was done.
type act struct {
	foresee func(context.Context) (plan, error)
	do      func(context.Context) error
}

// A plan is what a command would do, one line for each thing, such as "row 3
// RE1009: REJECTED → BOOKED". What differs from one moment to the next and
// changes nothing, a time of day or a balance, is no part of it.
type plan struct {
	lines []string
	show  func(hash string) error // its error is the exit of the dry run
}

// change opens the data for a command that changes something of one merchant,
// and writes down who does it and how it ends. exclusive is for what makes a
// run; a dry run works beside kontor serve.
func (p *program) change(ctx context.Context, a asking, exclusive bool, do func(*doing) error) (err error) {
	c, err := Load(p.configFile)
	if err != nil {
		return err
	}
	merchant, err := c.choose(p.merchant)
	if err != nil {
		return err
	}
	return p.changeOf(ctx, c, merchant, a, exclusive, do)
}

// changeOf is change for a merchant, or for all ([purchase.Provider]).
func (p *program) changeOf(ctx context.Context, c *Config, merchant string, a asking, exclusive bool, do func(*doing) error) (err error) {
	open, log := p.open, quiet()
	if exclusive && !a.dryRun {
		open = p.openExclusive
	}
	if a.loud && !a.dryRun {
		log = p.logger(c)
	}
	x, err := open(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	d := &doing{exchange: x, asking: a, p: p, merchant: merchant, deed: processor.Deed{
		Merchant: merchant, Verb: a.verb, Arguments: a.arguments, Operator: a.operator, Reason: a.reason, Mode: a.mode(), Plan: a.apply,
	}}
	if d.deed.N, err = x.engine.Begin(ctx, d.deed); err != nil {
		return err
	}
	return d.end(ctx, do(d))
}

// end writes down how the command has ended.
func (d *doing) end(ctx context.Context, err error) error {
	code, outcome := exitDone, ""
	if err != nil {
		code, outcome = exitFailed, err.Error()
	}
	if f := new(fault); errors.As(err, &f) {
		code = f.code
	}
	d.deed.Exit, d.deed.Outcome = int(code), outcome
	return errors.Join(err, d.engine.End(ctx, d.deed))
}

// mode tells how a command is asked for.
func (a asking) mode() string {
	switch {
	case a.dryRun:
		return processor.DryRun
	case a.apply != "":
		return processor.Applying
	}
	return processor.Doing
}

// carry looks at an act, does it, or does it if it is what was planned.
func (d *doing) carry(ctx context.Context, c act) error {
	if !d.dryRun && d.apply == "" {
		return c.do(ctx)
	}
	made, err := c.foresee(ctx)
	if err != nil {
		return err
	}
	lines := append([]string{strings.Join(append([]string{d.merchant, d.verb}, d.arguments...), " ")}, made.lines...)
	hash := planHash(lines)
	if d.dryRun {
		d.deed.Plan, d.deed.Lines = hash, lines
		return made.show(hash)
	}
	if hash != d.apply {
		return d.differs(ctx, lines, hash)
	}
	return c.do(ctx)
}

// hashDigits are enough for a person to compare, and for no two plans to meet.
const hashDigits = 16

func planHash(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])[:hashDigits]
}

// differs says what is not as it was when a plan was made.
func (d *doing) differs(ctx context.Context, now []string, hash string) error {
	const hint = "nothing was done; look at the new plan with --dry-run"
	before, found, err := d.engine.Planned(ctx, d.merchant, d.apply)
	switch {
	case err != nil:
		return err
	case !found:
		return failWith(exitConflict, fmt.Errorf("no dry run has made the plan %s; now it is %s", d.apply, hash), hint)
	}
	changed := difference(before, now)
	if len(changed) == 0 {
		changed = []string{"only what comes after the first lines of the plan"}
	}
	return failWith(exitConflict, fmt.Errorf("the plan has changed: it was %s, now it is %s:\n  %s", d.apply, hash, strings.Join(changed, "\n  ")), hint)
}

// difference lists the lines that are gone (−) and those that are new (+), of
// each at most some.
func difference(before, now []string) (all []string) {
	const most = 10
	for _, side := range []struct {
		sign       string
		these, not []string
	}{{"−", before, now}, {"+", now, before}} {
		known := map[string]bool{}
		for _, l := range side.not {
			known[l] = true
		}
		some := slices.DeleteFunc(slices.Clone(side.these), func(l string) bool { return known[l] })
		for _, l := range some[:min(len(some), most)] {
			all = append(all, side.sign+" "+l)
		}
		if len(some) > most {
			all = append(all, fmt.Sprintf("%s … and %d more", side.sign, len(some)-most))
		}
	}
	return all
}

// printPlan ends what a dry run prints.
func (p *program) printPlan(hash string) error {
	return p.say("", "Plan "+hash+". The same command with --apply "+hash+" in place of --dry-run does exactly this, or nothing.")
}

// effectLines are the effects as a plan has them: what changes, not from what.
func effectLines(moved []effect) (lines []string) {
	for _, e := range moved {
		lines = append(lines, fmt.Sprintf("%s %s %s", e.Merchant, e.Account, signed(e.Change)))
	}
	return lines
}
