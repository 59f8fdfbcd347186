package batch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Answered closes the batch of a receipt, in the transaction in which the
// caller takes the receipt, and returns the rows of the records that were
// refused. The same receipt again changes nothing and returns the same.
func (b *Batches) Answered(ctx context.Context, tx *database.Tx, merchant string, receipt purchase.Receipt) ([]purchase.Refusal, error) {
	refusals, err := answered(ctx, tx, merchant, receipt)
	if err != nil {
		return nil, fmt.Errorf("batch: receipt of %s: %w", formats.BatchName(merchant, receipt.Number), err)
	}
	return refusals, nil
}

func answered(ctx context.Context, tx *database.Tx, merchant string, receipt purchase.Receipt) ([]purchase.Refusal, error) {
	var sum string
	err := tx.QueryRow(ctx, "SELECT sha256 FROM batches WHERE merchant_id = ? AND number = ?", merchant, receipt.Number).Scan(&sum)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, ErrUnknown
	case err != nil:
		return nil, err
	case sum != receipt.SHA256 || sum == "":
		return nil, fmt.Errorf("%w: sha256 %s came, ours is %s", ErrOtherBytes, receipt.SHA256, sum)
	}
	refusals, err := refused(ctx, tx, merchant, receipt)
	if err != nil {
		return nil, err
	}
	if err := rememberRefused(ctx, tx, merchant, refusals); err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `UPDATE batches SET answered = ?, taken = records - ?, refused = ?
		WHERE merchant_id = ? AND number = ? AND answered = 0`,
		max(1, receipt.Taken.Unix()), len(refusals), len(refusals), merchant, receipt.Number)
	return refusals, err
}

// refused finds the rows of the refused records; most receipts have none.
func refused(ctx context.Context, tx *database.Tx, merchant string, receipt purchase.Receipt) ([]purchase.Refusal, error) {
	codes, positions, err := refusedRecords(ctx, receipt)
	if err != nil || len(codes) == 0 {
		return nil, err
	}
	rows, err := tx.Query(ctx, `SELECT feed, position, row_id FROM batch_records
		WHERE merchant_id = ? AND batch = ? AND position IN ?? ORDER BY feed, position`, merchant, receipt.Number, positions)
	type found struct {
		at  at
		row int64
	}
	all, err := database.Collect(rows, err, func(r *sql.Rows) (f found, err error) {
		return f, r.Scan(&f.at.feed, &f.at.position, &f.row)
	})
	var refusals []purchase.Refusal
	for _, f := range all {
		if code, ok := codes[f.at]; ok {
			refusals = append(refusals, purchase.Refusal{RowRef: purchase.RowRef{Feed: purchase.Feed(f.at.feed), Row: f.row}, Code: code})
			delete(codes, f.at)
		}
	}
	for missing := range codes {
		return nil, errors.Join(err, fmt.Errorf("record %d of %s was not in the batch", missing.position, purchase.Feed(missing.feed)))
	}
	return refusals, err
}

// refusedRecords are the refused records of a receipt, and their positions.
func refusedRecords(ctx context.Context, receipt purchase.Receipt) (codes map[at]purchase.Code, positions []int64, _ error) {
	codes = map[at]purchase.Code{}
	for part, err := range receipt.Parts(ctx) {
		if err != nil {
			return nil, nil, err
		}
		for _, r := range part.Results {
			feed, known := purchase.ParseFeed(r.Feed)
			if !known {
				return nil, nil, fmt.Errorf("feed %q is unknown", r.Feed)
			}
			if r.Result == purchase.Refused {
				codes[at{int64(feed), r.Record}] = r.Code
				positions = append(positions, r.Record)
			}
		}
	}
	return codes, positions, nil
}
