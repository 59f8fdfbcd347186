package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A decision is what a person decides; it travels to the provider as a command
// in the next batch.
type decision struct {
	Kind     string `json:"kind"`
	Subject  string `json:"subject"`
	Argument string `json:"argument"`
	Text     string `json:"text"` // what it does
}

// A decisionView is what a decision has done, or would do.
type decisionView struct {
	decision
	DryRun   bool     `json:"dry_run"`
	Operator string   `json:"operator"`
	Reason   string   `json:"reason"`
	Outcome  string   `json:"outcome,omitempty"` // of a dry run
	Effects  []effect `json:"effects,omitempty"` // of a dry run
	Plan     string   `json:"plan,omitempty"`    // of a dry run
}

// decide registers a decision for the next batch, or shows what it would do.
func (t *doing) decide(ctx context.Context, d decision, outcome func(y *exchange) (string, error)) error {
	if err := t.undecided(ctx, t.merchant, d); err != nil {
		return err
	}
	at, err := t.latest(ctx, t.p, t.merchant)
	if err != nil {
		return err
	}
	c := purchase.Command{
		CommandNo: commandNo(at.Format("20060102T150405"), d), Kind: d.Kind, Day: schedules.DateOf(at),
		Subject: d.Subject, Argument: d.Argument, Operator: t.operator, Reason: t.reason,
	}
	v := decisionView{decision: d, DryRun: t.dryRun, Operator: t.operator, Reason: t.reason}
	command := func(y *exchange) func(context.Context, intake.Run, intake.Inbox) error {
		return func(ctx context.Context, _ intake.Run, _ intake.Inbox) error {
			return y.db.Write(ctx, func(tx *database.Tx) error { return batch.Command(ctx, tx, t.merchant, c) })
		}
	}
	return t.carry(ctx, act{
		foresee: func(ctx context.Context) (plan, error) {
			w := work{merchant: t.merchant, what: d.Kind, register: command}
			v.Effects, err = t.p.preview(ctx, t.exchange, w, t.asking, at, func(y *exchange) error {
				v.Outcome, err = outcome(y)
				return err
			})
			return plan{lines: append([]string{v.Text, v.Outcome}, effectLines(v.Effects)...), show: func(hash string) error {
				v.Plan = hash
				return t.p.printDecision(v)
			}}, explainRerun(err)
		},
		do: func(ctx context.Context) error {
			if err := command(t.exchange)(ctx, intake.Run{}, intake.Inbox{}); err != nil {
				return err
			}
			return t.p.printDecision(v)
		},
	})
}

// commandNo is the number of a command: when, and what.
func commandNo(when string, d decision) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{d.Kind, d.Subject, d.Argument}, "\x00")))
	return fmt.Sprintf("%s-%x", when, sum[:4])
}

// waiting returns the commands about something that no batch has taken yet.
func (x *exchange) waiting(ctx context.Context, merchant, kind, subject string) ([]purchase.Command, error) {
	all, err := x.batches.WaitingCommands(ctx, merchant)
	some := []purchase.Command{}
	for _, c := range all {
		if c.Kind == kind && c.Subject == subject {
			some = append(some, c)
		}
	}
	return some, err
}

// undecided refuses a decision about something that was decided and waits for
// the next batch.
func (x *exchange) undecided(ctx context.Context, merchant string, d decision) error {
	before, err := x.waiting(ctx, merchant, d.Kind, d.Subject)
	if err != nil || len(before) == 0 {
		return err
	}
	c := before[len(before)-1]
	err = fmt.Errorf("%s has decided about %s already: %s (%s)", c.Operator, d.Subject, wording(c), c.Reason)
	if c.Argument == d.Argument {
		return failWith(exitNothing, err, "it waits for the next run; kontor run does it now")
	}
	return failWith(exitConflict, err, "let the next run carry it out, kontor run does it now; then look again")
}

// wording names what a person has decided.
func wording(c purchase.Command) string {
	if c.Kind == purchase.Decide {
		return c.Argument
	}
	return strings.TrimSpace(strings.ToLower(strings.ReplaceAll(c.Kind, "_", " ")) + " " + c.Argument)
}

func (p *program) printDecision(v decisionView) error {
	if p.json {
		return p.printJSON(v)
	}
	if !v.DryRun {
		return p.say(v.Text+".", "Recorded for "+v.Operator+": "+v.Reason, nextRun)
	}
	if err := p.say("Dry run, nothing is changed: "+v.Text+".", "Then "+v.Outcome+"."); err != nil {
		return err
	}
	return errors.Join(p.printEffects(v.Effects), p.printPlan(v.Plan))
}
