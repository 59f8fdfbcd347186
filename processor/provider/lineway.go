package provider

import (
	"context"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A LineWay is a line of a payout with what leads back to its row.
type LineWay struct {
	LifeLine
	OrderNo   string `json:"order_no"`
	InvoiceNo string `json:"invoice_no"`
	Cause     string `json:"cause"` // of its entry, such as "<sha256>:12" or a slot; "" without one
}

// PayoutWay returns a payout and its first lines, at most limit, each with the
// cause of its entry; found is false for an unknown one.
func (p *Provider) PayoutWay(ctx context.Context, merchant, id string, limit int) (w PayoutSummary, all []LineWay, found bool, err error) {
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		known, err := payouts.find(ctx, tx, "merchant_id = ? AND payout_id = ?", merchant, id)
		if err != nil || len(known) == 0 {
			return err
		}
		found, w = true, summary(known[0])
		of, err := lines.find(ctx, tx, "merchant_id = ? AND n >= ? AND n <= ? ORDER BY n LIMIT ?", merchant, known[0].FirstLine, known[0].LastLine, limit)
		if err != nil {
			return err
		}
		all, err = lineWays(ctx, tx, merchant, of)
		for i := range all {
			all[i].PayoutID, all[i].LineNo = id, all[i].N-known[0].FirstLine+1
		}
		return err
	})
	return w, all, found, err
}

// PayoutOf returns the id of the payout of a slot, "" when there was none.
func (p *Provider) PayoutOf(ctx context.Context, merchant string, slot time.Time) (id string, err error) {
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		found, err := payouts.find(ctx, tx, "merchant_id = ? AND cutoff = ?", merchant, slot.Unix())
		if len(found) > 0 {
			id = found[0].ID
		}
		return err
	})
	return id, err
}

// lineWays adds to lines the causes of their entries.
func lineWays(ctx context.Context, tx *database.Tx, merchant string, of []*line) ([]LineWay, error) {
	var ids []int64
	for _, l := range of {
		ids = append(ids, l.Entry)
	}
	entries, err := ledger.Find(ctx, tx, merchant, ids)
	if err != nil {
		return nil, err
	}
	causes := map[int64]string{}
	for _, e := range entries {
		causes[e.ID] = e.Cause
	}
	all := make([]LineWay, 0, len(of))
	for _, x := range of {
		all = append(all, LineWay{
			LifeLine: LifeLine{N: x.N, Type: x.Type, BookedOn: x.BookedOn, DocumentNo: x.DocumentNo, Amount: x.Amount, Source: x.Source, Entry: x.Entry},
			OrderNo:  x.OrderNo, InvoiceNo: x.InvoiceNo, Cause: causes[x.Entry],
		})
	}
	return all, nil
}

func summary(w *payout) PayoutSummary {
	return PayoutSummary{w.ID, w.Date, w.PeriodFrom, w.PeriodTo, w.LastLine - w.FirstLine + 1, w.Opening, w.Amount, w.Closing}
}

// Referenced returns the orders whose debtors pay with a reference, the long one
// or the short one, blanks in it or not.
func (p *Provider) Referenced(ctx context.Context, merchant, reference string) (numbers []string, err error) {
	bare := strings.ToUpper(strings.Join(strings.Fields(reference), ""))
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		found, err := orders.find(ctx, tx, "merchant_id = ? AND reference = ? ORDER BY order_no", merchant, bare)
		if err != nil || bare == "" {
			return err
		}
		if short, fits := purchase.ParseShort(reference); len(found) == 0 && fits {
			found, err = orders.find(ctx, tx, "short_reference = ? AND short_reference <> '' AND merchant_id = ?", short, merchant)
		}
		for _, o := range found {
			numbers = append(numbers, o.OrderNo)
		}
		return err
	})
	return numbers, err
}

// Entries returns entries of the books by number.
func (p *Provider) Entries(ctx context.Context, merchant string, ids []int64) (all []LifeEntry, err error) {
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		found, err := ledger.Find(ctx, tx, merchant, ids)
		all = lifeEntriesOf(found)
		return err
	})
	return all, err
}

// EntriesOf returns the entries with some causes that touch no claim: money that
// waits, or is under way.
func (p *Provider) EntriesOf(ctx context.Context, merchant string, causes []string) (all []LifeEntry, err error) {
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		found, err := ledger.Unclaimed(ctx, tx, merchant, causes)
		all = lifeEntriesOf(found)
		return err
	})
	return all, err
}

func lifeEntriesOf(found []ledger.Entry) (all []LifeEntry) {
	for _, e := range found {
		entry := LifeEntry{ID: e.ID, BookedAt: e.BookedAt, BusinessDate: e.BusinessDate, Cause: e.Cause}
		for _, p := range e.Postings {
			entry.Postings = append(entry.Postings, LifePosting{p.Account.String(), p.Amount})
		}
		all = append(all, entry)
	}
	return all
}
