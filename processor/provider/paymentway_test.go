package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// way tells the one way of a payment: its steps and what each claim took.
func (w *world) way(id string) string {
	w.Helper()
	all, err := w.p.Payment(w.ctx, w.terms.Merchant, id)
	if err != nil || len(all) != 1 {
		w.Fatalf("Payment(%s) = %v, %v; want one", id, all, err)
	}
	var said []string
	for _, s := range all[0].Steps {
		text := strings.TrimSpace(fmt.Sprintf("%s %q %s %s", s.By, s.Text, strings.Join(s.Found, "+"), s.Rule))
		if s.Principal {
			text += " principal"
		}
		if s.Amount != 0 {
			text += " " + s.Amount.String()
		}
		if s.Why != "" {
			text += ": " + s.Why
		}
		said = append(said, text)
	}
	for _, c := range all[0].Claims {
		said = append(said, fmt.Sprintf("%s takes %s + %s + %s", c.InvoiceNo, c.Charges, c.Interest, c.Principal))
	}
	if len(all[0].Candidates) > 0 {
		said = append(said, fmt.Sprint(all[0].Candidates))
	}
	return strings.Join(said, "; ")
}

// Each payment keeps what decided, at the moment when it was decided.
func TestPaymentWay(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(append(w.sale("1001", "K1", 10_000), w.sale("1002", "K2", 5_000)...)...)
		w.taken(w.order("A1003", "K3", 30_000), w.invoice("RE1003A", "A1003", 10_000), w.invoice("RE1003B", "A1003", 9_000),
			w.shipment("L3", "A1003", "RE1003A"), w.shipment("L4", "A1003", "RE1003B"))
		w.taken(w.order("800123", "K4", 4_000), w.invoice("700123", "800123", 4_000), w.shipment("L5", "800123", "700123"))
		w.taken(w.order("A1005", "K5", 1_000))
		rf := purchase.Reference("A1002")
		tests := []struct {
			name      string
			amount    money.Amount
			reference string
			want      string
		}{
			{"invoice as it was typed", 1_000, "Rechnung: re1001.", `INVOICE "re1001" RE1001 ONE_CLAIM; RE1001 takes 0.00 + 0.00 + 10.00`},
			{"the whole of an invoice", 9_000, "RE1001", `INVOICE "RE1001" RE1001 ONE_CLAIM principal; RE1001 takes 0.00 + 0.00 + 90.00`},
			{"RF with blanks", 700, rf[:4] + " " + rf[4:], `RF "` + rf + `" A1002 OLDEST_FIRST; RE1002 takes 0.00 + 0.00 + 7.00`},
			{"the order's one claim of this amount", 9_000, "A1003", `ORDER "A1003" A1003 EXACT principal; RE1003B takes 0.00 + 0.00 + 90.00`},
			{"the order's oldest", 9_999, "a1003", `ORDER "a1003" A1003 OLDEST_FIRST; RE1003A takes 0.00 + 0.00 + 99.99`},
			{"the order's last", 1, "A1003", `ORDER "A1003" A1003 EXACT principal; RE1003A takes 0.00 + 0.00 + 0.01`},
			{"nothing open", 50, "A1003", `ORDER "A1003" A1003 NOTHING_OPEN; RE1003B takes 0.00 + 0.00 + 0.50`},
			{"nothing named", 60, "Miete", `"" NOTHING_NAMED`},
			{"two invoices", 70, "RE1001 RE1002", `INVOICE "RE1001, RE1002" RE1001+RE1002 SEVERAL_NAMED; [RE1001 RE1002]`},
			{"digits that nothing confirms", 80, "700123", `INVOICE "700123" 700123 DIGITS_ONLY`},
			{"no claim yet", 90, "A1005", `ORDER "A1005" A1005 NO_ACTIVE_CLAIM`},
		}
		for i, tt := range tests {
			id := fmt.Sprintf("Z%02d", i)
			w.taken(w.payment(id, tt.amount, tt.reference))
			if got := strings.ReplaceAll(w.way(id), "  ", " "); got != tt.want {
				t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
			}
		}
		w.at("2026-10-06 12:00")
		w.taken(w.invoice("RE1005", "A1005", 1_000), w.shipment("L6", "A1005", "RE1005"))
		w.taken(w.command("O1", purchase.Assign, "Z07", "RE1002"), w.payment("Z00", -400, ""))
		for id, want := range map[string]string{
			"Z10": `ORDER "A1005" A1005 NO_ACTIVE_CLAIM; ORDER "A1005" A1005 OLDEST_FIRST; RE1005 takes 0.00 + 0.00 + 0.90`,
			"Z07": `"" NOTHING_NAMED; OPERATOR "kim" RE1002 ONE_CLAIM: asked; RE1002 takes 0.00 + 0.00 + 0.60`,
			"Z00": `INVOICE "re1001" RE1001 ONE_CLAIM; "payments.csv:` + fmt.Sprint(w.row-1) + `" RETURNED 4.00; RE1001 takes 0.00 + 0.00 + 6.00`,
		} {
			if got := strings.ReplaceAll(w.way(id), "  ", " "); got != want {
				t.Errorf("%s: %s\nwant %s", id, got, want)
			}
		}
	})
}

