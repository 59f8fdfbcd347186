package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
)

func (p *program) ledgerCloseCommand() *cobra.Command {
	var a asking
	c := &cobra.Command{
		Use:   "close YYYY-MM",
		Short: "Close a month of the books: nothing is booked in it any more",
		Long: `Close a month (Periodenabschluss) on the merchant's clock, for ever. What comes
later with an older document is booked on the first open day. Refused while the
month is not over, a slot in it has not run, or an earlier month is open.`,
		Example: "  kontor ledger close 2026-10 --dry-run\n  kontor ledger close 2026-10",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if err := a.complete(c, false); err != nil {
				return err
			}
			return p.ledgerClose(c.Context(), args[0], a)
		},
	}
	a.flags(c)
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitRefused)
}

// A month on a merchant's clock.
type month struct{ from, until time.Time }

const monthForm = "2006-01"

func (m month) String() string { return m.from.Format(monthForm) }

func monthOf(at time.Time, zone *time.Location) month {
	at = at.In(zone)
	return month{time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, zone), time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, zone)}
}

func parseMonth(s string, zone *time.Location) (month, error) {
	at, err := time.ParseInLocation(monthForm, s, zone)
	if err != nil || at.Format(monthForm) != s {
		return month{}, usage("such as kontor ledger close 2026-10", "%q is not a month such as 2026-10", s)
	}
	return monthOf(at, zone), nil
}

// A closingView is a closed month, or one that would be.
type closingView struct {
	Merchant string    `json:"merchant"`
	Period   string    `json:"period"`
	Until    time.Time `json:"until"`
	ClosedAt time.Time `json:"closed_at"`
	Entries  int64     `json:"entries"` // that are booked in it
	Entry    int64     `json:"last_entry"`
	Hash     string    `json:"hash"`
	Operator string    `json:"operator"`
	Reason   string    `json:"reason"`
	DryRun   bool      `json:"dry_run,omitempty"`
	Plan     string    `json:"plan,omitempty"` // of a dry run
}

func (p *program) ledgerClose(ctx context.Context, period string, a asking) error {
	return p.change(ctx, a, false, func(t *doing) error {
		m, err := parseMonth(period, t.config.ZoneOf(t.merchant))
		if err != nil {
			return err
		}
		at, err := t.latest(ctx, p, t.merchant)
		if err != nil {
			return err
		}
		if err := t.closable(ctx, t.merchant, m, at); err != nil {
			return err
		}
		c := ledger.Closing{Period: m.String(), Until: m.until, ClosedAt: at, Operator: a.operator, Reason: a.reason}
		return t.carry(ctx, act{
			foresee: func(ctx context.Context) (plan, error) {
				v, err := t.closing(ctx, m, c)
				return plan{lines: []string{fmt.Sprintf("close %s with %d entries", v.Period, v.Entries)}, show: func(hash string) error {
					v.DryRun, v.Plan = true, hash
					return p.printClosing(v)
				}}, err
			},
			do: func(ctx context.Context) error {
				c, err := t.provider.Close(ctx, t.merchant, c)
				if err != nil {
					return err
				}
				v, err := t.closing(ctx, m, c)
				if err != nil {
					return err
				}
				return p.printClosing(v)
			},
		})
	})
}

func (t *doing) closing(ctx context.Context, m month, c ledger.Closing) (closingView, error) {
	v := closingView{
		Merchant: t.merchant, Period: c.Period, Until: c.Until, ClosedAt: c.ClosedAt, Entry: c.Entry, Hash: c.Hash, Operator: c.Operator, Reason: c.Reason,
	}
	err := t.db.Read(ctx, func(tx *database.Tx) (err error) {
		v.Entries, err = ledger.Count(ctx, tx, t.merchant, m.from, m.until)
		return err
	})
	return v, err
}

