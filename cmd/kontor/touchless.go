package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// touchlessHelp defines what status counts.
const touchlessHelp = `
TOUCHLESS
A document is an order, invoice, shipment, return, credit, cancellation,
instruction or payment that came in a file since the day of --since, however
often it came; a row whose number cannot be read and a file that was refused as
a whole are one each. A document is touched when it needed a person or waits for
one: a row of it was REJECTED or CONFLICT (also when a corrected one followed), its
file was refused or is HELD, was released or read again by rerun, an order came
again with what was missing or is in REVIEW, an operator decided about it
(decide, assign, writeoff, recourse, refund), or the payment is in suspense. What
is PARKED waits for another file, not for a person. TOUCHLESS is the share of
documents that are not touched.

A manual step is a decision of an operator, a rerun or a release, and a file that
brought again what was refused or missing; STEPS/1000 is per 1,000 orders.
MATCHED is the share of debtors' payments that found their claim by themselves;
what the bank took back before is left out.
`

// sinceDays is how far back documents are counted, if nothing else is asked for.
const sinceDays = 90

// A touchless tells how much went its way without a person.
type touchless struct {
	Since     schedules.Date    `json:"since"`
	Documents int64             `json:"documents"`
	Touched   int64             `json:"touched"`
	Reasons   map[string]int64  `json:"touched_by"` // the first reason of each
	Rate      *hundredths       `json:"touchless_percent"`
	Orders    int64             `json:"orders"`
	Steps     int64             `json:"manual_steps"`
	PerOrders *hundredths       `json:"manual_steps_per_1000_orders"`
	Payments  provider.Matching `json:"payments"`
	AutoMatch *hundredths       `json:"auto_match_percent"`
}

// hundredths is a number with two digits behind the point.
type hundredths int64

// share is part of whole in units of one hundredth, rounded down: a rate of 100
// is exact. It is nil where there is no whole.
func share(part, whole, unit int64) *hundredths {
	if whole <= 0 {
		return nil
	}
	h := hundredths(part * unit * 100 / whole)
	return &h
}

// String prints "99.31".
func (h hundredths) String() string { return fmt.Sprintf("%d.%02d", h/100, h%100) }

// MarshalJSON prints a number.
func (h hundredths) MarshalJSON() ([]byte, error) { return []byte(h.String()), nil }

func percentText(h *hundredths) string {
	if h == nil {
		return "–"
	}
	return h.String() + " %"
}

// touchless counts for a merchant, from a day on.
func (x *exchange) touchless(ctx context.Context, merchant string, since schedules.Date) (t touchless, err error) {
	t = touchless{Since: since, Reasons: map[string]int64{}}
	begin := since.In(x.config.ZoneOf(merchant), 0, 0)
	asked := map[string]map[int64]bool{}
	for _, owner := range []string{merchant, purchase.Provider} {
		if asked[owner], err = x.engine.AskedFor(ctx, owner, begin); err != nil {
			return t, err
		}
	}
	d, err := x.intake.Documents(ctx, merchant, since, asked)
	if err != nil {
		return t, err
	}
	commands, err := x.batches.CommandsSince(ctx, merchant, since)
	if err != nil {
		return t, err
	}
	if err := x.touchedElsewhere(ctx, merchant, d, commands); err != nil {
		return t, err
	}
	if t.Payments, err = x.provider.Matching(ctx, merchant, since); err != nil {
		return t, err
	}
	for _, why := range d.Touched {
		t.Reasons[why]++
	}
	t.Documents, t.Orders, t.Touched = d.All, d.Orders, int64(len(d.Touched))
	t.Steps = int64(len(commands)+len(asked[merchant])+len(asked[purchase.Provider])) + d.Corrections
	t.Rate = share(t.Documents-t.Touched, t.Documents, 100)
	t.PerOrders = share(t.Steps, t.Orders, 1000)
	t.AutoMatch = share(t.Payments.Automatic, t.Payments.All(), 100)
	return t, nil
}

// touchedElsewhere adds what operators decided about, and payments in suspense.
func (x *exchange) touchedElsewhere(ctx context.Context, merchant string, d intake.Documents, commands []purchase.Command) error {
	touches := map[intake.Touch]string{}
	for _, c := range commands {
		feed := purchase.Invoices
		switch c.Kind {
		case purchase.Decide:
			feed = purchase.Orders
		case purchase.Assign:
			feed = purchase.Payments
		}
		touches[intake.Touch{Feed: feed, Number: c.Subject}] = "command"
	}
	waiting, err := x.provider.Payments(ctx, merchant, true)
	if err != nil {
		return err
	}
	for _, m := range waiting {
		if t := (intake.Touch{Feed: purchase.Payments, Number: m.PaymentID}); !m.Foreign && touches[t] == "" {
			touches[t] = "suspense"
		}
	}
	var some []intake.Touch
	for t := range touches {
		some = append(some, t)
	}
	mine, err := x.intake.Mine(ctx, merchant, d, some)
	for _, t := range mine {
		if d.Touched[t] == "" {
			d.Touched[t] = touches[t]
		}
	}
	return err
}

// sinceDay reads --since; without it the last days count.
func sinceDay(text string, at time.Time) (schedules.Date, error) {
	if text == "" {
		return schedules.DateOf(at) - sinceDays, nil
	}
	var day schedules.Date
	if err := day.UnmarshalText([]byte(text)); err != nil {
		return day, usage("", "--since %q: want a day such as 2026-10-01", text)
	}
	return day, nil
}

func (p *program) printTouchless(s standing) error {
	if len(s.Merchants) == 0 {
		return nil
	}
	var rows [][]string
	for _, m := range s.Merchants {
		t := m.Touchless
		steps := "–"
		if t.PerOrders != nil {
			steps = t.PerOrders.String()
		}
		rows = append(rows, []string{
			m.Merchant, strconv.FormatInt(t.Documents, 10), strconv.FormatInt(t.Touched, 10), percentText(t.Rate), steps,
			strconv.FormatInt(t.Payments.All(), 10), percentText(t.AutoMatch),
		})
	}
	if err := p.say(""); err != nil {
		return err
	}
	since := "SINCE " + s.Merchants[0].Touchless.Since.String()
	return p.printTable([]string{since, ">DOCUMENTS", ">TOUCHED", ">TOUCHLESS", ">STEPS/1000", ">PAYMENTS", ">MATCHED"}, rows)
}
