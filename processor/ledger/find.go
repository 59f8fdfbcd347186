package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
)

// Find returns entries by their numbers, in order; those that are not there are
// left out.
func Find(ctx context.Context, tx *database.Tx, merchant string, ids []int64) (found []Entry, err error) {
	for part := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), pageSize) {
		page, err := readEntries(ctx, tx, merchant, "merchant = ? AND id IN ?? ORDER BY id", []any{merchant, part})
		if err != nil {
			return nil, fmt.Errorf("ledger: merchant %s: find entries: %w", merchant, err)
		}
		found = append(found, page...)
	}
	return found, nil
}

// Unclaimed returns the entries with one of some causes that move money which
// waits (suspense) or is under way (transit), in order. Whatever else has the
// cause of a row touches a claim, and is found by it ([Filter]).
func Unclaimed(ctx context.Context, tx *database.Tx, merchant string, causes []string) ([]Entry, error) {
	// The classes are written out: each has an index of its own.
	rows, err := tx.Query(ctx, `SELECT e.id FROM ledger_posting p JOIN ledger_entry e ON e.merchant = p.merchant AND e.id = p.entry
			WHERE p.merchant = ? AND p.class = 'suspense' AND e.cause IN ??
		UNION SELECT e.id FROM ledger_posting p JOIN ledger_entry e ON e.merchant = p.merchant AND e.id = p.entry
			WHERE p.merchant = ? AND p.class = 'transit' AND e.cause IN ??`, merchant, causes, merchant, causes)
	ids, err := database.Collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
	if err != nil {
		return nil, fmt.Errorf("ledger: merchant %s: find entries of %d causes: %w", merchant, len(causes), err)
	}
	return Find(ctx, tx, merchant, ids)
}
