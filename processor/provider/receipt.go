package provider

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// saveReceipt stores what the receipt says of the last records: a long one is
// never held as one text, which the database would copy several times.
func (t *taking) saveReceipt(ctx context.Context) error {
	said := t.part
	if len(said.Results) == 0 && len(said.Decisions) == 0 {
		return nil
	}
	text, err := json.Marshal(said)
	if err != nil {
		return err
	}
	t.told += int64(len(said.Results))
	t.parts++
	t.part = purchase.ReceiptPart{Decisions: []purchase.Decision{}}
	_, err = t.tx.Exec(ctx, "INSERT INTO provider_receipts (merchant_id, own, batch, n, part) VALUES (?, ?, ?, ?, ?)",
		t.terms.Merchant, t.batch.Own, t.batch.Number, t.parts, string(text))
	return err
}

// receiptParts yields what a receipt says, each part read when it is its turn.
func (p *Provider) receiptParts(r purchase.Receipt) func(context.Context) iter.Seq2[purchase.ReceiptPart, error] {
	return func(ctx context.Context) iter.Seq2[purchase.ReceiptPart, error] {
		n := 0
		return pages(ctx, p.db, func(tx *database.Tx, _ string) ([]purchase.ReceiptPart, string, error) {
			n++
			rows, err := tx.Query(ctx, "SELECT part FROM provider_receipts WHERE merchant_id = ? AND own = ? AND batch = ? AND n = ?", r.Merchant, r.Own, r.Number, n)
			part, err := database.Collect(rows, err, scanJSON[purchase.ReceiptPart])
			return part, "", err
		})
	}
}
