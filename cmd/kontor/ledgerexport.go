package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"
)

const ledgerExportHelp = `Write the books, or a part of them, as one table for auditors: CSV (UTF-8, comma,
RFC 4180), or JSON lines with --json. It goes to standard output, or with --output
into a file that must not exist yet.

OPENING   the balance of an account before --from, one row for each account
POSTING   one row for each posting: number of the entry and of its line, when it was
          booked, date of the document, account, debit or credit, the file and row or
          the slot that caused it, and the hashes
CLOSING   the balance at the end of --to; OPENING + postings = CLOSING
HEAD      number and hash of the last entry of the books, as payout reports state it

With --account all postings of the entries that touch that account are written, so
that their hashes can be computed, and only its own balances.

Every entry can be proved from its rows alone:

  hash = SHA-256(previous_hash as 32 bytes, then the canonical entry), in hex
  canonical entry = {"id":1,"booked_at":1759327200,"business_date":"2025-10-01",
    "cause":"…","postings":[{"account":"bank","amount":4990},…]}

in one line without blanks, UTF-8, keys in this order; booked_at as seconds since
1970-01-01 UTC, amount as whole cents, debit positive, postings in the order of their
lines; strings escaped only where JSON demands it. previous_hash of entry 1 is all
zeros, else the hash of the entry before.`

// A ledgerRange is the part of the books that is exported.
type ledgerRange struct {
	from, to, account, output string
}

func (p *program) ledgerExportCommand() *cobra.Command {
	var r ledgerRange
	c := &cobra.Command{
		Use:   "export",
		Short: "Write all entries with hashes and balances for auditors",
		Long:  ledgerExportHelp,
		Example: `  kontor ledger export > books.csv
  kontor ledger export --from 2026-10-01 --to 2026-10-31 --output october.csv
  kontor ledger export --account receivable/RE1004 --json`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return p.ledgerExport(c.Context(), r) },
	}
	c.Flags().StringVar(&r.from, "from", "", "first `DAY` of booking, in the merchant's zone")
	c.Flags().StringVar(&r.to, "to", "", "last `DAY` of booking")
	c.Flags().StringVar(&r.account, "account", "", "only entries that touch this `ACCOUNT`, such as bank, receivable or receivable/RE1004")
	c.Flags().StringVar(&r.output, "output", "", "write into this new `FILE`")
	return exits(c, exitDone, exitFailed, exitUsage)
}

// ledgerExport writes the part, and not half a file.
func (p *program) ledgerExport(ctx context.Context, r ledgerRange) error {
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		e, err := x.ledgerExporter(r, merchant)
		if err != nil {
			return err
		}
		if r.output == "" {
			return e.run(ctx, p.out, p.json)
		}
		f, err := os.OpenFile(r.output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return failWith(exitUsage, err, "--output names a file that does not exist yet")
		}
		if err := errors.Join(e.run(ctx, f, p.json), f.Sync(), f.Close()); err != nil {
			return errors.Join(err, os.Remove(r.output))
		}
		return nil
	})
}
