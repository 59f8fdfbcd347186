package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

func (p *program) filesShowCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "show FILE",
		Short:   "Show a file, and each of its rows that is not booked",
		Example: "  kontor files show 12\n  kontor files show b3 --json",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE:    func(c *cobra.Command, args []string) error { return p.filesShow(c.Context(), args[0]) },
	}
	return exits(c, exitDone, exitFailed, exitUsage)
}

// A rowView is a row that is not booked, or a warning.
type rowView struct {
	Line       int64            `json:"line"`
	Row        int64            `json:"row"`
	DocumentNo string           `json:"document_no"`
	Status     purchase.Verdict `json:"status"` // "" for a warning
	Code       purchase.Code    `json:"code"`
	Column     string           `json:"column"`
	Value      string           `json:"value"`
	Message    string           `json:"message"`
}

func (x *exchange) rowViews(ctx context.Context, i intake.FileInfo) ([]rowView, error) {
	all := []rowView{}
	for l, err := range x.intake.Rows(ctx, i.Owner, i.Number) {
		if err != nil {
			return nil, err
		}
		all = append(all, rowView{l.Line, l.Row, l.DocumentNo, l.Status, l.Code, l.Column, l.Value, l.Message})
	}
	return all, nil
}

func (p *program) filesShow(ctx context.Context, what string) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		info, err := x.findFile(ctx, merchant, what)
		if err != nil {
			return err
		}
		rows, err := x.rowViews(ctx, info)
		if err != nil {
			return err
		}
		v := viewOf(info)
		corrected, err := x.intake.Corrections(ctx, info.Owner, info.Number)
		if err != nil {
			return err
		}
		reversed, err := x.intake.Reversals(ctx, info.Owner, info.Number)
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(struct {
				fileView
				NotBooked   []rowView             `json:"not_booked"`
				Corrections []intake.Correction   `json:"corrections,omitempty"`
				Reversals   []intake.ReversalInfo `json:"reversals,omitempty"`
			}{v, rows, corrected, reversed})
		}
		if err := p.printFile(v, x.config.ZoneOf(merchant)); err != nil {
			return err
		}
		if err := errors.Join(p.printRows(rows), p.printCorrections(corrected), p.printReversals(reversed)); err != nil {
			return err
		}
		return p.advise(v)
	})
}

func (p *program) printFile(v fileView, zone *time.Location) error {
	lines := []string{
		fmt.Sprintf("file %s  %s", v.File, v.Name),
		fmt.Sprintf("  feed      %s", v.Feed),
		fmt.Sprintf("  read      %s, run %s", timeText(v.ReadAt, zone), v.Run),
		fmt.Sprintf("  verdict   %s", v.verdict()),
		fmt.Sprintf("  rows      %d: %d booked, %d duplicate, %d conflict, %d rejected, %d parked",
			v.Rows, v.Now.Booked, v.Now.Duplicate, v.Now.Conflict, v.Now.Rejected, v.Now.Parked),
		fmt.Sprintf("  sum       %s", v.SumGross),
		fmt.Sprintf("  sha256    %s (%s)", dash(v.SHA256), count(v.Size, "byte", "bytes")),
	}
	if v.Code != "" {
		lines = append(lines, fmt.Sprintf("  why       %s: %s", v.Code, v.Message))
	}
	if v.Original != "" {
		lines = append(lines, "  original  file "+v.Original+" has the same bytes and was read before")
	}
	if v.Released != "" {
		lines = append(lines, "  released  "+v.Released)
	}
	return p.say(lines...)
}

func (p *program) printRows(rows []rowView) error {
	if len(rows) == 0 {
		return nil
	}
	var cells [][]string
	for _, r := range rows {
		status := string(r.Status)
		if status == "" {
			status = "WARNING"
		}
		cells = append(cells, []string{strconv.FormatInt(r.Line, 10), dash(r.DocumentNo), status, string(r.Code), r.Message})
	}
	if err := p.say(""); err != nil {
		return err
	}
	return p.printTable([]string{">LINE", "DOCUMENT", "STATUS", "CODE", "MESSAGE"}, cells)
}

// printCorrections tells which rows were replaced, and by what.
func (p *program) printCorrections(all []intake.Correction) error {
	if len(all) == 0 {
		return nil
	}
	var rows [][]string
	for _, c := range all {
		rows = append(rows, []string{strconv.FormatInt(c.Line, 10), c.Name, strconv.FormatInt(c.FromLine, 10), c.SHA256[:8] + "…", c.Operator, strconv.FormatInt(c.Run, 10), dash(c.Verdict)})
	}
	return errors.Join(p.say("", "Rows that were replaced:"), p.printTable([]string{">LINE", "BY", ">LINE", "SHA256", "WHO", ">RUN", "VERDICT"}, rows))
}

// printReversals tells which rows were taken back.
func (p *program) printReversals(all []intake.ReversalInfo) error {
	if len(all) == 0 {
		return nil
	}
	var rows [][]string
	for _, r := range all {
		rows = append(rows, []string{strconv.FormatInt(r.Line, 10), dash(r.Number), r.CommandNo, r.What, r.Operator})
	}
	return errors.Join(p.say("", "Booked rows that were taken back:"), p.printTable([]string{">LINE", "DOCUMENT", "BY", "WHAT", "WHO"}, rows))
}

// advise says what can be done about a file.
func (p *program) advise(v fileView) error {
	var advice []string
	add := func(when bool, text string) {
		if when {
			advice = append(advice, text)
		}
	}
	add(v.Verdict == purchase.Held, "Nothing of it is booked. Drop the right file, or accept this one: kontor files release "+v.File+" --reason …")
	add(v.Verdict == purchase.Rejected && v.Rows == 0, "Nothing of it is booked. Correct it and drop it again; after a change of the profile: kontor rerun file "+v.File)
	add(v.Now.Rejected > 0, "Rejected rows: correct them in out/ack/….rejected.csv and drop it again; if the reason is gone: kontor rerun rows "+v.File+" --status rejected")
	add(v.Now.Parked > 0, "Parked rows are tried again at every run.")
	if len(advice) == 0 {
		return nil
	}
	return p.say(append([]string{""}, advice...)...)
}
