package main

import (
	"context"
	"errors"
	"time"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A checked is what kontor status --check --json prints.
type checked struct {
	At     time.Time `json:"at"`
	Alarms []alarm   `json:"alarms"`
}

// chosenAlarms are all alarms, or those of one merchant when one is named; those
// of the bank and of the whole exchange belong to all.
func (x *exchange) chosenAlarms(ctx context.Context, merchant string, at time.Time) ([]alarm, error) {
	all, err := x.alarms(ctx, at)
	chosen := []alarm{}
	for _, a := range all {
		if merchant == "" || a.Merchant == merchant || a.Merchant == "" || a.Merchant == purchase.Provider {
			a.Since = a.Since.In(x.config.ZoneOf(a.Merchant))
			chosen = append(chosen, a)
		}
	}
	return chosen, err
}

// checkAlarms tells the alarms for a monitoring system, one a line, and fails when
// there is one.
func (p *program) checkAlarms(ctx context.Context, x *exchange, at time.Time) error {
	alarms, unknown := x.chosenAlarms(ctx, p.merchant, at)
	lines := alarmLines(alarms)
	if len(lines) == 0 && unknown == nil {
		lines = []string{"no alarm"}
	}
	var err error
	switch {
	case p.json:
		err = p.printJSON(checked{at, alarms})
	case len(lines) > 0:
		err = p.say(lines...)
	}
	if err := errors.Join(unknown, err); err != nil || len(alarms) == 0 {
		return err
	}
	return failWith(exitFailed, errors.New(count(len(alarms), "alarm", "alarms")), "")
}

// alarmLines has a line for each alarm: code, whom it is about, what it is about,
// since when, and what it is.
func alarmLines(alarms []alarm) []string {
	lines := make([]string, len(alarms))
	for i, a := range alarms {
		since := ""
		if !a.Since.IsZero() {
			since = " since " + timeText(a.Since, a.Since.Location())
		}
		a.Merchant = shown(a.Merchant)
		lines[i] = a.Label() + since + ": " + a.Text
	}
	return lines
}

// shown is a merchant as people read it.
func shown(merchant string) string {
	if merchant == purchase.Provider {
		return "bank"
	}
	return merchant
}
