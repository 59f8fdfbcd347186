package provider

import (
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// What comes after its month is closed is booked on the first open day, be it
// an old document or a slot that a changed schedule makes due in the past.
func TestClosedMonth(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...) // guaranteed on 31 October
		w.taken(w.sale("1002", "K2", 5_000)...)
		until := time.Date(2026, 11, 1, 0, 0, 0, 0, w.zone)
		c, err := w.p.Close(w.ctx, w.terms.Merchant, ledger.Closing{Period: "2026-10", Until: until, ClosedAt: until, Operator: "ada"})
		if err != nil || c.Entry != 2 {
			t.Fatalf("Close = %+v, %v; want entry 2", c, err)
		}
		w.verify()
		w.at("2026-10-31 04:00") // its month is closed
		w.advance(schedules.Guarantee)
		w.at("2026-10-31 06:00")
		late := w.payment("Z1", 5_000, "RE1002")
		late.BookedOn = w.day("2026-10-20")
		w.taken(late)
		w.at("2026-11-02 06:00")
		w.advance(schedules.Payout)
		for _, d := range w.strings("SELECT line_type || ' ' || invoice_no || ' ' || booked_on FROM provider_lines WHERE line_type IN ('GUARANTEE', 'COLLECTION') ORDER BY n") {
			switch d {
			case "GUARANTEE RE1001 2026-11-01", "GUARANTEE RE1002 2026-11-01", "COLLECTION RE1002 2026-11-01", "AFTER_GUARANTEE RE1002 2026-11-01":
			default:
				t.Errorf("a line %s; want it on the first open day", d)
			}
		}
		var booked int
		w.scalar(&booked, "SELECT COUNT(*) FROM ledger_entry WHERE booked_at < ? AND id > ?", until.Unix(), c.Entry)
		if booked != 0 {
			t.Errorf("%d entries are booked in the closed month", booked)
		}
		var business string
		w.scalar(&business, "SELECT e.business_date FROM ledger_entry e JOIN ledger_posting p ON p.merchant = e.merchant AND p.entry = e.id WHERE p.class = ?", ledger.Bank)
		if business != "2026-10-20" {
			t.Errorf("the payment counts from %s; want its own date", business)
		}
		if got := w.takenBy("Z1"); got != "RE1002" {
			t.Errorf("the payment is on %q; want RE1002", got)
		}
		w.taken(w.received("R1", "RE1001", 10_000), w.command("O1", purchase.Recourse, "RE1002", ""))
	})
}
