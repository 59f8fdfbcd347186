package database_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// What would be run, and what a newer program has run, is told without a trace.
func TestPending(t *testing.T) {
	file := func(table string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE " + table + " (x BIGINT NOT NULL);")}
	}
	one, two := fstest.MapFS{"00100_a.sql": file("a")}, fstest.MapFS{"00200_b.sql": file("b"), "00300_c.sql": file("c")}
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		want := func(files []string, strange []int64, sets ...fstest.MapFS) {
			t.Helper()
			for range 2 {
				gotFiles, gotStrange, err := db.Pending(t.Context(), sets[0], sets[len(sets)-1])
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(files, gotFiles) + cmp.Diff(strange, gotStrange); diff != "" {
					t.Errorf("Pending (-want +got):\n%s", diff)
				}
			}
		}
		none := fstest.MapFS{}
		want([]string{"00100_a.sql"}, nil, one, none)
		if err := db.Migrate(t.Context(), one, two); err != nil {
			t.Fatal(err)
		}
		want(nil, nil, one, two)
		want(nil, []int64{200, 300}, one, none)
		want([]string{"00400_d.sql"}, []int64{100}, two, fstest.MapFS{"00400_d.sql": file("d")})
	})
}
