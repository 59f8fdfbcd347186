package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// A Tx is one transaction. It belongs to the function that it was given to, and
// to one goroutine.
type Tx struct {
	db *DB
	tx *sql.Tx
}

// Engine tells on which kind of database the transaction runs.
func (tx *Tx) Engine() Engine { return tx.db.engine }

// Exec runs a statement and returns how many rows it has inserted, changed or
// deleted.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (affected int64, err error) {
	text, values, err := tx.prepare(query, args)
	if err != nil {
		return 0, err
	}
	result, err := tx.tx.ExecContext(ctx, text, values...)
	if err != nil {
		return 0, named(query, err)
	}
	return result.RowsAffected()
}

// Query runs a statement that returns rows; the caller closes them, best by
// [Collect], before the next statement of the transaction.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	text, values, err := tx.prepare(query, args)
	if err != nil {
		return nil, err
	}
	rows, err := tx.tx.QueryContext(ctx, text, values...)
	if err != nil {
		return nil, named(query, err)
	}
	return rows, nil
}

// QueryRow runs a statement that returns at most one row; errors come with Scan.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	text, values, err := tx.prepare(query, args)
	if err != nil {
		nothing := map[Engine]string{SQLite: "SELECT ?", PostgreSQL: "SELECT $1::text"}
		return tx.tx.QueryRowContext(ctx, nothing[tx.db.engine], refused{err})
	}
	return tx.tx.QueryRowContext(ctx, text, values...)
}

// Lock waits until no other transaction holds the lock of that name, and holds
// it until the transaction ends. It must be the first statement. On SQLite
// every transaction is alone already.
func (tx *Tx) Lock(ctx context.Context, name string) error {
	if tx.db.engine == SQLite {
		return nil
	}
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", name)
	return err
}

func (tx *Tx) prepare(query string, args []any) (string, []any, error) {
	text, lists, err := tx.db.texts.of(tx.db.engine, query, args)
	if err != nil {
		return "", nil, err
	}
	values, err := arguments(tx.db.engine, query, lists, args)
	tx.db.statements.Add(1)
	return text, values, err
}

// named adds the beginning of the statement, which says where the error is.
func named(query string, err error) error {
	const enough = 60
	query = strings.Join(strings.Fields(query), " ")
	if len(query) > enough {
		query = strings.ToValidUTF8(query[:enough], "") + "…"
	}
	return fmt.Errorf("database: %s: %w", query, err)
}

// Collect reads all rows by scan and closes them. rows and err are what
// [Tx.Query] has returned.
func Collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) (all []T, _ error) {
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all = append(all, v)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}
