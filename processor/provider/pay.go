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
	text  string // how it stands in the reference; the IBAN; who assigned it
	why   string // an operator's reason
}

// settle takes a payment that is in suspense, or has just come, and books it on
// what it hits. from is where the money is: bank or suspense. It reports
// whether anything took it.
func (s *session) settle(p *payment, h hit, from ledger.Class) (bool, error) {
	parts, rule := s.split(p.Waiting, h)
	if len(parts) == 0 {
		return false, nil
	}
	p.note(s.settled(h, rule, parts))
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

// split says which claims take how much of an amount (§ 366 BGB), and by which
// rule; none when the order has no active claim.
func (s *session) split(amount money.Amount, h hit) ([]part, string) {
	if h.claim != nil {
		return []part{{h.claim, amount, amount == h.claim.Outstanding}}, RuleOneClaim
	}
	active := slices.DeleteFunc(slices.Clone(s.byOrder[h.order.OrderNo]), func(c *claim) bool { return !c.active() })
	if len(active) == 0 {
		return nil, ""
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
	case len(exact) == 1 && (len(open) == 1 || s.terms.Allocation.Across != purchase.OldestFirst):
		return []part{{exact[0], amount, amount == exact[0].Outstanding}}, RuleExact
	case len(open) == 0:
		return []part{{active[len(active)-1], amount, false}}, RuleLastDue
	}
	return spread(amount, open), RuleOldest
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

// pay books one part of a payment on charges, interest and principal in the
// order of the terms (§ 367 BGB).
func (s *session) pay(p *payment, part part, from ledger.Class) error {
	c := part.claim
	paid := c.recover(divide(part.amount, c.owed(), s.terms.Allocation.Order()), s.terms.Allocation.Order())
	if part.exact {
		paid = shares{principal: part.amount}
	}
	e := event{
		line: purchase.LineCollection, document: p.PaymentID, date: p.valued(),
		source: p.Source, cause: p.Cause, cash: from, charges: paid.charges + paid.interest, interest: paid.interest,
	}
	if c.Guaranteed {
		e.line = purchase.LineAfterGuarantee
	}
	s.allocate(p, c, paid)
	return s.book(c, e, func(v *purchase.Claim) { v.P += paid.principal })
}

func (s *session) allocate(p *payment, c *claim, paid shares) {
	id := paymentID{p.PaymentID, p.Account}
	a := &allocation{
		Merchant: s.terms.Merchant, PaymentID: p.PaymentID, Account: p.Account, N: len(s.allocations[id]) + 1,
		InvoiceNo: c.InvoiceNo, Principal: paid.principal, Charges: paid.charges + paid.interest, Interest: paid.interest,
		PaidIn: letters(s.terms.Allocation.Order()),
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
// it last what was paid first.
func (s *session) giveBack(p *payment, amount money.Amount, ret purchase.Payment, source, cause string) (purchase.Code, error) {
	if amount > p.Amount-p.Returned || p.Returned > 0 || ret.BookedOn < p.BookedOn {
		return purchase.FieldRange, nil
	}
	p.Returned = amount
	p.note(PaymentStep{At: s.at.Unix(), Rule: RuleReturned, Text: source, Amount: amount})
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
		back := undo(amount, a.shares(), a.order())
		amount -= back.charges + back.interest + back.principal
		a.Principal, a.Interest = a.Principal-back.principal, a.Interest-back.interest
		a.Charges -= back.charges + back.interest
		s.dirtyAlloc = append(s.dirtyAlloc, a)
		e := event{
			line: purchase.LineChargeback, document: p.PaymentID, date: ret.Valued(),
			source: source, cause: cause, cash: ledger.Bank, charges: -back.charges - back.interest, interest: -back.interest,
		}
		if err := s.book(s.claims[a.InvoiceNo], e, func(v *purchase.Claim) { v.P -= back.principal }); err != nil {
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
