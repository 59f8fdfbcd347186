package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// verifyCommand recomputes everything that is kept.
func (p *program) verifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify",
		Short: "Recompute all books from what came in, and tell what does not agree",
		Long: `Check everything that can be checked, without changing anything: every byte of
each file belongs to a row, every row has one verdict, nothing is parked for too
long, what is booked is in a batch, batches have no gap, slots ran once; the
chain of the ledger, every claim against its documents, payments, postings and
payout lines, the sum of each account, the identity of every payout, dunning
levels; and that each file that left can be sent again.

Each thing that is broken is told in one line. Without --merchant all merchants
and the files of the bank are checked.`,
		Example: `  kontor verify
  kontor verify --merchant acme --json`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return p.verify(c.Context()) },
	}
	return exits(c, exitDone, exitFailed, exitUsage)
}

// verified is what verify found of one merchant.
type verified struct {
	Merchant string   `json:"merchant"`
	Broken   []string `json:"broken"`
}

func (p *program) verify(ctx context.Context) error {
	return p.look(ctx, func(c *Config, x *exchange) error {
		ids, err := c.chosen(p.merchant)
		if err != nil {
			return err
		}
		if p.merchant == "" && x.engine.Bank != nil {
			ids = append(ids, purchase.Provider)
		}
		var all []verified
		total := 0
		for _, id := range ids {
			broken, err := x.verify(ctx, id)
			if err != nil {
				return fmt.Errorf("verify %s: %w", id, err)
			}
			all = append(all, verified{id, append([]string{}, broken...)})
			total += len(broken)
		}
		if err := p.printVerified(all); err != nil || total == 0 {
			return err
		}
		return failWith(exitFailed, fmt.Errorf("%s not agree", count(total, "thing does", "things do")),
			"stop kontor, keep data_dir as it is, and restore the last backup beside it to compare")
	})
}

func (p *program) printVerified(all []verified) error {
	if p.json {
		return p.printJSON(all)
	}
	var b strings.Builder
	for _, v := range all {
		name := ownerName(v.Merchant)
		if len(v.Broken) == 0 {
			fmt.Fprintf(&b, "%s: all agrees\n", name)
		}
		for _, line := range v.Broken {
			fmt.Fprintf(&b, "%s: %s\n", name, line)
		}
	}
	_, err := io.WriteString(p.out, b.String())
	return err
}

// verify returns one sentence for each thing of a merchant, or of the bank
// ([purchase.Provider]), that does not agree.
func (x *exchange) verify(ctx context.Context, merchant string) ([]string, error) {
	last, err := x.engine.LastRun(ctx, merchant)
	if err != nil {
		return nil, err
	}
	terms, zone := purchase.Terms{}, x.config.ZoneOf("")
	bank := merchant == purchase.Provider
	if !bank {
		terms, zone = x.config.Terms(merchant), x.config.ZoneOf(merchant)
	}
	parts := []verifyPart{
		{"files and rows", func() ([]string, error) {
			return x.intake.Verify(ctx, merchant, terms, schedules.DateOf(last.In(zone)))
		}},
	}
	if !bank {
		parts = append(parts,
			verifyPart{"batches", func() ([]string, error) { return x.verifyBatches(ctx, merchant) }},
			verifyPart{"records", func() ([]string, error) { return x.verifyRows(ctx, merchant) }},
			verifyPart{"books, claims and payouts", func() ([]string, error) { return x.provider.Verify(ctx, merchant) }})
	}
	if !bank && x.engine.Courier != nil {
		parts = append(parts, verifyPart{"hand-over", func() ([]string, error) { return x.engine.Courier.Verify(ctx, merchant) }})
	}
	parts = append(parts,
		verifyPart{"runs and slots", func() ([]string, error) { return x.engine.Verify(ctx, merchant) }},
		verifyPart{"files that left", func() ([]string, error) {
			return sentences(x.outbox.Verify(ctx, merchant)), ctx.Err()
		}})
	var broken []string
	for i, part := range parts {
		x.bar.part(i, len(parts), ownerName(merchant)+": "+part.name)
		found, err := part.look()
		broken = append(broken, found...)
		if err != nil {
			return broken, err
		}
	}
	return broken, nil
}

// A verifyPart is one thing that verify looks at.
type verifyPart struct {
	name string
	look func() ([]string, error)
}

// sentences takes joined errors apart.
func sentences(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}
