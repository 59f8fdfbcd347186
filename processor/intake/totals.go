package intake

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A Total is how often a verdict was given, to files or to rows. A row that was
// PARKED and is BOOKED counts for both, and totals never fall.
type Total struct {
	Verdict purchase.Verdict
	Code    purchase.Code // of rows; "" for files
	Count   int64
}

// What totals count.
const (
	totalFiles = "F"
	totalRows  = "R"
)

// Totals returns the verdicts of all files and rows of a merchant, or of the
// bank's files, since the beginning; of a file that is being read, its verdict
// counts when the run closes it. The answer takes as long after a year as on
// the first day.
func (in *Intake) Totals(ctx context.Context, merchant string) (files, rows []Total, err error) {
	type counted struct {
		what string
		Total
	}
	var all []counted
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		found, err := tx.Query(ctx, "SELECT what, status, code, total FROM intake_totals WHERE merchant_id = ? ORDER BY what, status, code", merchant)
		all, err = database.Collect(found, err, func(r *sql.Rows) (c counted, err error) {
			return c, r.Scan(&c.what, &c.Verdict, &c.Code, &c.Count)
		})
		return err
	})
	for _, c := range all {
		if c.what == totalFiles {
			files = append(files, c.Total)
		} else {
			rows = append(rows, c.Total)
		}
	}
	return files, rows, at("count", "verdicts of "+merchant, err)
}

// addTotals counts verdicts in the transaction that gives them.
func addTotals(ctx context.Context, tx *database.Tx, merchant, what string, given map[Total]int64) error {
	all := make([]Total, 0, len(given))
	for t := range given {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b Total) int { return cmp.Or(cmp.Compare(a.Verdict, b.Verdict), cmp.Compare(a.Code, b.Code)) })
	rows := make([][]any, len(all))
	for i, t := range all {
		rows[i] = []any{merchant, what, string(t.Verdict), string(t.Code), given[t]}
	}
	return tx.Load(ctx, "intake_totals", []string{"merchant_id", "what", "status", "code", "total"}, rows,
		"ON CONFLICT (merchant_id, what, status, code) DO UPDATE SET total = intake_totals.total + excluded.total")
}

// addBadRows counts the rows that were rejected because they cannot be read.
func addBadRows(ctx context.Context, tx *database.Tx, merchant string, from, to int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO intake_totals (merchant_id, what, status, code, total)
		SELECT merchant_id, 'R', 'REJECTED', code, COUNT(*) FROM intake_rows
		WHERE merchant_id = ? AND id > ? AND id < ? AND code <> '' GROUP BY merchant_id, code
		ON CONFLICT (merchant_id, what, status, code) DO UPDATE SET total = intake_totals.total + excluded.total`, merchant, from, to)
	return err
}
