package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Open items are noted with each payout, since claims go on changing: what was
// said of them can be said again, word for word.

// itemsMax is how many open items are stored in one part.
const itemsMax = 500

// openSum is part 0: how much the items are in all.
type openSum struct {
	Count      int64        `json:"count"`
	Receivable money.Amount `json:"receivable_cents"`
}

// noteOpenItems stores the claims of which principal is owed, those that were
// written off too as long as the guarantee is to come, and refuses a sum
// that the books do not confirm.
func (s *session) noteOpenItems(ctx context.Context, w *payout) error {
	var sum openSum
	part := int64(0)
	for after := ""; ; {
		found, err := claims.find(ctx, s.tx, "merchant_id = ? AND (outstanding <> 0 OR written_off <> 0 AND guaranteed = 0 AND recourse = 0) AND invoice_no > ? ORDER BY invoice_no LIMIT ?", w.Merchant, after, chunk)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			break
		}
		after = found[len(found)-1].InvoiceNo
		items, err := s.openItems(ctx, found)
		if err != nil {
			return err
		}
		for _, i := range items {
			sum.Count++
			sum.Receivable += i.Outstanding
		}
		if part, err = s.saveOpenItems(ctx, w, part, items); err != nil {
			return err
		}
	}
	balances, err := ledger.Balances(ctx, s.tx, w.Merchant)
	if err != nil {
		return err
	}
	if owed := balances[ledger.Receivable]; owed != sum.Receivable {
		return fmt.Errorf("payout %s is not booked: its open items are %s, the books have receivables of %s; run kontor verify", w.ID, sum.Receivable, owed)
	}
	return s.saveOpenPart(ctx, w, 0, sum)
}

// saveOpenItems stores items after a part and returns the last part.
func (s *session) saveOpenItems(ctx context.Context, w *payout, part int64, items []purchase.OpenItem) (int64, error) {
	for len(items) > 0 {
		n := min(itemsMax, len(items))
		part++
		if err := s.saveOpenPart(ctx, w, part, items[:n]); err != nil {
			return part, err
		}
		items = items[n:]
	}
	return part, nil
}

func (s *session) saveOpenPart(ctx context.Context, w *payout, n int64, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = s.tx.Exec(ctx, "INSERT INTO provider_open_items (merchant_id, seq, n, part) VALUES (?, ?, ?, ?)", w.Merchant, w.Seq, n, string(text))
	return err
}

// openItems says of claims what the merchant may know.
func (s *session) openItems(ctx context.Context, found []*claim) ([]purchase.OpenItem, error) {
	byInvoice := make(map[string][]*paper, len(found))
	numbers := make([]string, len(found))
	for i, c := range found {
		numbers[i] = c.InvoiceNo
	}
	all, err := papers.find(ctx, s.tx, "merchant_id = ? AND invoice_no IN ??", s.terms.Merchant, numbers)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		byInvoice[p.InvoiceNo] = append(byInvoice[p.InvoiceNo], p)
	}
	items := make([]purchase.OpenItem, len(found))
	for i, c := range found {
		items[i] = openItem(c, len(s.terms.Dunning.After), s.day)
		items[i].Holds = holds(byInvoice[c.InvoiceNo], s.terms.Guarantee.AnnouncedHoldDays, s.day)
	}
	return items, nil
}

// openItem says how a claim stands on a day, holds apart.
func openItem(c *claim, levels int, day schedules.Date) purchase.OpenItem {
	return purchase.OpenItem{
		CustomerNo: c.CustomerNo, OrderNo: c.OrderNo, InvoiceNo: c.InvoiceNo, InvoiceDate: c.InvoiceDate, DueDate: c.DueOn,
		DaysOverdue: max(0, int(day-c.DueOn)), Amount: c.Invoiced, Credited: c.Reduced + c.Direct, Paid: c.Paid,
		WrittenOff: c.WrittenOff, Outstanding: c.Outstanding, Settled: c.values().Entitlement(),
		GuaranteeDate: c.GuaranteeOn, Guaranteed: c.Guaranteed, Recourse: c.Recourse,
		State: stateOf(c, levels), DunningLevel: c.Level, Holds: []string{},
	}
}

// holds are the reasons, open on a day, that stop dunning or the guarantee.
func holds(papers []*paper, announcedHold int, day schedules.Date) []string {
	all := []string{}
	if openOn(papers, purchase.Hold, purchase.Release, day) {
		all = append(all, holdHold)
	}
	if openOn(papers, purchase.Dispute, purchase.DisputeClosed, day) {
		all = append(all, holdDispute)
	}
	if returnAnnounced(papers, announcedHold, day) {
		all = append(all, holdAnnounced)
	}
	return all
}

// openItemsOf reads what was noted with a payout; nil for one that was made by
// a version that noted nothing.
func (p *Provider) openItemsOf(ctx context.Context, tx *database.Tx, w *payout, terms purchase.Terms, day schedules.Date) (*purchase.OpenItems, error) {
	rows, err := tx.Query(ctx, "SELECT part FROM provider_open_items WHERE merchant_id = ? AND seq = ? AND n = 0", w.Merchant, w.Seq)
	sums, err := database.Collect(rows, err, scanJSON[openSum])
	if err != nil || len(sums) == 0 {
		return nil, err
	}
	return &purchase.OpenItems{
		Merchant: w.Merchant, Day: day, Currency: terms.Currency, Count: sums[0].Count, Receivable: sums[0].Receivable,
		Items: func(ctx context.Context) iter.Seq2[purchase.OpenItem, error] {
			n := int64(0)
			return pages(ctx, p.db, func(tx *database.Tx, _ string) ([]purchase.OpenItem, string, error) {
				n++
				rows, err := tx.Query(ctx, "SELECT part FROM provider_open_items WHERE merchant_id = ? AND seq = ? AND n = ?", w.Merchant, w.Seq, n)
				parts, err := database.Collect(rows, err, scanJSON[[]purchase.OpenItem])
				if err != nil || len(parts) == 0 {
					return nil, "", err
				}
				return parts[0], "", nil
			})
		},
	}, nil
}
