package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/samples"
	"github.com/kontor-exchange/kontor/schedules"
)

// samplesCommand invents drops.
func (p *program) samplesCommand() *cobra.Command {
	var o samples.Options
	var profile, start, out string
	c := &cobra.Command{
		Use:   "samples --out DIR",
		Short: "Invent the files that an ERP and a bank would drop",
		Long: `Write the files of a shop and its bank, with invented people, into a folder per
day: DIR/<day>/in is what the ERP drops, DIR/<day>/bank what the bank drops.
The same options give the same bytes on every machine. A folder that is not
empty is refused.`,
		Example: "  kontor samples --orders 1000 --days 30 --seed 7 --profile actindo --out ./drops",
		Args:    arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := completeSamples(&o, profile, start); err != nil {
				return err
			}
			return p.samples(c.Context(), o, out)
		},
	}
	f := c.Flags()
	f.StringVar(&out, "out", "", "`DIR` to write into")
	f.IntVar(&o.Orders, "orders", 100, "how many orders")
	f.IntVar(&o.Days, "days", 30, "over how many days")
	f.IntVar(&o.Quiet, "quiet", 0, "the last days, on which nobody orders any more")
	f.Uint64Var(&o.Seed, "seed", 1, "another seed, other people and orders")
	f.StringVar(&profile, "profile", "kontor", "dialect of the files: kontor or actindo")
	f.StringVar(&start, "start", "2026-10-01", "first `DAY`")
	f.StringVar(&o.Account, "account", "", "settlement account `IBAN` of the merchant (default that of kontor init)")
	f.BoolVar(&o.InvoiceFromShipments, "invoice-from-shipments", false, "no invoices feed, the shipments carry the amounts")
	f.BoolVar(&o.Simple, "simple", false, "orders and shipments only, all on the first day")
	return exits(c, exitDone, exitFailed, exitUsage, exitRefused)
}

func completeSamples(o *samples.Options, profile, start string) error {
	var err error
	if o.Start, err = schedules.ParseDate(start); err != nil {
		return usage("", "--start: %w", err)
	}
	for flag, n := range map[string]int{"orders": o.Orders, "days": o.Days - 1, "quiet": o.Quiet} {
		if n < 0 {
			return usage("", "--%s is too small", flag)
		}
	}
	if o.Quiet >= o.Days {
		return usage("", "--quiet %d leaves no day of %d to order on", o.Quiet, o.Days)
	}
	if o.Account != "" && !purchase.ValidIBAN(o.Account) {
		return usage("", "--account: %q is not an IBAN with right check digits, without blanks", o.Account)
	}
	var known bool
	if o.Profile, known = formats.Lookup(profile); !known || profile != "kontor" && profile != "actindo" {
		return usage("", "--profile: %q is not kontor or actindo", profile)
	}
	return nil
}

func (p *program) samples(ctx context.Context, o samples.Options, out string) error {
	if out == "" {
		return usage("", "--out is missing; want the folder to write into")
	}
	entries, err := os.ReadDir(out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return failWith(exitRefused, fmt.Errorf("%s is not empty", out), "name a new or an empty folder")
	}
	if err := samples.Write(ctx, o, out); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(map[string]any{"out": out, "orders": o.Orders, "days": o.Days, "seed": o.Seed, "profile": o.Profile.Name})
	}
	_, err = fmt.Fprintf(p.out, "%s: %s over %s, profile %s, seed %d\n", out, count(o.Orders, "order", "orders"), count(o.Days, "day", "days"), o.Profile.Name, o.Seed)
	return err
}
