package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// openItemsOf returns what a payout says of open items, a line each.
func (w *world) openItemsOf(id string) string {
	w.Helper()
	p, found, err := w.p.Payout(w.ctx, w.terms.Merchant, id)
	if err != nil || !found || p.OpenItems == nil {
		w.Fatalf("Payout(%s) = %v, %v, %v; want one with open items", id, p, found, err)
	}
	said := []string{fmt.Sprintf("%s: %d, %s", p.OpenItems.Day, p.OpenItems.Count, p.OpenItems.Receivable)}
	for i, err := range p.OpenItems.Items(w.ctx) {
		if err != nil {
			w.Fatalf("Items = %v", err)
		}
		if i.Amount-i.Credited-i.Paid-i.WrittenOff != i.Outstanding {
			w.Errorf("item %s does not add up: %+v", i.InvoiceNo, i)
		}
		said = append(said, fmt.Sprintf("%s %s due %s %d %s: %s - %s - %s = %s, settled %s, guarantee %s, %s %d %v",
			i.CustomerNo, i.InvoiceNo, i.DueDate, i.DaysOverdue, purchase.BucketOf(i.DaysOverdue), i.Amount, i.Credited, i.Paid, i.Outstanding,
			i.Settled, i.GuaranteeDate, i.State, i.DunningLevel, i.Holds))
	}
	return strings.Join(said, "\n")
}

// Open items are those of the payout's instant, and stay what was said of them.
// What would break it: a list that is read later, when the books have gone on;
// one that leaves out what is guaranteed or credited in part.
func TestOpenItems(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.taken(w.sale("1002", "K2", 20_000)...)
		w.taken(w.sale("1003", "K3", 30_000)...)
		w.taken(w.payment("Z1", 10_000, "RE1001"), w.payment("Z2", 5_000, "RE1002"), w.received("RT1", "RE1003", 1_000),
			w.instruction("I1", purchase.Dispute, "RE1003", 0))
		w.at("2026-10-05 06:00")
		w.advance(schedules.Payout)
		want := `2026-10-05: 2, 440.00
K2 RE1002 due 2026-10-15 0 NOT_DUE: 200.00 - 0.00 - 50.00 = 150.00, settled 50.00, guarantee 2026-10-31, PARTIALLY_PAID 0 []
K3 RE1003 due 2026-10-15 0 NOT_DUE: 300.00 - 10.00 - 0.00 = 290.00, settled 0.00, guarantee 2026-10-31, OPEN 0 [DISPUTE]`
		if got := w.openItemsOf("P-acme-2026W40"); got != want {
			t.Errorf("open items:\n%s\nwant\n%s", got, want)
		}
		w.taken(w.payment("Z3", 29_000, "RE1003"))
		w.at("2026-11-02 04:00")
		w.advance(schedules.Guarantee)
		w.at("2026-11-02 06:00")
		w.advance(schedules.Payout)
		if got := w.openItemsOf("P-acme-2026W40"); got != want {
			t.Errorf("open items, asked for again:\n%s\nwant\n%s", got, want)
		}
		want = `2026-11-02: 1, 150.00
K2 RE1002 due 2026-10-15 18 OVERDUE_1_30: 200.00 - 0.00 - 50.00 = 150.00, settled 200.00, guarantee 2026-10-31, GUARANTEED 0 []`
		if got := w.openItemsOf("P-acme-2026W44"); got != want {
			t.Errorf("open items:\n%s\nwant\n%s", got, want)
		}
	})
}

// More than a part are read whole, and sum to the receivables of the books.
func TestOpenItemsInParts(t *testing.T) {
	each(t, func(terms *purchase.Terms) { terms.Credit.OpenSumMax = 1 << 40 }, func(w *world) {
		var records []purchase.Record
		for n := range 2*itemsMax + 1 {
			records = append(records, w.sale(fmt.Sprint(100_000+n), "K1", 1_000)...)
		}
		w.taken(records...)
		w.at("2026-10-05 06:00")
		w.advance(schedules.Payout)
		got, want := w.openItemsOf("P-acme-2026W40"), fmt.Sprintf("2026-10-05: %d, %s\n", 2*itemsMax+1, money.Amount(1_000*(2*itemsMax+1)))
		if !strings.HasPrefix(got, want) || strings.Count(got, "\n") != 2*itemsMax+1 {
			t.Errorf("open items: %.100s… and %d lines; want %s and one for each", got, strings.Count(got, "\n"), want)
		}
	})
}

// A payout whose open items are not the receivables of the books is not booked.
func TestOpenItemsMustAgree(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.sale("1001", "K1", 10_000)...)
		w.write(func(tx *database.Tx) error {
			_, err := tx.Exec(w.ctx, "UPDATE provider_claims SET outstanding = 1")
			return err
		})
		w.at("2026-10-05 06:00")
		err := w.p.Advance(w.ctx, "acme", schedules.Slot{Job: schedules.Payout, At: w.now})
		if err == nil || !strings.Contains(err.Error(), "its open items are 0.01, the books have receivables of 100.00") {
			t.Errorf("Advance = %v; want that it does not agree with %s", err, ledger.Receivable)
		}
	})
}

func TestBucketOf(t *testing.T) {
	for days, want := range map[int]purchase.Bucket{
		-1: purchase.BucketNotDue, 0: purchase.BucketNotDue, 1: purchase.Bucket30, 30: purchase.Bucket30, 31: purchase.Bucket60,
		60: purchase.Bucket60, 61: purchase.Bucket90, 90: purchase.Bucket90, 91: purchase.BucketOlder,
	} {
		if got := purchase.BucketOf(days); got != want {
			t.Errorf("BucketOf(%d) = %s; want %s", days, got, want)
		}
	}
}
