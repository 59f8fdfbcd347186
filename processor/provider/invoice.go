package provider

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// invoiceFees gives the fees of a payout the next invoice number of the year:
// one sequence for all merchants of the provider, without a gap (§ 14 (4) no. 4
// UStG asks for a number that is given once). [Provider.Advance] holds their
// lock.
func (s *session) invoiceFees(ctx context.Context, w *payout, net, vat money.Amount) error {
	year := s.day.Time().Year()
	var n int64
	err := s.tx.QueryRow(ctx, "SELECT COALESCE(MAX(n), 0) + 1 FROM provider_invoices WHERE merchant_id = ? AND year = ?", purchase.Provider, year).Scan(&n)
	if err != nil {
		return err
	}
	return invoices.save(ctx, s.tx, []*invoiced{{
		Merchant: purchase.Provider, Year: year, N: n, Buyer: w.Merchant, PayoutID: w.ID, Day: s.day,
		Net: net, Rate: s.terms.Fees.VAT, VAT: vat,
	}})
}

// feeInvoice finds the invoice of a payout; nil when it had no fees.
func feeInvoice(ctx context.Context, tx *database.Tx, w *payout) (*purchase.FeeInvoice, error) {
	found, err := invoices.find(ctx, tx, "merchant_id = ? AND buyer = ? AND payout_id = ?", purchase.Provider, w.Merchant, w.ID)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	i := found[0]
	return &purchase.FeeInvoice{
		Number: fmt.Sprintf("RG-%d-%06d", i.Year, i.N), Date: i.Day, Net: i.Net, Rate: i.Rate, VAT: i.VAT, Gross: i.Net + i.VAT,
	}, nil
}

// upcoming notes what the guarantee will pay in the coming weeks, if nobody
// pays before; what is held by a dispute counts in the week of its own date.
func (s *session) upcoming(ctx context.Context, w *payout) error {
	weeks, err := maturities(ctx, s.tx, w.Merchant)
	if err != nil {
		return err
	}
	text, err := json.Marshal(weeks)
	w.Upcoming = string(text)
	return err
}

func maturities(ctx context.Context, tx *database.Tx, merchant string) ([]purchase.Maturity, error) {
	rows, err := tx.Query(ctx, `SELECT guarantee_on, COUNT(*), CAST(SUM(invoiced - reduced - direct - CASE WHEN paid > 0 THEN paid ELSE 0 END) AS BIGINT) FROM provider_claims
		WHERE merchant_id = ? AND guaranteed = 0 AND recourse = 0 AND outstanding + written_off > 0 AND guarantee_on <> '' GROUP BY guarantee_on`, merchant)
	days, err := database.Collect(rows, err, func(r *sql.Rows) (m purchase.Maturity, err error) {
		return m, r.Scan(&m.Week, &m.Claims, &m.Amount)
	})
	if err != nil {
		return nil, err
	}
	weeks := []purchase.Maturity{}
	slices.SortFunc(days, func(a, b purchase.Maturity) int { return cmp.Compare(a.Week, b.Week) })
	for _, d := range days {
		d.Week = schedules.Monday(d.Week)
		if n := len(weeks); n > 0 && weeks[n-1].Week == d.Week {
			weeks[n-1].Claims += d.Claims
			weeks[n-1].Amount += d.Amount
			continue
		}
		weeks = append(weeks, d)
	}
	return weeks, nil
}

// Maturities returns what the guarantee will pay in the coming weeks.
func (p *Provider) Maturities(ctx context.Context, merchant string) (weeks []purchase.Maturity, err error) {
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		weeks, err = maturities(ctx, tx, merchant)
		return err
	})
	return weeks, err
}
