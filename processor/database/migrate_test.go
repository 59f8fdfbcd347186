package database_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// files are migrations by name; each text is given without its goose line.
func files(texts map[string]string) fs.FS {
	set := fstest.MapFS{}
	for name, text := range texts {
		set[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	return set
}

func TestMigrate(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		first := files(map[string]string{
			"00100_pair.sql":          pairs,
			"00101_seen_sqlite.sql":   "INSERT INTO pair (k, n) VALUES ('SQLite', 1);",
			"00101_seen_postgres.sql": "INSERT INTO pair (k, n) VALUES ('PostgreSQL', 1);",
		})
		second := files(map[string]string{"sub/00200_more.sql": "INSERT INTO pair (k, n) VALUES ('more', 2); INSERT INTO pair (k, n) VALUES ('most', 3);"})
		for range 2 {
			migrate(t, db, second, first)
		}
		// A later version adds in the middle.
		later := files(map[string]string{"00150_late.sql": "INSERT INTO pair (k, n) VALUES ('late', 4);"})
		migrate(t, db, first, second, later)
		var keys []string
		for _, p := range all(t, db, "SELECT k, n FROM pair ORDER BY n") {
			keys = append(keys, p.K)
		}
		if got, want := strings.Join(keys, " "), db.Engine().String()+" more most late"; got != want {
			t.Errorf("rows of the migrations: %s; want %s", got, want)
		}
	})
}

func TestMigrateRefuses(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		for _, c := range []struct {
			name string
			sets []fs.FS
			want string
		}{
			{"one number twice", []fs.FS{files(map[string]string{"00100_a.sql": ""}), files(map[string]string{"00100_b.sql": ""})}, "have one number"},
			{"no number", []fs.FS{files(map[string]string{"pair.sql": ""})}, "want a name such as 00100_ledger.sql"},
			{"bad text", []fs.FS{files(map[string]string{"00100_a.sql": "CREATE NONSENSE;"})}, "00100_a.sql"},
		} {
			if err := db.Migrate(t.Context(), c.sets...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v; want an error with %q", c.name, err, c.want)
			}
		}
	})
}

func TestWithoutRowid(t *testing.T) {
	db := databasetest.Open(t, database.SQLite)
	migrate(t, db, schema(pairs))
	var text string
	write(t, db, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRow(ctx, "SELECT sql FROM sqlite_master WHERE name = 'pair'").Scan(&text)
	})
	if !strings.HasSuffix(text, ") WITHOUT ROWID") || strings.Contains(text, "COLLATE") {
		t.Errorf("the table was made by %s", text)
	}
}
