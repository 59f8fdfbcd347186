package provider

import "testing"

// What is owed to a debtor has the age of the event that made it so.
func TestRefundAge(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.at("2026-10-05 12:00")
		w.taken(w.payment("Z1", 10_000, "RE1001"))
		w.at("2026-10-12 12:00")
		w.taken(w.received("R1", "RE1001", 4_000))
		owed, err := w.p.Refunds(w.ctx, "acme")
		if err != nil || len(owed) != 1 || owed[0].Owed != 4_000 || owed[0].Since != w.day("2026-10-12") || owed[0].AgeDays(w.day("2026-10-22")) != 10 {
			t.Errorf("Refunds = %+v, %v; want 40.00 owed since 2026-10-12, 10 days on the 22nd", owed, err)
		}
		if days := (RefundInfo{}).AgeDays(w.day("2026-10-22")); days != 0 {
			t.Errorf("a transfer waits %d days; want 0", days)
		}
	})
}
