package provider

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// An Export is everything that the provider's books say about a merchant, for
// auditors, for moving house, and for comparing. Amounts are in cents.
type Export struct {
	Batches   int64                         `json:"batches"`
	Decisions []ExportDecision              `json:"decisions"`
	Payouts   []ExportPayout                `json:"payouts"`
	Dunning   []ExportNotice                `json:"dunning"`
	Claims    []ExportClaim                 `json:"claims"`
	Balances  map[ledger.Class]money.Amount `json:"balances"`
	Unmatched []ExportPayment               `json:"unmatched"`
}

// An ExportDecision is the decision in force on an order.
type ExportDecision struct {
	OrderNo    string         `json:"order_no"`
	Decision   string         `json:"decision"`
	Code       purchase.Code  `json:"code"`
	Approved   money.Amount   `json:"approved_cents"`
	ValidUntil schedules.Date `json:"valid_until"`
	Reference  string         `json:"reference"`
}

// An ExportPayout is the machine twin of a payout report.
type ExportPayout struct {
	PayoutID   string                               `json:"payout_id"`
	Merchant   string                               `json:"merchant"`
	Version    int                                  `json:"version"`
	PeriodFrom schedules.Date                       `json:"period_from"`
	PeriodTo   schedules.Date                       `json:"period_to"`
	Cutoff     string                               `json:"cutoff"`
	PayoutDate schedules.Date                       `json:"payout_date"`
	Currency   string                               `json:"currency"`
	Opening    money.Amount                         `json:"opening_cents"`
	Payout     money.Amount                         `json:"payout_cents"`
	Closing    money.Amount                         `json:"closing_cents"`
	Totals     map[purchase.LineType]purchase.Total `json:"totals"`
	Lines      []purchase.Line                      `json:"lines"`
	LedgerHead string                               `json:"ledger_head"`
}

// An ExportNotice is a notice that was issued.
type ExportNotice struct {
	RunDate        schedules.Date     `json:"run_date"`
	Level          int                `json:"level"`
	Status         string             `json:"status"`
	CustomerNo     string             `json:"customer_no"`
	OrderNo        string             `json:"order_no"`
	InvoiceNo      string             `json:"invoice_no"`
	DueDate        schedules.Date     `json:"due_date"`
	DaysOverdue    int                `json:"days_overdue"`
	Outstanding    money.Amount       `json:"outstanding"`
	Fee            money.Amount       `json:"fee"`
	Flat           money.Amount       `json:"flat"`
	InterestBooked money.Amount       `json:"interest_booked"`
	InterestTotal  money.Amount       `json:"interest_total"`
	Segments       []purchase.Segment `json:"interest_segments"`
	ChargesTotal   money.Amount       `json:"charges_total"`
	TotalDue       money.Amount       `json:"total_due"`
}

// An ExportClaim is a claim, active or not, in the letters of the one formula.
type ExportClaim struct {
	InvoiceNo   string          `json:"invoice_no"`
	OrderNo     string          `json:"order_no"`
	Active      bool            `json:"active"`
	Activation  *schedules.Date `json:"activation"`
	Due         *schedules.Date `json:"due"`
	I           money.Amount    `json:"I"`
	K           money.Amount    `json:"K"`
	D           money.Amount    `json:"D"`
	P           money.Amount    `json:"P"`
	G           bool            `json:"g"`
	B           money.Amount    `json:"B"`
	E           money.Amount    `json:"E"`
	Outstanding money.Amount    `json:"outstanding"`
	Refund      money.Amount    `json:"refund"`
	Charges     money.Amount    `json:"charges"`
	Level       int             `json:"level"`
}

// An ExportPayment is a payment in suspense.
type ExportPayment struct {
	Account   string       `json:"account"`
	PaymentID string       `json:"payment_id"`
	Cents     money.Amount `json:"cents"`
}

