package database

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// loadBytes bounds the values that one statement of [Tx.Load] carries. SQLite
// holds about four copies of them.
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
		batch := newBatch(tx.db.engine, len(columns))
		n := 0
		for ; n < len(rows) && batch.size < loadBytes; n++ {
			if err := batch.add(rows[n]); err != nil {
				return fmt.Errorf("database: load %s: row %d: %w", table, n, nameColumn(err, columns))
			}
		}
		query, args := batch.statement(table, columns, suffix)
		tx.db.statements.Add(1)
		if _, err := tx.tx.ExecContext(ctx, query, args...); err != nil {
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

// A batch gathers rows for one statement: as one JSON text for SQLite, as an
// array for each column for PostgreSQL.
type batch struct {
	engine  Engine
	size    int
	json    []byte
	columns []column
	rows    int
}

func newBatch(engine Engine, columns int) *batch {
	return &batch{engine: engine, json: []byte{'['}, columns: make([]column, columns)}
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
	if b.engine == SQLite {
		b.json = append(b.json, ']')
		b.size = len(b.json)
	}
	b.rows++
	return nil
}

func (b *batch) put(i int, v any) error {
	if b.rows == 0 {
		_, b.columns[i].text = v.(string)
	}
	if b.engine == PostgreSQL {
		s, _ := v.(string)
		b.size += len(s) + 8
		return b.columns[i].add(v)
	}
	if err := b.columns[i].check(v); err != nil {
		return err
	}
	switch {
	case i > 0:
		b.json = append(b.json, ',')
	case b.rows > 0:
		b.json = append(b.json, ',', '[')
	default:
		b.json = append(b.json, '[')
	}
	b.json = appendJSON(b.json, v)
	return nil
}

func (b *batch) statement(table string, columns []string, suffix string) (string, []any) {
	into := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") SELECT "
	values := make([]string, len(columns))
	if b.engine == SQLite {
		for i := range columns {
			values[i] = "value->>" + strconv.Itoa(i)
		}
		// WHERE keeps the parser from reading ON CONFLICT as the ON of a join.
		query := into + strings.Join(values, ", ") + " FROM jsonb_each(?) WHERE true " + suffix
		return query, []any{string(append(b.json, ']'))}
	}
	args := make([]any, len(columns))
	for i := range b.columns {
		args[i] = b.columns[i].array()
		values[i] = "$" + strconv.Itoa(i+1) + b.columns[i].cast()
	}
	return into + "* FROM unnest(" + strings.Join(values, ", ") + ") " + suffix, args
}
