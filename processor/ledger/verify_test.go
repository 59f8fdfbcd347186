package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
)

// A tampering changes one row of the books of a merchant. Its statement takes
// the merchant, and the number of an entry where it is about one; entry 0 means
// that no entry is named.
type tampering struct {
	statement string
	ofEntry   bool
	next      bool // the entry after the last one is named: the head is wrong
}

var tamperings = []tampering{
	{"UPDATE ledger_entry SET booked_at = booked_at + 1 WHERE merchant = ? AND id = ?", true, false},
	{"UPDATE ledger_entry SET business_date = '2026-10-03' WHERE merchant = ? AND id = ?", true, false},
	{"UPDATE ledger_entry SET business_date = 'soon' WHERE merchant = ? AND id = ?", true, false},
	{"UPDATE ledger_entry SET cause = cause || ' ' WHERE merchant = ? AND id = ?", true, false},
	{"UPDATE ledger_entry SET hash = REPLACE(REPLACE(hash, '0', '1'), 'a', 'b') || '' WHERE merchant = ? AND id = ?", true, false},
	{"UPDATE ledger_entry SET hash = UPPER(hash) WHERE merchant = ? AND id = ?", true, false},
	{"UPDATE ledger_entry SET id = id + 1000 WHERE merchant = ? AND id = ?", true, false},
	{"UPDATE ledger_entry SET id = -id WHERE merchant = ? AND id = ?", true, false},
	{"UPDATE ledger_entry SET merchant = merchant || 'x' WHERE merchant = ? AND id = ?", true, false},
	{"DELETE FROM ledger_entry WHERE merchant = ? AND id = ?", true, false},
	{"UPDATE ledger_posting SET amount = amount + 1 WHERE merchant = ? AND entry = ? AND line = 1", true, false},
	{"UPDATE ledger_posting SET amount = -amount WHERE merchant = ? AND entry = ?", true, false},
	{"UPDATE ledger_posting SET class = CASE class WHEN 'bank' THEN 'fees' ELSE 'bank' END WHERE merchant = ? AND entry = ? AND line = 1", true, false},
	{"UPDATE ledger_posting SET claim = claim || '1' WHERE merchant = ? AND entry = ? AND line = 1", true, false},
	{"UPDATE ledger_posting SET line = line + 1000 WHERE merchant = ? AND entry = ? AND line = 1", true, false},
	{"UPDATE ledger_posting SET line = line + 1000 WHERE merchant = ? AND entry = ?", true, false},
	{"UPDATE ledger_posting SET entry = entry + 1000 WHERE merchant = ? AND entry = ? AND line = 1", true, false},
	{"UPDATE ledger_posting SET merchant = merchant || 'x' WHERE merchant = ? AND entry = ? AND line = 1", true, false},
	{"DELETE FROM ledger_posting WHERE merchant = ? AND entry = ? AND line = 1", true, false},
	{"DELETE FROM ledger_posting WHERE merchant = ? AND entry = ?", true, false},
	{"UPDATE ledger_head SET id = id + 1 WHERE merchant = ?", false, true},
	{"UPDATE ledger_head SET hash = REPLACE(REPLACE(hash, '0', '1'), 'a', 'b') WHERE merchant = ?", false, true},
	{"UPDATE ledger_balance SET amount = amount + 1 WHERE merchant = ? AND class = 'bank'", false, false},
	{"UPDATE ledger_balance SET class = 'cash' WHERE merchant = ? AND class = 'bank'", false, false},
	{"DELETE FROM ledger_balance WHERE merchant = ? AND class = 'bank'", false, false},
}

// drawEntry is an entry of two or three postings, one of them on the bank.
func drawEntry(t *rapid.T) ledger.Entry {
	amount := rapid.Int64Range(1, 1_000_000)
	part, rest := money.Amount(amount.Draw(t, "part")), money.Amount(amount.Draw(t, "rest"))
	class := rapid.SampledFrom(ledger.Classes()).Filter(func(c ledger.Class) bool { return c != ledger.Bank })
	claim := rapid.SampledFrom([]string{"", "RE1", "RE/2", "Ä\"3"})
	return entry(rapid.StringMatching(`[a-f0-9]{4} row [0-9]{1,3}`).Draw(t, "cause"),
		posting(ledger.Bank, "", part+rest),
		posting(class.Draw(t, "class"), claim.Draw(t, "claim"), -part),
		posting(class.Draw(t, "class"), claim.Draw(t, "claim"), -rest))
}

// unlock drops the triggers, as one does who means to tamper.
func unlock(t *testing.T, db *database.DB) {
	t.Helper()
	drops := []string{"DROP TRIGGER ledger_entry_refuse ON ledger_entry", "DROP TRIGGER ledger_posting_refuse ON ledger_posting"}
	if db.Engine() == database.SQLite {
		drops = []string{
			"DROP TRIGGER ledger_entry_update", "DROP TRIGGER ledger_entry_delete",
			"DROP TRIGGER ledger_posting_update", "DROP TRIGGER ledger_posting_delete",
		}
	}
	err := db.Write(t.Context(), func(tx *database.Tx) error {
		for _, drop := range drops {
			if _, err := tx.Exec(t.Context(), drop); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTampering lets random books verify, changes one thing, and finds it.
func TestTampering(t *testing.T) {
	each(t, func(t *testing.T, db *database.DB) {
		unlock(t, db)
		merchants := 0
		rapid.Check(t, func(r *rapid.T) {
			merchants++
			merchant := fmt.Sprintf("shop%d", merchants)
			chunks := rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(drawEntry), 0, 6), 1, 4).Draw(r, "chunks")
			last := int64(0)
			for _, chunk := range chunks {
				var err error
				if last, _, err = book(t.Context(), db, merchant, chunk...); err != nil {
					r.Fatal(err)
				}
			}
			if err := verify(t.Context(), db, merchant); err != nil {
				r.Fatal("untouched books:", err)
			}
			if last == 0 {
				return
			}
			c := rapid.SampledFrom(tamperings).Draw(r, "tampering")
			named := rapid.Int64Range(1, last).Draw(r, "entry")
			args := []any{merchant}
			switch {
			case c.ofEntry:
				args = append(args, named)
			case c.next:
				named = last + 1
			default:
				named = 0
			}
			found(r, db, merchant, named, c.statement, args...)
		})
	})
}

// found runs the statement and wants that Verify names the entry.
func found(r *rapid.T, db *database.DB, merchant string, named int64, statement string, args ...any) {
	ctx := context.Background()
	err := db.Write(ctx, func(tx *database.Tx) error {
		affected, err := tx.Exec(ctx, statement, args...)
		if err == nil && affected == 0 {
			err = errors.New("nothing was changed")
		}
		return err
	})
	if err != nil {
		r.Fatalf("%s: %v", statement, err)
	}
	var broken *ledger.BrokenError
	if err := verify(ctx, db, merchant); !errors.As(err, &broken) || broken.Entry != named || broken.Merchant != merchant {
		r.Fatalf("after %s with %v Verify = %v; want that it names entry %d", statement, args, err, named)
	}
}
