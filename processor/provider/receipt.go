package provider

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// saveReceipt stores what the receipt says of the last records: a long one is
// never held as one text, which the database would copy several times.
func (t *taking) saveReceipt(ctx context.Context) error {
	said := receiptPart{t.receipt.Results, t.receipt.Decisions}
	if len(said.Results) == 0 && len(said.Decisions) == 0 {
		return nil
	}
	text, err := json.Marshal(said)
	if err != nil {
		return err
	}
	t.told += int64(len(said.Results))
	t.parts++
	t.receipt.Results, t.receipt.Decisions = nil, []purchase.Decision{}
	_, err = t.tx.Exec(ctx, "INSERT INTO provider_receipts (merchant_id, batch, n, part) VALUES (?, ?, ?, ?)", t.terms.Merchant, t.batch, t.parts, string(text))
	return err
}

// A receiptPart is a part of [purchase.Receipt].
type receiptPart struct {
	Results   []purchase.Result   `json:"results"`
	Decisions []purchase.Decision `json:"decisions"`
}

// readReceipt completes a receipt by its parts.
func readReceipt(ctx context.Context, tx *database.Tx, r *purchase.Receipt) error {
	rows, err := tx.Query(ctx, "SELECT part FROM provider_receipts WHERE merchant_id = ? AND batch = ? ORDER BY n", r.Merchant, r.Number)
	_, err = database.Collect(rows, err, func(rows *sql.Rows) (_ struct{}, err error) {
		part, err := scanJSON[receiptPart](rows)
		r.Results, r.Decisions = append(r.Results, part.Results...), append(r.Decisions, part.Decisions...)
		return struct{}{}, err
	})
	return err
}
