package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Limits of the repetition of a transaction that met another one.
const (
	writeAttempts = 8
	firstPause    = 20 * time.Millisecond
	longestPause  = 2 * time.Second
)

// Write runs f in one transaction that reads and writes, and commits when f
// returns nil. When another transaction is in the way, or the connection is
// lost before the commit, all of f is run again, a bounded number of times, so
// f must be safe to run again. [ErrUnknownOutcome] is never repeated.
//
// On SQLite a transaction is alone from its begin. On PostgreSQL it is READ
// COMMITTED: who reads before writing takes [Tx.Lock] first.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	if db.dry != nil {
		return db.part(ctx, f)
	}
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = firstPause, longestPause
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := db.once(ctx, db.writer, nil, f)
		if err != nil && (!db.passes(err) || ctx.Err() != nil) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(pauses), backoff.WithMaxTries(writeAttempts), backoff.WithMaxElapsedTime(0))
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		return permanent.Err
	}
	return err
}

// Read runs f once on a consistent snapshot; statements that write are refused.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	if db.dry != nil {
		return f(db.dry)
	}
	options := &sql.TxOptions{}
	if db.engine == PostgreSQL {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return db.once(ctx, db.reader, options, f)
}

// errLost says that the connection was lost before the commit began, so that
// nothing of the transaction remains.
var errLost = errors.New("the connection to the database was lost")

// once is one attempt. The commit does not end with ctx: one that was cancelled
// half way would leave open whether it took effect.
func (db *DB) once(ctx context.Context, pool *sql.DB, options *sql.TxOptions, f func(*Tx) error) (err error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("database: connect: %w", err)
	}
	defer func() { err = after(err, conn.Close()) }()
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), options)
	if err != nil {
		return fmt.Errorf("database: begin: %w", err)
	}
	committing := false
	defer func() {
		if !committing { // f failed or panicked
			err = after(err, rollback(conn, tx))
		}
	}()
	if err := f(&Tx{db: db, tx: tx}); err != nil {
		if db.engine == PostgreSQL && postgresLost(conn) && ctx.Err() == nil {
			err = fmt.Errorf("%w: %w", errLost, err)
		}
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("database: before commit: %w", err)
	}
	committing = true
	return db.commit(tx)
}

// rollback gives the connection up when it cannot roll back: that the server
// has done so by itself, or is gone, is no news beside the error of f.
func rollback(conn *sql.Conn, tx *sql.Tx) error {
	if err := tx.Rollback(); err == nil || errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	err := conn.Raw(func(any) error { return driver.ErrBadConn })
	if errors.Is(err, driver.ErrBadConn) {
		return nil
	}
	return err
}

// after adds what went wrong in tidying up to the error before it. A connection
// that was given up counts as closed.
func after(err, tidying error) error {
	if tidying == nil || errors.Is(tidying, sql.ErrConnDone) {
		return err
	}
	return errors.Join(err, tidying)
}

func (db *DB) commit(tx *sql.Tx) error {
	err := tx.Commit()
	switch {
	case err == nil:
		return nil
	case db.engine == PostgreSQL && postgresUnknown(err), db.engine == SQLite && sqliteUnknown(err):
		return fmt.Errorf("database: commit: %w: %w", ErrUnknownOutcome, err)
	}
	return fmt.Errorf("database: commit: %w", err)
}

// passes reports whether the same transaction may well succeed in a moment.
func (db *DB) passes(err error) bool {
	if errors.Is(err, ErrUnknownOutcome) {
		return false
	}
	if errors.Is(err, errLost) {
		return true
	}
	if db.engine == SQLite {
		return sqliteBusy(err)
	}
	return postgresBusy(err)
}
