package database

import (
	"context"
	"database/sql"
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
	options := &sql.TxOptions{}
	if db.engine == PostgreSQL {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return db.once(ctx, db.reader, options, f)
}

// once is one attempt. The commit does not end with ctx: one that was cancelled
// half way would leave open whether it took effect.
func (db *DB) once(ctx context.Context, pool *sql.DB, options *sql.TxOptions, f func(*Tx) error) (err error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("database: connect: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), options)
	if err != nil {
		return fmt.Errorf("database: begin: %w", err)
	}
	finished := false
	defer func() {
		if !finished { // f panicked or failed
			err = errors.Join(err, rollback(tx))
		}
	}()
	if err := f(&Tx{db: db, tx: tx}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("database: before commit: %w", err)
	}
	finished = true
	return db.commit(tx)
}

// rollback reports nothing when the connection is gone: the server has rolled
// back by itself, and the error of f is the one to read.
func rollback(tx *sql.Tx) error {
	err := tx.Rollback()
	if errors.Is(err, sql.ErrTxDone) || err != nil && postgresUnknown(err) {
		return nil
	}
	return err
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
	if db.engine == SQLite {
		return sqliteBusy(err)
	}
	return postgresBusy(err)
}
