package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What the provider's operator gives up or takes back of a claim.

func (p *program) claimsWriteOffCommand() *cobra.Command {
	return p.claimsDecision("writeoff", "Give the principal and the charges of a claim up",
		`Book what a debtor owes on a claim as a loss. Money that comes after all shrinks
the loss again. It travels to the provider's books with the next batch.`,
		func(life provider.Life) (decision, error) {
			c := life.Claim
			principal := c.Outstanding - life.WrittenOff
			show := "kontor claims show " + c.InvoiceNo + " tells why"
			switch {
			case principal+c.Charges == 0 && life.WrittenOff+life.ChargesOff > 0:
				return decision{}, failWith(exitNothing, fmt.Errorf("claim %s is written off already: principal of %s and charges of %s", c.InvoiceNo, life.WrittenOff, life.ChargesOff), "%s", show)
			case principal+c.Charges == 0:
				return decision{}, failWith(exitNothing, fmt.Errorf("claim %s owes nothing", c.InvoiceNo), "%s", show)
			}
			return decision{Kind: purchase.WriteOff, Subject: c.InvoiceNo, Text: fmt.Sprintf("claim %s: principal of %s and charges of %s become a loss", c.InvoiceNo, principal, c.Charges)}, nil
		})
}

func (p *program) claimsRecourseCommand() *cobra.Command {
	return p.claimsDecision("recourse", "Take the guarantee of a claim back",
		`Take a given guarantee back, after a dispute was upheld: the merchant keeps what
the debtor paid, the rest is a line REVERSAL of the next payout, and the claim is
not guaranteed again. It travels with the next batch.`,
		func(life provider.Life) (decision, error) {
			c := life.Claim
			if !c.G {
				return decision{}, failWith(exitConflict, fmt.Errorf("claim %s is not guaranteed", c.InvoiceNo), "kontor claims show %s tells its life", c.InvoiceNo)
			}
			return decision{Kind: purchase.Recourse, Subject: c.InvoiceNo, Text: fmt.Sprintf("claim %s: the guarantee is taken back, the merchant keeps %s of %s", c.InvoiceNo, min(c.P, c.B), c.E)}, nil
		})
}

// claimsDecision is a command that decides on one active claim.
func (p *program) claimsDecision(name, short, long string, make func(provider.Life) (decision, error)) *cobra.Command {
	var a asking
	c := &cobra.Command{
		Use:     name + " INVOICE --reason WHY",
		Short:   short,
		Long:    long,
		Example: "  kontor claims " + name + ` RE1004 --reason "insolvent" --dry-run`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, true); err != nil {
				return err
			}
			return p.decideClaim(c.Context(), args[0], a, make)
		},
	}
	a.flags(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitConflict)
}

func (p *program) decideClaim(ctx context.Context, invoice string, a asking, make func(provider.Life) (decision, error)) error {
	return p.change(ctx, a, false, func(t *doing) error {
		life, err := t.activeClaim(ctx, t.merchant, invoice)
		if err != nil {
			return err
		}
		d, err := make(life)
		if err != nil {
			return err
		}
		return t.decide(ctx, d, func(y *exchange) (string, error) {
			life, _, err := y.provider.Claim(ctx, t.merchant, invoice)
			return fmt.Sprintf("claim %s would owe %s and charges of %s%s, and be %s", invoice, life.Claim.Outstanding-life.WrittenOff, life.Claim.Charges, writtenOff(life), life.State), err
		})
	})
}

// writtenOff tells what was given up of a claim; "" when nothing was.
func writtenOff(life provider.Life) string {
	if life.WrittenOff+life.ChargesOff == 0 {
		return ""
	}
	return fmt.Sprintf(", beside %s and charges of %s that are written off", life.WrittenOff, life.ChargesOff)
}
