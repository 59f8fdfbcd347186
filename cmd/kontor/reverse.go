package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// reverseCommand takes back what a file has booked.
func (p *program) reverseCommand() *cobra.Command {
	var a asking
	var lines string
	c := &cobra.Command{
		Use:   "reverse FILE --reason WHY",
		Short: "Take back what a file has booked, by contra-entries",
		Long: `Take back what the booked rows of a file, or those on some lines, have booked. What
was booked stays; each row gets a contra-entry of its own, which travels to the
provider with the next batch:

  an invoice, or the shipment row that made it: a full correction of what is left of
    it, line CREDIT; what the debtor has paid is owed back, the fee stays
  a return, a credit, a direct payment: it counts no more, line REINSTATED
  a due date, hold, dispute, their ends, an announced return: holds no more
  a cancellation: the rest of the order may be invoiced again
  an order: what is not invoiced of it may not be any more

Refused, with 7 and the reason for each row, and then none is taken back: payments,
which are the bank's word; shipments, since goods that were sent stay sent; an order
that is invoiced; what would credit more than the invoice. The rows stay BOOKED and
keep their numbers for ever: send the right document under a new one. Payouts and
letters that have left stay as they are; the next payout has the difference.`,
		Example: `  kontor reverse credits_20261002.csv --reason "credited twice" --dry-run
  kontor reverse 12 --line 3,9-12 --reason "wrong price"`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, true); err != nil {
				return err
			}
			var some func(int64) bool
			if lines != "" {
				var err error
				if some, err = parseLines(lines); err != nil {
					return err
				}
			}
			return p.reverse(c.Context(), args[0], some, a)
		},
	}
	c.Flags().StringVar(&lines, "line", "", "only these `LINES` of the file, such as 3,9-12")
	a.flags(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitConflict, exitHeld, exitRefused)
}

// reversalMark begins the number of the commands that take a row back.
const reversalMark = "REV-"

// A reversedView is what was taken back, or would be.
type reversedView struct {
	File     fileView             `json:"file"`
	Rows     []intake.ReversedRow `json:"rows"`
	DryRun   bool                 `json:"dry_run"`
	Operator string               `json:"operator"`
	Reason   string               `json:"reason"`
	Effects  []effect             `json:"effects,omitempty"` // of a dry run
	Plan     string               `json:"plan,omitempty"`    // of a dry run
}

func (p *program) reverse(ctx context.Context, what string, lines func(int64) bool, a asking) error {
	return p.change(ctx, a, true, func(t *doing) error {
		info, err := t.findFile(ctx, t.merchant, what)
		if err != nil {
			return err
		}
		if err := t.reversible(ctx, info); err != nil {
			return err
		}
		at, err := t.latest(ctx, p, t.merchant)
		if err != nil {
			return err
		}
		v := &reversedView{File: viewOf(info), DryRun: a.dryRun, Operator: a.operator, Reason: a.reason}
		q := intake.Reversing{Merchant: t.merchant, Number: info.Number, Lines: lines, At: at.Unix(), Operator: a.operator}
		q.Order = func(ctx context.Context, tx *database.Tx, n int, r intake.ReversedRow) (string, error) {
			no := fmt.Sprintf("%s%s-%d-%06d", reversalMark, at.Format("20060102T150405"), info.Number, n)
			return no, batch.Command(ctx, tx, t.merchant, purchase.Command{
				CommandNo: no, Kind: purchase.Reverse, Day: schedules.DateOf(at), Subject: r.Subject, Argument: r.Reversal.String(), Operator: a.operator, Reason: a.reason,
			})
		}
		do := func(ctx context.Context, x *exchange) (err error) {
			v.Rows, err = x.intake.Reverse(ctx, q)
			return err
		}
		w := work{merchant: t.merchant, what: "reverse " + fileID(info.Number), register: func(y *exchange) func(context.Context, intake.Run, intake.Inbox) error {
			return func(ctx context.Context, _ intake.Run, _ intake.Inbox) error { return do(ctx, y) }
		}}
		return t.carry(ctx, act{
			foresee: func(ctx context.Context) (plan, error) {
				v.Effects, err = p.preview(ctx, t.exchange, w, a, at, func(*exchange) error { return nil })
				return plan{lines: v.lines(), show: func(hash string) error {
					v.Plan = hash
					return p.printReversed(*v)
				}}, p.explainReverse(*v, err)
			},
			do: func(ctx context.Context) error {
				if err := do(ctx, t.exchange); err != nil {
					return p.explainReverse(*v, err)
				}
				return p.printReversed(*v)
			},
		})
	})
}

