package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// ordersCommand shows orders and decides where a person must.
func (p *program) ordersCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "orders",
		Short: "Show an order with its decisions, or decide about one",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	show := &cobra.Command{
		Use:     "show ORDER",
		Short:   "Show an order with every decision, and its invoices",
		Example: "  kontor orders show A1001",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE:    func(c *cobra.Command, args []string) error { return p.ordersShow(c.Context(), args[0]) },
	}
	c.AddCommand(exits(show, exitDone, exitFailed, exitUsage), p.ordersDecideCommand())
	return exits(c, exitDone, exitUsage)
}

func (p *program) ordersDecideCommand() *cobra.Command {
	var a asking
	c := &cobra.Command{
		Use:   "decide ORDER accept|decline --reason WHY",
		Short: "Decide about an order in place of the automatic decision",
		Long: `Accept or decline an order that is in REVIEW or was declined (Art. 22 GDPR: a
customer may ask for a person). The old decision stays beside the new one. It
travels to the provider with the next batch, with the gross amount of the order
that you have seen: an order that has another one by then is not decided about.
Rows of the order that wait are tried then, and rejected ones by kontor rerun
rows.`,
		Example: `  kontor orders decide A1007 accept --reason "address confirmed by phone"`,
		Args:    arguments(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, true); err != nil {
				return err
			}
			return p.ordersDecide(c.Context(), args[0], args[1], a)
		},
	}
	a.flags(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitConflict, exitRefused)
}

// An orderView is an order as both sides know it.
type orderView struct {
	provider.OrderInfo
	OrderDate string             `json:"order_date"`
	Source    string             `json:"source"`
	Waiting   []purchase.Command `json:"waiting"` // decisions that the next batch takes
}

func (p *program) ordersShow(ctx context.Context, number string) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		v, err := x.order(ctx, merchant, number)
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(v)
		}
		return p.printOrder(v, x.config.ZoneOf(merchant))
	})
}

// order gathers what is known of an order; one that is booked and not decided
// yet has no decisions.
func (x *exchange) order(ctx context.Context, merchant, number string) (v orderView, err error) {
	info, found, err := x.provider.Order(ctx, merchant, number)
	if err != nil {
		return v, err
	}
	v.OrderInfo = info
	v.Waiting, err = x.waiting(ctx, merchant, purchase.Decide, number)
	if err != nil {
		return v, err
	}
	known, err := x.intake.Order(ctx, merchant, number)
	switch {
	case errors.Is(err, intake.ErrUnknown) && !found:
		return v, failWith(exitFailed, fmt.Errorf("merchant %s has no order %s", merchant, number), "an order whose row was rejected stands in kontor files show FILE")
	case errors.Is(err, intake.ErrUnknown):
		return v, nil
	case err != nil:
		return v, err
	}
	v.OrderDate, v.Source = known.Record.OrderDate.String(), fmt.Sprintf("%s:%d", known.Source.Name, known.Source.Row)
	if !found {
		v.OrderNo, v.CustomerNo, v.Gross, v.Invoices = number, known.Record.CustomerNo, known.Record.Gross, []string{}
	}
	return v, nil
}

func (p *program) printOrder(v orderView, zone *time.Location) error {
	state := "not decided yet; the next run transmits it"
	if last, decided := v.last(); decided {
		state = fmt.Sprintf("%s (%s)", last.Decision, last.Code)
	}
	if v.Cancelled {
		state += ", cancelled: nothing more may be invoiced"
	}
	lines := []string{
		fmt.Sprintf("order %s of %s, customer %s: %s", v.OrderNo, dash(v.OrderDate), v.CustomerNo, state),
		fmt.Sprintf("  ordered %s, approved %s, invoiced %s; may be invoiced until %s", v.Gross, v.Approved, v.Invoiced, dateText(v.ValidUntil)),
		fmt.Sprintf("  invoices %s, reference %s or %s, from %s", dash(strings.Join(v.Invoices, " ")), dash(v.Reference), dash(v.Short), dash(v.Source)),
	}
	for _, c := range v.Waiting {
		lines = append(lines, fmt.Sprintf("  %s decided %s (%s); the next run tells the provider", c.Operator, c.Argument, c.Reason))
	}
	if err := p.say(lines...); err != nil || len(v.Decisions) == 0 {
		return err
	}
	var rows [][]string
	for _, d := range v.Decisions {
		rows = append(rows, []string{timeText(d.At, zone), strconv.FormatInt(d.Batch, 10), d.Decision, string(d.Code), d.Approved.String(), string(d.Reasons)})
	}
	if err := p.say(""); err != nil {
		return err
	}
	return p.printTable([]string{"DECIDED", ">BATCH", "DECISION", "CODE", ">APPROVED", "BECAUSE OF"}, rows)
}

