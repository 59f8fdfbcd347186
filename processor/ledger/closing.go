package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
)

// A Closing (Periodenabschluss, Festschreibung) says that no entry may be booked
// in a month any more. What comes later with an older document is booked on the
// first open day; its business date stays that of the document.
type Closing struct {
	Period   string    // such as 2026-10
	Until    time.Time // first instant after the period, on the merchant's clock
	ClosedAt time.Time
	Entry    int64  // last entry at that time
	Hash     string // and its hash, so that the closing is a witness of the chain
	Operator string
	Reason   string
}

// ErrClosed is returned for an entry whose time of booking lies in a closed
// period.
var ErrClosed = errors.New("its period is closed")

// Close closes a period for ever; the caller holds the lock of the merchant and
// has made sure that nothing is left to book in it. Entry and Hash are filled
// in. Periods are closed in their order: one that does not lie after the last
// closed one is refused.
func Close(ctx context.Context, tx *database.Tx, merchant string, c Closing) (Closing, error) {
	until, err := closedUntil(ctx, tx, merchant)
	if err != nil {
		return c, err
	}
	if !c.Until.After(until) {
		return c, fmt.Errorf("ledger: merchant %s: close %s: %w: the books are closed until %s", merchant, c.Period, ErrClosed, until.UTC().Format(time.RFC3339))
	}
	var head hash
	if c.Entry, head, err = readHead(ctx, tx, merchant); err != nil {
		return c, fmt.Errorf("ledger: merchant %s: close %s: %w", merchant, c.Period, err)
	}
	c.Hash = head.String()
	_, err = tx.Exec(ctx, "INSERT INTO ledger_closing (merchant, period, until_at, closed_at, entry, hash, operator, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		merchant, c.Period, c.Until.Unix(), c.ClosedAt.Unix(), c.Entry, c.Hash, c.Operator, c.Reason)
	return c, err
}

// Closings returns the closed periods of a merchant, the first one first.
func Closings(ctx context.Context, tx *database.Tx, merchant string) ([]Closing, error) {
	rows, err := tx.Query(ctx, "SELECT period, until_at, closed_at, entry, hash, operator, reason FROM ledger_closing WHERE merchant = ? ORDER BY until_at", merchant)
	return database.Collect(rows, err, func(r *sql.Rows) (c Closing, err error) {
		var until, at int64
		err = r.Scan(&c.Period, &until, &at, &c.Entry, &c.Hash, &c.Operator, &c.Reason)
		c.Until, c.ClosedAt = time.Unix(until, 0), time.Unix(at, 0)
		return c, err
	})
}

// closedUntil returns the first instant that is open; zero when nothing is
// closed.
func closedUntil(ctx context.Context, tx *database.Tx, merchant string) (time.Time, error) {
	var until int64
	err := tx.QueryRow(ctx, "SELECT COALESCE(MAX(until_at), 0) FROM ledger_closing WHERE merchant = ?", merchant).Scan(&until)
	if err != nil || until == 0 {
		return time.Time{}, err
	}
	return time.Unix(until, 0), nil
}

// First returns when the first entry of a merchant was booked; zero when there
// is none.
func First(ctx context.Context, tx *database.Tx, merchant string) (time.Time, error) {
	var at int64
	err := tx.QueryRow(ctx, "SELECT COALESCE(MIN(booked_at), 0) FROM ledger_entry WHERE merchant = ?", merchant).Scan(&at)
	if err != nil || at == 0 {
		return time.Time{}, err
	}
	return time.Unix(at, 0), nil
}

// Count counts the entries that are booked from a time on and before another.
func Count(ctx context.Context, tx *database.Tx, merchant string, from, until time.Time) (n int64, err error) {
	err = tx.QueryRow(ctx, "SELECT COUNT(*) FROM ledger_entry WHERE merchant = ? AND booked_at >= ? AND booked_at < ?", merchant, from.Unix(), until.Unix()).Scan(&n)
	return n, err
}
