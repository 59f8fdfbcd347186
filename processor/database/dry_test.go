package database_test

import (
	"context"
	"errors"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// In a dry run everything happens, a failed part is undone by itself, and in
// the end nothing remains.
func TestDry(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		load(t, db, []any{"a", 1})
		ctx := t.Context()
		insert := func(on *database.DB, k string, after error) error {
			return on.Write(ctx, func(tx *database.Tx) error {
				_, err := tx.Exec(ctx, "INSERT INTO pair (k, n) VALUES (?, ?)", k, 1)
				return errors.Join(err, after)
			})
		}
		const all = "SELECT COUNT(*) FROM pair"
		err := db.Dry(ctx, func(dry *database.DB) error {
			if dry.Engine() != db.Engine() {
				t.Errorf("the engine is %s; want %s", dry.Engine(), db.Engine())
			}
			if err := insert(dry, "b", nil); err != nil {
				return err
			}
			if err := insert(dry, "c", errTest); !errors.Is(err, errTest) {
				t.Errorf("Write = %v; want the error of the test", err)
			}
			if err := insert(dry, "a", nil); err == nil {
				t.Error("a key was inserted twice")
			}
			if err := dry.Write(ctx, func(tx *database.Tx) error { return load2(ctx, tx) }); err != nil {
				return err
			}
			if n := number(t, dry, all); n != 4 {
				t.Errorf("%d rows in the dry run; want 4", n)
			}
			if n := number(t, db, all); n != 1 {
				t.Errorf("%d rows beside the dry run; want 1", n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := number(t, db, all); n != 1 {
			t.Errorf("%d rows after the dry run; want 1", n)
		}
		if err := db.Dry(ctx, func(*database.DB) error { return errTest }); !errors.Is(err, errTest) {
			t.Errorf("Dry = %v; want the error of the test", err)
		}
		load(t, db, []any{"b", 1})
	})
}

func load2(ctx context.Context, tx *database.Tx) error {
	return tx.Load(ctx, "pair", []string{"k", "n"}, [][]any{{"d", 1}, {"e", 1}}, "")
}
