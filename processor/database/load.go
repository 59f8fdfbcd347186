package database

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// loadBytes bounds the values that one statement of [Tx.Load] carries.
const loadBytes = 8 << 20

// Load inserts rows, all those of a chunk by one statement: there is one for
// each 8 MiB of values, however many rows that are. The types of a column are
// those of the first row. suffix is "" or an ON CONFLICT clause, such as
//
//	ON CONFLICT (merchant, number) DO UPDATE SET state = excluded.state
//
// No two rows of one call may meet in such a clause.
func (tx *Tx) Load(ctx context.Context, table string, columns []string, rows [][]any, suffix string) error {
	for len(rows) > 0 {
		batch := &batch{columns: make([]column, len(columns))}
		n := 0
		for ; n < len(rows) && batch.size < loadBytes; n++ {
			if err := batch.add(rows[n]); err != nil {
				return fmt.Errorf("database: load %s: row %d: %w", table, n, nameColumn(err, columns))
			}
		}
		if err := tx.insert(ctx, table, columns, batch, suffix); err != nil {
			return fmt.Errorf("database: load %d rows into %s: %w", n, table, err)
		}
		rows = rows[n:]
	}
	return nil
}

// A cellError is a value that cannot be stored.
type cellError struct {
	column int
	err    error
}

func (e *cellError) Error() string { return fmt.Sprintf("column %d: %v", e.column+1, e.err) }
func (e *cellError) Unwrap() error { return e.err }

func nameColumn(err error, columns []string) error {
	if e, ok := err.(*cellError); ok {
		return fmt.Errorf("column %s: %w", columns[e.column], e.err)
	}
	return err
}

// A batch gathers rows for one statement, column by column.
type batch struct {
	size    int
	columns []column
	rows    int
}

func (b *batch) add(row []any) error {
	if len(row) != len(b.columns) {
		return fmt.Errorf("%d values came, %d are wanted", len(row), len(b.columns))
	}
	for i, cell := range row {
		v, err := plain(cell)
		if err == nil {
			err = b.put(i, v)
		}
		if err != nil {
			return &cellError{column: i, err: err}
		}
	}
	b.rows++
	return nil
}

func (b *batch) put(i int, v any) error {
	s, text := v.(string)
	if b.rows == 0 {
		b.columns[i].text = text
	}
	b.size += len(s) + 8
	return b.columns[i].add(v)
}

// insert runs the one statement of a batch. SQLite fetches the rows from a
// virtual table, PostgreSQL gets an array for each column.
func (tx *Tx) insert(ctx context.Context, table string, columns []string, b *batch, suffix string) error {
	query := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") SELECT "
	values := make([]string, len(columns))
	var args []any
	if tx.db.engine == SQLite {
		for i := range columns {
			values[i] = rowColumn(i)
		}
		// WHERE keeps the parser from reading ON CONFLICT as the ON of a join.
		query += strings.Join(values, ", ") + " FROM " + rowTableName + " WHERE true " + suffix
		tx.db.loading.batch = b
		defer func() { tx.db.loading.batch = nil }()
	} else {
		for i := range b.columns {
			args = append(args, b.columns[i].array())
			values[i] = "$" + strconv.Itoa(i+1) + b.columns[i].cast()
		}
		query += "* FROM unnest(" + strings.Join(values, ", ") + ") " + suffix
	}
	tx.db.statements.Add(1)
	if _, err := tx.tx.ExecContext(ctx, query, args...); err != nil {
		return err
	}
	if tx.db.engine == PostgreSQL {
		return tx.grew(ctx, table, b.rows)
	}
	return nil
}
