package provider

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A guarantee that is taken back: the merchant keeps what the debtor paid, and
// gets what he pays later; it is not given again.
func TestRecourse(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.payment("Z1", 3_000, "RE1001"))
		if got := w.batch(w.command("O1", purchase.Recourse, "RE1001", ""), w.command("O2", purchase.Recourse, "RE9", "")); got != "CLOSED UNKNOWN_INVOICE" {
			t.Errorf("the receipt says %s; want CLOSED UNKNOWN_INVOICE", got)
		}
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines("FEE RE1001 RE1001 -3.00", "COLLECTION RE1001 Z1 30.00", "GUARANTEE RE1001 RE1001 70.00")
		w.taken(w.command("O3", purchase.Recourse, "RE1001", ""))
		w.wantLines("REVERSAL RE1001 O3 -70.00")
		w.at("2026-11-01 04:00")
		w.advance(schedules.Guarantee)
		w.taken(w.payment("Z2", 2_000, "RE1001"))
		w.wantLines("COLLECTION RE1001 Z2 20.00")
		w.wantClaim("RE1001", "K 0.00 D 0.00 P 50.00 E 50.00 outstanding 50.00 refund 0.00 charges 0.00")
	})
}

// A write-off is the provider's loss: the merchant is guaranteed all the same.
func TestWriteOffBeforeGuarantee(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.payment("Z1", 3_000, "RE1001"), w.command("O1", purchase.WriteOff, "RE1001", ""))
		w.wantBalances("pending -70.00, payable -27.00, bank 30.00, fees -3.00, losses 70.00")
		if got := stateOf(w.claim("RE1001"), 4); got != "PARTIALLY_PAID" {
			t.Errorf("the state is %s; want PARTIALLY_PAID", got)
		}
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.wantLines("FEE RE1001 RE1001 -3.00", "COLLECTION RE1001 Z1 30.00", "GUARANTEE RE1001 RE1001 70.00")
		w.wantBalances("payable -97.00, bank 30.00, fees -3.00, losses 70.00")
	})
}

// What is written off is a loss; money that comes after all makes it smaller.
func TestWriteOff(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.dun("2026-10-22")
		w.dun("2026-10-29")
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee)
		w.taken(w.command("O1", purchase.WriteOff, "RE1001", ""))
		w.wantBalances("payable -97.00, fees -3.00, dunning_fees -2.50, interest -0.05, losses 102.55")
		if got := w.batch(w.command("O2", purchase.WriteOff, "RE1001", "")); got != "CLOSED" {
			t.Errorf("written off again: the receipt says %s; want CLOSED", got)
		}
		w.wantDunning("2026-11-30", "")
		w.taken(w.payment("Z1", 4_000, "RE1001"))
		w.wantBalances("payable -97.00, bank 40.00, fees -3.00, dunning_fees -2.50, interest -0.05, losses 62.55")
		w.taken(w.received("R1", "RE1001", 10_000))
		w.wantBalances("payable 3.00, bank 40.00, refunds -40.00, fees -3.00")
	})
}
