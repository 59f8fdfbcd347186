package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// refundsCommand shows what is owed to debtors, and pays it.
func (p *program) refundsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "refunds",
		Short: "List what is owed to debtors, and pay it back",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	list := &cobra.Command{
		Use:     "list",
		Short:   "List the claims whose debtor has paid too much, and the transfers",
		Example: "  kontor refunds list --json",
		Args:    arguments(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.refundsList(c.Context()) },
	}
	c.AddCommand(exits(list, exitDone, exitFailed, exitUsage), p.refundsPayCommand())
	return exits(c, exitDone, exitUsage)
}

func (p *program) refundsList(ctx context.Context) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		all, err := x.provider.Refunds(ctx, merchant)
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(all)
		}
		if len(all) == 0 {
			return p.say("Nothing is owed to debtors.")
		}
		var rows [][]string
		for _, r := range all {
			rows = append(rows, []string{r.InvoiceNo, r.CustomerNo, r.Owed.String(), dash(r.TransferID), r.Paid.String(), dash(r.LeftOn.String()), dash(r.ReturnedOn.String())})
		}
		return p.printTable([]string{"INVOICE", "CUSTOMER", ">OWED", "TRANSFER", ">ORDERED", "LEFT ON", "CAME BACK"}, rows)
	})
}

func (p *program) refundsPayCommand() *cobra.Command {
	var a asking
	iban := ""
	c := &cobra.Command{
		Use:   "pay INVOICE --reason WHY",
		Short: "Order the transfer of what is owed to the debtor of a claim",
		Long: `Order the transfer of all that the debtor of a claim has paid too much, to the
account that the last payment came from, or to --iban. The payment order goes
into the bank's folder with the next run.`,
		Example: `  kontor refunds pay RE1014 --reason "paid twice" --dry-run`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, true); err != nil {
				return err
			}
			return p.decideClaim(c.Context(), args[0], a, func(life provider.Life) (decision, error) { return refundDecision(life, iban) })
		},
	}
	a.flags(c)
	c.Flags().StringVar(&iban, "iban", "", "another `IBAN` than that of the debtor's last payment")
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitConflict)
}

func refundDecision(life provider.Life, iban string) (decision, error) {
	c := life.Claim
	switch {
	case c.Refund == 0:
		return decision{}, failWith(exitNothing, fmt.Errorf("nothing is owed to the debtor of claim %s", c.InvoiceNo), "kontor refunds list shows what is")
	case iban != "" && !purchase.ValidIBAN(iban):
		return decision{}, usage("copy it from the debtor's letter", "--iban %q is not an IBAN", iban)
	case iban == "" && !purchase.ValidIBAN(life.PayerIBAN):
		return decision{}, failWith(exitConflict, fmt.Errorf("claim %s: the bank did not tell from which account the debtor paid", c.InvoiceNo), "give it by --iban")
	}
	return decision{Kind: purchase.PayRefund, Subject: c.InvoiceNo, Argument: iban, Text: fmt.Sprintf("%s are paid back to the debtor of claim %s", c.Refund, c.InvoiceNo)}, nil
}
