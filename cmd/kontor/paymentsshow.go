package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/schedules"
)

func (p *program) paymentsShowCommand() *cobra.Command {
	var asOf string
	c := &cobra.Command{
		Use:   "show PAYMENT",
		Short: "Show the whole way of a payment: statement, reasons, claims, refund",
		Long: `Tell the way of a payment: the row of the statement that it comes from, what
decided where it was booked, as it was decided then, what each claim took of it
for charges, interest and principal, and in which payout the merchant got it. One
that waits in suspense shows why, for how long, and what a person may look at.`,
		Example: "  kontor payments show Z9999\n  kontor payments show Z9999 --json",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE:    func(c *cobra.Command, args []string) error { return p.paymentsShow(c.Context(), args[0], asOf) },
	}
	ageFlag(c, &asOf)
	return exits(c, exitDone, exitFailed, exitUsage)
}

// ageFlag adds the time on which payments have the age that is told.
func ageFlag(c *cobra.Command, asOf *string) {
	c.Flags().StringVar(asOf, "as-of", "", "the time `T` at which ages are told (default: now, or the last run if that is later)")
}

// today is the day, on a merchant's clock, of a time that was asked for.
func (x *exchange) today(ctx context.Context, p *program, merchant, asOf string) (schedules.Date, error) {
	at, err := x.moment(ctx, p, asOf)
	return schedules.DateOf(at.In(x.config.ZoneOf(merchant))), err
}

// An agedPayment is a payment with the days that it has waited.
type agedPayment struct {
	provider.PaymentInfo
	AgeDays int `json:"age_days"`
}

// A paymentView is the way of a payment with the days that it has waited.
type paymentView struct {
	provider.PaymentWay
	AgeDays int `json:"age_days"`
}

