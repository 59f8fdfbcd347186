package provider

import (
	"context"
	"database/sql"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
)

// exposures are the running sums of rule 8: what the orders of a debtor add up
// to. A debtor is a customer number or a person; orders that are both count
// once: A + B − AB.
type exposures struct {
	customer, person map[string]inquiry
	pair             map[[2]string]inquiry
}

func (q inquiry) plus(amount money.Amount) inquiry { q.Exposure += amount; return q }

// of returns what is known of the debtor of an order.
func (e *exposures) of(customer, person string) inquiry {
	q := e.customer[customer]
	if person == "" {
		return q
	}
	p := e.person[person]
	return inquiry{
		Exposure: q.Exposure + p.Exposure - e.pair[[2]string{customer, person}].Exposure,
		Overdue:  q.Overdue || p.Overdue,
	}
}

// add counts an accepted order at once for the next one.
func (e *exposures) add(customer, person string, amount money.Amount) {
	e.customer[customer] = e.customer[customer].plus(amount)
	if person != "" {
		e.person[person] = e.person[person].plus(amount)
		key := [2]string{customer, person}
		e.pair[key] = e.pair[key].plus(amount)
	}
}

const exposureSum = `CAST(SUM(claims_open + CASE WHEN decision = 'ACCEPTED' AND cancelled = 0 AND valid_until >= ? THEN approved - invoiced ELSE 0 END) AS BIGINT), CAST(SUM(overdue) AS BIGINT)`

// loadExposures sums the orders of debtors by three queries.
func (s *session) loadExposures(ctx context.Context, customers, persons []string) (*exposures, error) {
	e := &exposures{map[string]inquiry{}, map[string]inquiry{}, map[[2]string]inquiry{}}
	scan := func(rows *sql.Rows) (struct{}, error) {
		var customer, person string
		var amount money.Amount
		var overdue int64
		if err := rows.Scan(&customer, &person, &amount, &overdue); err != nil {
			return struct{}{}, err
		}
		q := inquiry{amount, overdue > 0}
		switch {
		case person == "":
			e.customer[customer] = q
		case customer == "":
			e.person[person] = q
		default:
			e.pair[[2]string{customer, person}] = q
		}
		return struct{}{}, nil
	}
	m, day := s.terms.Merchant, s.day
	queries := []struct {
		text string
		args []any
	}{
		{"SELECT customer_no, '', " + exposureSum + " FROM provider_orders WHERE merchant_id = ? AND customer_no IN ?? GROUP BY customer_no", []any{day, m, customers}},
		{"SELECT '', person, " + exposureSum + " FROM provider_orders WHERE merchant_id = ? AND person <> '' AND person IN ?? GROUP BY person", []any{day, m, persons}},
		{"SELECT customer_no, person, " + exposureSum + " FROM provider_orders WHERE merchant_id = ? AND person <> '' AND customer_no IN ?? AND person IN ?? GROUP BY customer_no, person", []any{day, m, customers, persons}},
	}
	for _, q := range queries {
		rows, err := s.tx.Query(ctx, q.text, q.args...)
		if _, err := database.Collect(rows, err, scan); err != nil {
			return nil, err
		}
	}
	return e, nil
}
