package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// claimsCommand shows claims.
func (p *program) claimsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "claims",
		Short: "Show the whole life of a claim, write it off, take its guarantee back",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	show := &cobra.Command{
		Use:   "show INVOICE",
		Short: "Show all that happened to the claim of an invoice, in order of time",
		Long: `Tell the life of a claim from the credit decision on: what the debtor owes, what
the merchant is credited with each line and in which payout, reminders and
charges, and the row or slot that each comes from. --json adds every entry of
the books with its postings.`,
		Example: "  kontor claims show RE1001",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE:    func(c *cobra.Command, args []string) error { return p.claimsShow(c.Context(), args[0]) },
	}
	c.AddCommand(exits(show, exitDone, exitFailed, exitUsage), p.claimsWriteOffCommand(), p.claimsRecourseCommand())
	return exits(c, exitDone, exitUsage)
}

// A claimView is the life of a claim with its order.
type claimView struct {
	provider.Life
	Order provider.OrderInfo `json:"order"`
	Story []happening        `json:"story"`
}

func (p *program) claimsShow(ctx context.Context, invoice string) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		life, found, err := x.provider.Claim(ctx, merchant, invoice)
		if err != nil {
			return err
		}
		if !found {
			return failWith(exitFailed, fmt.Errorf("merchant %s has no claim on an invoice %s", merchant, invoice),
				"kontor orders show ORDER lists the invoices of an order; an invoice that waits for its order stands in kontor files show FILE")
		}
		order, _, err := x.provider.Order(ctx, merchant, life.Claim.OrderNo)
		if err != nil {
			return err
		}
		source := ""
		if known, err := x.intake.Order(ctx, merchant, life.Claim.OrderNo); err == nil {
			source = fmt.Sprintf("%s:%d", known.Source.Name, known.Source.Row)
		}
		zone := x.config.ZoneOf(merchant)
		v := claimView{life, order, story(life, order, source, zone)}
		if p.json {
			return p.printJSON(v)
		}
		return p.printClaim(v, zone)
	})
}

func (p *program) printClaim(v claimView, zone *time.Location) error {
	c := v.Claim
	due := "–"
	if c.Due != nil {
		due = dateText(*c.Due)
	}
	lines := []string{
		fmt.Sprintf("claim %s of order %s, customer %s: %s", c.InvoiceNo, c.OrderNo, v.Customer, v.State),
		fmt.Sprintf("  invoiced %s, credited %s, paid to the shop %s, paid to the provider %s", c.I, c.K, c.D, c.P),
		fmt.Sprintf("  the debtor owes %s and charges of %s%s, is owed %s; due %s, dunning level %d", c.Outstanding-v.WrittenOff, c.Charges, writtenOff(v.Life), c.Refund, due, c.Level),
		fmt.Sprintf("  the merchant is entitled to %s; %s", c.E, v.guaranteed()),
		fmt.Sprintf("  the debtor pays with the reference %s or %s", dash(v.Order.Reference), dash(v.Order.Short)),
		"",
	}
	if err := p.say(lines...); err != nil {
		return err
	}
	var rows [][]string
	for _, h := range v.Story {
		rows = append(rows, []string{
			timeText(h.At, zone), h.What, change(h.Debtor), change(h.Charges), change(h.Merchant), dash(h.Payout), h.Source,
		})
	}
	return p.printTable([]string{"WHEN", "WHAT", ">DEBTOR", ">CHARGES", ">MERCHANT", "PAYOUT", "SOURCE"}, rows)
}

// guaranteed says how it stands with the guarantee.
func (v claimView) guaranteed() string {
	isReversal := func(l provider.LifeLine) bool { return l.Type == purchase.LineReversal }
	switch {
	case !v.Claim.Active:
		return "not active yet: not shipped"
	case v.Claim.G:
		return "guaranteed"
	case slices.ContainsFunc(v.Lines, isReversal):
		return "the guarantee was taken back"
	case v.Claim.Outstanding == 0:
		return "nothing is left to guarantee"
	}
	return "the guarantee comes on " + dateText(v.Guarantee)
}

// change shows what an account changes by; nothing is left blank.
func change(a *money.Amount) string {
	if a == nil {
		return ""
	}
	return signed(*a)
}

// sourceOf shortens the hash in a cause, "sha256:row".
func sourceOf(cause string) string {
	sum, row, found := strings.Cut(cause, ":")
	if !found || len(sum) != 64 {
		return cause
	}
	return sum[:8] + "…:" + row
}
