package database

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
)

// Pending returns the files that [DB.Migrate] would run, in order, and the
// numbers of those that ran and are not among the sets, as after a newer
// program. It changes nothing, not even the table of versions.
func (db *DB) Pending(ctx context.Context, sets ...fs.FS) (files []string, strange []int64, err error) {
	all, err := merge(db.engine, sets)
	if err != nil {
		return nil, nil, fmt.Errorf("database: pending: %w", err)
	}
	var applied []int64
	err = db.Read(ctx, func(tx *Tx) error {
		applied, err = tx.versions(ctx)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("database: pending: %w", err)
	}
	done := map[int64]bool{}
	for _, v := range applied {
		done[v] = v != 0 // 0 stands for the empty schema
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		number, err := strconv.ParseInt(name[:5], 10, 64)
		if err != nil {
			return nil, nil, fmt.Errorf("database: pending: %w", err)
		}
		if !done[number] {
			files = append(files, name)
		}
		delete(done, number)
	}
	for _, v := range slices.Sorted(maps.Keys(done)) {
		if done[v] {
			strange = append(strange, v)
		}
	}
	return files, strange, nil
}

// versions are the numbers of the migrations that ran; none when there is no
// table of them yet.
func (tx *Tx) versions(ctx context.Context) (numbers []int64, err error) {
	look := "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'"
	if tx.db.engine == PostgreSQL {
		look = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = ANY(current_schemas(false)) AND table_name = 'goose_db_version'"
	}
	var tables int64
	if err := tx.QueryRow(ctx, look).Scan(&tables); err != nil || tables == 0 {
		return nil, err
	}
	rows, err := tx.Query(ctx, "SELECT version_id FROM goose_db_version WHERE is_applied ORDER BY version_id")
	return Collect(rows, err, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) })
}
