package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
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

// foretell works out a forecast, and with files a second one to compare.
func (p *program) foretell(ctx context.Context, x *exchange, merchant string, f processor.Forecast, drops map[string]string) (forecastView, error) {
	v := forecastView{Merchant: merchant, AsOf: f.At, Until: f.Until, Assumes: assumptions(f)}
	var err error
	if v.future, err = p.dream(ctx, x, merchant, f, nil, nil); err != nil || len(drops) == 0 {
		return v, err
	}
	without := v.future
	v.WhatIf = &whatIf{Without: without.Totals}
	f.Drops = true
	v.future, err = p.dream(ctx, x, merchant, f, drops, func(y *exchange) (err error) {
		v.WhatIf.Files, err = y.arrived(ctx, merchant, drops)
		return err
	})
	v.WhatIf.Difference = v.Totals.minus(without.Totals)
	v.WhatIf.Effects = effects(without.books, v.books, []string{merchant})
	return v, err
}

// dream moves the clock in a dry run, whose files lie in a folder that is
// removed afterwards. see looks at the outcome before it is gone; may be nil.
func (p *program) dream(ctx context.Context, x *exchange, merchant string, f processor.Forecast, drops map[string]string, see func(*exchange) error) (v future, err error) {
	dir, err := os.MkdirTemp("", "kontor-forecast-")
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := dropAll(dir, drops); err != nil {
		return v, err
	}
	files, err := spool.Open(filepath.Join(dir, "spool"))
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	err = x.db.Dry(ctx, func(db *database.DB) error {
		y := &exchange{config: x.config, db: db, spool: files}
		if err := y.assemble(p, quiet()); err != nil {
			return err
		}
		y.alone(dir, merchant)
		if v, err = y.watch(ctx, merchant, func() error { return y.engine.Foresee(ctx, f) }); err != nil || see == nil {
			return err
		}
		return see(y)
	})
	return v, err
}

// dropAll copies files to where a forecast looks for them.
func dropAll(dir string, drops map[string]string) error {
	for _, target := range []string{outbox.ERP, outbox.Bank} {
		if err := os.MkdirAll(filepath.Join(dir, target, "in"), 0o700); err != nil {
			return err
		}
	}
	for file, target := range drops {
		if err := copyFile(filepath.Join(dir, target, "in", filepath.Base(file)), file); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return failWith(exitUsage, err, "--what-if names a file on this machine")
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// inboxOf tells into which inbox a file of that name goes.
func (c *Config) inboxOf(merchant, name string) (target string, known bool) {
	if feed, known := c.BankProfile().FeedOf(name); known && feed == purchase.Payments {
		return outbox.Bank, true
	}
	feed, known := c.Profile(merchant).FeedOf(name)
	return outbox.ERP, known && feed != purchase.Payments
}

// alone leaves only one merchant and the bank, who find their drops in a folder
// and nothing else.
func (x *exchange) alone(dir, merchant string) {
	targets := map[string]remote.Config{}
	for _, target := range []string{outbox.ERP, outbox.Bank} {
		targets[target] = x.remote("dir:"+filepath.Join(dir, target), Drop{})
	}
	e := x.engine
	e.Merchants = slices.DeleteFunc(e.Merchants, func(m *processor.Merchant) bool { return m.ID() != merchant })
	for _, m := range append([]*processor.Merchant{e.Bank}, e.Merchants...) {
		m.Open, m.Inbox.Settle = opener(targets), 0
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

// arrived tells what became of the files that were dropped.
func (x *exchange) arrived(ctx context.Context, merchant string, drops map[string]string) (all []whatIfFile, err error) {
	owners := map[string]string{outbox.ERP: merchant, outbox.Bank: purchase.Provider}
	counts := map[string]int{}
	for _, target := range drops {
		counts[owners[target]]++
	}
	for owner, n := range counts {
		infos, err := x.intake.Files(ctx, owner, 0, n)
		if err != nil {
			return nil, err
		}
		for _, i := range infos {
			rows, err := x.rowViews(ctx, i)
			if err != nil {
				return nil, err
			}
			all = append(all, whatIfFile{viewOf(i), rows})
		}
	}
	slices.SortFunc(all, func(a, b whatIfFile) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}
