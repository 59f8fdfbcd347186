package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// look opens the data of the configuration for a command that only reads, or
// whose effect the next run carries out; it works beside kontor serve.
func (p *program) look(ctx context.Context, do func(*Config, *exchange) error) (err error) {
	c, err := Load(p.configFile)
	if err != nil {
		return err
	}
	x, err := p.open(ctx, c, quiet())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	return do(c, x)
}

// lookAt is look for one merchant.
func (p *program) lookAt(ctx context.Context, do func(x *exchange, merchant string) error) error {
	return p.look(ctx, func(c *Config, x *exchange) error {
		id, err := c.choose(p.merchant)
		if err != nil {
			return err
		}
		return do(x, id)
	})
}

// chosen returns the merchant of an id, or all of them for none.
func (c *Config) chosen(id string) ([]string, error) {
	if id == "" {
		return c.MerchantIDs(), nil
	}
	id, err := c.choose(id)
	return []string{id}, err
}

// say prints lines on standard output.
func (p *program) say(lines ...string) error {
	_, err := io.WriteString(p.out, strings.Join(lines, "\n")+"\n")
	return err
}

// dash shows what is not there.
func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// dateText shows a date; none is a dash.
func dateText(d schedules.Date) string {
	if d.IsZero() {
		return "–"
	}
	return d.String()
}

// timeText shows an instant on the wall of a zone; none is a dash.
func timeText(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

// signed shows an amount with its sign.
func signed(a money.Amount) string {
	if a > 0 {
		return "+" + a.String()
	}
	return a.String()
}

// clip shortens a text for a table.
func clip(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}
