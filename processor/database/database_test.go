package database_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

// schema is one migration with this text.
func schema(text string) fs.FS {
	return fstest.MapFS{"00001_test.sql": {Data: []byte("-- +goose Up\n" + text)}}
}

// pairs is a table of text keys and numbers.
const pairs = `CREATE TABLE pair (k TEXT COLLATE "C" NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (k)) /* WITHOUT ROWID */;`

func migrate(t *testing.T, db *database.DB, sets ...fs.FS) {
	t.Helper()
	if err := db.Migrate(t.Context(), sets...); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, db *database.DB, f func(context.Context, *database.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx *database.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, db *database.DB, rows ...[]any) {
	t.Helper()
	write(t, db, func(ctx context.Context, tx *database.Tx) error {
		return tx.Load(ctx, "pair", []string{"k", "n"}, rows, "")
	})
}

// number reads one number.
func number(t *testing.T, db *database.DB, query string, args ...any) (n int64) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *database.Tx) error {
		return tx.QueryRow(t.Context(), query, args...).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct{ url, want string }{
		{"mysql://x", `begins with "mysql" is unknown, want sqlite:PATH or postgres://…`},
		{"kontor.db", "want sqlite:PATH or postgres://…"},
		{"sqlite:", "want sqlite:PATH"},
		{"sqlite:" + filepath.Join(t.TempDir(), "none", "kontor.db"), "no such file or directory"},
		{"postgres://kontor:geheim@/x?host=" + t.TempDir(), "open x"},
		{"postgres://kontor:geheim@[::1/x", "parse"},
	} {
		db, err := database.Open(t.Context(), c.url)
		if err == nil {
			t.Errorf("Open(%q) = %v; want an error with %q", c.url, db, c.want)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("Open(%q): %v; want an error with %q and without the password", c.url, err, c.want)
		}
	}
}

func TestFilesArePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#%.db")
	db, err := database.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	migrate(t, db, schema(pairs))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode of %s = %o; want 600", info.Name(), info.Mode().Perm())
		}
	}
}

func TestSQLiteSettings(t *testing.T) {
	db := databasetest.Open(t, database.SQLite)
	for query, want := range map[string]string{
		"PRAGMA journal_mode": "wal", "PRAGMA synchronous": "2", "PRAGMA foreign_keys": "1",
		"PRAGMA temp_store": "0", "PRAGMA query_only": "0",
	} {
		write(t, db, func(ctx context.Context, tx *database.Tx) error {
			var got string
			err := tx.QueryRow(ctx, query).Scan(&got)
			if got != want {
				t.Errorf("%s = %s; want %s", query, got, want)
			}
			return err
		})
	}
}

func TestStatements(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		before := db.Statements()
		load(t, db, []any{"a", 1}, []any{"b", 2})
		number(t, db, "SELECT COUNT(*) FROM pair WHERE k IN ??", []string{"a"})
		if got := db.Statements() - before; got != 2 {
			t.Errorf("Statements counted %d; want 2", got)
		}
	})
}