func (p *program) paymentsShow(ctx context.Context, id, asOf string) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		ways, err := x.provider.Payment(ctx, merchant, id)
		if err != nil {
			return err
		}
		if len(ways) == 0 {
			return failWith(exitFailed, fmt.Errorf("merchant %s has no payment %s", merchant, id),
				"kontor payments list --all shows them; a row of a statement that is not booked stands in kontor files show FILE")
		}
		day, err := x.today(ctx, p, merchant, asOf)
		if err != nil {
			return err
		}
		views := make([]paymentView, 0, len(ways))
		for _, w := range ways {
			views = append(views, paymentView{w, w.PaymentInfo.AgeDays(day)})
		}
		if p.json {
			return p.printJSON(views)
		}
		for i, v := range views {
			if i > 0 {
				if err := p.say(""); err != nil {
					return err
				}
			}
			if err := p.printPayment(v, x.config.ZoneOf(merchant)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *program) printPayment(v paymentView, zone *time.Location) error {
	from := strings.TrimSpace(v.DebtorName + " " + v.DebtorIBAN)
	lines := []string{
		fmt.Sprintf("payment %s of %s from %s, booked %s, on account %s", v.PaymentID, v.Amount, dash(from), v.BookedOn, v.Account),
		fmt.Sprintf("  statement %s, sha256 %.12s; it counts from %s", v.Source, v.SHA256, v.ValueOn),
		fmt.Sprintf("  reference %q", v.Reference),
	}
	if v.Returned != 0 {
		lines = append(lines, fmt.Sprintf("  the bank took %s back", v.Returned))
	}
	if v.Waiting != 0 {
		lines = append(lines, fmt.Sprintf("  %s has waited in suspense for %s; invoices to look at: %s", v.Waiting, count(int64(v.AgeDays), "day", "days"), dash(strings.Join(v.Candidates, " "))))
	}
	if err := p.say(append(lines, "")...); err != nil {
		return err
	}
	var rows [][]string
	for _, s := range v.Steps {
		rows = append(rows, []string{timeText(time.Unix(s.At, 0), zone), stepText(s)})
	}
	if len(rows) > 0 {
		if err := p.printTable([]string{"WHEN", "WHAT DECIDED"}, rows); err != nil {
			return err
		}
	}
	return p.printPaidClaims(v)
}

func (p *program) printPaidClaims(v paymentView) error {
	if len(v.Claims) == 0 {
		return nil
	}
	var rows [][]string
	for _, c := range v.Claims {
		payouts, merchant := payoutsOf(c)
		rows = append(rows, []string{
			c.InvoiceNo, c.OrderNo, c.CustomerNo, c.Charges.String(), c.Interest.String(), c.Principal.String(),
			strings.Join(c.PaidIn, ", "), merchant, dash(payouts), c.Refund.String(), dash(refundsOf(c)),
		})
	}
	headings := []string{"CLAIM", "ORDER", "CUSTOMER", ">CHARGES", ">INTEREST", ">PRINCIPAL", "PAID IN THIS ORDER", ">MERCHANT", "PAYOUT", ">OWED BACK", "REFUNDS"}
	if err := p.say(""); err != nil {
		return err
	}
	return p.printTable(headings, rows)
}

// payoutsOf tells in which payouts the merchant got what a claim took, and how
// much in all.
func payoutsOf(c provider.PaidClaim) (ids, amount string) {
	var names []string
	var sum money.Amount
	for _, l := range c.Lines {
		sum += l.Amount
		if l.PayoutID == "" {
			l.PayoutID = "(next)"
		}
		if len(names) == 0 || names[len(names)-1] != l.PayoutID {
			names = append(names, l.PayoutID)
		}
	}
	return strings.Join(names, " "), signed(sum)
}

func refundsOf(c provider.PaidClaim) string {
	var all []string
	for _, r := range c.Refunds {
		state := "ordered"
		switch {
		case !r.ReturnedOn.IsZero():
			state = "came back " + r.ReturnedOn.String()
		case !r.LeftOn.IsZero():
			state = "left " + r.LeftOn.String()
		}
		all = append(all, fmt.Sprintf("%s of %s (%s)", r.TransferID, r.Paid, state))
	}
	return strings.Join(all, ", ")
}

// stepWords are the words for what a payment was found by.
var stepWords = map[string]string{
	"RF": "the reference %s is that of %s", "SHORT": "the short reference %s is that of %s", "INVOICE": "%q names invoice %s",
	"ORDER": "%q names order %s", "IBAN": "the account %s has paid for the customer of invoice %s before, and the amount is exactly what it owes",
	"OPERATOR": "%s assigned it to invoice %s",
}

// ruleWords say what followed.
var ruleWords = map[string]string{
	provider.RuleOneClaim: "booked on it", provider.RuleExact: "booked on the one claim that owes exactly the amount",
	provider.RuleOldest: "booked on what is open, oldest due first", provider.RuleLastDue: "nothing was open: it is owed back on the claim due last",
	provider.RuleNothing: "it names no number that is known, and its account leads to no claim: suspense",
	provider.RuleSeveral: "more than one: suspense", provider.RuleNoActive: "that has no active claim: suspense",
	provider.RuleDigits: "a number of digits only, which neither amount nor account confirms: suspense",
	provider.RuleOther:  "no payment of a debtor: suspense", provider.RuleReturned: "the bank took it back",
}

// stepText tells a decision in words.
func stepText(s provider.PaymentStep) string {
	rule := ruleWords[s.Rule]
	if rule == "" {
		rule = s.Rule
	}
	switch s.Rule {
	case provider.RuleReturned:
		return fmt.Sprintf("%s: %s, %s", rule, s.Amount, s.Text)
	case provider.RuleSeveral:
		return fmt.Sprintf("it names %s, %s", strings.Join(s.Found, " and "), rule)
	}
	if words := stepWords[s.By]; words != "" {
		rule = fmt.Sprintf(words, s.Text, strings.Join(s.Found, ", ")) + ": " + rule
	}
	if s.Principal {
		rule += "; exactly the principal, so charges stay open"
	}
	if s.Why != "" {
		rule += " (" + s.Why + ")"
	}
	return rule
}
