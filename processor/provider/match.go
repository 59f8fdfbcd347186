package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// How payments find their claim (domain § 7): by (a) the RF references of known
// orders, or else their short references, (b) invoice numbers, (c) order numbers, (d) an IBAN that has paid
// before. The first of (a) to (c) with a hit decides; never a guess: all else
// waits in suspense.

func (p *payment) valued() schedules.Date {
	if p.ValueOn.IsZero() {
		return p.BookedOn
	}
	return p.ValueOn
}

// A lookup holds what the references of a chunk of payments may name.
type lookup struct {
	byReference map[string][]*order // RF reference → orders
	byShort     map[string]*order   // short reference → order
	orders      map[string][]*order // match key → orders
	claims      map[string][]*claim // match key → active claims
}

// look loads all that a chunk of payments may hit, by a few queries.
func (s *session) look(ctx context.Context, chunk []*payment, byIBAN bool) (*lookup, error) {
	l := &lookup{map[string][]*order{}, map[string]*order{}, map[string][]*order{}, map[string][]*claim{}}
	references, shorts, keys, ibans := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range chunk {
		for _, r := range creditorReferences(p.Reference) {
			references[r] = true
		}
		for _, t := range shortReferences(p.Reference) {
			shorts[t.reference] = true
		}
		for _, k := range numberCandidates(p.Reference) {
			keys[k] = true
		}
		if p.DebtorIBAN != "" {
			ibans[p.DebtorIBAN] = true
		}
	}
	if err := s.lookOrders(ctx, l, references, keys); err != nil {
		return nil, err
	}
	if err := s.lookShorts(ctx, l, shorts); err != nil {
		return nil, err
	}
	if err := s.lookClaims(ctx, l, keys); err != nil {
		return nil, err
	}
	if err := s.loadPayers(ctx, ibans); err != nil {
		return nil, err
	}
	if !byIBAN {
		return l, nil
	}
	return l, s.loadCustomers(ctx, l, chunk)
}

func (s *session) lookOrders(ctx context.Context, l *lookup, references, keys map[string]bool) error {
	found, err := orders.find(ctx, s.tx, "merchant_id = ? AND reference <> '' AND reference IN ??", s.terms.Merchant, slices.Sorted(maps.Keys(references)))
	if err != nil {
		return err
	}
	byKey, err := orders.find(ctx, s.tx, "merchant_id = ? AND match_key <> '' AND match_key IN ??", s.terms.Merchant, slices.Sorted(maps.Keys(keys)))
	if err != nil {
		return err
	}
	var numbers []string
	for _, o := range slices.Concat(found, byKey) {
		if s.orders[o.OrderNo] == nil {
			s.orders[o.OrderNo] = o
		}
		numbers = append(numbers, o.OrderNo)
	}
	for _, o := range found {
		l.byReference[o.Reference] = append(l.byReference[o.Reference], s.orders[o.OrderNo])
	}
	for _, o := range byKey {
		l.orders[o.MatchKey] = append(l.orders[o.MatchKey], s.orders[o.OrderNo])
	}
	return s.loadOrderClaims(ctx, numbers)
}

func (s *session) lookShorts(ctx context.Context, l *lookup, shorts map[string]bool) error {
	found, err := orders.find(ctx, s.tx, "merchant_id = ? AND short_reference <> '' AND short_reference IN ??", s.terms.Merchant, slices.Sorted(maps.Keys(shorts)))
	if err != nil {
		return err
	}
	var numbers []string
	for _, o := range found {
		if s.orders[o.OrderNo] == nil {
			s.orders[o.OrderNo] = o
		}
		l.byShort[o.Short] = s.orders[o.OrderNo]
		numbers = append(numbers, o.OrderNo)
	}
	return s.loadOrderClaims(ctx, numbers)
}

func (s *session) lookClaims(ctx context.Context, l *lookup, keys map[string]bool) error {
	found, err := claims.find(ctx, s.tx, "merchant_id = ? AND match_key <> '' AND match_key IN ?? AND activated_on <> ''", s.terms.Merchant, slices.Sorted(maps.Keys(keys)))
	if err != nil {
		return err
	}
	if err := s.keepClaims(ctx, found); err != nil {
		return err
	}
	for _, c := range found {
		l.claims[c.MatchKey] = append(l.claims[c.MatchKey], s.claims[c.InvoiceNo])
	}
	return nil
}

func (s *session) loadPayers(ctx context.Context, ibans map[string]bool) error {
	found, err := payers.find(ctx, s.tx, "merchant_id = ? AND iban IN ??", s.terms.Merchant, slices.Sorted(maps.Keys(ibans)))
	for _, p := range found {
		if s.payers[p.IBAN] == nil {
			s.payers[p.IBAN] = map[string]bool{}
		}
		s.payers[p.IBAN][p.CustomerNo] = true
	}
	return err
}

