package database_test

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

func TestSmoke2(t *testing.T) {
	for range 3 {
		databasetest.Each(t, func(t *testing.T, db *database.DB) {
			ctx := t.Context()
			err := db.Write(ctx, func(tx *database.Tx) error {
				if err := tx.Lock(ctx, "m"); err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, "CREATE TABLE t (k TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)"); err != nil {
					return err
				}
				return tx.Load(ctx, "t", []string{"k", "n"}, [][]any{{"00123", -1 << 63}, {"ä", 3}, {"z", 1<<63 - 1}}, "ON CONFLICT (k) DO NOTHING")
			})
			if err != nil {
				t.Fatal(err)
			}
			err = db.Read(ctx, func(tx *database.Tx) error {
				rows, err := tx.Query(ctx, "SELECT k, n FROM t WHERE k IN ?? AND n NOT IN ?? ORDER BY k", []string{"z", "ä"}, []int64{4, 5})
				for rows.Next() {
					var k string
					var n int64
					rows.Scan(&k, &n)
					t.Log(k, n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
