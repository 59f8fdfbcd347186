package database_test

import (
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/kontor-exchange/kontor/processor/database"
)

func TestSmoke(t *testing.T) {
	ctx := t.Context()
	db, err := database.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a b?.db"))
	if err != nil {
		t.Fatal(err)
	}
	m := fstest.MapFS{"00001_x.sql": {Data: []byte("-- +goose Up\nCREATE TABLE t (k TEXT COLLATE \"C\" NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (k)) /* WITHOUT ROWID */;\n")}}
	for range 2 {
		if err := db.Migrate(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	err = db.Write(ctx, func(tx *database.Tx) error {
		return tx.Load(ctx, "t", []string{"k", "n"}, [][]any{{"00123", -1 << 63}, {"1e5", 1<<63 - 1}}, "ON CONFLICT (k) DO NOTHING")
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Read(ctx, func(tx *database.Tx) error {
		var n int64
		if err := tx.QueryRow(ctx, "SELECT n FROM t WHERE k IN ??", []string{"1e5", "x"}).Scan(&n); err != nil {
			return err
		}
		t.Log(n, db.Statements())
		_, err := tx.Exec(ctx, "DELETE FROM t")
		t.Log(err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
