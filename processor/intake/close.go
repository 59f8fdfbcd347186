package intake

import (
	"context"
	"database/sql"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Close fixes the verdicts of the files that have rows of the merchant and were
// read in this run, as they are now. For the bank ([purchase.Provider]) it is
// called after all merchants are closed. Again it changes nothing.
func (in *Intake) Close(ctx context.Context, run Run) error {
	err := in.write(ctx, run.Merchant, func(tx *database.Tx) error {
		if err := closeShares(ctx, tx, run); err != nil {
			return err
		}
		if run.Merchant == purchase.Provider {
			_, err := tx.Exec(ctx, "UPDATE intake_changes SET run = ? WHERE merchant_id = ? AND run = 0", run.Number, run.Merchant)
			if err != nil {
				return err
			}
		}
		return closeFiles(ctx, tx, run)
	})
	return at("close", "run "+run.Name, err)
}

// Counts are the rows of a file by verdict.
type Counts struct {
	Booked    int64 `json:"BOOKED"`
	Duplicate int64 `json:"DUPLICATE"`
	Conflict  int64 `json:"CONFLICT"`
	Rejected  int64 `json:"REJECTED"`
	Parked    int64 `json:"PARKED"`
}

func (c *Counts) add(status purchase.Verdict, n int64) {
	switch status {
	case purchase.Booked:
		c.Booked += n
	case purchase.Duplicate:
		c.Duplicate += n
	case purchase.Conflict:
		c.Conflict += n
	case purchase.Rejected:
		c.Rejected += n
	case purchase.Parked:
		c.Parked += n
	}
}

// verdict of a file with these rows.
func (c Counts) verdict(rows int64) purchase.Verdict {
	if c.Booked+c.Duplicate == rows {
		return purchase.Accepted
	}
	return purchase.Partial
}

// closeShares counts the rows of the merchant in the files that are not closed.
func closeShares(ctx context.Context, tx *database.Tx, run Run) error {
	rows, err := tx.Query(ctx, "SELECT file FROM intake_shares WHERE merchant_id = ? AND closed = 0 ORDER BY file", run.Merchant)
	open, err := database.Collect(rows, err, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) })
	if err != nil {
		return err
	}
	for _, file := range open {
		c, err := count(ctx, tx, run.Merchant, file)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE intake_shares SET closed = 1, booked = ?, duplicate = ?, conflict = ?, rejected = ?, parked = ?
			WHERE merchant_id = ? AND file = ?`, c.Booked, c.Duplicate, c.Conflict, c.Rejected, c.Parked, run.Merchant, file)
		if err != nil {
			return err
		}
	}
	return nil
}

// latest selects the verdicts that hold of the rows between two ids.
const latest = `FROM intake_verdicts v WHERE v.merchant_id = ? AND v.id > ? AND v.id < ? AND NOT EXISTS (
	SELECT 1 FROM intake_verdicts w WHERE w.merchant_id = v.merchant_id AND w.id = v.id AND w.n > v.n)`

// count counts the verdicts that hold of the rows that a file has of a merchant.
func count(ctx context.Context, tx *database.Tx, merchant string, file int64) (c Counts, err error) {
	rows, err := tx.Query(ctx, "SELECT v.status, COUNT(*) "+latest+" GROUP BY v.status", merchant, rowID(file, 0), rowID(file+1, 0))
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var status string
		var n int64
		err = r.Scan(&status, &n)
		c.add(purchase.Verdict(status), n)
		return struct{}{}, err
	})
	return c, err
}

// closeFiles gives the files whose rows are all closed their verdict, and
// assigns them to this run's acks. A file of the bank waits for the last
// merchant that has rows in it.
func closeFiles(ctx context.Context, tx *database.Tx, run Run) error {
	open, err := files(ctx, tx, `merchant_id = ? AND told = 0 AND state = 'READ' AND NOT EXISTS (
		SELECT 1 FROM intake_shares s WHERE s.file = intake_files.number AND s.file < 0 AND s.closed = 0) ORDER BY number`, run.Merchant)
	if err != nil {
		return err
	}
	given := map[Total]int64{}
	for _, f := range open {
		if f.verdict == "" {
			c, err := first(ctx, tx, f)
			if err != nil {
				return err
			}
			f.verdict = c.verdict(f.rows)
		}
		_, err = tx.Exec(ctx, "UPDATE intake_files SET verdict = ?, told = ? WHERE merchant_id = ? AND number = ?",
			string(f.verdict), run.Number, f.owner, f.number)
		if err != nil {
			return err
		}
		given[Total{Verdict: f.verdict}]++
	}
	return addTotals(ctx, tx, run.Merchant, totalFiles, given)
}

// first returns the counts of a file at the end of the run that read it.
func first(ctx context.Context, tx *database.Tx, f file) (c Counts, err error) {
	where, args := "merchant_id = ? AND file = ?", []any{f.owner, f.number}
	if f.owner == purchase.Provider {
		where, args = "file = ? AND file < 0", []any{f.number}
	}
	err = tx.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(booked), 0) AS BIGINT), CAST(COALESCE(SUM(duplicate), 0) AS BIGINT),
			CAST(COALESCE(SUM(conflict), 0) AS BIGINT), CAST(COALESCE(SUM(rejected), 0) AS BIGINT), CAST(COALESCE(SUM(parked), 0) AS BIGINT)
		FROM intake_shares WHERE `+where, args...).Scan(&c.Booked, &c.Duplicate, &c.Conflict, &c.Rejected, &c.Parked)
	return c, err
}
