package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Life is all that happened to a claim, for the person who asks.
type Life struct {
	Claim      ExportClaim       `json:"claim"`
	Customer   string            `json:"customer_no"`
	State      string            `json:"state"`
	Guarantee  schedules.Date    `json:"guarantee_date"`
	WrittenOff money.Amount      `json:"written_off_cents"` // of what is outstanding: principal that was given up
	ChargesOff money.Amount      `json:"charges_off_cents"` // charges that were given up, beside the open ones
	PayerIBAN  string            `json:"payer_iban"`        // of the last payment
	PayerName  string            `json:"payer_name"`        // of it, else that of the order
	Papers     []LifePaper       `json:"papers"`
	Payments   []LifePayment     `json:"payments"`
	Lines      []LifeLine        `json:"lines"`
	Notices    []purchase.Notice `json:"notices"`
	Entries    []LifeEntry       `json:"entries"`
}

// A LifePaper is a return, credit or instruction.
type LifePaper struct {
	Feed   string         `json:"feed"`
	Number string         `json:"number"`
	Kind   string         `json:"kind"`
	Day    schedules.Date `json:"date"`
	Amount money.Amount   `json:"amount_cents"`
	Names  string         `json:"return_no,omitempty"`
	Source string         `json:"source"`
}

// A LifePayment is the part of a payment that the claim took.
type LifePayment struct {
	PaymentID string       `json:"payment_id"`
	Principal money.Amount `json:"principal_cents"`
	Charges   money.Amount `json:"charges_cents"`
}

// A LifeLine is a line of a payout, or of the next one.
type LifeLine struct {
	N          int64             `json:"n"`
	Type       purchase.LineType `json:"line_type"`
	BookedOn   schedules.Date    `json:"booked_on"`
	DocumentNo string            `json:"document_no"`
	Amount     money.Amount      `json:"amount_cents"`
	PayoutID   string            `json:"payout_id"` // "" while it waits for the next payout
	Source     string            `json:"source"`
	Entry      int64             `json:"entry"`   // of the books; 0 when nothing moved
	LineNo     int64             `json:"line_no"` // in the payout; 0 while it waits
}

// A LifeEntry is an entry of the books that touches the claim.
type LifeEntry struct {
	ID           int64          `json:"id"`
	BookedAt     time.Time      `json:"booked_at"`
	BusinessDate schedules.Date `json:"business_date"`
	Cause        string         `json:"cause"`
	Postings     []LifePosting  `json:"postings"`
}

// A LifePosting moves an account, debit positive.
type LifePosting struct {
	Account string       `json:"account"`
	Amount  money.Amount `json:"amount_cents"`
}

// Claim returns the whole life of a claim; found is false for an unknown
// invoice.
func (p *Provider) Claim(ctx context.Context, merchant, invoice string) (life Life, found bool, err error) {
	terms, err := p.termsOf(merchant)
	if err != nil {
		return life, false, err
	}
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		all, err := claims.find(ctx, tx, "merchant_id = ? AND invoice_no = ?", merchant, invoice)
		if err != nil || len(all) == 0 {
			return err
		}
		c := all[0]
		found = true
		life = Life{Claim: exportClaim(c), Customer: c.CustomerNo, State: "NOT_ACTIVE", Guarantee: c.GuaranteeOn, WrittenOff: c.WrittenOff, ChargesOff: c.ChargesOff}
		if c.active() {
			life.State = stateOf(c, len(terms.Dunning.After))
		}
		for _, step := range []func(context.Context, *database.Tx, *claim, *Life) error{lifePapers, lifePayments, lifePayer, lifeLines, lifeNotices, lifeEntries} {
			if err := step(ctx, tx, c, &life); err != nil {
				return err
			}
		}
		return nil
	})
	return life, found, err
}

func lifePapers(ctx context.Context, tx *database.Tx, c *claim, l *Life) error {
	all, err := papers.find(ctx, tx, "merchant_id = ? AND invoice_no = ? ORDER BY n", c.Merchant, c.InvoiceNo)
	for _, p := range all {
		l.Papers = append(l.Papers, LifePaper{p.Feed.String(), p.Number, p.Kind, p.Day, p.Amount, p.Names, p.Source})
	}
	return err
}

func lifePayments(ctx context.Context, tx *database.Tx, c *claim, l *Life) error {
	all, err := allocations.find(ctx, tx, "merchant_id = ? AND invoice_no = ? ORDER BY payment_id, n", c.Merchant, c.InvoiceNo)
	for _, a := range all {
		l.Payments = append(l.Payments, LifePayment{a.PaymentID, a.Principal, a.Charges})
	}
	return err
}

func lifePayer(ctx context.Context, tx *database.Tx, c *claim, l *Life) error {
	last, err := lastPayment(ctx, tx, c)
	if err != nil {
		return err
	}
	to, err := payeeOf(ctx, tx, c, last)
	l.PayerIBAN, l.PayerName = to.iban, to.name
	return err
}

func lifeLines(ctx context.Context, tx *database.Tx, c *claim, l *Life) error {
	all, err := lines.find(ctx, tx, "merchant_id = ? AND invoice_no = ? ORDER BY n", c.Merchant, c.InvoiceNo)
	if err != nil {
		return err
	}
	settled, err := payouts.find(ctx, tx, "merchant_id = ? ORDER BY seq", c.Merchant)
	for _, x := range all {
		line := LifeLine{N: x.N, Type: x.Type, BookedOn: x.BookedOn, DocumentNo: x.DocumentNo, Amount: x.Amount, Source: x.Source, Entry: x.Entry}
		for _, w := range settled {
			if w.FirstLine <= x.N && x.N <= w.LastLine {
				line.PayoutID, line.LineNo = w.ID, x.N-w.FirstLine+1
			}
		}
		l.Lines = append(l.Lines, line)
	}
	return err
}

