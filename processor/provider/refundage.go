package provider

import (
	"context"
	"database/sql"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/schedules"
)

// AgeDays is how long a debtor has waited on a day for what is owed; 0 for a
// transfer.
func (r RefundInfo) AgeDays(day schedules.Date) int {
	if r.Since.IsZero() {
		return 0
	}
	return max(0, int(day-r.Since))
}

// owedSince returns the day on which what is owed to the debtors of claims was
// last changed: whatever changes it makes a line.
func owedSince(ctx context.Context, tx *database.Tx, merchant string, invoices []string) (map[string]schedules.Date, error) {
	rows, err := tx.Query(ctx, "SELECT invoice_no, MAX(booked_on) FROM provider_lines WHERE merchant_id = ? AND invoice_no IN ?? GROUP BY invoice_no", merchant, invoices)
	since := map[string]schedules.Date{}
	_, err = database.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var invoice string
		var day schedules.Date
		err := r.Scan(&invoice, &day)
		since[invoice] = day
		return struct{}{}, err
	})
	return since, err
}
