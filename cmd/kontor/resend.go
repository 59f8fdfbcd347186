package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/outbox"
)

// resendCommand sends a file again.
func (p *program) resendCommand() *cobra.Command {
	var a asking
	c := &cobra.Command{
		Use:   "resend OUT-FILE --reason WHY",
		Short: "Send a file again: the same bytes under the same name",
		Long: `Put a file that was delivered once more where it belongs, with the same bytes: an
acknowledgement that somebody deleted, a payout report that the accountant lost.
OUT-FILE is its name, with its folder (out/ack/x.csv) or target and folder
(erp:out/ack/x.csv) where the name alone is not enough.`,
		Example: `  kontor resend out/payouts/payout_acme_2026W42_000003.csv --reason "deleted by mistake"`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, true); err != nil {
				return err
			}
			return p.resend(c.Context(), args[0], a)
		},
	}
	a.flags(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing)
}

// A resent is a file that is sent again.
type resent struct {
	File       string `json:"file"` // target:folder/name
	Kind       string `json:"kind"`
	SHA256     string `json:"sha256"`
	Size       int64  `json:"size"`
	Deliveries int64  `json:"deliveries"` // before this one
	DryRun     bool   `json:"dry_run"`
	Operator   string `json:"operator"`
	Reason     string `json:"reason"`
	Plan       string `json:"plan,omitempty"` // of a dry run
}

func (p *program) resend(ctx context.Context, name string, a asking) error {
	return p.change(ctx, a, false, func(t *doing) error {
		again := func(ctx context.Context, dry bool) (v resent, err error) {
			e, err := t.outbox.Resend(ctx, t.merchant, name, outbox.Request{Operator: a.operator, Reason: a.reason, DryRun: dry})
			if err != nil {
				return v, explainResend(err)
			}
			return resent{e.File.String(), e.Kind, e.SHA256, e.Size, e.Deliveries, dry, a.operator, a.reason, ""}, nil
		}
		return t.carry(ctx, act{
			foresee: func(ctx context.Context) (plan, error) {
				v, err := again(ctx, true)
				return plan{lines: []string{v.what()}, show: func(hash string) error {
					v.Plan = hash
					return p.printResent(v)
				}}, err
			},
			do: func(ctx context.Context) error {
				v, err := again(ctx, false)
				if err != nil {
					return err
				}
				return p.printResent(v)
			},
		})
	})
}

func (v resent) what() string {
	return fmt.Sprintf("%s, %s with sha256 %s, delivered %s before", v.File, count(v.Size, "byte", "bytes"), v.SHA256, count(v.Deliveries, "time", "times"))
}

func (p *program) printResent(v resent) error {
	switch {
	case p.json:
		return p.printJSON(v)
	case v.DryRun:
		return errors.Join(p.say("Dry run, nothing is changed: it would be sent again: "+v.what()+".", "No money would move."), p.printPlan(v.Plan))
	}
	return p.say("Sent again: "+v.what()+".", nextRun)
}

func explainResend(err error) error {
	switch {
	case errors.Is(err, outbox.ErrUnknown):
		return failWith(exitFailed, err, "names are those in out/, such as out/payouts/payout_acme_2026W42_000003.csv")
	case errors.Is(err, outbox.ErrAmbiguous):
		return failWith(exitUsage, err, "put the folder before the name")
	case errors.Is(err, outbox.ErrWaits):
		return failWith(exitNothing, err, "kontor run delivers it; kontor status tells why a delivery failed")
	}
	return err
}