// loadCustomers loads the active claims by which an IBAN may match (d): those
// of the customers it has paid for, or may come to pay for in this chunk, whose
// open sum is one of the amounts.
func (s *session) loadCustomers(ctx context.Context, l *lookup, chunk []*payment) error {
	customers, amounts := map[string]bool{}, map[int64]bool{}
	for _, p := range chunk {
		for c := range s.payers[p.DebtorIBAN] {
			customers[c] = true
		}
		for _, h := range s.hits(l, p) {
			customers[h.customer()] = true
		}
		amounts[int64(p.Waiting)] = true
	}
	found, err := claims.find(ctx, s.tx, "merchant_id = ? AND customer_no IN ?? AND activated_on <> '' AND outstanding + charges IN ??",
		s.terms.Merchant, slices.Sorted(maps.Keys(customers)), slices.Sorted(maps.Keys(amounts)))
	if err != nil {
		return err
	}
	return s.keepClaims(ctx, found)
}

func (h hit) customer() string {
	if h.claim != nil {
		return h.claim.CustomerNo
	}
	return h.order.CustomerNo
}

// hits returns what the reference of a payment names: all hits of the first of
// (a) to (c) that has one.
func (s *session) hits(l *lookup, p *payment) []hit {
	if found := s.referenceHits(l, p); len(found) > 0 {
		return found
	}
	if found := s.shortHits(l, p); len(found) > 0 {
		return found
	}
	return s.numbers(l, p, false)
}

// numbers returns the invoices, else the orders, that a reference names by
// number; those of digits only count when they are plausible, or any do.
func (s *session) numbers(l *lookup, p *payment, anyDigits bool) (found []hit) {
	candidates := distinct(numberCandidates(p.Reference))
	for _, key := range candidates {
		for _, c := range l.claims[key] {
			text := spelled(p.Reference, c.InvoiceNo)
			if text != "" && (anyDigits || !digitsOnly(c.InvoiceNo) || s.plausible(p, c.CustomerNo, c.open())) {
				found = append(found, hit{by: "INVOICE", claim: c, text: text})
			}
		}
	}
	if len(found) > 0 {
		return found
	}
	for _, key := range candidates {
		for _, o := range l.orders[key] {
			text := spelled(p.Reference, o.OrderNo)
			if text != "" && (anyDigits || !digitsOnly(o.OrderNo) || s.plausible(p, o.CustomerNo, s.openOf(o))) {
				found = append(found, hit{by: "ORDER", order: o, text: text})
			}
		}
	}
	return found
}

// referenceHits is (a); where two orders have one reference, neither is
// matched by it.
func (s *session) referenceHits(l *lookup, p *payment) []hit {
	var found []hit
	for _, r := range distinct(creditorReferences(p.Reference)) {
		if list := l.byReference[r]; len(list) == 1 {
			found = append(found, hit{by: "RF", order: list[0], text: r})
		}
	}
	return found
}

// plausible guards numbers made of digits only: they count when the amount is
// exactly what is open, or the IBAN has paid for the customer before.
func (s *session) plausible(p *payment, customer string, open money.Amount) bool {
	return p.Waiting == open || p.DebtorIBAN != "" && s.payers[p.DebtorIBAN][customer]
}

func (s *session) openOf(o *order) money.Amount {
	var sum money.Amount
	for _, c := range s.byOrder[o.OrderNo] {
		if c.active() {
			sum += c.open()
		}
	}
	return sum
}

// match finds the one hit of a payment.
func (s *session) match(l *lookup, p *payment, byIBAN bool) (hit, bool) {
	switch found := s.hits(l, p); {
	case len(found) == 1:
		return found[0], true
	case len(found) > 1 || !byIBAN || p.DebtorIBAN == "":
		return hit{}, false
	}
	var found []*claim
	for customer := range s.payers[p.DebtorIBAN] {
		for _, c := range s.byCustomer[customer] {
			if c.active() && c.open() == p.Waiting {
				found = append(found, c)
			}
		}
	}
	if len(found) != 1 {
		return hit{}, false
	}
	return hit{by: "IBAN", claim: found[0], text: p.DebtorIBAN}, true
}

// retry tries the payments that wait in suspense, in (booked_on, payment_id)
// order, by (a) to (c).
func (s *session) retry(ctx context.Context) error {
	day, id := "", ""
	for {
		waiting, err := payments.find(ctx, s.tx, `merchant_id = ? AND waiting > 0 AND matched_by = '' AND (booked_on, payment_id) > (?, ?)
			ORDER BY booked_on, payment_id LIMIT ?`, s.terms.Merchant, day, id, chunk)
		if err != nil || len(waiting) == 0 {
			return err
		}
		l, err := s.look(ctx, waiting, false)
		if err != nil {
			return err
		}
		for _, p := range waiting {
			if h, ok := s.match(l, p, false); ok {
				if _, err := s.settle(p, h, ledger.Suspense); err != nil {
					return err
				}
			}
		}
		end := waiting[len(waiting)-1]
		day, id = end.BookedOn.String(), end.PaymentID
		if err := s.save(ctx); err != nil {
			return err
		}
	}
}
