package provider

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Charges that were given up are paid before anything is owed to the debtor; a
// payment that the bank takes back is owed again, with them.
func TestRecoveryOfCharges(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.dun("2026-10-22")
		w.dun("2026-10-29")
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.taken(w.command("O1", purchase.WriteOff, "RE1001", ""))
		w.wantBalances("payable -97.00, fees -3.00, dunning_fees -2.50, interest -0.05, losses 102.55")
		w.taken(w.payment("Z1", 10_100, "RE1001"))
		w.wantBalances("payable -97.00, bank 101.00, fees -3.00, dunning_fees -2.50, interest -0.05, losses 1.55")
		w.wantState("RE1001 PAID: 0.00 owed, 100.00 paid, level 2")
		w.taken(w.payment("Z2", 157, "RE1001"))
		w.wantBalances("payable -97.00, bank 102.57, refunds -0.02, fees -3.00, dunning_fees -2.50, interest -0.05")
		w.wantState("RE1001 OVERPAID: 0.00 owed, 100.02 paid, level 2")
		w.taken(w.payment("Z2", -157, ""), w.payment("Z1", -10_100, ""))
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 0.00 E 100.00 outstanding 100.00 refund 0.00 charges 2.55")
		w.wantBalances("receivable 100.00, charges 2.55, payable -97.00, fees -3.00, dunning_fees -2.50, interest -0.05")
	})
}

// A waiver of charges turns what was paid on them into principal: where the
// debtor owes a refund that he took, it shrinks that.
func TestWaiverBelowZero(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		paid := w.payment("Z1", 15_000, "RE1001")
		paid.DebtorIBAN, paid.DebtorName = "DE75512108001245126199", "Anna Muster"
		w.taken(paid)
		w.taken(w.command("O1", purchase.PayRefund, "RE1001", ""))
		w.taken(w.payment("Z1", -15_000, ""))
		w.dun("2026-10-22")
		w.dun("2026-10-29")
		w.taken(w.payment("Z2", 258, "RE1001"))
		w.wantClaim("RE1001", "K 0.00 D 0.00 P -50.00 E 0.00 outstanding 150.00 refund 0.00 charges 0.00")
		w.taken(w.received("R1", "RE1001", 10_000))
		w.wantClaim("RE1001", "K 100.00 D 0.00 P -47.42 E 0.00 outstanding 47.42 refund 0.00 charges 0.00")
		w.wantBalances("receivable 47.42, payable 3.00, bank 2.58, transit -50.00, fees -3.00")
	})
}
