package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

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
	var asOf string
	list := &cobra.Command{
		Use:     "list",
		Short:   "List the claims whose debtor has paid too much, and the transfers",
		Example: "  kontor refunds list --json",
		Args:    arguments(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.refundsList(c.Context(), asOf) },
	}
	ageFlag(list, &asOf)
	c.AddCommand(exits(list, exitDone, exitFailed, exitUsage), p.refundsPayCommand())
	return exits(c, exitDone, exitUsage)
}

// An agedRefund is what is owed, with the days that it has waited.
type agedRefund struct {
	provider.RefundInfo
	AgeDays int `json:"age_days"`
}

func (p *program) refundsList(ctx context.Context, asOf string) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		refunds, err := x.provider.Refunds(ctx, merchant)
		if err != nil {
			return err
		}
		day, err := x.today(ctx, p, merchant, asOf)
		if err != nil {
			return err
		}
		all := []agedRefund{}
		for _, r := range refunds {
			all = append(all, agedRefund{r, r.AgeDays(day)})
		}
		if p.json {
			return p.printJSON(all)
		}
		if len(all) == 0 {
			return p.say("Nothing is owed to debtors.")
		}
		var rows [][]string
		for _, r := range all {
			rows = append(rows, []string{r.InvoiceNo, r.CustomerNo, r.Owed.String(), dash(r.Since.String()), strconv.Itoa(r.AgeDays), dash(r.TransferID), r.Paid.String(), dash(r.LeftOn.String()), dash(r.ReturnedOn.String())})
		}
		return p.printTable([]string{"INVOICE", "CUSTOMER", ">OWED", "SINCE", ">DAYS", "TRANSFER", ">ORDERED", "LEFT ON", "CAME BACK"}, rows)
	})
}

func (p *program) refundsPayCommand() *cobra.Command {
	var a asking
	var to refundee
	c := &cobra.Command{
		Use:   "pay INVOICE --reason WHY",
		Short: "Order the transfer of what is owed to the debtor of a claim",
		Long: `Order the transfer of all that the debtor of a claim has paid too much, to the
account that the last payment came from, or to --iban, in the name that the bank
told, else that of the order, or --name. The payment order goes into the bank's
folder with the next run.`,
		Example: `  kontor refunds pay RE1014 --reason "paid twice" --dry-run`,
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, true); err != nil {
				return err
			}
			return p.decideClaim(c.Context(), args[0], a, func(life provider.Life) (decision, error) { return refundDecision(life, to) })
		},
	}
	a.flags(c)
	c.Flags().StringVar(&to.iban, "iban", "", "another `IBAN` than that of the debtor's last payment")
	c.Flags().StringVar(&to.name, "name", "", "another `NAME` of who owns the account, in Latin letters")
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitConflict)
}

// A refundee is where a refund goes, if not to what is known of the debtor.
type refundee struct{ iban, name string }

func refundDecision(life provider.Life, to refundee) (decision, error) {
	c, payee := life.Claim, purchase.SEPAPayee(cmp.Or(to.name, life.PayerName))
	switch {
	case c.Refund == 0:
		return decision{}, failWith(exitNothing, fmt.Errorf("nothing is owed to the debtor of claim %s", c.InvoiceNo), "kontor refunds list shows what is")
	case to.iban != "" && !purchase.ValidIBAN(to.iban):
		return decision{}, usage("copy it from the debtor's letter", "--iban %q is not an IBAN", to.iban)
	case to.name != "" && payee == "":
		return decision{}, usage("write it as the debtor's bank would", "--name %q has no Latin letter", to.name)
	case payee == "":
		return decision{}, failWith(exitConflict, fmt.Errorf("claim %s: neither the bank nor the order tells a name of the debtor in Latin letters, and no bank transfers without one", c.InvoiceNo), "give it by --name")
	case to.iban == "" && !purchase.ValidIBAN(life.PayerIBAN):
		return decision{}, failWith(exitConflict, fmt.Errorf("claim %s: the bank did not tell from which account the debtor paid", c.InvoiceNo), "give it by --iban")
	}
	return decision{Kind: purchase.PayRefund, Subject: c.InvoiceNo, Argument: purchase.RefundTo(to.iban, to.name), Text: fmt.Sprintf("%s are paid back to the debtor of claim %s, %s", c.Refund, c.InvoiceNo, payee)}, nil
}
