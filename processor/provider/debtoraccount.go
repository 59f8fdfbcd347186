package provider

import (
	"context"
	"database/sql"

	"github.com/kontor-exchange/kontor/processor/database"
)

// debtorAccounts returns the accounts of debtors in the merchant's own books, by
// invoice; few merchants give them.
func debtorAccounts(ctx context.Context, tx *database.Tx, merchant string, of []*line) (map[string]string, error) {
	var numbers []string
	for _, l := range of {
		numbers = append(numbers, l.InvoiceNo)
	}
	rows, err := tx.Query(ctx, "SELECT invoice_no, debtor_account FROM provider_claims WHERE merchant_id = ? AND invoice_no IN ?? AND debtor_account <> ''",
		merchant, distinct(numbers))
	accounts := map[string]string{}
	_, err = database.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var number, account string
		err := r.Scan(&number, &account)
		accounts[number] = account
		return struct{}{}, err
	})
	return accounts, err
}
