package provider

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A decision is about the order that the person looked at.
func TestDecideOnAnotherOrder(t *testing.T) {
	each(t, nil, func(w *world) {
		seen := w.order("A1001", "K1", 1_000)
		seen.Phone = ""
		w.taken(seen)
		command := w.command("O1", purchase.Decide, "A1001", purchase.DecideOn(purchase.DecisionAccepted, 1_000))
		if got := w.batch(w.order("A1001", "K1", 160_000), command); got != "- CONFLICT" {
			t.Errorf("the order has changed: the receipt says %s; want - CONFLICT", got)
		}
		info, _, err := w.p.Order(w.ctx, "acme", "A1001")
		if err != nil || info.Approved != 0 || len(info.Decisions) != 2 {
			t.Errorf("Order = %+v, %v; want nothing approved", info, err)
		}
		w.taken(w.command("O2", purchase.Decide, "A1001", purchase.DecideOn(purchase.DecisionAccepted, 160_000)))
		if info, _, err = w.p.Order(w.ctx, "acme", "A1001"); err != nil || info.Approved != 160_000 {
			t.Errorf("Order = %+v, %v; want 1600.00 approved", info, err)
		}
	})
}
