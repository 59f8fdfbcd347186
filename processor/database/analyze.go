package database

import (
	"context"
	"fmt"
	"sync"
)

// firstAnalyze is how many rows a table has before it is looked at.
const firstAnalyze = 1000

// A growth tells for each table of PostgreSQL how many rows it had when its
// statistics were taken, and how many were loaded since.
type growth struct {
	mu     sync.Mutex
	tables map[string]*grown
}

type grown struct{ counted, loaded int64 }

// grew takes the statistics of a table that has doubled. PostgreSQL does so by
// itself about once a minute, and not in the middle of a transaction, but the
// first run of a shop loads all that it has ever sold within that time: the
// planner would still suppose that a merchant has one row, read all of them, and
// take time by the square of the rows. Whoever else is at the table is not waited
// for.
func (tx *Tx) grew(ctx context.Context, table string, rows int) error {
	due, err := tx.doubled(ctx, table, int64(rows))
	if err != nil || !due {
		return err
	}
	if _, err := tx.tx.ExecContext(ctx, "ANALYZE (SKIP_LOCKED) "+table); err != nil {
		return fmt.Errorf("database: statistics of %s: %w", table, err)
	}
	return nil
}

func (tx *Tx) doubled(ctx context.Context, table string, rows int64) (bool, error) {
	g := &tx.db.growth
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.tables[table]
	if t == nil {
		t = &grown{}
		err := tx.tx.QueryRowContext(ctx, "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = $1::regclass", table).Scan(&t.counted)
		if err != nil {
			return false, fmt.Errorf("database: rows of %s: %w", table, err)
		}
		if g.tables == nil {
			g.tables = map[string]*grown{}
		}
		g.tables[table] = t
	}
	t.loaded += rows
	if t.loaded < max(firstAnalyze, t.counted) {
		return false, nil
	}
	t.counted, t.loaded = t.counted+t.loaded, 0
	return true, nil
}
