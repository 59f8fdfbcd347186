package provider_test

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// How payments find their claim, and what they pay there (§ 7).

// named reports whether a text has a number as a whole word, in any case.
func named(text, number string) bool {
	t, n := []rune(strings.ToUpper(text)), []rune(strings.ToUpper(number))
	for i := 0; i+len(n) <= len(t); i++ {
		if string(t[i:i+len(n)]) == string(n) && (i == 0 || !letter(t[i-1])) && (i+len(n) == len(t) || !letter(t[i+len(n)])) {
			return true
		}
	}
	return false
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// namedSpaced is named with blanks allowed inside.
func namedSpaced(text, number string) bool {
	t := []rune(strings.ToUpper(text))
	if !strings.Contains(strings.ReplaceAll(string(t), " ", ""), number) {
		return false
	}
	for from := range t {
		for to := from + 1; to <= len(t); to++ {
			if t[from] != ' ' && strings.ReplaceAll(string(t[from:to]), " ", "") == number &&
				(from == 0 || !letter(t[from-1])) && (to == len(t) || !letter(t[to])) {
				return true
			}
		}
	}
	return false
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// matchable: a number of fewer than four characters, or of digits only with
// fewer than six, is never looked for.
func matchable(no string) bool { return len([]rune(no)) >= 4 && (!digits(no) || len(no) >= 6) }

// hits returns the claims, or the orders, that the text of a payment names.
func (m *model) hits(p *payment) (claims []*claim, orders []*order, found bool) {
	for _, o := range inOrder(m.orders) {
		if namedSpaced(p.text, o.reference) && !m.clash(o) {
			orders = append(orders, o)
		}
	}
	if len(orders) > 0 {
		return nil, orders, true
	}
	credible := func(no, customer string, open cents) bool {
		return matchable(no) && (!digits(no) || p.waiting == open || p.iban != "" && m.paidFor[p.iban][customer])
	}
	for _, c := range inOrder(m.claims) {
		if c.active && named(p.text, c.no) && credible(c.no, c.customer, m.open(c)) {
			claims = append(claims, c)
		}
	}
	if len(claims) > 0 {
		return claims, nil, true
	}
	for _, o := range inOrder(m.orders) {
		var open cents
		for _, c := range m.activeOf(o.no) {
			open += m.open(c)
		}
		if named(p.text, o.no) && credible(o.no, o.customer, open) {
			orders = append(orders, o)
		}
	}
	return nil, orders, len(orders) > 0
}

// activeOf lists the active claims of an order, the one due first first.
func (m *model) activeOf(orderNo string) []*claim {
	var all []*claim
	for _, c := range inOrder(m.claims) {
		if c.active && c.order == orderNo {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b *claim) int { return cmp.Compare(a.due, b.due) })
	return all
}

// match finds where a payment goes and books it there; byIBAN only when it has
// just come.
func (m *model) match(p *payment, from string, byIBAN bool) bool {
	claims, orders, found := m.hits(p)
	switch {
	case len(claims) == 1:
		m.payOne(p, claims[0], from)
		return true
	case len(orders) == 1:
		return m.payOrder(p, orders[0], from)
	case found || !byIBAN || p.iban == "":
		return false
	}
	for _, c := range inOrder(m.claims) {
		if c.active && m.paidFor[p.iban][c.customer] && m.open(c) == p.waiting {
			claims = append(claims, c)
		}
	}
	if len(claims) != 1 {
		return false
	}
	m.payOne(p, claims[0], from)
	return true
}

func (m *model) payOne(p *payment, c *claim, from string) {
	m.take(p, c, p.waiting, from, p.waiting == m.owes(c))
}

func (m *model) payOrder(p *payment, o *order, from string) bool {
	var exact, open []*claim
	active := m.activeOf(o.no)
	for _, c := range active {
		if m.owes(c) == p.waiting || m.open(c) == p.waiting {
			exact = append(exact, c)
		}
		if m.open(c) > 0 {
			open = append(open, c)
		}
	}
	switch {
	case len(active) == 0:
		return false
	case len(exact) == 1 && (len(open) == 1 || !m.oldest):
		m.payOne(p, exact[0], from)
		return true
	case len(open) == 0:
		m.take(p, active[len(active)-1], p.waiting, from, false)
		return true
	}
	for i, c := range open {
		amount := min(p.waiting, m.open(c))
		if i == len(open)-1 {
			amount = p.waiting
		}
		if amount > 0 {
			m.take(p, c, amount, from, false)
		}
	}
	return true
}

// take gives a claim a part of a payment: charges, interest and principal in
// the order of the terms, unless the debtor has named the principal; what is
// more than all of them is principal too.
func (m *model) take(p *payment, c *claim, amount cents, from string, principal bool) {
	x := &part{payment: p.no, claim: c, order: m.within}
	owed := &part{interest: m.interestOwed(c), principal: m.owes(c)}
	owed.charges = m.charges(c) - owed.interest
	rest := amount
	for _, what := range m.within {
		if !principal {
			*x.of(what) = min(rest, *owed.of(what))
			rest -= *x.of(what)
		}
	}
	x.principal += rest
	recovered := cents(0)
	if !principal {
		recovered = m.recover(x)
	}
	kind := "COLLECTION"
	if c.guaranteed {
		kind = "AFTER_GUARANTEE"
	}
	m.event(c, p.value(), kind, p.no, from, func() {
		m.parts = append(m.parts, x)
		c.chargesOff -= recovered
	})
	p.waiting -= amount
	if p.iban != "" {
		if m.paidFor[p.iban] == nil {
			m.paidFor[p.iban] = map[string]bool{}
		}
		m.paidFor[p.iban][c.customer] = true
	}
}

// recover: before anything is owed back to the debtor, the charges that were
// given up are paid; it returns how much of them.
func (m *model) recover(x *part) cents {
	c := x.claim
	more := min(c.chargesOff, x.principal-m.outstanding(c))
	if more <= 0 {
		return 0
	}
	interest := c.interest - x.interest
	for _, before := range m.parts {
		if before.claim == c {
			interest -= before.interest
		}
	}
	interest = min(c.chargesOff, max(0, interest))
	off := &part{interest: interest, charges: c.chargesOff - interest}
	rest := more
	for _, what := range m.within {
		take := min(rest, *off.of(what))
		*x.of(what) += take
		rest -= take
	}
	x.principal -= more
	return more
}

func (r record) value() day {
	if r.other != 0 {
		return r.other
	}
	return r.day
}

func (m *model) takePayment(r record) string {
	if r.kind != "" {
		m.takeTransfer(r)
		return ""
	}
	known := m.payments[r.no]
	switch {
	case r.amount < 0 && known == nil:
		return "UNKNOWN_INVOICE"
	case r.amount < 0:
		return m.giveBack(known, r)
	case known != nil:
		return "DUPLICATE"
	}
	p := &payment{record: r, waiting: r.amount}
	m.payments[r.no] = p
	if !m.match(p, "bank", true) {
		m.post(r.value(), "bank", nil, r.amount)
		m.post(r.value(), "suspense", nil, -r.amount)
	}
	return ""
}

// giveBack undoes a payment's own allocation in reverse: last claim first, in
// it last what was paid first.
func (m *model) giveBack(p *payment, r record) string {
	amount := -r.amount
	if p.returned || amount > p.amount || r.day < p.day {
		return "FIELD_RANGE"
	}
	p.returned = true
	if p.waiting > 0 {
		p.waiting -= amount
		m.post(r.value(), "suspense", nil, amount)
		m.post(r.value(), "bank", nil, -amount)
		return ""
	}
	for i := len(m.parts) - 1; i >= 0 && amount > 0; i-- {
		x := m.parts[i]
		if x.payment != p.no {
			continue
		}
		m.event(x.claim, r.value(), "CHARGEBACK", p.no, "bank", func() {
			for _, what := range slices.Backward(x.order) {
				back := min(amount, *x.of(what))
				*x.of(what) -= back
				amount -= back
			}
		})
	}
	return ""
}

// retry tries what waits once more, at the end of a batch.
func (m *model) retry() {
	waiting := inOrder(m.payments)
	slices.SortStableFunc(waiting, func(a, b *payment) int { return cmp.Compare(a.day, b.day) })
	for _, p := range waiting {
		if p.waiting > 0 && p.kind == "" {
			m.match(p, "suspense", false)
		}
	}
}

// takeTransfer books an entry of the bank on a transfer of ours: it left, or it
// came back. All else is in suspense, with its sign.
func (m *model) takeTransfer(r record) {
	for _, x := range m.transfers {
		if x.id != m.transferID(r) || r.kind == "OTHER" || x.amount != max(r.amount, -r.amount) {
			continue
		}
		switch {
		case r.amount < 0 && !x.left:
			x.left = true
			m.post(r.value(), "transit", nil, x.amount)
			m.post(r.value(), "bank", nil, -x.amount)
			return
		case r.amount > 0 && x.left && !x.returned:
			x.returned = true
			m.comeBack(x, r)
			return
		}
	}
	m.payments[r.no] = &payment{record: r, waiting: r.amount}
	m.post(r.value(), "bank", nil, r.amount)
	m.post(r.value(), "suspense", nil, -r.amount)
}

// transferID is the end-to-end id of an entry; a story names merchants by *.
func (t terms) transferID(r record) string { return strings.ReplaceAll(r.transfer, "*", t.merchant) }

// comeBack: the merchant, or the debtor, is owed the money again.
func (m *model) comeBack(x *transfer, r record) {
	if x.purpose == "PAYOUT" {
		m.post(r.value(), "bank", nil, x.amount)
		m.post(r.value(), "payable", nil, -x.amount)
		m.lines = append(m.lines, line{kind: "PAYOUT_RETURNED", document: x.id, booked: m.today, amount: x.amount})
		return
	}
	m.event(x.claim, r.value(), "", x.id, "bank", func() {
		m.parts = append(m.parts, &part{payment: x.id, claim: x.claim, principal: x.amount})
	})
}
