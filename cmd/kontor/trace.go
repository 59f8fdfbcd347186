package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// traceCommand tells where anything is, and where it came from.
func (p *program) traceCommand() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:   "trace ANYTHING",
		Short: "Tell the way of anything: from the row of a file to the payout and back",
		Long: `Tell the way of a document both ways: line of a file, verdicts of its row, batch
and record, credit decision, claim, entries of the books, line of a payout, files
with which the ERP was told, and when those were delivered.

ANYTHING is the number of an order, invoice, shipment, return, credit, cancellation
or instruction, a payment, the reference that a debtor pays with, a payout, an
inbound file (number, name, or the first 8 or more digits of its SHA-256), a file
that left (its name), a batch (B000042), or an entry of the books (its number). A
payout, file or batch is told with its rows: the first of them, or --limit more.
When it fits several things all are shown; a kind in front says which is meant, as
in entry:12, file:12 or batch:12.

With role: merchant or provider each side tells what it knows: the merchant's its
rows, and what the provider has answered; the provider's the way from the batch on.`,
		Example: `  kontor trace A1001
  kontor trace RE1001
  kontor trace P-acme-2026W42 --limit 1000
  kontor trace entry:12 --json`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error { return p.trace(c.Context(), args[0], limit) },
	}
	c.Flags().IntVar(&limit, "limit", 50, "how many `ROWS` of a payout, a file or a batch at most")
	return exits(c, exitDone, exitFailed, exitUsage)
}

// A tracing is the answer. Its keys are a promise: more may come, none goes.
type tracing struct {
	Query    string    `json:"query"`
	Merchant string    `json:"merchant"`
	Found    []finding `json:"found"`
}

// A finding is one thing that the question fits.
type finding struct {
	Kind    string       `json:"kind"` // order, invoice, … payment, payout, file, report, batch, entry
	ID      string       `json:"id"`
	Text    string       `json:"text"` // how it stands
	Ways    []*way       `json:"ways"`
	Rows    []traceRow   `json:"rows,omitempty"`  // of a file or a batch
	Lines   []payoutLine `json:"lines,omitempty"` // of a payout
	LeftOut int64        `json:"left_out,omitempty"`
}

// A way is what happened to one document, in order of time; files that left
// come last.
type way struct {
	Kind  string      `json:"kind"` // as of a finding; also guarantee, dunning and operator
	ID    string      `json:"id"`
	Text  string      `json:"text"`
	Steps []traceStep `json:"steps"`
}

// A traceStep is one step of a way; of the facts those of its kind are there.
type traceStep struct {
	At       *time.Time              `json:"at,omitempty"` // nil where it is still to come
	Kind     string                  `json:"step"`         // row, batch, decision, match, entry, line, notice, file
	Text     string                  `json:"text"`
	Row      *traceRow               `json:"row,omitempty"`
	Decision *provider.OrderDecision `json:"decision,omitempty"`
	Entry    *provider.LifeEntry     `json:"entry,omitempty"`
	Line     *payoutLine             `json:"line,omitempty"`
	Notice   *purchase.Notice        `json:"notice,omitempty"`
	File     *leftFile               `json:"file,omitempty"`
}

// A traceRow is a row of a file with its last verdict, and the record that it became.
type traceRow struct {
	File     string           `json:"file"` // its number; of the bank's with b in front
	Name     string           `json:"name"`
	Line     int64            `json:"line"`
	Row      int64            `json:"row"`
	Feed     string           `json:"feed"`
	Document string           `json:"document_no"`
	Status   purchase.Verdict `json:"status"`
	Code     purchase.Code    `json:"code"`
	Message  string           `json:"message"`
	Batch    int64            `json:"batch,omitempty"` // 0: it did not travel
	Record   int64            `json:"record,omitempty"`
}

// A payoutLine is a line of a payout, and the row, or the slot, that it comes from.
type payoutLine struct {
	Payout   string            `json:"payout_id"` // "" while it waits for the next one
	LineNo   int64             `json:"line_no,omitempty"`
	Type     purchase.LineType `json:"line_type"`
	Document string            `json:"document_no"`
	Invoice  string            `json:"invoice_no"`
	Amount   money.Amount      `json:"amount_cents"`
	Entry    int64             `json:"entry,omitempty"`
	Source   string            `json:"source"`
	Row      *traceRow         `json:"row,omitempty"` // nil for what a slot or an operator did
}

// A leftFile is a file that left.
type leftFile struct {
	File      string     `json:"file"` // target:folder/name
	Kind      string     `json:"kind"`
	SHA256    string     `json:"sha256"`
	Delivered *time.Time `json:"delivered"` // nil while it waits
	Error     string     `json:"error,omitempty"`
}

// traceKinds are the kinds that may stand in front of what is asked for.
var traceKinds = []string{
	"order", "invoice", "shipment", "return", "credit", "cancellation", "instruction", "payment", "payout", "file", "report", "batch", "entry",
}

func (p *program) trace(ctx context.Context, what string, limit int) error {
	if limit < 1 {
		return usage("", "--limit %d: want a number from 1 on", limit)
	}
	kind, name, named := strings.Cut(what, ":")
	if !named || !slices.Contains(traceKinds, kind) {
		kind, name = "", what
	}
	if name = strings.TrimSpace(name); name == "" {
		return usage("such as kontor trace A1001", "nothing to trace: %q", what)
	}
	return p.lookAt(ctx, func(x *exchange, merchant string) error {
		t := &tracer{x: x, merchant: merchant, zone: x.config.ZoneOf(merchant), limit: limit, kind: kind, claims: map[string]*claimBook{}}
		found, err := t.find(ctx, name)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return failWith(exitFailed, fmt.Errorf("merchant %s has nothing that is called %q", merchant, what),
				"it may not have come: kontor files lists what was read, and kontor status what is held; numbers are written as in the file, with capital letters")
		}
		out := tracing{what, merchant, found}
		if p.json {
			return p.printJSON(out)
		}
		return p.printTrace(out, t.zone)
	})
}
