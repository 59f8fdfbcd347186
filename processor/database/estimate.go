package database

import (
	"context"
	"fmt"
)

// estimates are what SQLite's planner is told of every index instead of
// counted statistics, as a table sqlite_stat1 (see its ANALYZE): how many rows
// there are, and how many share the first column, the first two, and so on.
// These are a million rows (a partial index: a thousand), of which a merchant
// has a tenth. A second column of an index leads to ten rows: that is what
// indexes are made for. In a primary key each column halves what is left, for
// it may be the feed, and the whole of it leads to one. Without estimates SQLite
// supposes that a merchant has ten rows, and reads all of them where an index
// would lead to the one that is wanted. So plans never depend on what is stored.
const estimates = `INSERT INTO sqlite_stat1 (tbl, idx, stat)
	SELECT m.name, iif(i.origin = 'pk', m.name, i.name), iif(i.partial, 1000, 1000000) || (
		SELECT group_concat(' ' || CASE
			WHEN i."unique" AND k.seqno = n.n - 1 THEN 1
			WHEN i.origin = 'pk' OR k.seqno = 0 THEN iif(i.partial, 100, 100000) >> k.seqno
			ELSE 10 END, '' ORDER BY k.seqno)
		FROM pragma_index_info(i.name) k, (SELECT COUNT(*) AS n FROM pragma_index_info(i.name)) n) || ' noskipscan'
	FROM sqlite_schema m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'`

// estimate writes the estimates when there are new indexes, and lets this
// connection take them; others do when they are opened.
func (db *DB) estimate(ctx context.Context) error {
	if done, err := db.estimated(ctx); done || err != nil {
		return err
	}
	for _, query := range []string{"ANALYZE sqlite_schema", "DELETE FROM sqlite_stat1", estimates, "ANALYZE sqlite_schema"} {
		if _, err := db.writer.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("database: estimate: %w", named(query, err))
		}
	}
	return nil
}

// estimated reports whether every index has its estimate.
func (db *DB) estimated(ctx context.Context) (bool, error) {
	var tables, missing int
	err := db.writer.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'").Scan(&tables)
	if err != nil || tables == 0 {
		return false, err
	}
	err = db.writer.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_schema m JOIN pragma_index_list(m.name) i
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'
		AND NOT EXISTS (SELECT 1 FROM sqlite_stat1 s WHERE s.tbl = m.name AND s.idx = iif(i.origin = 'pk', m.name, i.name))`).Scan(&missing)
	return missing == 0, err
}
