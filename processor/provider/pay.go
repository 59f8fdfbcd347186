package provider

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A hit is what a payment's reference names, or what its IBAN leads to.
type hit struct {
	by    string // RF, INVOICE, ORDER, IBAN or OPERATOR
	order *order
	claim *claim
}

// settle takes a payment that is in suspense, or has just come, and books it on
// what it hits. from is where the money is: bank or suspense. It reports
// whether anything took it.
func (s *session) settle(p *payment, h hit, from ledger.Class) (bool, error) {
	parts := s.split(p.Waiting, h)
	if len(parts) == 0 {
		return false, nil
	}
	for _, part := range parts {
		if err := s.pay(p, part, from); err != nil {
			return false, err
		}
	}
	p.Waiting, p.MatchedBy = 0, h.by
	s.savePayment(p)
	s.learn(p, parts[0].claim.CustomerNo)
	return true, nil
}

// A part is what one claim takes of a payment.
type part struct {
	claim  *claim
	amount money.Amount
	exact  bool // the debtor's designation: exactly the outstanding principal
}

// split says which claims take how much of an amount (§ 366 BGB).
func (s *session) split(amount money.Amount, h hit) []part {
	if h.claim != nil {
		return []part{{h.claim, amount, amount == h.claim.Outstanding}}
	}
	active := slices.DeleteFunc(slices.Clone(s.byOrder[h.order.OrderNo]), func(c *claim) bool { return !c.active() })
	if len(active) == 0 {
		return nil
	}
	slices.SortFunc(active, func(a, b *claim) int {
		return cmp.Or(cmp.Compare(a.DueOn, b.DueOn), cmp.Compare(a.InvoiceNo, b.InvoiceNo))
	})
	var exact, open []*claim
	for _, c := range active {
		if c.Outstanding == amount || c.open() == amount {
			exact = append(exact, c)
		}
		if c.open() > 0 {
			open = append(open, c)
		}
	}
	switch {
	case len(exact) == 1:
		return []part{{exact[0], amount, amount == exact[0].Outstanding}}
	case len(open) == 0:
		return []part{{active[len(active)-1], amount, false}}
	}
	return spread(amount, open)
}

// spread pays claims in their order, each up to what is open; the last one
// that is reached takes all the rest.
func spread(amount money.Amount, open []*claim) []part {
	var parts []part
	for i, c := range open {
		take := min(amount, c.open())
		if i == len(open)-1 {
			take = amount
		}
		parts = append(parts, part{c, take, false})
		if amount -= take; amount == 0 {
			break
		}
	}
	return parts
}

// pay books one part of a payment: charges first, then principal (§ 367 BGB).
func (s *session) pay(p *payment, part part, from ledger.Class) error {
	c := part.claim
	charges := min(c.Charges, part.amount)
	if part.exact {
		charges = 0
	}
	e := event{
		line: purchase.LineCollection, document: p.PaymentID, date: p.valued(),
		source: p.Source, cause: p.Cause, cash: from, charges: charges,
	}
	if c.Guaranteed {
		e.line = purchase.LineAfterGuarantee
	}
	s.allocate(p, c, part.amount-charges, charges)
	return s.book(c, e, func(v *purchase.Claim) { v.P += part.amount - charges })
}

func (s *session) allocate(p *payment, c *claim, principal, charges money.Amount) {
	id := paymentID{p.PaymentID, p.Account}
	a := &allocation{
		Merchant: s.terms.Merchant, PaymentID: p.PaymentID, Account: p.Account, N: len(s.allocations[id]) + 1,
		InvoiceNo: c.InvoiceNo, Principal: principal, Charges: charges,
	}
	s.allocations[id] = append(s.allocations[id], a)
	s.dirtyAlloc = append(s.dirtyAlloc, a)
}

// learn remembers that the payment's IBAN has paid for a customer.
func (s *session) learn(p *payment, customer string) {
	if p.DebtorIBAN == "" || s.payers[p.DebtorIBAN][customer] {
		return
	}
	if s.payers[p.DebtorIBAN] == nil {
		s.payers[p.DebtorIBAN] = map[string]bool{}
	}
	s.payers[p.DebtorIBAN][customer] = true
	s.newPayers = append(s.newPayers, &payer{Merchant: s.terms.Merchant, IBAN: p.DebtorIBAN, CustomerNo: customer})
}

func (s *session) savePayment(p *payment) {
	id := paymentID{p.PaymentID, p.Account}
	s.payments[id] = p
	s.dirtyPaid[id] = p
}

// suspend books money that nothing takes.
func (s *session) suspend(p *payment) error {
	s.savePayment(p)
	_, err := s.post(p.valued(), p.Cause, post(ledger.Bank, nil, p.Waiting), post(ledger.Suspense, nil, -p.Waiting))
	return err
}

// giveBack undoes a payment that the bank took back: what waits in suspense
// shrinks, else its own allocation is undone in reverse: last claim first, in
// it principal before charges.
func (s *session) giveBack(p *payment, amount money.Amount, ret purchase.Payment, source, cause string) (purchase.Code, error) {
	if amount > p.Amount-p.Returned || p.Returned > 0 || ret.BookedOn < p.BookedOn {
		return purchase.FieldRange, nil
	}
	p.Returned = amount
	s.savePayment(p)
	if p.Waiting > 0 {
		p.Waiting -= amount
		_, err := s.post(ret.Valued(), cause, post(ledger.Suspense, nil, amount), post(ledger.Bank, nil, -amount))
		return "", err
	}
	parts := s.allocations[paymentID{p.PaymentID, p.Account}]
	for _, a := range slices.Backward(parts) {
		if amount == 0 {
			break
		}
		principal := min(a.Principal, amount)
		charges := min(a.Charges, amount-principal)
		amount -= principal + charges
		a.Principal, a.Charges = a.Principal-principal, a.Charges-charges
		s.dirtyAlloc = append(s.dirtyAlloc, a)
		e := event{
			line: purchase.LineChargeback, document: p.PaymentID, date: ret.Valued(),
			source: source, cause: cause, cash: ledger.Bank, charges: -charges,
		}
		if err := s.book(s.claims[a.InvoiceNo], e, func(v *purchase.Claim) { v.P -= principal }); err != nil {
			return "", err
		}
	}
	return "", nil
}

// loadPayments loads payments by id with their allocations and the claims of
// these.
func (s *session) loadPayments(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := payments.find(ctx, s.tx, "merchant_id = ? AND payment_id IN ??", s.terms.Merchant, ids)
	if err != nil {
		return err
	}
	for _, p := range found {
		s.payments[paymentID{p.PaymentID, p.Account}] = p
	}
	parts, err := allocations.find(ctx, s.tx, "merchant_id = ? AND payment_id IN ?? ORDER BY payment_id, account, n", s.terms.Merchant, ids)
	if err != nil {
		return err
	}
	invoices := map[string]bool{}
	for _, a := range parts {
		id := paymentID{a.PaymentID, a.Account}
		s.allocations[id] = append(s.allocations[id], a)
		invoices[a.InvoiceNo] = true
	}
	return s.loadClaims(ctx, slices.Sorted(maps.Keys(invoices)))
}
