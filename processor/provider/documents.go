package provider

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Documents yields what was said to a merchant after a position, in order.
// What may be long is read while it is ranged over, in pages, each in a
// transaction of its own: what was said never changes.
func (p *Provider) Documents(ctx context.Context, merchant string, after int64) iter.Seq2[purchase.Document, error] {
	return func(yield func(purchase.Document, error) bool) {
		for {
			d, err := p.next(ctx, merchant, after)
			if err != nil {
				yield(purchase.Document{}, fmt.Errorf("documents of %s: %w", merchant, err))
				return
			}
			if d.Position == 0 || !yield(d, nil) {
				return
			}
			after = d.Position
		}
	}
}

// next returns the first document after a position; position 0 when there is
// none.
func (p *Provider) next(ctx context.Context, merchant string, after int64) (d purchase.Document, err error) {
	terms, err := p.termsOf(merchant)
	if err != nil {
		return d, err
	}
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		found, err := documents.find(ctx, tx, "merchant_id = ? AND position > ? ORDER BY position LIMIT 1", merchant, after)
		if err != nil || len(found) == 0 {
			return err
		}
		row := found[0]
		d = purchase.Document{Position: row.Position, At: time.Unix(row.At, 0)}
		switch row.Kind {
		case "receipt":
			if err := json.Unmarshal([]byte(row.Payload), &d.Receipt); err != nil {
				return err
			}
			d.Receipt.Parts = p.receiptParts(*d.Receipt)
			return nil
		case "unmatched":
			return json.Unmarshal([]byte(row.Payload), &d.Unmatched)
		case "refund":
			return json.Unmarshal([]byte(row.Payload), &d.Refund)
		case "dunning":
			return p.dunningDocument(&d, row, terms)
		case "states":
			d.States = p.statesDocument(row, terms)
			return nil
		case "payout":
			d.Payout, err = p.payoutDocument(ctx, tx, row.Ref, terms)
			return err
		}
		return fmt.Errorf("document %d is of an unknown kind %q", row.Position, row.Kind)
	})
	return d, err
}

func (p *Provider) dunningDocument(d *purchase.Document, row *document, terms purchase.Terms) error {
	day, err := schedules.ParseDate(row.Ref)
	d.Dunning = &purchase.Dunning{Merchant: row.Merchant, RunDate: day, Currency: terms.Currency, Handovers: p.handoversOf(row.Merchant, day)}
	d.Dunning.Notices = func(ctx context.Context) iter.Seq2[purchase.Notice, error] {
		return pages(ctx, p.db, func(tx *database.Tx, after string) ([]purchase.Notice, string, error) {
			found, err := notices.find(ctx, tx, "merchant_id = ? AND run_date = ? AND invoice_no > ? ORDER BY invoice_no LIMIT ?", row.Merchant, day, after, chunk)
			if err != nil || len(found) == 0 {
				return nil, "", err
			}
			all, err := noticesOf(found)
			return all, found[len(found)-1].InvoiceNo, err
		})
	}
	return err
}

func noticesOf(found []*notice) ([]purchase.Notice, error) {
	all := make([]purchase.Notice, len(found))
	for i, n := range found {
		if err := json.Unmarshal([]byte(n.Notice), &all[i]); err != nil {
			return nil, err
		}
		all[i].Status = n.Status
	}
	return all, nil
}

func (p *Provider) statesDocument(row *document, terms purchase.Terms) *purchase.States {
	return &purchase.States{
		Merchant: row.Merchant, Currency: terms.Currency,
		Claims: func(ctx context.Context) iter.Seq2[purchase.ClaimState, error] {
			return pages(ctx, p.db, func(tx *database.Tx, after string) ([]purchase.ClaimState, string, error) {
				rows, err := tx.Query(ctx, "SELECT state FROM provider_states WHERE merchant_id = ? AND document = ? AND invoice_no > ? ORDER BY invoice_no LIMIT ?",
					row.Merchant, row.Position, after, chunk)
				all, err := database.Collect(rows, err, scanJSON[purchase.ClaimState])
				if err != nil || len(all) == 0 {
					return nil, "", err
				}
				return all, all[len(all)-1].InvoiceNo, nil
			})
		},
	}
}

func scanJSON[T any](rows *sql.Rows) (v T, err error) {
	var text string
	if err := rows.Scan(&text); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(text), &v)
}

