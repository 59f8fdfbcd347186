package provider

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A PaymentWay is all that became of one payment.
type PaymentWay struct {
	PaymentInfo
	Account    string         `json:"account"`
	ValueOn    schedules.Date `json:"value_on"` // on which the money counts
	DebtorIBAN string         `json:"debtor_iban"`
	SHA256     string         `json:"sha256"` // of the statement
	Steps      []PaymentStep  `json:"steps"`  // none for one from before reasons were kept
	Claims     []PaidClaim    `json:"claims"`
	Candidates []string       `json:"candidates"` // of one that waits: invoices to look at
}

// A PaidClaim is the part of a payment that one claim took.
type PaidClaim struct {
	InvoiceNo  string       `json:"invoice_no"`
	OrderNo    string       `json:"order_no"`
	CustomerNo string       `json:"customer_no"`
	Charges    money.Amount `json:"charges_cents"` // fees and the flat sum
	Interest   money.Amount `json:"interest_cents"`
	Principal  money.Amount `json:"principal_cents"`
	PaidIn     []string     `json:"paid_in"` // what was paid first (§ 367 BGB)
	Lines      []LifeLine   `json:"lines"`   // what the merchant was credited with
	Refund     money.Amount `json:"refund_cents"`
	Refunds    []RefundInfo `json:"refunds"` // transfers to the debtor of the claim
}

// Payment returns the whole way of a payment; of ids that stand on several
// accounts, or as a debit too, all.
func (p *Provider) Payment(ctx context.Context, merchant, id string) (all []PaymentWay, err error) {
	terms, err := p.termsOf(merchant)
	if err != nil {
		return nil, err
	}
	infos, err := p.PaymentsOf(ctx, merchant, id)
	if err != nil {
		return nil, err
	}
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		all = []PaymentWay{}
		found, err := payments.find(ctx, tx, "merchant_id = ? AND payment_id = ? ORDER BY booked_on, payment_id, account", merchant, id)
		if err != nil {
			return err
		}
		s := &session{tx: tx, terms: terms, rates: p.rates}
		for i, x := range found {
			s.forget()
			way, err := s.way(ctx, x)
			if err != nil {
				return err
			}
			way.PaymentInfo = infos[i]
			all = append(all, way)
		}
		return nil
	})
	return all, err
}

func (s *session) way(ctx context.Context, p *payment) (PaymentWay, error) {
	sum, _, _ := strings.Cut(p.Cause, ":")
	w := PaymentWay{Account: p.Account, ValueOn: p.valued(), DebtorIBAN: p.DebtorIBAN, SHA256: sum, Claims: []PaidClaim{}, Candidates: []string{}}
	var err error
	if w.Steps, err = p.steps(); err != nil {
		return w, err
	}
	if p.Waiting > 0 && p.MatchedBy == "" {
		l, err := s.look(ctx, []*payment{p}, true)
		if err != nil {
			return w, err
		}
		w.Candidates = s.candidates(l, p)
	}
	parts, err := allocations.find(ctx, s.tx, "merchant_id = ? AND payment_id = ? AND account = ? ORDER BY n", p.Merchant, p.PaymentID, p.Account)
	for _, a := range parts {
		c, err := s.paidClaim(ctx, p, a)
		if err != nil {
			return w, err
		}
		w.Claims = append(w.Claims, c)
	}
	return w, err
}

func (s *session) paidClaim(ctx context.Context, p *payment, a *allocation) (PaidClaim, error) {
	paid := a.shares()
	c := PaidClaim{
		InvoiceNo: a.InvoiceNo, Charges: paid.charges, Interest: paid.interest, Principal: paid.principal, PaidIn: a.order(),
		Lines: []LifeLine{}, Refunds: []RefundInfo{},
	}
	if err := s.loadClaims(ctx, []string{a.InvoiceNo}); err != nil {
		return c, err
	}
	claim := s.claims[a.InvoiceNo]
	if claim == nil {
		return c, nil
	}
	c.OrderNo, c.CustomerNo, c.Refund = claim.OrderNo, claim.CustomerNo, claim.values().Refund()
	life := Life{}
	if err := lifeLines(ctx, s.tx, claim, &life); err != nil {
		return c, err
	}
	for _, l := range life.Lines {
		if l.DocumentNo == p.PaymentID && slices.Contains([]purchase.LineType{purchase.LineCollection, purchase.LineAfterGuarantee, purchase.LineChargeback}, l.Type) {
			c.Lines = append(c.Lines, l)
		}
	}
	ordered, err := transfers.find(ctx, s.tx, "merchant_id = ? AND purpose = ? AND invoice_no = ? ORDER BY transfer_id", p.Merchant, purchase.PurposeRefund, a.InvoiceNo)
	for _, x := range ordered {
		c.Refunds = append(c.Refunds, RefundInfo{InvoiceNo: x.InvoiceNo, TransferID: x.ID, Paid: x.Amount, LeftOn: x.LeftOn, ReturnedOn: x.ReturnedOn})
	}
	return c, err
}

// Payments lists the payments of a merchant by (booked_on, payment_id), those
// in suspense or all.
func (p *Provider) Payments(ctx context.Context, merchant string, waiting bool) (all []PaymentInfo, err error) {
	if waiting {
		return p.paymentsWhere(ctx, merchant, "waiting <> 0")
	}
	return p.paymentsWhere(ctx, merchant, "1 = 1")
}

// PaymentsOf returns the payments of an id: one, or one for each account.
func (p *Provider) PaymentsOf(ctx context.Context, merchant, id string) ([]PaymentInfo, error) {
	return p.paymentsWhere(ctx, merchant, "payment_id = ?", id)
}

func (p *Provider) paymentsWhere(ctx context.Context, merchant, where string, args ...any) (all []PaymentInfo, err error) {
	err = p.db.Read(ctx, func(tx *database.Tx) error {
		found, err := payments.find(ctx, tx, "merchant_id = ? AND "+where+" ORDER BY booked_on, payment_id, account", append([]any{merchant}, args...)...)
		if err != nil {
			return err
		}
		var ids []string
		for _, x := range found {
			ids = append(ids, x.PaymentID)
		}
		parts, err := allocations.find(ctx, tx, "merchant_id = ? AND payment_id IN ?? ORDER BY payment_id, n", merchant, ids)
		invoices := map[paymentID][]string{}
		for _, a := range parts {
			id := paymentID{a.PaymentID, a.Account}
			invoices[id] = append(invoices[id], a.InvoiceNo)
		}
		all = make([]PaymentInfo, 0, len(found))
		for _, x := range found {
			all = append(all, PaymentInfo{
				x.PaymentID, x.BookedOn, x.Amount, x.Waiting, x.Returned, x.MatchedBy, x.foreign(), x.DebtorName, x.Reference,
				append([]string{}, invoices[paymentID{x.PaymentID, x.Account}]...), x.Source,
			})
		}
		return err
	})
	return all, err
}

// AgeDays is how long a payment has waited in suspense on a day; 0 for one that
// does not wait.
func (i PaymentInfo) AgeDays(day schedules.Date) int {
	if i.Waiting == 0 {
		return 0
	}
	return max(0, int(cmp.Or(day, i.BookedOn)-i.BookedOn))
}