// last is the decision that holds.
func (v orderView) last() (provider.OrderDecision, bool) {
	if len(v.Decisions) == 0 {
		return provider.OrderDecision{}, false
	}
	return v.Decisions[len(v.Decisions)-1], true
}

func (p *program) ordersDecide(ctx context.Context, number, word string, a asking) error {
	outcome, known := map[string]string{"accept": purchase.DecisionAccepted, "decline": purchase.DecisionDeclined}[strings.ToLower(word)]
	if !known {
		return usage("kontor orders decide "+number+" accept --reason …", "%q is not a decision; want accept or decline", word)
	}
	return p.change(ctx, a, false, func(t *doing) error {
		v, err := t.order(ctx, t.merchant, number)
		if err != nil {
			return err
		}
		last, _ := v.last()
		d := decision{
			Kind: purchase.Decide, Subject: number, Argument: purchase.DecideOn(outcome, v.Gross),
			Text: fmt.Sprintf("order %s of %s, which is %s (%s), is %s", number, v.Gross, last.Decision, last.Code, outcome),
		}
		if err := t.undecided(ctx, t.merchant, d); err != nil {
			return err
		}
		if err := v.decidable(outcome); err != nil {
			return err
		}
		return t.decide(ctx, d, func(y *exchange) (string, error) { return y.decidedOrder(ctx, t.merchant, number) })
	})
}

// decidedOrder tells what became of a decision.
func (x *exchange) decidedOrder(ctx context.Context, merchant, number string) (string, error) {
	v, err := x.order(ctx, merchant, number)
	if err != nil {
		return "", err
	}
	last, _ := v.last()
	return fmt.Sprintf("order %s would be %s (%s), %s approved until %s, %s invoiced", number, last.Decision, last.Code, v.Approved, dateText(v.ValidUntil), v.Invoiced), nil
}

// decidable refuses a decision that cannot take effect.
func (v orderView) decidable(outcome string) error {
	last, decided := v.last()
	show := "kontor orders show " + v.OrderNo + " tells its decisions"
	switch {
	case !decided:
		return failWith(exitConflict, fmt.Errorf("order %s is not decided yet", v.OrderNo), "kontor run transmits it; decide when the answer is there")
	case last.Decision == purchase.DecisionAccepted && outcome == purchase.DecisionAccepted:
		return failWith(exitNothing, fmt.Errorf("order %s is ACCEPTED already", v.OrderNo), "%s", show)
	case last.Decision == purchase.DecisionAccepted:
		return failWith(exitConflict, fmt.Errorf("order %s is ACCEPTED, and the merchant relies on it", v.OrderNo), "only the ERP can end it, by a cancellation")
	case last.Decision == outcome:
		return failWith(exitNothing, fmt.Errorf("order %s is %s already", v.OrderNo, outcome), "%s", show)
	case v.Cancelled:
		return failWith(exitConflict, fmt.Errorf("order %s is cancelled", v.OrderNo), "nothing could be invoiced; let the ERP send a new order")
	case last.Code == purchase.WrongCurrency:
		return failWith(exitRefused, fmt.Errorf("order %s is in another currency than the merchant's account", v.OrderNo), "let the ERP send a new order in the right currency")
	}
	return nil
}
