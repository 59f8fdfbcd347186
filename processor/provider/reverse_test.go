package provider

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// What is taken back makes one line of the difference, whatever stands behind it;
// again it is refused, and nothing of it agrees less.
func TestReverse(t *testing.T) {
	reverse := func(w *world, no, subject string, r purchase.Reversal) purchase.Command {
		return w.command("REV-"+no, purchase.Reverse, subject, r.String())
	}
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.received("R1", "RE1001", 5_000), w.credit("G1", purchase.Correction, "RE1001", 3_000, "R1"),
			w.instruction("I1", purchase.DirectPayment, "RE1001", 1_000), w.instruction("I2", purchase.Dispute, "RE1001", 0))
		w.taken(w.payment("Z1", 6_000, "RE1001"))
		w.wantBalances("payable -57.00, bank 60.00, fees -3.00")
		credit := purchase.Reversal{Feed: purchase.Credits, Kind: purchase.Correction, Number: "G1"}
		w.taken(reverse(w, "1", "RE1001", credit)) // the return counts again
		w.wantBalances("payable -37.00, bank 60.00, refunds -20.00, fees -3.00")
		if got := w.batch(reverse(w, "2", "RE1001", credit)); got != "CLOSED" {
			w.Errorf("taken back again: the receipt says %s; want CLOSED", got)
		}
		w.taken(reverse(w, "3", "RE1001", purchase.Reversal{Feed: purchase.Returns, Kind: purchase.ReturnReceived, Number: "R1"}),
			reverse(w, "4", "RE1001", purchase.Reversal{Feed: purchase.Instructions, Kind: purchase.DirectPayment, Number: "I1"}),
			reverse(w, "5", "RE1001", purchase.Reversal{Feed: purchase.Instructions, Kind: purchase.Dispute, Number: "I2"}))
		w.wantBalances("receivable 40.00, pending -40.00, payable -57.00, bank 60.00, fees -3.00")
		w.at("2026-10-31 04:00")
		w.advance(schedules.Guarantee) // no dispute holds it any more
		w.wantBalances("receivable 40.00, payable -97.00, bank 60.00, fees -3.00")
		w.taken(reverse(w, "6", "RE1001", purchase.Reversal{Feed: purchase.Invoices, Amount: 10_000}))
		w.wantBalances("payable 3.00, bank 60.00, refunds -60.00, fees -3.00")
		if got := w.batch(reverse(w, "7", "RE1001", purchase.Reversal{Feed: purchase.Invoices, Amount: 1})); got != "OVER_CREDIT" {
			w.Errorf("more than the invoice: the receipt says %s; want OVER_CREDIT", got)
		}
		w.wantLines("FEE RE1001 RE1001 -3.00", "RETURN RE1001 R1 0.00", "REINSTATED RE1001 G1 0.00", "DIRECT_PAYMENT RE1001 I1 0.00", "COLLECTION RE1001 Z1 60.00",
			"CREDIT RE1001 REV-1 -20.00", "REINSTATED RE1001 REV-3 20.00", "REINSTATED RE1001 REV-4 0.00", "GUARANTEE RE1001 RE1001 40.00", "CREDIT RE1001 REV-6 -100.00")
	})
}

// A due change that is taken back gives the claim the date before; an order and a
// cancellation can be taken back once.
func TestReverseDueAndOrder(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.order("A2", "K2", 9_000))
		w.taken(w.sale("1001", "K1", 10_000)...)
		due := w.claim("RE1001").DueOn
		w.taken(w.instruction("I1", purchase.DueChange, "RE1001", 0))
		w.taken(w.command("C1", purchase.Reverse, "RE1001", purchase.Reversal{Feed: purchase.Instructions, Kind: purchase.DueChange, Number: "I1"}.String()))
		if c := w.claim("RE1001"); c.DueOn != due || c.DueMoved {
			w.Errorf("due on %s, moved: %t; want %s as it was computed", c.DueOn, c.DueMoved, due)
		}
		order := purchase.Reversal{Feed: purchase.Orders, Number: "A2"}.String()
		cancellation := purchase.Reversal{Feed: purchase.Cancellations, Number: "ST1"}.String()
		for i, step := range []struct{ argument, want string }{{cancellation, "CLOSED"}, {order, "-"}, {order, "CLOSED"}, {cancellation, "-"}} {
			if got := w.batch(w.command("C2"+string(rune('0'+i)), purchase.Reverse, "A2", step.argument)); got != step.want {
				w.Errorf("step %d, %s: the receipt says %s; want %s", i, step.argument, got, step.want)
			}
		}
		for argument, want := range map[string]string{"nonsense": "FIELD_RANGE", "credits VALUE G9": "CLOSED"} {
			if got := w.batch(w.command("C3"+want, purchase.Reverse, "RE1001", argument)); got != want {
				w.Errorf("%s: the receipt says %s; want %s", argument, got, want)
			}
		}
	})
}
