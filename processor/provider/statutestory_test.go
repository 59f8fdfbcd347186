package provider

import (
	"fmt"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What the stories of the statutes do and say.

// sells books an order, its invoice and its shipment of one day; edit changes
// order and invoice.
func (w *world) sells(day, n string, gross money.Amount, edit func(*purchase.Order, *purchase.Invoice)) {
	w.Helper()
	w.at(day + " 12:00")
	o, i := w.order("A"+n, "K"+n, gross), w.invoice("RE"+n, "A"+n, gross)
	if edit != nil {
		edit(&o, &i)
	}
	w.taken(o, i, w.shipment("L"+n, "A"+n, "RE"+n))
}

// dues sells on each day and says when the claims fall due.
func (w *world) dues(days ...string) (all []string) {
	w.Helper()
	for i, day := range days {
		n := fmt.Sprint(1001 + i)
		w.sells(day, n, 10_000, nil)
		c := w.claim("RE" + n)
		all = append(all, fmt.Sprintf("sent %s: due %s, guaranteed from %s", day, c.DueOn, c.GuaranteeOn))
	}
	return all
}

func (w *world) claimText(invoice string) string {
	w.Helper()
	c := w.claim(invoice)
	return fmt.Sprintf("principal %s, charges %s, owed back %s", c.Outstanding, c.Charges, c.values().Refund())
}

// ordered returns the decision on an order of a consumer born on a day.
func (w *world) ordered(day, born string) string {
	w.Helper()
	w.at(day + " 12:00")
	o := w.order("A"+day+born, "K"+day, 10_000)
	o.BirthDate = w.day(born)
	w.taken(o)
	return string(w.receipt(w.number).Decisions[0].Code)
}

// feeInvoiceText pays out and shows the invoice for the fees.
func (w *world) feeInvoiceText() string {
	w.Helper()
	w.payout()
	found, err := w.invoiceOfLastPayout()
	if err != nil || found == nil {
		w.Fatalf("the payout of %s has no invoice for its fees: %v", w.now, err)
	}
	return fmt.Sprintf("%s: net %s vat %s gross %s", found.Number, found.Net, found.VAT, found.Gross)
}

func (w *world) invoiceOfLastPayout() (found *purchase.FeeInvoice, err error) {
	err = w.db.Read(w.ctx, func(tx *database.Tx) error {
		all, err := payouts.find(w.ctx, tx, "merchant_id = ? ORDER BY seq DESC LIMIT 1", w.terms.Merchant)
		if err != nil || len(all) == 0 {
			return err
		}
		found, err = feeInvoice(w.ctx, tx, all[0])
		return err
	})
	return found, err
}
