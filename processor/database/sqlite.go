package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteReaders is how many snapshots can be read at the same time.
const sqliteReaders = 4

// openSQLite opens a file with one connection that writes and a few that
// cannot. WAL with synchronous=FULL keeps a commit through a loss of power;
// immediate transactions are needed since one that begins by reading cannot
// wait for the lock later on. The log may reach 32 MiB before it is written back,
// since a chunk would do so by itself at the usual 4 MiB, with a sync each time.
func openSQLite(ctx context.Context, path string) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil || path == "" {
		return nil, fmt.Errorf("database: %q is not a path of a file, want sqlite:PATH", path)
	}
	if err := createPrivate(abs); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	rows := &rowTable{}
	connector, err := newRowConnector(sqliteName(abs, "immediate",
		"busy_timeout(2000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"cache_size(-32768)", "wal_autocheckpoint(8000)", "journal_size_limit(67108864)"), rows)
	if err != nil {
		return nil, fmt.Errorf("database: open %s: %w", abs, err)
	}
	writer := sqlitePool(connector, 1)
	if err := writer.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("database: open %s: %w", abs, err), writer.Close())
	}
	reading, err := sqlite.NewConnector(sqliteName(abs, "deferred", "busy_timeout(10000)", "query_only(1)", "cache_size(-8192)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("database: open %s: %w", abs, err), writer.Close())
	}
	reader := sqlitePool(reading, sqliteReaders)
	return &DB{engine: SQLite, writer: writer, reader: reader, loading: rows}, nil
}

// createPrivate makes the file with mode 0600; SQLite gives the files beside it
// the same mode.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func sqliteName(path, lock string, pragmas ...string) string {
	query := url.Values{"_txlock": {lock}, "_pragma": pragmas}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

func sqlitePool(c driver.Connector, connections int) *sql.DB {
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return pool
}

// sqliteBusy reports whether another connection was in the way.
func sqliteBusy(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	code := e.Code() & 0xff
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}

// sqliteUnknown reports whether a failed COMMIT may have reached the disk all
// the same: the frame can be in the log although the sync of it failed.
func sqliteUnknown(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_IOERR
}
