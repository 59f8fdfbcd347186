// Package database opens SQLite or PostgreSQL, brings the schema up to date,
// runs transactions and loads rows in bulk. It knows no query of others.
//
// The same SQL text runs on both engines, within these rules:
//
//   - TEXT and BIGINT columns only, all NOT NULL; empty text and 0 mean "none". A
//     boolean is 0 or 1, a date is ISO text, an instant is unix seconds.
//   - Text keys are declared TEXT COLLATE "C" NOT NULL, so that text compares
//     by its UTF-8 bytes. A CREATE TABLE may end in /* WITHOUT ROWID */ for
//     SQLite's sake.
//   - ? is a parameter. "IN ??" and "NOT IN ??" take one slice of strings or
//     integers of any length.
//   - SUM over BIGINT is numeric on PostgreSQL: write CAST(SUM(x) AS BIGINT).
//   - An argument is a string, an integer, a bool, a named type of these, or a
//     [database/sql/driver.Valuer] that gives one of them. There are no NULLs.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
)

// An Engine is a kind of database.
type Engine int

// The engines that are known.
const (
	SQLite Engine = iota + 1
	PostgreSQL
)

// String returns the name of the engine as people write it.
func (e Engine) String() string {
	switch e {
	case SQLite:
		return "SQLite"
	case PostgreSQL:
		return "PostgreSQL"
	}
	return fmt.Sprintf("engine %d", int(e))
}

// ErrUnknownOutcome says that the connection was lost while a transaction was
// being committed: it may have taken effect or not. Such a transaction is never
// repeated by this package; whoever gets this error looks into the database
// first, as after a crash.
var ErrUnknownOutcome = errors.New("the commit was cut off and its outcome is unknown; look before you repeat it")

// A DB is an open database. It may be used by many goroutines.
type DB struct {
	engine     Engine
	writer     *sql.DB
	reader     *sql.DB
	texts      texts
	statements atomic.Int64
	dry        *Tx       // of a dry run: the one transaction of all
	loading    *rowTable // of the connection that writes (SQLite)
	growth     growth    // of the tables (PostgreSQL)
}

// Open opens the database that url names: "sqlite:PATH", whose file is made
// with mode 0600 when it is not there, or "postgres://…".
func Open(ctx context.Context, url string) (*DB, error) {
	switch scheme, rest, _ := strings.Cut(url, ":"); scheme {
	case "sqlite":
		return openSQLite(ctx, rest)
	case "postgres", "postgresql":
		return openPostgres(ctx, url)
	default:
		return nil, fmt.Errorf("database: a url that begins with %q is unknown, want sqlite:PATH or postgres://…", scheme)
	}
}

// Close closes all connections.
func (db *DB) Close() error {
	if db.reader == db.writer {
		return db.writer.Close()
	}
	return errors.Join(db.reader.Close(), db.writer.Close())
}

// Engine tells which kind of database this is.
func (db *DB) Engine() Engine { return db.engine }

// Statements returns how many statements transactions have sent so far, so that
// a test can show that work is done by sets. BEGIN, COMMIT and ROLLBACK and the
// statements of [DB.Migrate] do not count.
func (db *DB) Statements() int64 { return db.statements.Load() }
