package provider_test

import "time"

// Guarantee (§ 7) and payout (§ 9).

func (m *model) guarantee(d day) {
	m.today = d
	for _, c := range inOrder(m.claims) {
		if !c.active || c.guaranteed || c.recourse || m.outstanding(c) <= 0 || d < m.guaranteeDay(c) ||
			openOn(c.docs, "DISPUTE", "DISPUTE_CLOSED", d) || m.announced(c.docs, d) {
			continue
		}
		m.event(c, d, "GUARANTEE", c.no, "", func() { c.guaranteed = true })
	}
}

// openOn: opened on a day ≤ d, and not closed on that day or later, up to d.
func openOn(docs []record, opens, closes string, d day) bool {
	for _, o := range docs {
		open := o.kind == opens && o.day <= d
		for _, x := range docs {
			if x.kind == closes && o.day <= x.day && x.day <= d {
				open = false
			}
		}
		if open {
			return true
		}
	}
	return false
}

func (m *model) announced(docs []record, d day) bool {
	for _, a := range docs {
		open := a.kind == "ANNOUNCED" && a.day <= d && d < a.day+day(m.announcedDays)
		for _, x := range docs {
			if x.kind == "RECEIVED" && x.no == a.no || x.feed == "credits" && x.text == a.no {
				open = false
			}
		}
		if open {
			return true
		}
	}
	return false
}

func (m *model) payOut(d day) {
	m.today = d
	to := d - 1
	for to.weekday() != time.Sunday {
		to--
	}
	p := payout{id: "P-" + m.merchant + "-" + to.week(), from: to - 6, to: to, date: d}
	for !p.date.bankDay() {
		p.date++
	}
	if n := len(m.payouts); n > 0 {
		if m.payouts[n-1].to >= to {
			return // one per week, for ever
		}
		p.opening = m.payouts[n-1].closing
	}
	for _, l := range m.lines[m.paidLines:] {
		if l.kind == "FEE" {
			p.net -= l.amount
		}
	}
	if p.net > 0 {
		p.vat = percent(p.net, m.vat)
		m.lines = append(m.lines, line{kind: "VAT_ON_FEE", document: p.id, booked: d, amount: -p.vat})
		m.post(d, "payable", nil, p.vat)
		m.post(d, "vat", nil, -p.vat)
	}
	p.lines, m.paidLines = m.lines[m.paidLines:], len(m.lines)
	p.closing = p.opening
	for _, l := range p.lines {
		p.closing += l.amount
	}
	if p.closing > 0 && p.closing >= m.payoutMin {
		p.amount, p.closing = p.closing, 0
		m.post(d, "payable", nil, p.amount)
		m.post(d, "transit", nil, -p.amount)
		m.transfers = append(m.transfers, &transfer{id: p.id, purpose: "PAYOUT", amount: p.amount})
	}
	m.payouts = append(m.payouts, p)
}

// state names what the merchant is told of a claim.
func (m *model) state(c *claim) string {
	switch {
	case m.reduced(c.docs[:c.booked]) == c.invoiced:
		return "CREDITED"
	case m.refund(c) > 0:
		return "OVERPAID"
	case m.outstanding(c) == 0:
		return "PAID"
	case c.level == len(m.after):
		return "COLLECTION"
	case c.level > 0:
		return "IN_DUNNING"
	case c.guaranteed:
		return "GUARANTEED"
	case m.paid(c) > 0:
		return "PARTIALLY_PAID"
	}
	return "OPEN"
}
