// Package ledger keeps the provider's books by double entry.
//
// An [Entry] is written once and never changed; a mistake is corrected by a
// further entry. The sum over all postings of an entry is zero. The entries of
// a merchant are numbered from 1 and chained by hash, so that [Verify] names
// the first one that was altered. The database refuses to change or delete
// what is booked.
//
// A [Book] takes the entries of one merchant inside one transaction and writes
// them by four statements, however many there are.
package ledger

import (
	"context"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
)

// Migrations make the tables of this package; they have the numbers 00100 to
// 00199.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// A Book appends entries to the books of one merchant. It lives as long as the
// transaction that it was opened in, and only one may be open per merchant:
// the caller holds the lock of the merchant.
type Book struct {
	tx       *database.Tx
	merchant string
	id       int64
	head     hash
	open     time.Time // what is booked before is refused: its period is closed
	moved    map[Class]money.Amount
	entries  [][]any
	postings [][]any
}

// Open reads the end of a merchant's chain.
func Open(ctx context.Context, tx *database.Tx, merchant string) (*Book, error) {
	id, head, err := readHead(ctx, tx, merchant)
	if err != nil {
		return nil, fmt.Errorf("ledger: merchant %s: open: %w", merchant, err)
	}
	open, err := closedUntil(ctx, tx, merchant)
	if err != nil {
		return nil, fmt.Errorf("ledger: merchant %s: open: %w", merchant, err)
	}
	return &Book{tx: tx, merchant: merchant, id: id, head: head, open: open, moved: map[Class]money.Amount{}}, nil
}

func readHead(ctx context.Context, tx *database.Tx, merchant string) (int64, hash, error) {
	var id int64
	var text string
	row := tx.QueryRow(ctx, "SELECT id, hash FROM ledger_head WHERE merchant = ?", merchant)
	if err := row.Scan(&id, &text); errors.Is(err, sql.ErrNoRows) {
		return 0, hash{}, nil
	} else if err != nil {
		return 0, hash{}, err
	}
	h, err := parseHash(text)
	return id, h, err
}

func parseHash(s string) (h hash, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("the hash %q of the head is not 64 hexadecimal digits", s)
	}
	copy(h[:], b)
	return h, nil
}

// Head returns number and hash, in hex, of the last entry, appended ones
// included. Before the first entry they are 0 and all zeros.
func (b *Book) Head() (int64, string) { return b.id, b.head.String() }

// Opens returns the first instant that is not closed: what comes for an earlier
// one is booked then. It is zero when no period is closed.
func (b *Book) Opens() time.Time { return b.open }

// Append takes an entry, gives it the next number and returns that. Postings of
// zero are dropped; [ErrEmpty] says that nothing remained. An entry whose sum is
// not zero is refused, and with [ErrClosed] one that is booked in a closed period.
// Nothing is written before [Book.Flush].
func (b *Book) Append(e Entry) (int64, error) {
	e.ID = b.id + 1
	e.Postings = slices.DeleteFunc(slices.Clone(e.Postings), func(p Posting) bool { return p.Amount == 0 })
	err := e.check()
	if err == nil && e.BookedAt.Before(b.open) {
		err = fmt.Errorf("booked at %s: %w, the first open day begins at %s", e.BookedAt.UTC().Format(time.RFC3339), ErrClosed, b.open.UTC().Format(time.RFC3339))
	}
	if err != nil {
		return 0, fmt.Errorf("ledger: merchant %s: entry %d (%s): %w", b.merchant, e.ID, e.Cause, err)
	}
	for _, p := range e.Postings {
		sum, err := b.moved[p.Account.Class].Add(p.Amount)
		if err != nil {
			return 0, fmt.Errorf("ledger: merchant %s: balance of %s: %w", b.merchant, p.Account.Class, err)
		}
		b.moved[p.Account.Class] = sum
	}
	b.id, b.head = e.ID, b.head.next(e)
	b.entries = append(b.entries, []any{b.merchant, e.ID, e.BookedAt.Unix(), e.BusinessDate, e.Cause, b.head.String()})
	for i, p := range e.Postings {
		b.postings = append(b.postings, []any{b.merchant, e.ID, i + 1, string(p.Account.Class), p.Account.Claim, int64(p.Amount)})
	}
	return e.ID, nil
}

// Flush writes what was appended, and the balances and the head with it. Callers
// flush at the end of each chunk and before the transaction ends; with nothing
// appended it does nothing.
func (b *Book) Flush(ctx context.Context) error {
	if len(b.entries) == 0 {
		return nil
	}
	var balances [][]any
	for _, class := range Classes() {
		if moved := b.moved[class]; moved != 0 {
			balances = append(balances, []any{b.merchant, string(class), int64(moved)})
		}
	}
	for _, load := range []struct {
		table   string
		columns []string
		rows    [][]any
		suffix  string
	}{
		{"ledger_entry", []string{"merchant", "id", "booked_at", "business_date", "cause", "hash"}, b.entries, ""},
		{"ledger_posting", []string{"merchant", "entry", "line", "class", "claim", "amount"}, b.postings, ""},
		{
			"ledger_balance",
			[]string{"merchant", "class", "amount"},
			balances,
			"ON CONFLICT (merchant, class) DO UPDATE SET amount = ledger_balance.amount + excluded.amount",
		},
		{
			"ledger_head",
			[]string{"merchant", "id", "hash"},
			[][]any{{b.merchant, b.id, b.head.String()}},
			"ON CONFLICT (merchant) DO UPDATE SET id = excluded.id, hash = excluded.hash",
		},
	} {
		if err := b.tx.Load(ctx, load.table, load.columns, load.rows, load.suffix); err != nil {
			return fmt.Errorf("ledger: merchant %s: %w", b.merchant, err)
		}
	}
	b.entries, b.postings, b.moved = nil, nil, map[Class]money.Amount{}
	return nil
}
