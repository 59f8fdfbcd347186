package provider

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// takeCommands carries out what an operator decided: a credit decision by a
// person (Art. 22 GDPR), or the assignment of a payment to an invoice.
func (t *taking) takeCommands(ctx context.Context, items []item) error {
	var orderNos, paymentIDs, invoices []string
	for _, i := range items {
		if c, _ := i.Record.(purchase.Command); c.Kind == purchase.Assign {
			paymentIDs, invoices = append(paymentIDs, c.Subject), append(invoices, c.Argument)
		} else {
			orderNos = append(orderNos, c.Subject)
		}
	}
	if err := t.loadOrders(ctx, orderNos); err != nil {
		return err
	}
	if err := t.loadPayments(ctx, paymentIDs); err != nil {
		return err
	}
	if err := t.loadClaims(ctx, invoices); err != nil {
		return err
	}
	ibans := map[string]bool{}
	for _, p := range t.payments {
		ibans[p.DebtorIBAN] = true
	}
	if err := t.loadPayers(ctx, ibans); err != nil {
		return err
	}
	var made []*decided
	for _, i := range items {
		c, _ := i.Record.(purchase.Command)
		code, err := purchase.Code(""), error(nil)
		if c.Kind == purchase.Assign {
			code, err = t.assign(c)
		} else if d, refused := t.review(c); d != nil {
			made = append(made, d)
		} else {
			code = refused
		}
		if err != nil {
			return err
		}
		t.result(i, code)
	}
	return decisions.save(ctx, t.tx, made)
}

// review replaces a REVIEW or DECLINED by a person's decision; the old one
// stays beside the new one.
func (t *taking) review(c purchase.Command) (*decided, purchase.Code) {
	o := t.orders[c.Subject]
	switch {
	case o == nil:
		return nil, purchase.UnknownOrder
	case o.Decision == purchase.DecisionAccepted:
		return nil, purchase.Closed
	}
	o.Decision, o.Code, o.Approved = c.Argument, purchase.Reviewed, 0
	if c.Argument == purchase.DecisionAccepted {
		o.Approved = o.Gross
	}
	t.dirtyOrders[o.OrderNo] = o
	t.receipt.Decisions = append(t.receipt.Decisions, t.decision(o))
	return t.decided(o, map[string]string{"operator": c.Operator, "reason": c.Reason}), ""
}

// assign books a payment in suspense on the claim that a person chose.
func (t *taking) assign(c purchase.Command) (purchase.Code, error) {
	claim := t.claims[c.Argument]
	if claim == nil || !claim.active() {
		return purchase.UnknownInvoice, nil
	}
	for id, p := range t.payments {
		if id.id == c.Subject && p.Waiting > 0 {
			_, err := t.settle(p, hit{by: "OPERATOR", claim: claim}, ledger.Suspense)
			return "", err
		}
	}
	return purchase.Closed, nil
}
