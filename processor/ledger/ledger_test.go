package ledger_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	. "github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

const shop = "shop"

var booked = time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)

func entry(cause string, postings ...Posting) Entry {
	return Entry{BookedAt: booked, BusinessDate: schedules.NewDate(2026, 10, 1), Cause: cause, Postings: postings}
}

func posting(account Account, amount money.Amount) Posting {
	return Posting{Account: account, Amount: amount}
}

// sale is the activation of a claim: the debtor owes, the merchant is owed.
func sale(claim string, amount money.Amount) Entry {
	return entry("ab12 row 3 "+claim, posting(Of(Receivable, claim), amount), posting(Account{Class: Pending}, -amount))
}

func migrated(t *testing.T, db *database.DB) {
	t.Helper()
	if err := db.Migrate(t.Context(), Migrations); err != nil {
		t.Fatal(err)
	}
}

// write books entries in one transaction.
func write(t *testing.T, db *database.DB, entries ...Entry) {
	t.Helper()
	ctx := t.Context()
	err := db.Write(ctx, func(tx *database.Tx) error {
		b, err := Open(ctx, tx, shop)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if _, err := b.Append(e); err != nil {
				return err
			}
		}
		return b.Flush(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// read runs f in a snapshot and returns what it returns.
func read[T any](t *testing.T, db *database.DB, f func(context.Context, *database.Tx, string) (T, error)) T {
	t.Helper()
	var v T
	err := db.Read(t.Context(), func(tx *database.Tx) (err error) {
		v, err = f(t.Context(), tx, shop)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func verify(t *testing.T, db *database.DB) error {
	t.Helper()
	return db.Read(t.Context(), func(tx *database.Tx) error { return Verify(t.Context(), tx, shop) })
}

func all(t *testing.T, db *database.DB, f Filter) (entries []Entry) {
	t.Helper()
	return read(t, db, func(ctx context.Context, tx *database.Tx, merchant string) (all []Entry, _ error) {
		for e, err := range Entries(ctx, tx, merchant, f) {
			if err != nil {
				return nil, err
			}
			all = append(all, e)
		}
		return all, nil
	})
}

func TestBook(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrated(t, db)
		if err := verify(t, db); err != nil {
			t.Fatal(err)
		}
		write(t, db, sale("RE1", 4990), sale("RE2", 100))
		payment := entry("cd34 row 1", posting(Account{Class: Bank}, 4990), posting(Of(Receivable, "RE1"), -4990), posting(Account{Class: Suspense}, 0))
		write(t, db, payment)
		if err := verify(t, db); err != nil {
			t.Fatal(err)
		}
		want := map[Class]money.Amount{
			Receivable: 100, Pending: -5090, Bank: 4990, Charges: 0, Payable: 0, Transit: 0, Suspense: 0, Refunds: 0,
			Fees: 0, VAT: 0, DunningFees: 0, Interest: 0, Losses: 0,
		}
		if diff := cmp.Diff(want, read(t, db, Balances)); diff != "" {
			t.Errorf("Balances (-want +got):\n%s", diff)
		}
		got := all(t, db, Filter{Claim: "RE1"})
		if len(got) != 2 || got[0].ID != 1 || got[1].ID != 3 || len(got[1].Postings) != 2 {
			t.Errorf("Entries of RE1 = %+v; want 1 and 3, without the posting of zero", got)
		}
	})
}
