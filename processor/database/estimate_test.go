package database_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

const claimed = `
CREATE TABLE orders (merchant_id TEXT COLLATE "C" NOT NULL, number TEXT COLLATE "C" NOT NULL, PRIMARY KEY (merchant_id, number)) /* WITHOUT ROWID */;
CREATE TABLE claims (merchant_id TEXT COLLATE "C" NOT NULL, invoice TEXT COLLATE "C" NOT NULL, number TEXT COLLATE "C" NOT NULL,
	open BIGINT NOT NULL, PRIMARY KEY (merchant_id, invoice)) /* WITHOUT ROWID */;
CREATE INDEX claims_order ON claims (merchant_id, number, invoice);
CREATE INDEX claims_open ON claims (merchant_id) WHERE open > 0;
`

// A join goes by the index that leads to one row, not by the key that begins
// with the merchant and leads to all of them.
func TestEstimatesMakePlans(t *testing.T) {
	db := databasetest.Open(t, database.SQLite)
	migrate(t, db, schema(claimed))
	migrate(t, db, schema(claimed))
	collect := func(query string) (all []string) {
		err := db.Read(t.Context(), func(tx *database.Tx) error {
			rows, err := tx.Query(t.Context(), query)
			all, err = database.Collect(rows, err, func(r *sql.Rows) (s string, err error) {
				var skip int
				if strings.HasPrefix(query, "EXPLAIN") {
					return s, r.Scan(&skip, &skip, &skip, &s)
				}
				return s, r.Scan(&s)
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	plan := strings.Join(collect(`EXPLAIN QUERY PLAN SELECT o.number, SUM(c.open) FROM orders o
		LEFT JOIN claims c ON c.merchant_id = o.merchant_id AND c.number = o.number WHERE o.merchant_id = 'a' GROUP BY o.number`), "\n")
	if !strings.Contains(plan, "USING INDEX claims_order (merchant_id=? AND number=?)") {
		t.Errorf("plan:\n%s\nwant it to go by claims_order", plan)
	}
	want := []string{
		"claims claims 1000000 100000 1 noskipscan", "claims claims_open 1000 100 noskipscan",
		"claims claims_order 1000000 100000 10 10 noskipscan", "orders orders 1000000 100000 1 noskipscan",
	}
	got := collect("SELECT tbl || ' ' || idx || ' ' || stat FROM sqlite_stat1 WHERE tbl IN ('orders', 'claims') ORDER BY tbl, idx")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("estimates (-want +got):\n%s", diff)
	}
}
