package main

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A future is what a moved clock leads to, for one merchant.
type future struct {
	Payouts    []futurePayout `json:"payouts"`
	Guaranteed []futureClaim  `json:"guaranteed"`
	Dunned     []futureNotice `json:"dunned"` // held ones too
	Totals     sums           `json:"totals"`
	books      balances
	held       map[string]bool // claims of which a notice was held
}

type futurePayout struct {
	ID      string                               `json:"payout_id"`
	Date    schedules.Date                       `json:"payout_date"`
	Opening money.Amount                         `json:"opening_cents"`
	Amount  money.Amount                         `json:"payout_cents"`
	Closing money.Amount                         `json:"closing_cents"`
	Totals  map[purchase.LineType]purchase.Total `json:"totals"`
	Lines   []purchase.Line                      `json:"lines"`
}

type futureClaim struct {
	Date       schedules.Date `json:"date"`
	InvoiceNo  string         `json:"invoice_no"`
	CustomerNo string         `json:"customer_no"`
	Amount     money.Amount   `json:"amount_cents"`
}

type futureNotice struct {
	Date        schedules.Date `json:"date"`
	Level       int            `json:"level"`
	InvoiceNo   string         `json:"invoice_no"`
	CustomerNo  string         `json:"customer_no"`
	Outstanding money.Amount   `json:"outstanding_cents"`
	Charges     money.Amount   `json:"charges_cents"` // booked with this notice
	TotalDue    money.Amount   `json:"total_due_cents"`
	Hold        string         `json:"hold"`
	Status      string         `json:"status"`
}

// sums add up a future, or the difference between two.
type sums struct {
	Paid          money.Amount `json:"paid_cents"`
	Guaranteed    money.Amount `json:"guaranteed_cents"`
	Claims        int64        `json:"guaranteed_claims"`
	Notices       int64        `json:"notices"`
	HeldClaims    int64        `json:"held_claims"`          // a notice was due and held
	DebtorCharges money.Amount `json:"debtor_charges_cents"` // fees and interest of dunning
	// Owed is what the merchant is credited with and not yet paid at the end;
	// below zero it owes the provider.
	Owed money.Amount `json:"owed_cents"`
}

func (s sums) minus(t sums) sums {
	return sums{
		s.Paid - t.Paid, s.Guaranteed - t.Guaranteed, s.Claims - t.Claims, s.Notices - t.Notices, s.HeldClaims - t.HeldClaims,
		s.DebtorCharges - t.DebtorCharges, s.Owed - t.Owed,
	}
}

// watch gathers what a move of the clock leads to.
func (x *exchange) watch(ctx context.Context, merchant string, move func() error) (v future, err error) {
	said, err := x.engine.Said(ctx, merchant)
	if err != nil {
		return v, err
	}
	v = future{Payouts: []futurePayout{}, Guaranteed: []futureClaim{}, Dunned: []futureNotice{}, held: map[string]bool{}}
	before := int64(0)
	for l, err := range x.provider.OpenLines(ctx, merchant) {
		if err != nil {
			return v, err
		}
		before = l.LineNo
	}
	if err := move(); err != nil {
		return v, err
	}
	for d, err := range x.provider.Documents(ctx, merchant, said) {
		if err != nil {
			return v, err
		}
		if before, err = v.add(ctx, d, before); err != nil {
			return v, err
		}
	}
	for l, err := range x.provider.OpenLines(ctx, merchant) {
		if err != nil {
			return v, err
		}
		v.line(l, before)
	}
	if v.books, err = x.balances(ctx); err != nil {
		return v, err
	}
	v.Totals.Owed = -v.books[merchant][ledger.Payable]
	return v, nil
}

// add takes up what the provider would say. before is how many of the first
// lines are no news; it is returned for the next payout.
func (v *future) add(ctx context.Context, d purchase.Document, before int64) (int64, error) {
	switch {
	case d.Payout != nil:
		return 0, v.payout(ctx, *d.Payout, before)
	case d.Dunning != nil:
		return before, v.dunning(ctx, *d.Dunning)
	}
	return before, nil
}

func (v *future) payout(ctx context.Context, w purchase.Payout, before int64) error {
	f := futurePayout{ID: w.ID, Date: w.Date, Opening: w.Opening, Amount: w.Amount, Closing: w.Closing, Totals: w.Totals, Lines: []purchase.Line{}}
	for l, err := range w.Lines(ctx) {
		if err != nil {
			return err
		}
		f.Lines = append(f.Lines, l)
		v.line(l, before)
	}
	v.Payouts = append(v.Payouts, f)
	v.Totals.Paid += w.Amount
	return nil
}

// line takes up a guarantee that is news.
func (v *future) line(l purchase.Line, before int64) {
	if l.Type != purchase.LineGuarantee || l.LineNo <= before {
		return
	}
	v.Guaranteed = append(v.Guaranteed, futureClaim{l.BookedOn, l.InvoiceNo, l.CustomerNo, l.Amount})
	v.Totals.Claims++
	v.Totals.Guaranteed += l.Amount
}

func (v *future) dunning(ctx context.Context, d purchase.Dunning) error {
	for n, err := range d.Notices(ctx) {
		if err != nil {
			return err
		}
		f := futureNotice{
			Date: n.RunDate, Level: n.Level, InvoiceNo: n.InvoiceNo, CustomerNo: n.CustomerNo, Outstanding: n.Outstanding,
			Charges: n.Fee + n.Flat + n.InterestBooked, TotalDue: n.TotalDue, Hold: n.Hold, Status: n.Status,
		}
		if n.Status == purchase.NoticeHeld {
			f.Charges, v.held[n.InvoiceNo] = 0, true
			v.Totals.HeldClaims = int64(len(v.held))
		} else {
			v.Totals.Notices++
		}
		v.Totals.DebtorCharges += f.Charges
		v.Dunned = append(v.Dunned, f)
	}
	return nil
}
