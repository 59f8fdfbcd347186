package provider

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Matching counts how payments of debtors found their claims. What the bank
// took back before anything found it counts nowhere.
type Matching struct {
	Automatic  int64 `json:"automatic"`
	ByOperator int64 `json:"by_operator"`
	Waiting    int64 `json:"waiting"` // in suspense
}

// All is the number of payments.
func (m Matching) All() int64 { return m.Automatic + m.ByOperator + m.Waiting }

// Matching counts the payments of debtors that were booked from a day on.
func (p *Provider) Matching(ctx context.Context, merchant string, since schedules.Date) (m Matching, err error) {
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		// Those that name a purpose are transfers of ours that the bank tells of.
		return tx.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN waiting = 0 AND matched_by IN ('RF', 'SHORT', 'INVOICE', 'ORDER', 'IBAN') THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN waiting = 0 AND matched_by = 'OPERATOR' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN waiting > 0 AND matched_by = '' THEN 1 ELSE 0 END), 0)
			FROM provider_payments WHERE merchant_id = ? AND amount > 0 AND booked_on >= ?`, merchant, since.String()).
			Scan(&m.Automatic, &m.ByOperator, &m.Waiting)
	})
	return m, err
}
