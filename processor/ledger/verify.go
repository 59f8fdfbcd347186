package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
)

// A BrokenError says that the books are not as they were written, and where
// this shows first.
type BrokenError struct {
	Merchant string
	Entry    int64  // the first broken entry; 0 when the entries are whole and only Found is not
	Found    string // what is wrong
}

// Error returns the sentence for the person who must look.
func (e *BrokenError) Error() string {
	if e.Entry == 0 {
		return fmt.Sprintf("ledger: merchant %s: %s", e.Merchant, e.Found)
	}
	return fmt.Sprintf("ledger: merchant %s: entry %d: %s", e.Merchant, e.Entry, e.Found)
}

// Verify reads all entries of a merchant and recomputes the chain, the sum of
// each entry, the head and the balances. The first thing that is not right is
// returned as a [*BrokenError].
func Verify(ctx context.Context, tx *database.Tx, merchant string) error {
	v := &verifier{merchant: merchant, sums: map[Class]money.Amount{}}
	if err := v.lines(ctx, tx); err != nil {
		return err
	}
	closings, err := Closings(ctx, tx, merchant)
	if err != nil {
		return fmt.Errorf("ledger: merchant %s: closed periods: %w", merchant, err)
	}
	v.closings = closings
	if err := v.close(0); err != nil {
		return err
	}
	for e, err := range Entries(ctx, tx, merchant, Filter{}) {
		if err != nil {
			return err
		}
		if err := v.entry(e); err != nil {
			return err
		}
	}
	if err := v.ends(ctx, tx); err != nil {
		return err
	}
	return v.balances(ctx, tx)
}

// A verifier is what is known after some entries.
type verifier struct {
	merchant string
	id       int64
	head     hash
	sums     map[Class]money.Amount
	// misnumbered is the first entry whose postings are not numbered from 1
	// without a gap, or 0: the chain does not see the numbers, only the order.
	misnumbered int64
	closings    []Closing // those whose last entry was not seen yet
	closed      time.Time // what is booked from here on must not be earlier
	period      string    // the period that ends there
}

func (v *verifier) broken(entry int64, format string, args ...any) error {
	return &BrokenError{Merchant: v.merchant, Entry: entry, Found: fmt.Sprintf(format, args...)}
}

func (v *verifier) lines(ctx context.Context, tx *database.Tx) error {
	row := tx.QueryRow(ctx, `SELECT COALESCE(MIN(entry), 0) FROM (
		SELECT entry FROM ledger_posting WHERE merchant = ? GROUP BY entry
		HAVING MIN(line) <> 1 OR MAX(line) <> COUNT(*)) misnumbered`, v.merchant)
	if err := row.Scan(&v.misnumbered); err != nil {
		return fmt.Errorf("ledger: merchant %s: numbers of postings: %w", v.merchant, err)
	}
	return nil
}

// entry checks the next entry by itself and against the chain.
func (v *verifier) entry(e Entry) error {
	if e.ID != v.id+1 {
		return v.broken(v.id+1, "is missing, the next one is %d", e.ID)
	}
	v.id, v.head = e.ID, v.head.next(e)
	if got := v.head.String(); got != e.Hash {
		return v.broken(e.ID, "was altered: its content has the hash %s, %s was stored", got, e.Hash)
	}
	if e.ID == v.misnumbered {
		return v.broken(e.ID, "was altered: its postings are not numbered from 1")
	}
	if err := e.check(); err != nil {
		return v.broken(e.ID, "%v", err)
	}
	if e.BookedAt.Before(v.closed) {
		return v.broken(e.ID, "is booked at %s, after %s was closed", e.BookedAt.UTC().Format(time.RFC3339), v.period)
	}
	if err := v.close(e.ID); err != nil {
		return err
	}
	for _, p := range e.Postings {
		sum, err := v.sums[p.Account.Class].Add(p.Amount)
		if err != nil {
			return v.broken(e.ID, "balance of %s: %v", p.Account.Class, err)
		}
		v.sums[p.Account.Class] = sum
	}
	return nil
}

// close passes the closings that were made when an entry was the last one.
func (v *verifier) close(id int64) error {
	for len(v.closings) > 0 && v.closings[0].Entry <= id {
		c := v.closings[0]
		if c.Entry != id || c.Hash != v.head.String() || !c.Until.After(v.closed) {
			return v.broken(id, "the closing of %s names entry %d with the hash %s, the entry has %s", c.Period, c.Entry, c.Hash, v.head)
		}
		v.closings, v.closed, v.period = v.closings[1:], c.Until, c.Period
	}
	return nil
}

// ends checks that nothing stands outside the chain, and the stored head.
func (v *verifier) ends(ctx context.Context, tx *database.Tx) error {
	var outside int64
	row := tx.QueryRow(ctx, `SELECT n FROM (
		SELECT entry AS n FROM ledger_posting WHERE merchant = ? AND entry > ?
		UNION ALL SELECT entry FROM ledger_posting WHERE merchant = ? AND entry < 1
		UNION ALL SELECT id FROM ledger_entry WHERE merchant = ? AND id < 1) outside
		ORDER BY CASE WHEN n < 1 THEN 1 ELSE 0 END, n LIMIT 1`, v.merchant, v.id, v.merchant, v.merchant)
	if err := row.Scan(&outside); err == nil {
		return v.broken(outside, "stands outside the chain, which ends at %d", v.id)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("ledger: merchant %s: outside the chain: %w", v.merchant, err)
	}
	if len(v.closings) > 0 {
		return v.broken(v.id+1, "is missing: the closing of %s names entry %d", v.closings[0].Period, v.closings[0].Entry)
	}
	id, head, err := readHead(ctx, tx, v.merchant)
	if err != nil {
		return fmt.Errorf("ledger: merchant %s: head: %w", v.merchant, err)
	}
	if id != v.id || head != v.head {
		return v.broken(min(id, v.id)+1, "the stored head is %d %s, the entries end at %d %s", id, head, v.id, v.head)
	}
	return nil
}

// balances compares the stored balances with the sums of all postings.
func (v *verifier) balances(ctx context.Context, tx *database.Tx) error {
	stored, err := sums(ctx, tx, "SELECT class, amount FROM ledger_balance WHERE merchant = ?", v.merchant)
	if err != nil {
		return err
	}
	for _, class := range Classes() {
		if stored[class] != v.sums[class] {
			return v.broken(0, "the stored balance of %s is %s, its postings sum to %s", class, stored[class], v.sums[class])
		}
		delete(stored, class)
	}
	for class, amount := range stored {
		return v.broken(0, "a balance of %s is stored for the unknown class %q", amount, class)
	}
	return nil
}
