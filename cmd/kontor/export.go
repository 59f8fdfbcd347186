package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/provider"
)

// exportCommand prints all that is known about a merchant.
func (p *program) exportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "export [MERCHANT]",
		Short: "Print everything about a merchant as one JSON document",
		Long: `Print files with verdicts, decisions, payouts, dunning, claims, balances and
unmatched payments of a merchant as one JSON document: for auditors, for moving
house, and for comparing. Amounts are in cents, balances debit positive; step is
the time of the run that read a file.`,
		Example: `  kontor export acme > acme.json`,
		Args:    arguments(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			id := p.merchant
			if len(args) == 1 {
				id = args[0]
			}
			return p.export(c.Context(), id)
		},
	}
	return exits(c, exitDone, exitFailed, exitUsage)
}

// An export is the document. Its keys are a promise: more may come, none goes.
type export struct {
	Merchant string              `json:"merchant"`
	AsOf     string              `json:"as_of"`
	Files    []intake.ExportFile `json:"files"`
	provider.Export
}

// stepLayout prints the time of a run.
const stepLayout = "2006-01-02T15-04"

func (p *program) export(ctx context.Context, id string) (err error) {
	c, err := Load(p.configFile)
	if err != nil {
		return err
	}
	if id, err = c.choose(id); err != nil {
		return err
	}
	x, err := p.open(ctx, c, quiet())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	e, err := x.export(ctx, id)
	if err != nil {
		return err
	}
	out := json.NewEncoder(p.out)
	out.SetEscapeHTML(false)
	out.SetIndent("", " ")
	return out.Encode(e)
}

func (x *exchange) export(ctx context.Context, id string) (export, error) {
	e := export{Merchant: id, Files: []intake.ExportFile{}}
	last, err := x.engine.LastRun(ctx, id)
	if err != nil {
		return e, err
	}
	if last != (time.Time{}) {
		e.AsOf = last.In(x.config.ZoneOf(id)).Format(stepLayout)
	}
	for f, err := range x.intake.ExportFiles(ctx, id, x.config.ZoneOf(id)) {
		if err != nil {
			return e, err
		}
		e.Files = append(e.Files, f)
	}
	e.Export, err = x.provider.Export(ctx, id)
	return e, err
}
