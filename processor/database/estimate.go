package database

import (
	"context"
	"fmt"
)

// estimates are what SQLite's planner is told of every index instead of
// counted statistics, as a table sqlite_stat1 (see its ANALYZE): a million rows,
// a hundred thousand of one merchant, ten of one of the next columns, one of a
// whole unique key; a tenth of a percent of that in a partial index. Without
// them it supposes that a merchant has ten rows, reads all of them where a
// second column of an index would lead to the one that is wanted, and takes
// time by the square of the rows. Plans never depend on what is stored.
const estimates = `INSERT INTO sqlite_stat1 (tbl, idx, stat)
	SELECT tbl, idx, CASE WHEN n = 1 THEN total || iif(one, ' 1', ' ' || (total / 10))
		ELSE total || ' ' || (total / 10) || replace(hex(zeroblob(n - 2)), '00', ' 10') || iif(one, ' 1', ' 10') END
	FROM (SELECT m.name AS tbl, iif(i.origin = 'pk', m.name, i.name) AS idx, i."unique" AS one,
		iif(i.partial, 1000, 1000000) AS total, (SELECT COUNT(*) FROM pragma_index_info(i.name)) AS n
		FROM sqlite_schema m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\')`

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