func lifeNotices(ctx context.Context, tx *database.Tx, c *claim, l *Life) error {
	all, err := notices.find(ctx, tx, "merchant_id = ? AND invoice_no = ? ORDER BY run_date", c.Merchant, c.InvoiceNo)
	if err != nil {
		return err
	}
	l.Notices, err = noticesOf(all)
	return err
}

func lifeEntries(ctx context.Context, tx *database.Tx, c *claim, l *Life) error {
	for e, err := range ledger.Entries(ctx, tx, c.Merchant, ledger.Filter{Claim: c.InvoiceNo}) {
		if err != nil {
			return err
		}
		l.Entries = append(l.Entries, lifeEntriesOf([]ledger.Entry{e})...)
	}
	return nil
}

// A PayoutSummary is one line of the list of payouts.
type PayoutSummary struct {
	ID      string         `json:"payout_id"`
	Date    schedules.Date `json:"payout_date"`
	From    schedules.Date `json:"period_from"`
	To      schedules.Date `json:"period_to"`
	Lines   int64          `json:"lines"`
	Opening money.Amount   `json:"opening_cents"`
	Amount  money.Amount   `json:"payout_cents"`
	Closing money.Amount   `json:"closing_cents"`
}

// Payouts lists all payouts of a merchant, oldest first.
func (p *Provider) Payouts(ctx context.Context, merchant string) (all []PayoutSummary, err error) {
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		found, err := payouts.find(ctx, tx, "merchant_id = ? ORDER BY seq", merchant)
		all = make([]PayoutSummary, 0, len(found))
		for _, w := range found {
			all = append(all, summary(w))
		}
		return err
	})
	return all, err
}

// A PaymentInfo is one payment as it stands.
type PaymentInfo struct {
	PaymentID  string         `json:"payment_id"`
	BookedOn   schedules.Date `json:"booked_on"`
	Amount     money.Amount   `json:"amount_cents"`
	Waiting    money.Amount   `json:"waiting_cents"` // in suspense
	Returned   money.Amount   `json:"returned_cents"`
	MatchedBy  string         `json:"matched_by"` // RF, INVOICE, ORDER, IBAN or OPERATOR; PAYOUT, REFUND or OTHER of what is no debtor's
	Foreign    bool           `json:"-"`          // no debtor's money
	DebtorName string         `json:"debtor_name"`
	Reference  string         `json:"reference"`
	Invoices   []string       `json:"invoices"`
	Source     string         `json:"source"`
}

// An OrderInfo is an order as the provider knows it, with every decision.
type OrderInfo struct {
	OrderNo    string          `json:"order_no"`
	CustomerNo string          `json:"customer_no"`
	Gross      money.Amount    `json:"gross_cents"`
	Approved   money.Amount    `json:"approved_cents"`
	Invoiced   money.Amount    `json:"invoiced_cents"`
	Cancelled  bool            `json:"cancelled"`
	ValidUntil schedules.Date  `json:"valid_until"`
	Reference  string          `json:"reference"`
	Short      string          `json:"short_reference"` // to type by hand; "" for old orders
	Decisions  []OrderDecision `json:"decisions"`
	Invoices   []string        `json:"invoices"`
}

// An OrderDecision is one decision, kept for ever.
type OrderDecision struct {
	At       time.Time       `json:"at"`
	Batch    int64           `json:"batch"`
	Own      bool            `json:"own,omitempty"` // the batch is of the provider's own series
	Decision string          `json:"decision"`
	Code     purchase.Code   `json:"code"`
	Approved money.Amount    `json:"approved_cents"`
	Reasons  json.RawMessage `json:"reasons"`
}

// Order returns what is known of an order; found is false for an unknown one.
func (p *Provider) Order(ctx context.Context, merchant, number string) (info OrderInfo, found bool, err error) {
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		all, err := orders.find(ctx, tx, "merchant_id = ? AND order_no = ?", merchant, number)
		if err != nil || len(all) == 0 {
			return err
		}
		o := all[0]
		found = true
		info = OrderInfo{
			OrderNo: o.OrderNo, CustomerNo: o.CustomerNo, Gross: o.Gross, Approved: o.Approved, Invoiced: o.Invoiced,
			Cancelled: o.Cancelled, ValidUntil: o.ValidUntil, Reference: o.Reference, Short: purchase.FormatShort(o.Short), Invoices: []string{},
		}
		made, err := decisions.find(ctx, tx, "merchant_id = ? AND order_no = ? ORDER BY decided_at, own, batch, record", merchant, number)
		if err != nil {
			return err
		}
		for _, d := range made {
			info.Decisions = append(info.Decisions, OrderDecision{time.Unix(d.DecidedAt, 0), d.Batch, d.Own, d.Decision, d.Code, d.Approved, json.RawMessage(d.Reasons)})
		}
		invoiced, err := claims.find(ctx, tx, "merchant_id = ? AND order_no = ? ORDER BY invoice_no", merchant, number)
		for _, c := range invoiced {
			info.Invoices = append(info.Invoices, c.InvoiceNo)
		}
		return err
	})
	if err != nil {
		err = fmt.Errorf("order %s: %w", number, err)
	}
	return info, found, err
}