// Export reads all of a merchant's books. It holds them in memory: a million
// claims take about a gigabyte.
func (p *Provider) Export(ctx context.Context, merchant string) (Export, error) {
	var e Export
	steps := []func(context.Context, *database.Tx, string, *Export) error{
		exportBatches, exportDecisions, exportDunning, exportClaims, exportUnmatched,
		func(ctx context.Context, tx *database.Tx, m string, e *Export) (err error) {
			e.Balances, err = ledger.Balances(ctx, tx, m)
			return err
		},
	}
	err := p.db.Read(ctx, func(tx *database.Tx) error {
		e = Export{Decisions: []ExportDecision{}, Payouts: []ExportPayout{}, Dunning: []ExportNotice{}, Claims: []ExportClaim{}, Unmatched: []ExportPayment{}}
		for _, step := range steps {
			if err := step(ctx, tx, merchant, &e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return e, err
	}
	return e, p.exportPayouts(ctx, merchant, &e)
}

func exportBatches(ctx context.Context, tx *database.Tx, m string, e *Export) error {
	return tx.QueryRow(ctx, "SELECT COUNT(*) FROM provider_batches WHERE merchant_id = ?", m).Scan(&e.Batches)
}

func exportDecisions(ctx context.Context, tx *database.Tx, m string, e *Export) error {
	found, err := orders.find(ctx, tx, "merchant_id = ? ORDER BY order_no", m)
	for _, o := range found {
		e.Decisions = append(e.Decisions, ExportDecision{o.OrderNo, o.Decision, o.Code, o.Approved, o.ValidUntil, o.Reference})
	}
	return err
}

func exportDunning(ctx context.Context, tx *database.Tx, m string, e *Export) error {
	rows, err := tx.Query(ctx, "SELECT status, notice FROM provider_notices WHERE merchant_id = ? AND status <> 'HELD' ORDER BY run_date, invoice_no, level", m)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var status, text string
		var n purchase.Notice
		if err := r.Scan(&status, &text); err != nil {
			return struct{}{}, err
		}
		err := json.Unmarshal([]byte(text), &n)
		e.Dunning = append(e.Dunning, ExportNotice{
			n.RunDate, n.Level, status, n.CustomerNo, n.OrderNo, n.InvoiceNo, n.DueDate, n.DaysOverdue, n.Outstanding,
			n.Fee, n.Flat, n.InterestBooked, n.InterestTotal, n.Segments, n.ChargesTotal, n.TotalDue,
		})
		return struct{}{}, err
	})
	return err
}

func exportClaims(ctx context.Context, tx *database.Tx, m string, e *Export) error {
	found, err := claims.find(ctx, tx, "merchant_id = ? ORDER BY invoice_no", m)
	for _, c := range found {
		e.Claims = append(e.Claims, exportClaim(c))
	}
	return err
}

func exportClaim(c *claim) ExportClaim {
	v := c.values()
	e := ExportClaim{
		InvoiceNo: c.InvoiceNo, OrderNo: c.OrderNo, Active: c.active(), I: v.I, K: v.K, D: v.D, P: v.P, G: v.Guaranteed,
		B: v.Base(), Outstanding: v.Outstanding(), Refund: v.Refund(), Charges: c.Charges, Level: c.Level,
	}
	if c.active() {
		e.E, e.Activation, e.Due = v.Entitlement(), &c.ActivatedOn, &c.DueOn
	}
	return e
}

func exportUnmatched(ctx context.Context, tx *database.Tx, m string, e *Export) error {
	found, err := payments.find(ctx, tx, "merchant_id = ? AND waiting <> 0 ORDER BY booked_on, payment_id", m)
	for _, p := range found {
		e.Unmatched = append(e.Unmatched, ExportPayment{p.Account, p.PaymentID, p.Waiting})
	}
	return err
}

func (p *Provider) exportPayouts(ctx context.Context, merchant string, e *Export) error {
	for d, err := range p.Documents(ctx, merchant, 0) {
		if err != nil {
			return err
		}
		if d.Payout == nil {
			continue
		}
		w, err := exportPayout(ctx, d.Payout)
		if err != nil {
			return err
		}
		e.Payouts = append(e.Payouts, w)
	}
	return nil
}

func exportPayout(ctx context.Context, w *purchase.Payout) (ExportPayout, error) {
	e := ExportPayout{
		w.ID, w.Merchant, w.Version, w.PeriodFrom, w.PeriodTo, w.Cutoff.Format("2006-01-02T15:04:05-07:00"), w.Date, w.Currency,
		w.Opening, w.Amount, w.Closing, w.Totals,
		[]purchase.Line{},
		w.LedgerHead,
	}
	for l, err := range w.Lines(ctx) {
		if err != nil {
			return e, err
		}
		e.Lines = append(e.Lines, l)
	}
	return e, nil
}
