package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// paymentsCommand shows payments and assigns those that nothing takes.
func (p *program) paymentsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "payments",
		Short: "List and show payments of debtors, and assign those that match nothing",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.paymentsListCommand(), p.paymentsShowCommand(), p.paymentsAssignCommand())
	return exits(c, exitDone, exitUsage)
}

func (p *program) paymentsListCommand() *cobra.Command {
	var every bool
	var asOf string
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the payments that wait in suspense, or all",
		Example: "  kontor payments list\n  kontor payments list --all --json",
		Args:    arguments(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.paymentsList(c.Context(), every, asOf) },
	}
	c.Flags().BoolVar(&every, "all", false, "also payments that are matched")
	ageFlag(c, &asOf)
	return exits(c, exitDone, exitFailed, exitUsage)
}

func (p *program) paymentsList(ctx context.Context, every bool, asOf string) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		all, err := x.provider.Payments(ctx, merchant, !every)
		if err != nil {
			return err
		}
		day, err := x.today(ctx, p, merchant, asOf)
		if err != nil {
			return err
		}
		aged := make([]agedPayment, 0, len(all))
		for _, m := range all {
			aged = append(aged, agedPayment{m, m.AgeDays(day)})
		}
		if p.json {
			return p.printJSON(aged)
		}
		if len(all) == 0 && !every {
			return p.say("No payment waits in suspense.")
		}
		if len(all) == 0 {
			return p.say("No payment came yet.")
		}
		var rows [][]string
		for _, m := range aged {
			age := ""
			if m.Waiting != 0 {
				age = strconv.Itoa(m.AgeDays)
			}
			rows = append(rows, []string{
				m.PaymentID, m.BookedOn.String(), m.Amount.String(), m.Waiting.String(), dash(age), m.Returned.String(),
				dash(m.MatchedBy), dash(strings.Join(m.Invoices, " ")), clip(m.DebtorName, 30), clip(m.Reference, 60),
			})
		}
		err = p.printTable([]string{"PAYMENT", "BOOKED", ">AMOUNT", ">WAITING", ">DAYS", ">RETURNED", "MATCHED BY", "INVOICES", "DEBTOR", "REFERENCE"}, rows)
		if err != nil || every {
			return err
		}
		return p.say("", "kontor payments show PAYMENT tells why; kontor payments assign PAYMENT INVOICE --reason … books one on a claim.")
	})
}

func (p *program) paymentsAssignCommand() *cobra.Command {
	var a asking
	c := &cobra.Command{
		Use:   "assign PAYMENT INVOICE --reason WHY",
		Short: "Book a payment that waits in suspense on the claim of an invoice",
		Long: `Book a payment that waits in suspense on an active claim: charges first, then what
is owed. It travels to the provider with the next batch.`,
		Example: `  kontor payments assign Z9999 RE1004 --reason "the debtor called" --dry-run`,
		Args:    arguments(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, true); err != nil {
				return err
			}
			return p.paymentsAssign(c.Context(), args[0], args[1], a)
		},
	}
	a.flags(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitConflict)
}

func (p *program) paymentsAssign(ctx context.Context, payment, invoice string, a asking) error {
	return p.change(ctx, a, false, func(t *doing) error {
		m, err := t.assignable(ctx, t.merchant, payment, invoice)
		if err != nil {
			return err
		}
		life, err := t.activeClaim(ctx, t.merchant, invoice)
		if err != nil {
			return err
		}
		d := decision{
			Kind: purchase.Assign, Subject: payment, Argument: invoice,
			Text: fmt.Sprintf("payment %s of %s is booked on claim %s, which owes %s and charges of %s", payment, m.Waiting, invoice, life.Claim.Outstanding-life.WrittenOff, life.Claim.Charges),
		}
		return t.decide(ctx, d, func(y *exchange) (string, error) { return y.assigned(ctx, t.merchant, payment, invoice) })
	})
}

// assigned tells what became of an assignment.
func (x *exchange) assigned(ctx context.Context, merchant, payment, invoice string) (string, error) {
	m, err := x.payment(ctx, merchant, payment)
	if err != nil {
		return "", err
	}
	life, _, err := x.provider.Claim(ctx, merchant, invoice)
	if err != nil || m.Waiting != 0 {
		return fmt.Sprintf("payment %s still waits", payment), err
	}
	c := life.Claim
	return fmt.Sprintf("claim %s would owe %s and charges of %s, and be %s; the debtor would be owed %s", invoice, c.Outstanding, c.Charges, life.State, c.Refund), nil
}

// payment finds one payment; of several with one id first that which waits.
func (x *exchange) payment(ctx context.Context, merchant, id string) (provider.PaymentInfo, error) {
	all, err := x.provider.PaymentsOf(ctx, merchant, id)
	if err != nil {
		return provider.PaymentInfo{}, err
	}
	if i := slices.IndexFunc(all, func(m provider.PaymentInfo) bool { return m.Waiting != 0 }); i >= 0 {
		return all[i], nil
	}
	if len(all) > 0 {
		return all[0], nil
	}
	return provider.PaymentInfo{}, failWith(exitFailed, fmt.Errorf("merchant %s has no payment %s", merchant, id), "kontor payments list --all shows them")
}

// assignable refuses a payment that does not wait, or is no debtor's.
func (x *exchange) assignable(ctx context.Context, merchant, id, invoice string) (provider.PaymentInfo, error) {
	m, err := x.payment(ctx, merchant, id)
	switch {
	case err != nil:
		return m, err
	case m.Waiting != 0 && (m.Foreign || m.Waiting < 0):
		return m, failWith(exitConflict, fmt.Errorf("payment %s of %s is no debtor's money: the bank tells it of a transfer (%s)", id, m.Amount, dash(m.MatchedBy)),
			"kontor payments show %s tells which; it stays in suspense until the bank has been asked", id)
	case m.Waiting > 0:
		return m, nil
	}
	switch {
	case len(m.Invoices) == 1 && m.Invoices[0] == invoice:
		return m, failWith(exitNothing, fmt.Errorf("payment %s is booked on %s already", id, invoice), "kontor claims show %s tells what it did", invoice)
	case len(m.Invoices) > 0:
		return m, failWith(exitConflict, fmt.Errorf("payment %s does not wait: it is booked on %s", id, strings.Join(m.Invoices, ", ")),
			"a booking is never moved; kontor payments list shows what waits")
	}
	return m, failWith(exitConflict, fmt.Errorf("payment %s does not wait: %s of %s were returned", id, m.Returned, money.Amount(m.Amount)),
		"kontor payments list shows what waits")
}

// activeClaim refuses an invoice that no payment can be booked on.
func (x *exchange) activeClaim(ctx context.Context, merchant, invoice string) (provider.Life, error) {
	life, found, err := x.provider.Claim(ctx, merchant, invoice)
	switch {
	case err != nil:
		return life, err
	case !found:
		return life, failWith(exitFailed, fmt.Errorf("merchant %s has no claim on an invoice %s", merchant, invoice), "kontor orders show ORDER lists the invoices of an order")
	case !life.Claim.Active:
		return life, failWith(exitConflict, fmt.Errorf("claim %s is not active: its goods were not reported as shipped", invoice),
			"assign the payment when the shipment is there; a payment that names the invoice finds it then by itself")
	}
	return life, nil
}
