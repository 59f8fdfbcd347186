package provider_test

import (
	"math/big"
	"slices"
	"strings"
)

// An order and the decision on it (§ 6).
type order struct {
	record
	decision, code string
	reference      string
	approved       cents
	validUntil     day
	cancelled      bool
}

func (m *model) invoicedOf(o *order) (sum cents) {
	for _, c := range m.claims {
		if c.order == o.no {
			sum += c.invoiced
		}
	}
	return sum
}

// sameDebtor: by customer number, or by name, birth date and postcode, when all
// are there.
func sameDebtor(a, b record) bool {
	if a.customer == b.customer {
		return true
	}
	for _, pair := range [][2]string{{a.last, b.last}, {a.first, b.first}, {a.postcode, b.postcode}} {
		if plain(pair[0]) == "" || plain(pair[0]) != plain(pair[1]) {
			return false
		}
	}
	return a.other != 0 && a.other == b.other
}

func plain(s string) string {
	s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e").Replace(strings.ToLower(s))
	kept := ""
	for _, r := range s {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			kept += string(r)
		}
	}
	return kept
}

// debtor looks at all orders of the debtor, one by one.
func (m *model) debtor(r record) (exposure cents, overdue bool) {
	for _, o := range m.orders {
		if !sameDebtor(o.record, r) {
			continue
		}
		if o.decision == "ACCEPTED" && !o.cancelled && o.validUntil >= m.today {
			exposure += o.approved - m.invoicedOf(o)
		}
		for _, c := range m.claims {
			if c.order != o.no {
				continue
			}
			if c.active {
				exposure += m.outstanding(c)
			} else {
				exposure += m.base(c)
			}
			overdue = overdue || c.active && c.level >= 2 && m.outstanding(c) > 0
		}
	}
	return exposure, overdue
}

func (m *model) decide(r record) (decision, code string) {
	exposure, overdue := m.debtor(r)
	age := r.day.time().Year() - r.other.time().Year()
	if r.day.time().Format("0102") < r.other.time().Format("0102") {
		age--
	}
	abbreviated := func(s string) bool { return s == "" || strings.HasSuffix(s, ".") || len([]rune(s)) == 1 }
	switch {
	case abbreviated(r.first) || abbreviated(r.last) || r.phone == "" || r.postcode == "" || r.country == "",
		r.business && r.company == "", !r.business && r.other == 0:
		return "DECLINED", "DATA_MISSING"
	case r.currency != "EUR":
		return "DECLINED", "CURRENCY"
	case r.country != "DE" || r.shipLand != "" && r.shipLand != "DE":
		return "DECLINED", "COUNTRY"
	case !r.business && age < 18:
		return "DECLINED", "AGE"
	case r.amount < m.orderMin || r.amount > m.orderMax:
		return "DECLINED", "LIMIT_ORDER"
	case r.shipTo != "" && plain(r.shipTo) != plain(street) && m.mismatch == "review":
		return "REVIEW", "ADDRESS_MISMATCH"
	case r.shipTo != "" && plain(r.shipTo) != plain(street) && (m.mismatch == "decline" || r.amount > m.mismatchTo):
		return "DECLINED", "ADDRESS_MISMATCH"
	case overdue:
		return "DECLINED", "OVERDUE_EXISTS"
	case exposure+r.amount > m.openMax:
		return "DECLINED", "LIMIT_OPEN_SUM"
	}
	return "ACCEPTED", "OK"
}

// street is where all debtors live.
const street = "Hauptstraße"

func (m *model) takeOrder(r record) string {
	if old := m.orders[r.no]; old != nil && old.code != "DATA_MISSING" {
		return "DUPLICATE"
	}
	o := &order{record: r, validUntil: r.day + 60, reference: creditorReference(r.no)}
	o.decision, o.code = m.decide(r)
	if o.decision == "ACCEPTED" {
		o.approved = r.amount
	}
	m.orders[r.no] = o
	return ""
}

// review is a person's decision.
func (m *model) review(r record) string {
	o := m.orders[r.order]
	switch {
	case o == nil:
		return "UNKNOWN_ORDER"
	case o.decision == "ACCEPTED":
		return "CLOSED"
	case o.code == "CURRENCY":
		return "CURRENCY"
	}
	o.decision, o.code, o.approved = r.text, "REVIEWED", 0
	if r.text == "ACCEPTED" {
		o.approved = o.amount
	}
	return ""
}

func (m *model) takeInvoice(r record) string {
	o := m.orders[r.order]
	switch {
	case m.claims[r.no] != nil:
		return "DUPLICATE"
	case o == nil:
		return "UNKNOWN_ORDER"
	case o.decision != "ACCEPTED" || o.cancelled:
		return "NOT_ACCEPTED"
	case r.day > o.validUntil:
		return "CLOSED"
	case m.invoicedOf(o)+r.amount > o.approved:
		return "OVER_APPROVED"
	}
	c := &claim{
		no: r.no, order: r.order, customer: o.customer, date: r.day, dueGiven: r.other, term: m.term,
		notice: r.notice, business: o.business, invoiced: r.amount,
	}
	if o.term >= 0 {
		c.term = o.term
	}
	if r.term >= 0 {
		c.term = r.term
	}
	m.claims[r.no] = c
	return ""
}

// creditorReference makes the ISO 11649 reference of an order: the number as
// digits (A = 10) with RF00 behind it has the rest 1 when divided by 97.
func creditorReference(no string) string {
	kept := ""
	for _, r := range strings.ToUpper(no) {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			kept += string(r)
		}
	}
	kept = kept[max(0, len(kept)-21):]
	n := new(big.Int)
	for _, r := range kept + "RF00" {
		value, shift := int64(r-'0'), int64(10)
		if r >= 'A' {
			value, shift = int64(r-'A')+10, 100
		}
		n.Add(n.Mul(n, big.NewInt(shift)), big.NewInt(value))
	}
	check := 98 - new(big.Int).Mod(n, big.NewInt(97)).Int64()
	return "RF" + string(rune('0'+check/10)) + string(rune('0'+check%10)) + kept
}

// clash reports whether another order has the same reference.
func (m *model) clash(o *order) bool {
	return slices.ContainsFunc(inOrder(m.orders), func(x *order) bool {
		return x != o && x.reference == o.reference
	})
}
