package provider

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// takeCommands carries out what an operator decided.
func (t *taking) takeCommands(ctx context.Context, items []item) error {
	if err := t.loadSubjects(ctx, items); err != nil {
		return err
	}
	var made []*decided
	for _, i := range items {
		c, _ := i.Record.(purchase.Command)
		var code purchase.Code
		var err error
		switch c.Kind {
		case purchase.Decide:
			var d *decided
			if d, code = t.review(c); d != nil {
				made = append(made, d)
			}
		case purchase.Assign:
			code, err = t.assign(c)
		case purchase.WriteOff:
			code, err = t.writeOff(c, i)
		case purchase.Recourse:
			code, err = t.recourse(c, i)
		case purchase.PayRefund:
			code, err = t.payRefund(ctx, c, i)
		case purchase.Reverse:
			code, err = t.reverse(c, i)
		}
		if err != nil {
			return err
		}
		t.result(i, code)
	}
	return decisions.save(ctx, t.tx, made)
}

// loadSubjects loads the orders, payments and claims that commands name.
func (t *taking) loadSubjects(ctx context.Context, items []item) error {
	var orderNos, paymentIDs, invoices, reversed []string
	for _, i := range items {
		switch c, _ := i.Record.(purchase.Command); c.Kind {
		case purchase.Decide:
			orderNos = append(orderNos, c.Subject)
		case purchase.Reverse:
			orderNos, reversed = append(orderNos, c.Subject), append(reversed, c.Subject)
		case purchase.Assign:
			paymentIDs, invoices = append(paymentIDs, c.Subject), append(invoices, c.Argument)
		default:
			invoices = append(invoices, c.Subject)
		}
	}
	if err := t.loadOrders(ctx, orderNos); err != nil {
		return err
	}
	if err := t.loadPayments(ctx, paymentIDs); err != nil {
		return err
	}
	if err := t.loadClaims(ctx, append(invoices, reversed...)); err != nil {
		return err
	}
	if err := t.loadPapers(ctx, reversed); err != nil {
		return err
	}
	if err := t.loadCharged(ctx, reversed); err != nil {
		return err
	}
	ibans := map[string]bool{}
	for _, p := range t.payments {
		ibans[p.DebtorIBAN] = true
	}
	return t.loadPayers(ctx, ibans)
}

// review replaces a REVIEW or DECLINED by a person's decision; the old one
// stays beside the new one. An order that has changed since the person looked at
// it is not decided about.
func (t *taking) review(c purchase.Command) (*decided, purchase.Code) {
	o := t.orders[c.Subject]
	outcome, seen, known := purchase.SplitDecideOn(c.Argument)
	switch {
	case o == nil:
		return nil, purchase.UnknownOrder
	case o.Decision == purchase.DecisionAccepted:
		return nil, purchase.Closed
	case outcome != purchase.DecisionAccepted && outcome != purchase.DecisionDeclined:
		return nil, purchase.FieldRange
	case known && seen != o.Gross:
		return nil, purchase.ConflictRow
	case o.Code == purchase.WrongCurrency:
		return nil, purchase.WrongCurrency // the account has one currency, no person can change that
	}
	o.Decision, o.Code, o.Approved = outcome, purchase.Reviewed, 0
	if outcome == purchase.DecisionAccepted {
		o.Approved = o.Gross
	}
	t.dirtyOrders[o.OrderNo] = o
	t.part.Decisions = append(t.part.Decisions, t.decision(o))
	return t.decided(o, map[string]string{"operator": c.Operator, "reason": c.Reason}), ""
}

// assign books a payment in suspense on the claim that a person chose. An entry
// of the bank that is no debtor's money is never booked on a claim.
func (t *taking) assign(c purchase.Command) (purchase.Code, error) {
	claim := t.claims[c.Argument]
	if claim == nil || !claim.active() {
		return purchase.UnknownInvoice, nil
	}
	for id, p := range t.payments {
		if id.id == c.Subject && p.Waiting > 0 && p.Amount > 0 && !p.foreign() {
			_, err := t.settle(p, hit{by: "OPERATOR", claim: claim, text: c.Operator, why: c.Reason}, ledger.Suspense)
			return "", err
		}
	}
	return purchase.Closed, nil
}
