package main

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// ledgerCommand shows the books.
func (p *program) ledgerCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "ledger",
		Short: "Show the books: balances, entries, all of it as CSV or JSON; close a month",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	balances := &cobra.Command{
		Use:     "balances",
		Short:   "Show the balance of each account, debit positive",
		Example: "  kontor ledger balances",
		Args:    arguments(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.ledgerBalances(c.Context()) },
	}
	var filter ledger.Filter
	var class string
	entries := &cobra.Command{
		Use:   "entries",
		Short: "Print entries with their postings and hashes, as CSV or JSON lines",
		Long: `Print the entries of the books in order, one line for each posting: as CSV (UTF-8,
comma), or with --json one entry a line in its canonical form with its hash, from
which anybody can compute the chain anew. Amounts of the canonical form are cents.`,
		Example: "  kontor ledger entries --claim RE1004\n  kontor ledger entries --json > books.jsonl",
		Args:    arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			filter.Class = ledger.Class(class)
			return p.ledgerEntries(c.Context(), filter)
		},
	}
	entries.Flags().StringVar(&filter.Claim, "claim", "", "only entries that touch the claim of this `INVOICE`")
	entries.Flags().StringVar(&class, "account", "", "only entries that touch an account of this `CLASS`, such as bank")
	entries.Flags().Int64Var(&filter.After, "after", 0, "only entries with a higher `NUMBER`")
	c.AddCommand(exits(balances, exitDone, exitFailed, exitUsage), exits(entries, exitDone, exitFailed, exitUsage), p.ledgerExportCommand(),
		p.ledgerCloseCommand(), p.ledgerClosingsCommand())
	return exits(c, exitDone, exitUsage)
}

func (p *program) ledgerBalances(ctx context.Context) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		var all map[ledger.Class]money.Amount
		err := x.db.Read(ctx, func(tx *database.Tx) (err error) {
			all, err = ledger.Balances(ctx, tx, merchant)
			return err
		})
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(all)
		}
		var rows [][]string
		var sum money.Amount
		for _, class := range ledger.Classes() {
			rows = append(rows, []string{string(class), all[class].String()})
			sum += all[class]
		}
		return p.printTable([]string{"ACCOUNT", ">BALANCE"}, append(rows, []string{"together", sum.String()}))
	})
}

func (p *program) ledgerEntries(ctx context.Context, f ledger.Filter) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		table := formats.RFC4180.NewTable(p.out, ledgerColumns())
		write, flush := entryRows(table), table.Flush
		if p.json {
			write, flush = p.entryJSON, func() error { return nil }
		}
		err := x.db.Read(ctx, func(tx *database.Tx) error {
			for e, err := range ledger.Entries(ctx, tx, merchant, f) {
				if err != nil {
					return err
				}
				if err := write(e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		return flush()
	})
}

func ledgerColumns() []formats.Column {
	return []formats.Column{
		{Name: "entry", Kind: formats.Int},
		{Name: "booked_at", Kind: formats.Text},
		{Name: "business_date", Kind: formats.Date},
		{Name: "account", Kind: formats.Text},
		{Name: "amount", Kind: formats.Amount},
		{Name: "cause", Kind: formats.Text},
		{Name: "hash", Kind: formats.Text},
	}
}

func entryRows(table *formats.Table) func(ledger.Entry) error {
	return func(e ledger.Entry) error {
		for _, posting := range e.Postings {
			err := table.Row(e.ID, e.BookedAt.UTC().Format("2006-01-02T15:04:05Z"), schedules.Date(e.BusinessDate), posting.Account.String(), posting.Amount, e.Cause, e.Hash)
			if err != nil {
				return err
			}
		}
		return nil
	}
}

func (p *program) entryJSON(e ledger.Entry) error {
	return json.NewEncoder(p.out).Encode(struct {
		Entry json.RawMessage `json:"entry"`
		Hash  string          `json:"hash"`
	}{e.AppendCanonical(nil), e.Hash})
}