// reversible refuses a file of the bank, and one about which the provider has not
// answered.
func (t *doing) reversible(ctx context.Context, info intake.FileInfo) error {
	name := fmt.Sprintf("file %s (%s)", fileID(info.Number), info.Name)
	if info.Owner == purchase.Provider {
		return failWith(exitRefused, fmt.Errorf("%s is the bank's word; only the bank takes a payment back", name), "a payment on the wrong claim stays there; kontor refunds pay returns what was paid too much")
	}
	waiting, err := t.batches.Waiting(ctx, t.merchant)
	if err != nil {
		return err
	}
	open, err := t.engine.OpenRun(ctx, t.merchant)
	switch {
	case err != nil:
		return err
	case waiting > 0 || !open.IsZero():
		return failWith(exitRefused, fmt.Errorf("%s for the provider, and may still be refused", count(waiting, "record or decision waits", "records or decisions wait")), "kontor run transmits it; take the file back then")
	}
	return nil
}

// explainReverse tells which rows cannot be taken back, and why.
func (p *program) explainReverse(v reversedView, err error) error {
	switch {
	case errors.Is(err, intake.ErrRefused):
		return errors.Join(p.printReversed(v), failWith(exitRefused, fmt.Errorf("%w, so none is: see above", err), "--line names those that can be"))
	case err != nil && errors.Is(err, intake.ErrNothing) && len(v.Rows) > 0:
		return errors.Join(p.printReversed(v), explainRerun(err))
	}
	return explainRerun(err)
}

// lines are the plan of a reversal.
func (v reversedView) lines() []string {
	all := []string{"file " + v.File.Name + " " + v.File.SHA256}
	for _, r := range v.Rows {
		all = append(all, fmt.Sprintf("line %d %s: %s %s %s", r.Line, r.DocumentNo, r.Outcome, r.Subject, r.Why))
	}
	return append(all, effectLines(v.Effects)...)
}

func (p *program) printReversed(v reversedView) error {
	if p.json {
		return p.printJSON(v)
	}
	failed := false
	var rows [][]string
	for _, r := range v.Rows {
		failed = failed || r.Outcome == intake.NotReversed
		rows = append(rows, []string{strconv.FormatInt(r.Line, 10), dash(r.DocumentNo), r.Outcome, r.Why})
	}
	first := fmt.Sprintf("File %s (%s) is taken back:", v.File.File, v.File.Name)
	switch {
	case failed:
		first = fmt.Sprintf("File %s (%s) is not taken back:", v.File.File, v.File.Name)
	case v.DryRun:
		first = fmt.Sprintf("Dry run, nothing is changed. File %s (%s) would be taken back:", v.File.File, v.File.Name)
	}
	if err := errors.Join(p.say(first), p.printTable([]string{">LINE", "DOCUMENT", "OUTCOME", "WHAT"}, rows)); err != nil || failed {
		return err
	}
	if v.DryRun && v.Plan != "" {
		return errors.Join(p.say(""), p.printEffects(v.Effects), p.printPlan(v.Plan))
	}
	if v.DryRun {
		return nil
	}
	return p.say("Recorded for "+v.Operator+": "+strings.TrimSpace(v.Reason), nextRun)
}
