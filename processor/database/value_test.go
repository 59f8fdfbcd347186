package database_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/schedules"
)

type (
	name   string
	amount int64
	level  uint8
	flag   bool
)

func TestArguments(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		for i, arg := range []any{name("x"), "x", []byte("x")} {
			k := fmt.Sprintf("text %d", i)
			load(t, db, []any{k, 1})
			write(t, db, func(ctx context.Context, tx *database.Tx) error {
				_, err := tx.Exec(ctx, "UPDATE pair SET k = ? WHERE k = ?", arg, name(k))
				return err
			})
			if n := number(t, db, "SELECT COUNT(*) FROM pair WHERE k = 'x'"); n != 1 {
				t.Errorf("%T was stored as %v", arg, all(t, db, "SELECT k, n FROM pair"))
			}
			write(t, db, func(ctx context.Context, tx *database.Tx) error {
				affected, err := tx.Exec(ctx, "DELETE FROM pair")
				if affected != 1 {
					t.Errorf("DELETE affected %d rows; want 1", affected)
				}
				return err
			})
		}
		date := schedules.NewDate(2026, 10, 2)
		load(t, db, []any{date, true}, []any{name("n"), amount(-5)}, []any{[]byte("b"), level(200)}, []any{"f", flag(false)})
		want := []pair{{"2026-10-02", 1}, {"b", 200}, {"f", 0}, {"n", -5}}
		if diff := cmp.Diff(want, all(t, db, "SELECT k, n FROM pair ORDER BY k")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if n := number(t, db, "SELECT n FROM pair WHERE k = ? AND n = ?", date, true); n != 1 {
			t.Errorf("found by date and bool: %d; want 1", n)
		}
	})
}

func TestLists(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		load(t, db, []any{"a", 1}, []any{"b", 2}, []any{"c", 3}, []any{"?", 4})
		for _, c := range []struct {
			where string
			args  []any
			want  int64
		}{
			{"k IN ??", []any{[]string{"a", "b", "b", "x"}}, 2},
			{"k NOT IN ??", []any{[]string{"a", "b"}}, 2},
			{"k IN ??", []any{[]string{}}, 0},
			{"k NOT IN ??", []any{[]string{}}, 4},
			{"k IN ??", []any{[]string(nil)}, 0},
			{"k IN ??", []any{[]name{"a", "?"}}, 2},
			{"n IN ??", []any{[]int64{1, 4, 5}}, 2},
			{"n IN ??", []any{[]amount{1}}, 1},
			{"n in ?? AND k = '?' /* ? */ AND n = ?", []any{[]int{1, 4}, 4}, 1},
			{"k = ? AND n IN ?? AND k IN\n\t??", []any{"a", []int64{1}, []string{"a"}}, 1},
		} {
			if got := number(t, db, "SELECT COUNT(*) FROM pair WHERE "+c.where, c.args...); got != c.want {
				t.Errorf("%s with %v finds %d; want %d", c.where, c.args, got, c.want)
			}
		}
	})
}

func TestArgumentsRefused(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		for _, c := range []struct {
			where string
			args  []any
			want  string
		}{
			{"k = ?", nil, "0 arguments came, 1 are wanted"},
			{"k = '?'", []any{"x"}, "1 arguments came, 0 are wanted"},
			{"k = ?", []any{nil}, "argument 1: a value of type <nil> cannot be stored"},
			{"n = ?", []any{2.5}, "float64 cannot be stored"},
			{"n = ?", []any{time.Unix(0, 0)}, "time.Time cannot be stored"},
			{"k = ?", []any{"a\x00b"}, "NUL"},
			{"k IN ??", []any{"a"}, "string came for a list"},
			{"k IN ??", []any{[]string{"\xff"}}, "is not UTF-8"},
		} {
			query := "SELECT n FROM pair WHERE " + c.where
			read := func(f func(tx *database.Tx) error) error { return db.Read(t.Context(), f) }
			var n int64
			for call, err := range map[string]error{
				"QueryRow": read(func(tx *database.Tx) error { return tx.QueryRow(t.Context(), query, c.args...).Scan(&n) }),
				"Query":    read(func(tx *database.Tx) error { _, err := tx.Query(t.Context(), query, c.args...); return err }),
				"Exec":     read(func(tx *database.Tx) error { _, err := tx.Exec(t.Context(), query, c.args...); return err }),
			} {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s(%s, %v): %v; want an error with %q", call, c.where, c.args, err, c.want)
				}
			}
		}
	})
}