// A payment with charges: fees first, then interest, then the principal, and a
// return undoes it from its end.
func TestPaymentWayOfCharges(t *testing.T) {
	each(t, nil, func(w *world) {
		dunnedTwice(w)
		c := w.claim("RE1001")
		fees, interest := c.Fees+c.Flat, c.Interest
		if fees == 0 || interest == 0 {
			t.Fatalf("fees %s, interest %s; want both", fees, interest)
		}
		w.taken(w.payment("Z1", fees+interest-1, "RE1001"), w.payment("Z2", 101, "RE1001"))
		for id, want := range map[string]string{
			"Z1": fmt.Sprintf("RE1001 takes %s + %s + 0.00", fees, interest-1),
			"Z2": "RE1001 takes 0.00 + 0.01 + 1.00",
		} {
			if got := w.way(id); !strings.HasSuffix(got, want) {
				t.Errorf("%s: %s\nwant … %s", id, got, want)
			}
		}
		w.taken(w.payment("Z1", -interest-1, ""), w.payment("Z2", -100, ""))
		for id, want := range map[string]string{
			"Z1": fmt.Sprintf("RE1001 takes %s + 0.00 + 0.00", fees-2),
			"Z2": "RE1001 takes 0.00 + 0.01 + 0.00",
		} {
			if got := w.way(id); !strings.HasSuffix(got, want) {
				t.Errorf("after the return: %s: %s\nwant … %s", id, got, want)
			}
		}
		if c := w.claim("RE1001"); c.InterestPaid != 1 || c.ChargesPaid != fees-2+1 {
			t.Errorf("charges paid %s, of them interest %s", c.ChargesPaid, c.InterestPaid)
		}
	})
}

// dunnedTwice is a claim of a business with fees, flat sum and interest.
func dunnedTwice(w *world) {
	w.taken(w.b2b("1001", "K1", 100_000)...)
	w.at("2026-10-22 05:00")
	w.dun("2026-10-22")
	w.dun("2026-10-29")
	w.dun("2026-11-09")
}

// One payment is asked for by its id; of several accounts, all that have it.
func TestPaymentsOf(t *testing.T) {
	each(t, nil, func(w *world) {
		other := w.payment("Z1", 300, "")
		other.Account = "DE75512108001245126199"
		w.taken(w.payment("Z1", 100, ""), w.payment("Z2", 200, ""), other)
		for id, want := range map[string]string{"Z1": "Z1 1.00, Z1 3.00", "Z2": "Z2 2.00", "Z": ""} {
			all, err := w.p.PaymentsOf(w.ctx, "acme", id)
			var got []string
			for _, m := range all {
				got = append(got, m.PaymentID+" "+m.Waiting.String())
			}
			if s := strings.Join(got, ", "); err != nil || s != want {
				t.Errorf("PaymentsOf(%s) = %s, %v; want %s", id, s, err, want)
			}
		}
	})
}
