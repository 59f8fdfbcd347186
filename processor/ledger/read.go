package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// Balances returns the balance of every class of a merchant, debit positive.
func Balances(ctx context.Context, tx *database.Tx, merchant string) (map[Class]money.Amount, error) {
	balances, err := sums(ctx, tx, "SELECT class, amount FROM ledger_balance WHERE merchant = ?", merchant)
	if err != nil {
		return nil, err
	}
	for _, class := range Classes() {
		balances[class] += 0
	}
	return balances, nil
}

func sums(ctx context.Context, tx *database.Tx, query, merchant string) (map[Class]money.Amount, error) {
	type sum struct {
		class  Class
		amount money.Amount
	}
	rows, err := tx.Query(ctx, query, merchant)
	all, err := database.Collect(rows, err, func(r *sql.Rows) (s sum, err error) {
		return s, r.Scan(&s.class, &s.amount)
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: merchant %s: balances: %w", merchant, err)
	}
	sums := map[Class]money.Amount{}
	for _, s := range all {
		sums[s.class] = s.amount
	}
	return sums, nil
}

// A Movement is one posting on the account of a claim.
type Movement struct {
	Claim        string
	Entry        int64
	BusinessDate schedules.Date
	Amount       money.Amount
}

// Movements returns all postings of a class on the given claims by one query,
// by claim and number of the entry.
func Movements(ctx context.Context, tx *database.Tx, merchant string, class Class, claims []string) ([]Movement, error) {
	rows, err := tx.Query(ctx, `
		SELECT p.claim, p.entry, e.business_date, p.amount
		FROM ledger_posting p JOIN ledger_entry e ON e.merchant = p.merchant AND e.id = p.entry
		WHERE p.merchant = ? AND p.class = ? AND p.claim <> '' AND p.claim IN ??
		ORDER BY p.claim, p.entry, p.line`, merchant, string(class), claims)
	return database.Collect(rows, err, func(r *sql.Rows) (m Movement, err error) {
		return m, r.Scan(&m.Claim, &m.Entry, &m.BusinessDate, &m.Amount)
	})
}

// A Filter chooses entries; its zero value chooses all.
type Filter struct {
	Class Class  // only entries with a posting on this class
	Claim string // only entries with a posting on an account of this claim
	After int64  // only entries with a higher number
}

// pageSize is how many entries are held in memory while they are read.
const pageSize = 1000

// Entries yields whole entries in the order of their numbers. The caller may
// use the transaction between two of them. After an error there is no more.
func Entries(ctx context.Context, tx *database.Tx, merchant string, f Filter) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for {
			page, err := readPage(ctx, tx, merchant, f)
			if err != nil {
				yield(Entry{}, fmt.Errorf("ledger: merchant %s: entries after %d: %w", merchant, f.After, err))
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
				f.After = e.ID
			}
			if len(page) < pageSize {
				return
			}
		}
	}
}

// readPage reads the next entries, then all their postings.
func readPage(ctx context.Context, tx *database.Tx, merchant string, f Filter) ([]Entry, error) {
	chosen, args := f.where(merchant)
	return readEntries(ctx, tx, merchant, chosen+" ORDER BY id LIMIT ?", append(args, pageSize))
}

// readEntries reads chosen entries with their postings, in order.
func readEntries(ctx context.Context, tx *database.Tx, merchant, chosen string, args []any) ([]Entry, error) {
	rows, err := tx.Query(ctx, "SELECT id, booked_at, business_date, cause, hash FROM ledger_entry WHERE "+chosen, args...)
	page, err := database.Collect(rows, err, func(r *sql.Rows) (e Entry, err error) {
		var at int64
		var date string
		if err := r.Scan(&e.ID, &at, &date, &e.Cause, &e.Hash); err != nil {
			return e, err
		}
		e.BookedAt = time.Unix(at, 0).UTC()
		if e.BusinessDate.UnmarshalText([]byte(date)) != nil {
			return e, &BrokenError{Merchant: merchant, Entry: e.ID, Found: fmt.Sprintf("its business date is %q", date)}
		}
		return e, nil
	})
	if err != nil || len(page) == 0 {
		return nil, err
	}
	return page, readPostings(ctx, tx, merchant, page)
}

// where returns the condition for a filter and its arguments.
func (f Filter) where(merchant string) (string, []any) {
	text, args := "merchant = ? AND id > ?", []any{merchant, f.After}
	if f.Claim == "" && f.Class == "" {
		return text, args
	}
	if f.Claim == "" { // many entries: look into each as they come
		text += " AND EXISTS (SELECT 1 FROM ledger_posting p WHERE p.merchant = ledger_entry.merchant" +
			" AND p.entry = ledger_entry.id AND p.class = ?)"
		return text, append(args, string(f.Class))
	}
	text += " AND id IN (SELECT entry FROM ledger_posting WHERE merchant = ? AND claim <> '' AND claim = ?"
	args = append(args, merchant, f.Claim)
	if f.Class != "" {
		text += " AND class = ?"
		args = append(args, string(f.Class))
	}
	return text + ")", args
}

func readPostings(ctx context.Context, tx *database.Tx, merchant string, page []Entry) error {
	ids, at := make([]int64, len(page)), make(map[int64]int, len(page))
	for i, e := range page {
		ids[i], at[e.ID] = e.ID, i
	}
	rows, err := tx.Query(ctx, `SELECT entry, class, claim, amount FROM ledger_posting
		WHERE merchant = ? AND entry IN ?? ORDER BY entry, line`, merchant, ids)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var id int64
		var p Posting
		err := r.Scan(&id, &p.Account.Class, &p.Account.Claim, &p.Amount)
		page[at[id]].Postings = append(page[at[id]].Postings, p)
		return struct{}{}, err
	})
	return err
}
