package provider

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What the bank gives back of our own transfers, or cannot explain, is no
// debtor's payment, whoever says so.
func TestAssignForeign(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		for _, purpose := range []string{purchase.PurposePayout, purchase.PurposeRefund, purchase.PurposeOther} {
			back := w.payment("B"+purpose, 5_000, "")
			back.Purpose, back.EndToEndID = purpose, "P-acme-2026W01"
			w.taken(back)
			if got := w.batch(w.command("O"+purpose, purchase.Assign, back.PaymentID, "RE1001")); got != "CLOSED" {
				t.Errorf("an assignment of %s: the receipt says %s; want CLOSED", purpose, got)
			}
		}
		w.wantBalances("receivable 100.00, pending -100.00, payable 3.00, bank 150.00, suspense -150.00, fees -3.00")
	})
}
