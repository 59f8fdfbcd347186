package intake

import (
	"context"
	"database/sql"
	"strings"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// How a returned payment of a bank statement finds the one that it returns: by
// its own payment_id, else by the end-to-end id (or the transaction id of the
// banks), which a return repeats. Of several payments with one such id only one
// of exactly the returned amount is taken: a standing order has the same id
// every month, and kontor never guesses.

// A traceKey is what a bank repeats in a return.
type traceKey struct{ account, id string }

func traceOf(r purchase.Payment) traceKey { return traceKey{r.Account, r.EndToEndID} }

// A traced is a payment that a return may mean.
type traced struct {
	holding
	paymentID string
}

// originals are the rows that hold the payment that r returns, none for a
// payment that returns nothing.
func (b *books) originals(r purchase.Payment) []holding {
	if r.Amount > 0 {
		return nil
	}
	if all := b.held[docKey{purchase.Payments, purchase.PaymentKey(r.Account, r.PaymentID, false)}]; len(all) > 0 {
		return all
	}
	if t, found := b.original(r); found {
		return []holding{t.holding}
	}
	return nil
}

// original finds a payment by its trace.
func (b *books) original(r purchase.Payment) (traced, bool) {
	var fit, exact []traced
	for _, t := range b.traced[traceOf(r)] {
		switch {
		case !t.booked || t.date > r.BookedOn || t.amount < r.Amount.Abs():
		case t.amount == r.Amount.Abs():
			exact = append(exact, t)
		default:
			fit = append(fit, t)
		}
	}
	switch {
	case r.EndToEndID == "" || r.Purpose != "":
	case len(exact) == 1:
		return exact[0], true
	case len(exact) == 0 && len(fit) == 1:
		return fit[0], true
	}
	return traced{}, false
}

// awaited is what a return waits for.
func awaited(r purchase.Payment) []string {
	waits := []string{awaitPayment(purchase.PaymentKey(r.Account, r.PaymentID, false))}
	if r.EndToEndID != "" {
		waits = append(waits, awaitTrace(traceOf(r)))
	}
	return waits
}

// trace notes a payment that has come under its trace, and returns the id of
// the one that a return returns, "" where it is its own.
func (b *books) trace(r purchase.Payment, h holding) string {
	k := traceOf(r)
	switch {
	case r.EndToEndID == "" || r.Purpose != "":
	case r.Amount > 0:
		b.traced[k] = append(b.traced[k], traced{h, r.PaymentID})
	case len(b.held[docKey{purchase.Payments, purchase.PaymentKey(r.Account, r.PaymentID, false)}]) == 0:
		t, _ := b.original(r)
		return t.paymentID
	}
	return ""
}

// loadTraced loads the payments that came with one of the ids.
func (b *books) loadTraced(ctx context.Context, tx *database.Tx, merchant string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	// The feed is written out: the index is only of payments with an id.
	rows, err := tx.Query(ctx, `SELECT doc_key, id, booked, date, amount, order_no FROM intake_documents
		WHERE merchant_id = ? AND feed = 7 AND order_no <> '' AND amount > 0 AND order_no IN ?? ORDER BY doc_key, id`, merchant, ids)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var t traced
		var key string
		var date int64
		err = r.Scan(&key, &t.row, &t.booked, &date, &t.amount, &t.orderNo)
		t.date = schedules.Date(date)
		account, rest, _ := strings.Cut(key, "\x1f")
		t.paymentID, _, _ = strings.Cut(rest, "\x1f")
		k := traceKey{account, t.orderNo}
		b.traced[k] = append(b.traced[k], t)
		return struct{}{}, err
	})
	return err
}
