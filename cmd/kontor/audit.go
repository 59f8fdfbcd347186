package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// auditCommand lists who has changed what by a command.
func (p *program) auditCommand() *cobra.Command {
	var since string
	c := &cobra.Command{
		Use:   "audit",
		Short: "List who has changed something by a command, when, why, and how it ended",
		Long: `List every command with which a person has changed something, or has tried to:
runs by hand, reruns, decisions, assignments, files that were released, sent again,
made anew or reversed, closed months; and dry runs, with the hash of the plan that
they have made. What kontor serve does by itself is not among them.

A command is written down before it begins, and when it has ended; neither is ever
changed or removed, and the database refuses it. One without an end is at work, or
was cut off. Without --merchant those of all merchants are listed.`,
		Example: "  kontor audit --since 2026-10-01\n  kontor audit --merchant acme --json",
		Args:    arguments(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.audit(c.Context(), since) },
	}
	c.Flags().StringVar(&since, "since", "", "only from this `DAY` on, such as 2026-10-01, or a time of it; on the real clock")
	return exits(c, exitDone, exitFailed, exitUsage)
}

func (p *program) audit(ctx context.Context, since string) error {
	return p.look(ctx, func(c *Config, x *exchange) error {
		ids, err := c.chosen(p.merchant)
		if err != nil {
			return err
		}
		var from time.Time
		if since != "" {
			if from, err = dayOrTime(since, c.ZoneOf("")); err != nil {
				return usage("", "--since %q: want a day such as 2026-10-01, or a time such as 2026-10-01T12:00", since)
			}
		}
		deeds, err := x.engine.Deeds(ctx, append(ids, purchase.Provider), from)
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(append([]processor.Deed{}, deeds...))
		}
		if len(deeds) == 0 {
			return p.say("Nobody has changed anything by a command.")
		}
		return p.printDeeds(deeds, c.ZoneOf(""), len(ids) > 1)
	})
}

func (p *program) printDeeds(deeds []processor.Deed, zone *time.Location, several bool) error {
	head := []string{"WHEN", "WHO", "WHAT", "HOW", ">EXIT", "PLAN", "WHY", "OUTCOME"}
	var rows [][]string
	for _, d := range deeds {
		row := []string{
			timeText(d.At, zone), d.Operator, strings.Join(append([]string{d.Verb}, d.Arguments...), " "), how(d), exitText(d), dash(d.Plan), dash(d.Reason), clip(outcome(d), 120),
		}
		if several {
			row = slices.Insert(row, 1, merchantName(d.Merchant))
		}
		rows = append(rows, row)
	}
	if several {
		head = slices.Insert(head, 1, "MERCHANT")
	}
	return p.printTable(head, rows)
}

// dayOrTime reads a day, which begins at midnight, or a time.
func dayOrTime(s string, zone *time.Location) (time.Time, error) {
	if day, err := schedules.ParseDate(s); err == nil {
		return day.In(zone, 0, 0), nil
	}
	return schedules.ParseInstant(s, zone)
}

func merchantName(id string) string {
	if id == purchase.Provider {
		return "(all)"
	}
	return id
}

func how(d processor.Deed) string {
	switch d.Mode {
	case processor.DryRun:
		return "dry run"
	case processor.Applying:
		return "plan"
	}
	return "direct"
}

func exitText(d processor.Deed) string {
	if d.Ended.IsZero() {
		return "–"
	}
	return fmt.Sprint(d.Exit)
}

// outcome tells how a deed has ended, in one line.
func outcome(d processor.Deed) string {
	switch {
	case d.Ended.IsZero():
		return "no end: at work, or cut off"
	case d.Outcome == "":
		return exit(d.Exit).meaning()
	}
	first, _, _ := strings.Cut(d.Outcome, "\n")
	return first
}
