package database_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

var errTest = errors.New("an error of the test")

func TestRollback(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		ctx := t.Context()
		runs := 0
		err := db.Write(ctx, func(tx *database.Tx) error {
			runs++
			if _, err := tx.Exec(ctx, "INSERT INTO pair (k, n) VALUES (?, ?)", "a", 1); err != nil {
				return err
			}
			return errTest
		})
		if !errors.Is(err, errTest) || runs != 1 {
			t.Errorf("Write = %v after %d runs; want the error of the test after one", err, runs)
		}
		func() {
			defer func() {
				if got := recover(); got != "a bug" {
					t.Errorf("recovered %v; want the panic of the test", got)
				}
			}()
			err := db.Write(ctx, func(tx *database.Tx) error {
				if _, err := tx.Exec(ctx, "INSERT INTO pair (k, n) VALUES (?, ?)", "a", 1); err != nil {
					return err
				}
				panic("a bug")
			})
			t.Errorf("Write = %v; want a panic", err)
		}()
		cancelled, cancel := context.WithCancel(ctx)
		err = db.Write(cancelled, func(tx *database.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO pair (k, n) VALUES (?, ?)", "a", 1)
			cancel()
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Write = %v; want that it was cancelled", err)
		}
		if n := number(t, db, "SELECT COUNT(*) FROM pair"); n != 0 {
			t.Errorf("%d rows are there; want none", n)
		}
		load(t, db, []any{"a", 1})
	})
}

// TestBusy lets f meet a real refusal by the engine at its first run.
func TestBusy(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		ctx := t.Context()
		runs := 0
		err := db.Write(ctx, func(tx *database.Tx) error {
			runs++
			if _, err := tx.Exec(ctx, "INSERT INTO pair (k, n) VALUES (?, ?)", "a", runs); err != nil || runs > 1 {
				return err
			}
			return busy(t, db, tx)
		})
		if err != nil || runs != 2 {
			t.Errorf("Write = %v after %d runs; want none after two", err, runs)
		}
		if n := number(t, db, "SELECT n FROM pair WHERE k = 'a'"); n != 2 {
			t.Errorf("n = %d; want that of the second run", n)
		}
	})
}

// busy returns the error that the engine gives when another one is in the way.
func busy(t *testing.T, db *database.DB, tx *database.Tx) error {
	ctx := t.Context()
	if db.Engine() == database.PostgreSQL {
		_, err := tx.Exec(ctx, "DO $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '40001'; END $$")
		return err
	}
	var path string
	if err := tx.QueryRow(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	_, err = other.ExecContext(ctx, "BEGIN IMMEDIATE")
	return err
}

func TestBusyEnds(t *testing.T) {
	db := databasetest.Open(t, database.PostgreSQL)
	ctx, cancel := context.WithCancel(t.Context())
	runs := 0
	err := db.Write(ctx, func(tx *database.Tx) error {
		if runs++; runs == 3 {
			cancel()
		}
		return busy(t, db, tx)
	})
	if err == nil || runs != 3 {
		t.Errorf("Write = %v after %d runs; want an error after three, when it was cancelled", err, runs)
	}
}

// TestTwoWriters is two programs that count in one database.
func TestTwoWriters(t *testing.T) {
	const writers, times = 4, 15
	for _, engine := range []database.Engine{database.SQLite, database.PostgreSQL} {
		t.Run(engine.String(), func(t *testing.T) {
			url := databasetest.URL(t, engine)
			var dbs []*database.DB
			for range 2 {
				db, err := database.Open(t.Context(), url)
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				dbs = append(dbs, db)
			}
			migrate(t, dbs[0], schema(pairs))
			load(t, dbs[0], []any{"a", 0})
			var group sync.WaitGroup
			for i := range writers {
				group.Go(func() {
					for range times {
						if err := count(t.Context(), dbs[i%len(dbs)]); err != nil {
							t.Error(err)
						}
					}
				})
			}
			group.Wait()
			if n := number(t, dbs[0], "SELECT n FROM pair"); n != writers*times {
				t.Errorf("counted %d; want %d", n, writers*times)
			}
		})
	}
}

// count reads, adds, and writes; without the lock counts would be lost.
func count(ctx context.Context, db *database.DB) error {
	return db.Write(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "counter"); err != nil {
			return err
		}
		var n int64
		if err := tx.QueryRow(ctx, "SELECT n FROM pair WHERE k = 'a'").Scan(&n); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "UPDATE pair SET n = ? WHERE k = 'a'", n+1)
		return err
	})
}

func TestSnapshot(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		load(t, db, []any{"a", 1})
		ctx := t.Context()
		err := db.Read(ctx, func(tx *database.Tx) error {
			for i := range 2 {
				var n int64
				if err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM pair").Scan(&n); err != nil {
					return err
				}
				if n != 1 {
					t.Errorf("%d rows are seen; want the one of the snapshot", n)
				}
				if i == 0 {
					load(t, db, []any{"b", 2})
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := number(t, db, "SELECT COUNT(*) FROM pair"); n != 2 {
			t.Errorf("%d rows are there afterwards; want 2", n)
		}
		err = db.Read(ctx, func(tx *database.Tx) error {
			_, err := tx.Exec(ctx, "DELETE FROM pair")
			return err
		})
		if err == nil {
			t.Error("a reader could delete")
		}
	})
}

func TestReopen(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "kontor.db")
	for i := range 2 {
		db, err := database.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		migrate(t, db, schema(pairs))
		load(t, db, []any{"run " + string(rune('0'+i)), 1})
		if n := number(t, db, "SELECT COUNT(*) FROM pair"); n != int64(i+1) {
			t.Errorf("%d rows are there; want %d", n, i+1)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
