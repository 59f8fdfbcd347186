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
		name := v.Merchant
		if name == purchase.Provider {
			name = "bank"
		}
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
	var broken []string
	add := func(found []string, err error) error {
		broken = append(broken, found...)
		return err
	}
	err = add(x.intake.Verify(ctx, merchant, terms, schedules.DateOf(last.In(zone))))
	if err == nil && !bank {
		err = add(x.verifyBatches(ctx, merchant))
	}
	if err == nil && !bank {
		err = add(x.verifyRows(ctx, merchant))
	}
	if err == nil && !bank {
		err = add(x.provider.Verify(ctx, merchant))
	}
	if err == nil && !bank && x.engine.Courier != nil {
		err = add(x.engine.Courier.Verify(ctx, merchant))
	}
	if err == nil {
		err = add(x.engine.Verify(ctx, merchant))
	}
	if err == nil {
		err = add(sentences(x.outbox.Verify(ctx, merchant)), ctx.Err())
	}
	return broken, err
}

// sentences takes joined errors apart.
func sentences(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}
