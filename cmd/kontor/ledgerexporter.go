package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// A ledgerExporter goes once through the books, from the first entry on, since
// balances and hashes need what was before.
type ledgerExporter struct {
	x        *exchange
	merchant string
	zone     *time.Location
	from, to schedules.Date // zero: open
	class    ledger.Class   // "": all
	claim    string

	write    func(ledgerRow) error
	balances map[ledger.Class]money.Amount
	previous string
	last     int64
	names    map[string]string // of files, by sha256
}

func (x *exchange) ledgerExporter(r ledgerRange, merchant string) (*ledgerExporter, error) {
	e := &ledgerExporter{
		x: x, merchant: merchant, zone: x.config.ZoneOf(merchant), balances: map[ledger.Class]money.Amount{}, names: map[string]string{},
		previous: strings.Repeat("0", 64),
	}
	var err error
	for _, d := range []struct {
		flag, text string
		day        *schedules.Date
	}{{"--from", r.from, &e.from}, {"--to", r.to, &e.to}} {
		if d.text == "" {
			continue
		}
		if *d.day, err = schedules.ParseDate(d.text); err != nil {
			return nil, usage("", "%s %q: want a day such as 2026-10-31", d.flag, d.text)
		}
	}
	if !e.to.IsZero() && e.to < e.from {
		return nil, usage("", "--to %s is before --from %s", e.to, e.from)
	}
	if r.account != "" {
		a, err := ledger.ParseAccount(r.account)
		if err != nil {
			return nil, usage("kontor ledger balances lists them", "--account: %w", err)
		}
		e.class, e.claim = a.Class, a.Claim
	}
	return e, nil
}

func (e *ledgerExporter) run(ctx context.Context, w io.Writer, asJSON bool) error {
	table := formats.RFC4180.NewTable(w, ledgerExportColumns())
	e.write = func(r ledgerRow) error { return table.Row(r.cells()...) }
	finish := table.Flush
	if asJSON {
		encode := json.NewEncoder(w)
		encode.SetEscapeHTML(false)
		e.write = func(r ledgerRow) error { return encode.Encode(r.object()) }
		finish = func() error { return nil }
	}
	err := e.x.db.Read(ctx, func(tx *database.Tx) error { return e.entries(ctx, tx) })
	return errors.Join(err, finish())
}

func (e *ledgerExporter) entries(ctx context.Context, tx *database.Tx) error {
	opening, err := e.openings(ctx, tx)
	if err != nil {
		return err
	}
	e.balances = opening
	if err := e.state("OPENING"); err != nil {
		return err
	}
	for entry, err := range ledger.Entries(ctx, tx, e.merchant, ledger.Filter{}) {
		if err != nil {
			return err
		}
		day := schedules.DateOf(entry.BookedAt.In(e.zone))
		inside := day >= e.from && (e.to.IsZero() || day <= e.to)
		if inside {
			e.count(e.balances, entry)
		}
		if inside && e.touched(entry) {
			if err := e.postings(ctx, entry); err != nil {
				return err
			}
		}
		e.previous, e.last = entry.Hash, entry.ID
	}
	if err := e.state("CLOSING"); err != nil {
		return err
	}
	return e.write(ledgerRow{record: "HEAD", entry: ledger.Entry{ID: e.last, Hash: e.previous}})
}

// openings are the balances before the first day.
func (e *ledgerExporter) openings(ctx context.Context, tx *database.Tx) (map[ledger.Class]money.Amount, error) {
	all := map[ledger.Class]money.Amount{}
	if e.from.IsZero() {
		return all, nil
	}
	for entry, err := range ledger.Entries(ctx, tx, e.merchant, ledger.Filter{}) {
		if err != nil {
			return nil, err
		}
		if schedules.DateOf(entry.BookedAt.In(e.zone)) < e.from {
			e.count(all, entry)
		}
	}
	return all, nil
}

func (e *ledgerExporter) count(balances map[ledger.Class]money.Amount, entry ledger.Entry) {
	for _, p := range entry.Postings {
		if e.wants(p.Account) {
			balances[p.Account.Class] += p.Amount
		}
	}
}

func (e *ledgerExporter) wants(a ledger.Account) bool {
	return (e.class == "" || a.Class == e.class) && (e.claim == "" || a.Claim == e.claim)
}

func (e *ledgerExporter) touched(entry ledger.Entry) bool {
	for _, p := range entry.Postings {
		if e.wants(p.Account) {
			return true
		}
	}
	return false
}

// state writes the balances of the accounts that are wanted.
func (e *ledgerExporter) state(record string) error {
	for _, class := range ledger.Classes() {
		if e.class != "" && class != e.class {
			continue
		}
		row := ledgerRow{record: record, account: ledger.Of(class, e.claim).String(), amount: e.balances[class]}
		if err := e.write(row); err != nil {
			return err
		}
	}
	return nil
}

func (e *ledgerExporter) postings(ctx context.Context, entry ledger.Entry) error {
	document, err := e.document(ctx, entry.Cause)
	if err != nil {
		return err
	}
	for i, p := range entry.Postings {
		err := e.write(ledgerRow{
			record: "POSTING", entry: entry, line: i + 1, account: p.Account.String(), amount: p.Amount, document: document, previous: e.previous,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// document is the cause in words: name and row of the file, or the slot.
func (e *ledgerExporter) document(ctx context.Context, cause string) (string, error) {
	sum, row, found := strings.Cut(cause, ":")
	if !found || len(sum) != 64 {
		return cause, nil
	}
	if _, known := e.names[sum]; !known {
		name, err := e.x.intake.NameOf(ctx, e.merchant, sum)
		if err != nil {
			return "", err
		}
		if name == "" {
			name = sum[:8] + "…"
		}
		e.names[sum] = name
	}
	return e.names[sum] + ":" + row, nil
}
