package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// forecastCommand moves the clock without writing anything.
func (p *program) forecastCommand() *cobra.Command {
	var q forecastQuestion
	c := &cobra.Command{
		Use:   "forecast --until DAY",
		Short: "Show what would be paid, guaranteed and dunned until a day",
		Long: `Move the clock to the end of a day, on a copy of the books that is thrown away,
and show what would be paid out, guaranteed and dunned by then.

It is the worst case: no payment is expected, whoever is due. Nobody pays, no
file comes, and the guarantee pays; what debtors pay makes payouts earlier, never
smaller. The bank is taken to say on each bank day that nobody paid, since without
a statement nobody is dunned (--bank-silent: it says nothing), and letters are
taken to leave on their day.

--what-if FILE lets a file arrive now: a return, a credit, a payment, whatever
its name tells, in the dialect of the merchant or, for payments, of the bank. Its
rows are tried as usual, and the difference to the forecast without it is shown.

Nothing is written: no file, no slot, no number, nothing is delivered. While it is
worked out, kontor serve waits with its next step.`,
		Example: `  kontor forecast --until 2026-12-31
  kontor forecast --until 2026-11-30 --what-if returns_1130.csv --what-if payments_1130.csv
  kontor forecast --until 2026-11-30 --lines --json`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return p.forecast(c.Context(), q) },
	}
	c.Flags().StringVar(&q.until, "until", "", "the last `DAY`, such as 2026-12-31, or a time of it")
	c.Flags().StringArrayVar(&q.whatIf, "what-if", nil, "a `FILE` that arrives now; may be repeated")
	c.Flags().StringVar(&q.asOf, "as-of", "", "when now is, such as 2026-10-02T12:00 (default: now, or the last run if that is later)")
	c.Flags().BoolVar(&q.silent, "bank-silent", false, "no statement comes any more, so notices are held after three bank days")
	c.Flags().BoolVar(&q.lines, "lines", false, "print each line, claim and notice, not only sums")
	return exits(c, exitDone, exitFailed, exitUsage, exitNothing, exitRejected)
}

// A forecastQuestion is what stands on the command line.
type forecastQuestion struct {
	until, asOf   string
	whatIf        []string
	silent, lines bool
}

// A forecastView is the answer.
type forecastView struct {
	Merchant string    `json:"merchant"`
	AsOf     time.Time `json:"as_of"`
	Until    time.Time `json:"until"`
	Assumes  []string  `json:"assumes"`
	future
	WhatIf *whatIf `json:"what_if,omitempty"`
}

// A whatIf is what became of the files that arrive, and what they change.
type whatIf struct {
	Files      []whatIfFile `json:"files"`
	Without    sums         `json:"without"`
	Difference sums         `json:"difference"`
	Effects    []effect     `json:"effects"` // on the books at the end
}

// A whatIfFile is a file that arrives.
type whatIfFile struct {
	fileView
	NotBooked []rowView `json:"not_booked"`
}

// longestForecast is how many days a forecast may reach: base rates and bank
// days are hardly known for longer.
const longestForecast = 731

func (p *program) forecast(ctx context.Context, q forecastQuestion) error {
	if q.until == "" {
		return usage("such as --until 2026-12-31", "kontor forecast: --until is needed")
	}
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		f, err := p.forecastTimes(ctx, x, q, merchant)
		if err != nil {
			return err
		}
		drops, err := x.config.whatIfDrops(merchant, q.whatIf)
		if err != nil {
			return err
		}
		v, err := p.foretell(ctx, x, merchant, f, drops)
		if err != nil {
			return explainForecast(err)
		}
		if p.json {
			err = p.printJSON(v)
		} else {
			err = p.printForecast(v, q.lines)
		}
		return errors.Join(err, v.verdict())
	})
}

// forecastTimes reads from when to when the clock moves.
func (p *program) forecastTimes(ctx context.Context, x *exchange, q forecastQuestion, merchant string) (f processor.Forecast, err error) {
	f.Silent = q.silent
	zone := x.config.ZoneOf(merchant)
	if f.At, err = x.latest(ctx, p, merchant); err == nil && q.asOf != "" {
		f.At, err = p.instant(q.asOf, zone)
	}
	if err != nil {
		return f, err
	}
	if day, wrong := schedules.ParseDate(q.until); wrong == nil {
		f.Until = (day + 1).In(zone, 0, 0).Add(-time.Second)
	} else if f.Until, err = schedules.ParseInstant(q.until, zone); err != nil {
		return f, usage("", "--until %q: want a day such as 2026-12-31, or a time such as 2026-12-31T12:00", q.until)
	}
	switch {
	case !f.Until.After(f.At):
		return f, usage("kontor forecast looks ahead; kontor payouts and claims show what was", "--until %s is not after %s", q.until, timeText(f.At, zone))
	case f.Until.After(f.At.AddDate(0, 0, longestForecast)):
		return f, usage("", "--until %s is more than two years after %s", q.until, timeText(f.At, zone))
	}
	return f, nil
}

// whatIfDrops sorts files into the inboxes they would be dropped in: by path,
// the target of the inbox.
func (c *Config) whatIfDrops(merchant string, files []string) (map[string]string, error) {
	drops, names := map[string]string{}, map[string]bool{}
	for _, file := range files {
		name := filepath.Base(file)
		if names[name] {
			return nil, usage("rename one of them", "--what-if: two files are named %s", name)
		}
		names[name] = true
		target, known := c.inboxOf(merchant, name)
		if !known {
			return nil, usage("names such as returns_1.csv tell what is in a file", "--what-if %s: the name tells no feed of profile %s", file, c.Profile(merchant).Name)
		}
		drops[file] = target
	}
	return drops, nil
}

// explainForecast gives the errors of a forecast their exit codes.
func explainForecast(err error) error {
	if errors.Is(err, processor.ErrOpen) {
		return failWith(exitFailed, err, "kontor run finishes it; if kontor serve is at work, try again in a moment")
	}
	return explainRun(err)
}

// verdict is the exit of a forecast with files of which not all was taken.
func (v forecastView) verdict() error {
	if v.WhatIf == nil {
		return nil
	}
	for _, f := range v.WhatIf.Files {
		if f.Verdict == purchase.Rejected || f.Verdict == purchase.Held || f.Now.Rejected+f.Now.Conflict > 0 {
			return failWith(exitRejected, fmt.Errorf("%s would not be taken as a whole", f.Name), "kontor check %s tells every error of its form", f.Name)
		}
	}
	return nil
}
