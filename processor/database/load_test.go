package database_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

type pair struct {
	K string
	N int64
}

func all(t *testing.T, db *database.DB, query string, args ...any) (pairs []pair) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *database.Tx) error {
		rows, err := tx.Query(t.Context(), query, args...)
		pairs, err = database.Collect(rows, err, func(r *sql.Rows) (p pair, err error) {
			return p, r.Scan(&p.K, &p.N)
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pairs
}

// texts are strings that some layer may take for something else.
var texts = [...]string{
	"", " ", "00123", "1e5", "1E+05", "-0", "0x10", "NaN", "null", "true", "2026-10-02", "'", `"`, `\`, `\u0041`, "??", "?", "$1",
	"{a,b}", "[1]", "Müller & Söhne", "Straße", "😀", "e\u0301", "\u00e9", "\u2028", "\ufeff", "\uffff", "\U0010ffff",
	"\t\r\n", "\x01\x1f\x7f", strings.Repeat("ä", 5000),
}

func TestLoadIsExact(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		numbers := []int64{0, 1, -1, 1 << 53, 1<<53 + 1, -(1<<53 + 1), math.MaxInt64, math.MinInt64}
		var want []pair
		var rows [][]any
		for i, s := range texts {
			want = append(want, pair{s, numbers[i%len(numbers)]})
			rows = append(rows, []any{s, numbers[i%len(numbers)]})
		}
		load(t, db, rows...)
		slices.SortFunc(want, func(a, b pair) int { return strings.Compare(a.K, b.K) })
		if diff := cmp.Diff(want, all(t, db, "SELECT k, n FROM pair ORDER BY k")); diff != "" {
			t.Errorf("loaded and read again, by bytes (-want +got):\n%s", diff)
		}
		for _, p := range want {
			if n := number(t, db, "SELECT n FROM pair WHERE k = ?", p.K); n != p.N {
				t.Errorf("n of %q = %d; want %d", p.K, n, p.N)
			}
			if n := number(t, db, "SELECT COUNT(*) FROM pair WHERE k IN ?? AND n IN ??", []string{p.K}, []int64{p.N}); n != 1 {
				t.Errorf("%q is found %d times in a list; want once", p.K, n)
			}
		}
	})
}

func TestLoadAnything(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		rapid.Check(t, func(r *rapid.T) {
			storable := rapid.String().Filter(func(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") })
			m := rapid.MapOfN(storable, rapid.Int64(), 1, 20).Draw(r, "pairs")
			var got []pair
			err := db.Write(t.Context(), func(tx *database.Tx) error {
				var rows [][]any
				var keys []string
				for k, n := range m {
					rows, keys = append(rows, []any{k, n}), append(keys, k)
				}
				if _, err := tx.Exec(t.Context(), "DELETE FROM pair"); err != nil {
					return err
				}
				if err := tx.Load(t.Context(), "pair", []string{"k", "n"}, rows, ""); err != nil {
					return err
				}
				found, err := tx.Query(t.Context(), "SELECT k, n FROM pair WHERE k IN ??", keys)
				got, err = database.Collect(found, err, func(r *sql.Rows) (p pair, err error) { return p, r.Scan(&p.K, &p.N) })
				return err
			})
			if err != nil {
				r.Fatal(err)
			}
			back := map[string]int64{}
			for _, p := range got {
				back[p.K] = p.N
			}
			if diff := cmp.Diff(m, back); diff != "" {
				r.Fatalf("(-want +got):\n%s", diff)
			}
		})
	})
}

func TestLoadManyRows(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		const many = 100_000
		rows := make([][]any, many)
		for i := range rows {
			rows[i] = []any{fmt.Sprintf("%090d", i), i}
		}
		before := db.Statements()
		load(t, db, rows...)
		if got := db.Statements() - before; got != 2 { // ten megabytes
			t.Errorf("%d rows took %d statements; want 2", many, got)
		}
		if n := number(t, db, "SELECT CAST(SUM(n) AS BIGINT) FROM pair"); n != many*(many-1)/2 {
			t.Errorf("sum = %d; want %d", n, many*(many-1)/2)
		}
	})
}

func TestLoadSuffix(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		load(t, db, []any{"a", 1}, []any{"b", 2})
		again := [][]any{{"b", 20}, {"c", 30}}
		for _, suffix := range []string{"ON CONFLICT (k) DO NOTHING", "ON CONFLICT (k) DO UPDATE SET n = pair.n + excluded.n"} {
			write(t, db, func(ctx context.Context, tx *database.Tx) error {
				return tx.Load(ctx, "pair", []string{"k", "n"}, again, suffix)
			})
		}
		want := []pair{{"a", 1}, {"b", 22}, {"c", 60}}
		if diff := cmp.Diff(want, all(t, db, "SELECT k, n FROM pair ORDER BY k")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestLoadRefuses(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db, schema(pairs))
		for _, c := range []struct {
			name string
			rows [][]any
			want string
		}{
			{"too few values", [][]any{{"a"}}, "row 0: 1 values came, 2 are wanted"},
			{"not UTF-8", [][]any{{"a", 1}, {"\xff", 1}}, `load pair: row 1: column k: text "\xff" is not UTF-8`},
			{"NUL", [][]any{{"a\x00", 1}}, "NUL"},
			{"nil", [][]any{{"a", nil}}, "column n: a value of type <nil> cannot be stored"},
			{"float", [][]any{{"a", 1.5}}, "column n: a value of type float64 cannot be stored"},
			{"two types", [][]any{{"a", 1}, {"b", "2"}}, "row 1: column n: string came"},
			{"a key twice", [][]any{{"a", 1}, {"a", 2}}, "load 2 rows into pair: "},
		} {
			err := db.Write(t.Context(), func(tx *database.Tx) error {
				return tx.Load(t.Context(), "pair", []string{"k", "n"}, c.rows, "")
			})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v; want an error with %q", c.name, err, c.want)
			}
		}
		if n := number(t, db, "SELECT COUNT(*) FROM pair"); n != 0 {
			t.Errorf("%d rows are there; want none", n)
		}
	})
}
