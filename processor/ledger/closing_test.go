package ledger_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
)

// booking is an entry of 1.00 at a time.
func booking(at time.Time) ledger.Entry {
	e := payment("RE1", 100)
	e.BookedAt = at
	return e
}

func october(until time.Time) ledger.Closing {
	return ledger.Closing{Period: "2026-10", Until: until, ClosedAt: until.Add(time.Hour), Operator: "ada", Reason: "month end"}
}

func closePeriod(t *testing.T, db *database.DB, c ledger.Closing) (done ledger.Closing, err error) {
	t.Helper()
	err = db.Write(t.Context(), func(tx *database.Tx) error {
		done, err = ledger.Close(t.Context(), tx, shop, c)
		return err
	})
	return done, err
}

// Nothing is booked in a closed period, not even by SQL, whatever the date of
// its document; other merchants and later times are free.
func TestClosedPeriod(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		until := time.Date(2026, 10, 31, 23, 0, 0, 0, time.UTC) // midnight in Berlin
		id, head := mustBook(t, db, booking(until.Add(-time.Second)))
		c, err := closePeriod(t, db, october(until))
		if err != nil || c.Entry != id || c.Hash != head {
			t.Fatalf("Close = entry %d, hash %s, %v; want %d, %s", c.Entry, c.Hash, err, id, head)
		}
		if _, _, err := book(t.Context(), db, shop, booking(until.Add(-time.Second))); !errors.Is(err, ledger.ErrClosed) || !strings.Contains(err.Error(), "2026-10-31T23:00:00Z") {
			t.Errorf("an entry in the closed period: %v; want ErrClosed with the first open time", err)
		}
		_, head = mustBook(t, db, booking(until)) // its document is of 1 October
		if _, _, err := book(t.Context(), db, "other", booking(until.Add(-time.Hour))); err != nil {
			t.Errorf("another merchant: %v", err)
		}
		err = db.Write(t.Context(), func(tx *database.Tx) error {
			_, err := tx.Exec(t.Context(), "INSERT INTO ledger_entry (merchant, id, booked_at, business_date, cause, hash) VALUES (?, 3, ?, '2026-10-31', 'x', ?)",
				shop, until.Add(-time.Second).Unix(), head)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "the period is closed") {
			t.Errorf("INSERT into the closed period: %v; want it refused", err)
		}
		for _, statement := range []string{"UPDATE ledger_closing SET until_at = 0", "DELETE FROM ledger_closing"} {
			err := db.Write(t.Context(), func(tx *database.Tx) error {
				_, err := tx.Exec(t.Context(), statement)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), "refused") {
				t.Errorf("%s: %v; want it refused", statement, err)
			}
		}
		if err := verify(t.Context(), db, shop); err != nil {
			t.Errorf("Verify = %v", err)
		}
	})
}

// Periods are closed once and in their order, and say who did it.
func TestClosings(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		until := time.Date(2026, 10, 31, 23, 0, 0, 0, time.UTC)
		first, err := closePeriod(t, db, october(until)) // before the first entry
		if err != nil {
			t.Fatal(err)
		}
		for _, again := range []time.Time{until, until.AddDate(0, -1, 0)} {
			if _, err := closePeriod(t, db, october(again)); !errors.Is(err, ledger.ErrClosed) {
				t.Errorf("Close until %s again = %v; want ErrClosed", again, err)
			}
		}
		mustBook(t, db, booking(until.Add(time.Hour)))
		november := october(until.AddDate(0, 1, 0))
		november.Period = "2026-11"
		second, err := closePeriod(t, db, november)
		if err != nil {
			t.Fatal(err)
		}
		var all []ledger.Closing
		err = db.Read(t.Context(), func(tx *database.Tx) error {
			all, err = ledger.Closings(t.Context(), tx, shop)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		same := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
		if diff := cmp.Diff([]ledger.Closing{first, second}, all, same); diff != "" {
			t.Errorf("Closings (-made +read):\n%s", diff)
		}
		if second.Entry != 1 || first.Entry != 0 {
			t.Errorf("the closings end at entries %d and %d; want 0 and 1", first.Entry, second.Entry)
		}
		if err := verify(t.Context(), db, shop); err != nil {
			t.Errorf("Verify = %v", err)
		}
	})
}

// Whoever drops the triggers and books into a closed period, or moves the
// closing, is found.
func TestVerifyFindsBookingInClosedPeriod(t *testing.T) {
	until := time.Date(2026, 10, 31, 23, 0, 0, 0, time.UTC)
	tests := []struct{ name, tamper, want string }{
		{"booked later in the closed period", "UPDATE ledger_closing SET until_at = until_at + 7200", "entry 2: is booked at 2026-11-01T00:00:00Z, after 2026-10 was closed"},
		{"another head", "UPDATE ledger_closing SET hash = 'x'", "entry 1: the closing of 2026-10 names entry 1 with the hash x"},
		{"an entry that is not there", "UPDATE ledger_closing SET entry = 7", "entry 3: is missing: the closing of 2026-10 names entry 7"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, db *database.DB) {
				mustBook(t, db, booking(until.Add(-time.Hour)))
				if _, err := closePeriod(t, db, october(until)); err != nil {
					t.Fatal(err)
				}
				mustBook(t, db, booking(until.Add(time.Hour)))
				drop := "DROP TRIGGER ledger_closing_update"
				if db.Engine() == database.PostgreSQL {
					drop = "DROP TRIGGER ledger_closing_refuse ON ledger_closing"
				}
				err := db.Write(t.Context(), func(tx *database.Tx) error {
					_, err := tx.Exec(t.Context(), drop)
					_, failed := tx.Exec(t.Context(), tt.tamper)
					return errors.Join(err, failed)
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := verify(t.Context(), db, shop); err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("Verify = %v; want %q", err, tt.want)
				}
			})
		})
	}
}