// pages yields what page after page of a table holds.
func pages[T any](ctx context.Context, db *database.DB, page func(tx *database.Tx, after string) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for after := ""; ; {
			var all []T
			err := db.Read(ctx, func(tx *database.Tx) (err error) {
				all, after, err = page(tx, after)
				return err
			})
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if len(all) == 0 {
				return
			}
			for _, v := range all {
				if !yield(v, nil) {
					return
				}
			}
		}
	}
}

func (p *Provider) payoutDocument(ctx context.Context, tx *database.Tx, id string, terms purchase.Terms) (*purchase.Payout, error) {
	found, err := payouts.find(ctx, tx, "merchant_id = ? AND payout_id = ?", terms.Merchant, id)
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("payout %s: %w", id, cmpErr(err, sql.ErrNoRows))
	}
	return p.payout(ctx, tx, found[0], terms)
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (p *Provider) payout(ctx context.Context, tx *database.Tx, w *payout, terms purchase.Terms) (*purchase.Payout, error) {
	zone, err := time.LoadLocation(terms.Zone)
	if err != nil {
		return nil, err
	}
	totals := map[purchase.LineType]purchase.Total{}
	rows, err := tx.Query(ctx, `SELECT line_type, COUNT(*), CAST(SUM(amount) AS BIGINT) FROM provider_lines
		WHERE merchant_id = ? AND n BETWEEN ? AND ? GROUP BY line_type`, w.Merchant, w.FirstLine, w.LastLine)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var kind purchase.LineType
		var t purchase.Total
		err := r.Scan(&kind, &t.Count, &t.Cents)
		totals[kind] = t
		return struct{}{}, err
	})
	if err != nil {
		return nil, err
	}
	invoice, err := feeInvoice(ctx, tx, w)
	if err != nil {
		return nil, err
	}
	cutoff := time.Unix(w.Cutoff, 0).In(zone)
	open, err := p.openItemsOf(ctx, tx, w, terms, schedules.DateOf(cutoff))
	if err != nil {
		return nil, err
	}
	var upcoming []purchase.Maturity
	err = json.Unmarshal([]byte(w.Upcoming), &upcoming)
	return &purchase.Payout{
		Invoice: invoice, Upcoming: upcoming, OpenItems: open,
		ID: w.ID, Merchant: w.Merchant, Seq: w.Seq, Version: 1, PeriodFrom: w.PeriodFrom, PeriodTo: w.PeriodTo,
		Cutoff: cutoff, Date: w.Date, Currency: terms.Currency,
		Opening: w.Opening, Amount: w.Amount, Closing: w.Closing, Totals: totals, LedgerHead: w.LedgerHead,
		Lines: func(ctx context.Context) iter.Seq2[purchase.Line, error] { return p.payoutLines(ctx, w) },
	}, err
}

// payoutLines yields the lines of a payout in booking order.
func (p *Provider) payoutLines(ctx context.Context, w *payout) iter.Seq2[purchase.Line, error] {
	balance, n := w.Opening, w.FirstLine-1
	return pages(ctx, p.db, func(tx *database.Tx, _ string) ([]purchase.Line, string, error) {
		found, err := lines.find(ctx, tx, "merchant_id = ? AND n > ? AND n <= ? ORDER BY n LIMIT ?", w.Merchant, n, w.LastLine, chunk)
		if err != nil {
			return nil, "", err
		}
		debtors, err := debtorAccounts(ctx, tx, w.Merchant, found)
		all := make([]purchase.Line, 0, len(found))
		for _, l := range found {
			n = l.N
			balance += l.Amount
			all = append(all, purchase.Line{
				LineNo: l.N - w.FirstLine + 1, Type: l.Type, BookedOn: l.BookedOn, OrderNo: l.OrderNo, InvoiceNo: l.InvoiceNo,
				DocumentNo: l.DocumentNo, CustomerNo: l.CustomerNo, GrossClaim: l.GrossClaim, Amount: l.Amount, Balance: balance,
				GuaranteeDate: l.GuaranteeOn, Source: l.Source, InvoiceDate: l.InvoiceDate, DueDate: l.DueOn,
				DebtorAccount: debtors[l.InvoiceNo],
			})
		}
		return all, "", err
	})
}