func (p *program) printClosing(v closingView) error {
	switch {
	case p.json:
		return p.printJSON(v)
	case v.DryRun:
		return errors.Join(p.say(fmt.Sprintf("Dry run, nothing is changed: %s of %s would be closed, with %s.", v.Period, v.Merchant, count(v.Entries, "entry", "entries"))),
			p.printPlan(v.Plan))
	}
	return p.say(fmt.Sprintf("%s of %s is closed, with %s; the books end at entry %d, hash %.12s….", v.Period, v.Merchant, count(v.Entries, "entry", "entries"), v.Entry, v.Hash),
		fmt.Sprintf("What comes later is booked from %s on.", v.Until.Format("2006-01-02")))
}

// closable refuses a month that cannot be closed now.
func (x *exchange) closable(ctx context.Context, merchant string, m month, now time.Time) error {
	closed, first, err := x.closings(ctx, merchant)
	if err != nil {
		return err
	}
	zone := x.config.ZoneOf(merchant)
	next := monthOf(first, zone)
	for _, c := range closed {
		if c.Period == m.String() {
			return failWith(exitNothing, fmt.Errorf("%s of %s was closed at %s by %s", m, merchant, timeText(c.ClosedAt, zone), c.Operator), "kontor ledger closings lists what is closed")
		}
		next = monthOf(c.Until, zone)
	}
	switch {
	case first.IsZero() || m.until.Before(next.until):
		return failWith(exitNothing, fmt.Errorf("nothing is booked in %s of %s", m, merchant), "kontor ledger entries shows what is")
	case now.Before(m.until):
		return failWith(exitRefused, fmt.Errorf("%s is not over: it ends at %s", m, m.until.Format(time.RFC3339)), "close it then")
	case m.from.After(next.from):
		return failWith(exitRefused, fmt.Errorf("%s of %s is open, which is before %s", next, merchant, m), "kontor ledger close %s first", next)
	}
	left, cutOff, err := x.engine.Outstanding(ctx, merchant, m.until.Add(-time.Second))
	switch {
	case err != nil:
		return err
	case cutOff:
		return failWith(exitRefused, fmt.Errorf("a run of %s was cut off and may still book in %s", merchant, m), "kontor run finishes it")
	case len(left) > 0:
		return failWith(exitRefused, fmt.Errorf("%s at %s of %s has not run", left[0].Job, timeText(left[0].At, zone), merchant), "kontor run does what is due")
	}
	return nil
}

func (x *exchange) closings(ctx context.Context, merchant string) (all []ledger.Closing, first time.Time, err error) {
	err = x.db.Read(ctx, func(tx *database.Tx) error {
		if all, err = ledger.Closings(ctx, tx, merchant); err != nil {
			return err
		}
		first, err = ledger.First(ctx, tx, merchant)
		return err
	})
	return all, first, err
}

func (p *program) ledgerClosingsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "closings",
		Short:   "List the closed months, with the hash of the books at that time",
		Example: "  kontor ledger closings",
		Args:    arguments(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.ledgerClosings(c.Context()) },
	}
	return exits(c, exitDone, exitFailed, exitUsage)
}

func (p *program) ledgerClosings(ctx context.Context) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		all, _, err := x.closings(ctx, merchant)
		if err != nil {
			return err
		}
		zone := x.config.ZoneOf(merchant)
		views, rows := []closingView{}, [][]string{}
		for _, c := range all {
			v := closingView{merchant, c.Period, c.Until.In(zone), c.ClosedAt.In(zone), 0, c.Entry, c.Hash, c.Operator, c.Reason, false, ""}
			err := x.db.Read(ctx, func(tx *database.Tx) (err error) {
				v.Entries, err = ledger.Count(ctx, tx, merchant, monthOf(c.Until.Add(-time.Second), zone).from, c.Until)
				return err
			})
			if err != nil {
				return err
			}
			views = append(views, v)
			rows = append(rows, []string{v.Period, timeText(v.ClosedAt, zone), strconv.FormatInt(v.Entries, 10), strconv.FormatInt(v.Entry, 10), v.Hash, v.Operator, dash(v.Reason)})
		}
		switch {
		case p.json:
			return p.printJSON(views)
		case len(rows) == 0:
			return p.say("No month is closed.")
		}
		return p.printTable([]string{"MONTH", "CLOSED", ">ENTRIES", ">LAST", "HASH", "BY", "REASON"}, rows)
	})
}
