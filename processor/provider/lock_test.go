package provider

import (
	"database/sql"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// Letters that leave while a payment is being booked: Sent, which writes whole
// claims, waits for it and takes nothing of it back.
func TestSentWaits(t *testing.T) {
	db := databasetest.Open(t, database.PostgreSQL)
	migrate(t, db)
	w := newWorld(t, t.Context(), db, testTerms())
	w.taken(w.sale("1001", "K1", 10_000)...)
	w.at("2026-10-22 05:00")
	w.statement()
	w.dunWith()
	left := make(chan error, 1)
	w.write(func(tx *database.Tx) error {
		if err := tx.Lock(w.ctx, "provider/acme"); err != nil {
			return err
		}
		go func() {
			left <- db.Write(w.ctx, func(tx *database.Tx) error {
				return w.p.Sent(w.ctx, tx, "acme", w.day("2026-10-22"), w.day("2026-10-22"))
			})
		}()
		w.awaitWaiter(tx, left)
		_, err := tx.Exec(w.ctx, "UPDATE provider_claims SET debtor_account = '10001'")
		return err
	})
	if err := <-left; err != nil {
		t.Fatalf("Sent = %v", err)
	}
	if c := w.claim("RE1001"); c.DebtorAccount != "10001" || c.LevelOn != w.day("2026-10-22") {
		t.Errorf("the claim has the account %q and its level since %q; want both changes", c.DebtorAccount, c.LevelOn)
	}
}

// awaitWaiter returns when another transaction waits for a lock.
func (w *world) awaitWaiter(tx *database.Tx, done chan error) {
	w.Helper()
	for waiters := []int64{0}; waiters[0] == 0; {
		select {
		case err := <-done:
			w.Fatalf("it did not wait, and ended with %v", err)
		default:
		}
		rows, err := tx.Query(w.ctx, "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
		waiters, err = database.Collect(rows, err, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) })
		if err != nil {
			w.Fatalf("pg_locks: %v", err)
		}
	}
}
