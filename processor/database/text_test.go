package database

import "testing"

func TestTexts(t *testing.T) {
	for _, c := range []struct {
		name, query string
		args        []any
		postgres    string
		sqlite      string
	}{
		{"none", "SELECT 1", nil, "SELECT 1", "SELECT 1"},
		{"two", "a = ? AND b=?", []any{1, 2}, "a = $1 AND b=$2", "a = ? AND b=?"},
		{"quoted", `'?''?' || "?" = ?`, []any{1}, `'?''?' || "?" = $1`, `'?''?' || "?" = ?`},
		{"comments", "? -- ?\n/* ? */ - ? / ?", []any{1, 2, 3}, "$1 -- ?\n/* ? */ - $2 / $3", "? -- ?\n/* ? */ - ? / ?"},
		{"not closed", "? '?", []any{1}, "$1 '?", "? '?"},
		{
			"strings", "k IN ?? AND n = ?",
			[]any{[]string{}, 1},
			"k IN (SELECT unnest((SELECT $1::text[]))) AND n = $2", "k IN (SELECT value FROM json_each(?)) AND n = ?",
		},
		{
			"numbers", "n NOT IN ??",
			[]any{[]int64{}},
			"n NOT IN (SELECT unnest((SELECT $1::bigint[])))", "n NOT IN (SELECT value FROM json_each(?))",
		},
	} {
		for engine, want := range map[Engine]string{PostgreSQL: c.postgres, SQLite: c.sqlite} {
			var known texts
			for range 2 {
				if got, _, err := known.of(engine, c.query, c.args); got != want || err != nil {
					t.Errorf("%s: %s for %s = %s, %v; want %s", c.name, c.query, engine, got, err, want)
				}
			}
		}
	}
}
