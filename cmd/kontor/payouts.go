package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// payoutsCommand shows the weekly settlements.
func (p *program) payoutsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "payouts",
		Short: "List the payouts, or show one with its lines and its proof",
		Long: `List the weekly payouts of a merchant, oldest first, and what waits for the next
one. What was opened with, plus all lines, is what is paid plus what is carried
over to the next week.`,
		Example: "  kontor payouts\n  kontor payouts show P-acme-2026W42",
		Args:    arguments(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.payouts(c.Context()) },
	}
	show := &cobra.Command{
		Use:     "show ID",
		Short:   "Show a payout with every line, and how it adds up",
		Example: "  kontor payouts show P-acme-2026W42",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE:    func(c *cobra.Command, args []string) error { return p.payoutsShow(c.Context(), args[0]) },
	}
	c.AddCommand(exits(show, exitDone, exitFailed, exitUsage))
	return exits(c, exitDone, exitFailed, exitUsage)
}

func (p *program) payouts(ctx context.Context) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		all, err := x.provider.Payouts(ctx, merchant)
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(append([]provider.PayoutSummary{}, all...))
		}
		if len(all) == 0 {
			return p.say("There was no payout yet; kontor schedule payout shows the next one.")
		}
		var rows [][]string
		for _, w := range all {
			rows = append(rows, []string{
				w.ID, w.From.String() + " – " + w.To.String(), strconv.FormatInt(w.Lines, 10), w.Opening.String(), w.Amount.String(), w.Closing.String(), w.Date.String(),
			})
		}
		return p.printTable([]string{"PAYOUT", "PERIOD", ">LINES", ">OPENING", ">PAID", ">CLOSING", "ON"}, rows)
	})
}

// A payoutView is a payout with its lines.
type payoutView struct {
	provider.PayoutSummary
	Cutoff string                               `json:"cutoff"`
	Totals map[purchase.LineType]purchase.Total `json:"totals"`
	Lines  []purchase.Line                      `json:"lines"`
	Head   string                               `json:"ledger_head"`
}

func (p *program) payoutsShow(ctx context.Context, id string) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		w, found, err := x.provider.Payout(ctx, merchant, id)
		if err != nil {
			return err
		}
		if !found {
			return failWith(exitFailed, fmt.Errorf("merchant %s has no payout %s", merchant, id), "kontor payouts lists them")
		}
		lines := []purchase.Line{}
		for l, err := range w.Lines(ctx) {
			if err != nil {
				return err
			}
			lines = append(lines, l)
		}
		v := payoutView{
			provider.PayoutSummary{
				ID: w.ID, Date: w.Date, From: w.PeriodFrom, To: w.PeriodTo, Lines: int64(len(lines)), Opening: w.Opening, Amount: w.Amount, Closing: w.Closing,
			},
			w.Cutoff.Format("2006-01-02T15:04:05Z07:00"), w.Totals, lines, w.LedgerHead,
		}
		if p.json {
			return p.printJSON(v)
		}
		return p.printPayout(v)
	})
}

func (p *program) printPayout(v payoutView) error {
	rows := [][]string{payoutRow("", purchase.LineOpening, v.From, "", "", v.Opening, v.Opening, "")}
	for _, l := range v.Lines {
		rows = append(rows, payoutRow(strconv.FormatInt(l.LineNo, 10), l.Type, l.BookedOn, l.InvoiceNo, l.DocumentNo, l.Amount, l.Balance, l.Source))
	}
	rows = append(rows,
		payoutRow("", purchase.LinePayout, v.Date, "", "", -v.Amount, v.Closing, ""),
		payoutRow("", purchase.LineClosing, v.Date, "", "", -v.Closing, 0, ""))
	err := p.say(fmt.Sprintf("payout %s: %s to %s, cut off at %s, paid on %s", v.ID, v.From, v.To, v.Cutoff, v.Date), "")
	if err != nil {
		return err
	}
	if err := p.printTable([]string{">LINE", "TYPE", "BOOKED", "INVOICE", "DOCUMENT", ">AMOUNT", ">BALANCE", "SOURCE"}, rows); err != nil {
		return err
	}
	return p.say("", v.proof(), "ledger head "+v.Head)
}

func payoutRow(no string, t purchase.LineType, booked schedules.Date, invoice, document string, amount, balance money.Amount, source string) []string {
	return []string{no, string(t), dateText(booked), dash(invoice), dash(document), signed(amount), balance.String(), source}
}

// proof is the sum of the payout as one line.
func (v payoutView) proof() string {
	text := "proof: opening " + v.Opening.String()
	sum := v.Opening
	for _, t := range []purchase.LineType{
		purchase.LineCollection, purchase.LineGuarantee, purchase.LineAfterGuarantee, purchase.LineReturn, purchase.LineCredit, purchase.LineReinstated,
		purchase.LineDirectPayment, purchase.LineChargeback, purchase.LineReversal, purchase.LineFee, purchase.LineVAT, purchase.LinePayoutReturned,
	} {
		if total, has := v.Totals[t]; has {
			text += fmt.Sprintf(" %s %s", t, signed(total.Cents))
			sum += total.Cents
		}
	}
	return fmt.Sprintf("%s = %s = paid %s + closing %s", text, sum, v.Amount, v.Closing)
}
