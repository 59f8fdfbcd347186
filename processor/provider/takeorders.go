package provider

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// takeOrders decides on orders one after the other.
func (t *taking) takeOrders(ctx context.Context, items []item) error {
	if err := t.loadOrders(ctx, collect(items, purchase.Order.Number)); err != nil {
		return err
	}
	known, err := t.loadExposures(ctx,
		collect(items, func(o purchase.Order) string { return o.CustomerNo }),
		collect(items, purchase.Order.Person))
	if err != nil {
		return err
	}
	var made []*decided
	addresses := map[string]*debtor{}
	for _, i := range items {
		o, _ := i.Record.(purchase.Order)
		if old := t.orders[o.OrderNo]; old != nil && old.Code != purchase.DataMissing {
			t.result(i, purchase.DuplicateRow)
			continue
		}
		q := known.of(o.CustomerNo, o.Person())
		decision, code := decide(o, t.terms, q)
		row := t.order(o, decision, code)
		if row.uninvoiced() > 0 && row.ValidUntil >= t.day {
			known.add(o.CustomerNo, row.Person, row.uninvoiced())
		}
		made = append(made, t.decided(row, q))
		addresses[o.OrderNo] = t.debtor(o)
		t.part.Decisions = append(t.part.Decisions, t.decision(row))
		t.result(i, "")
	}
	if err := t.nameShort(ctx, slices.Sorted(maps.Keys(addresses))); err != nil {
		return err
	}
	if err := decisions.save(ctx, t.tx, made); err != nil {
		return err
	}
	return debtors.save(ctx, t.tx, sorted(addresses))
}

// order makes, or makes anew, the provider's row of an order.
func (t *taking) order(o purchase.Order, decision string, code purchase.Code) *order {
	row := &order{
		Merchant: t.terms.Merchant, OrderNo: o.OrderNo, CustomerNo: o.CustomerNo, Person: o.Person(),
		CustomerType: o.CustomerType, Gross: o.Gross, TermDays: -1, Decision: decision, Code: code,
		ValidUntil: o.OrderDate + schedules.Date(t.terms.Credit.ValidDays),
		Reference:  purchase.Reference(o.OrderNo), MatchKey: matchKey(o.OrderNo), DebtorAccount: o.DebtorAccount,
	}
	if before := t.orders[o.OrderNo]; before != nil {
		row.Short = before.Short
	}
	if o.TermDays.Given {
		row.TermDays = o.TermDays.N
	}
	if decision == purchase.DecisionAccepted {
		row.Approved = o.Gross
	}
	t.orders[o.OrderNo] = row
	t.dirtyOrders[o.OrderNo] = row
	return row
}

// decided is the record of a decision with what the rules looked at. Its place
// in the receipt tells apart what one batch decides on an order.
func (t *taking) decided(o *order, reasons any) *decided {
	text, _ := json.Marshal(reasons)
	position := t.told + int64(len(t.part.Results)) + 1
	return &decided{
		Merchant: t.terms.Merchant, OrderNo: o.OrderNo, Own: t.batch.Own, Batch: t.batch.Number, Record: position, DecidedAt: t.at.Unix(),
		Decision: o.Decision, Code: o.Code, Approved: o.Approved, ValidUntil: o.ValidUntil, Reasons: string(text),
	}
}

// decision is what the merchant is told, with the payment instruction.
func (s *session) decision(o *order) purchase.Decision {
	return purchase.Decision{
		OrderNo: o.OrderNo, Decision: o.Decision, Code: o.Code, Approved: o.Approved, ValidUntil: o.ValidUntil,
		Recipient: s.terms.Recipient, IBAN: s.terms.SettlementAccount, BIC: s.terms.BIC, BankName: s.terms.BankName,
		Reference: o.Reference, Amount: instructed(o),
	}
}

// instructed is the amount of the payment instruction: nothing for an order
// that is not accepted.
func instructed(o *order) money.Amount {
	if o.Decision == purchase.DecisionAccepted {
		return o.Approved
	}
	return 0
}

func (t *taking) debtor(o purchase.Order) *debtor {
	text, _ := json.Marshal(purchase.Debtor{
		CustomerType: o.CustomerType, Salutation: o.Salutation, FirstName: o.FirstName, LastName: o.LastName,
		Company: o.Company, Street: o.Street, HouseNo: o.HouseNo, Postcode: o.Postcode, City: o.City,
		Country: o.Country, Email: o.Email, EmailConsent: o.EmailConsent,
	})
	return &debtor{Merchant: t.terms.Merchant, OrderNo: o.OrderNo, Debtor: string(text)}
}
