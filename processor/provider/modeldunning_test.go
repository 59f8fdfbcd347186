package provider_test

import "math/big"

// Dunning (§ 10).

// dun runs the notices of a day, once.
func (m *model) dun(d day) {
	m.today = d
	if m.dunned >= d {
		return
	}
	for _, c := range inOrder(m.claims) {
		if !m.nextLevelDue(c, d) || m.owes(c) <= 0 || m.open(c) < m.dunningMin {
			continue
		}
		m.dunned = d
		n := &notice{run: d, claim: c, level: c.level + 1, hold: m.holds(c, d), status: "ISSUED", outstanding: m.owes(c), total: c.interest}
		m.notices = append(m.notices, n)
		if n.hold == "" && n.level >= 2 {
			m.computeInterest(n)
		}
		if n.hold == "" {
			m.issue(n)
		} else {
			n.status = "HELD"
		}
		n.open, n.owed = m.charges(c), m.open(c)
	}
}

// nextLevelDue: level 1 seven days after due; a further one its days after the
// last was really sent, and never before the first day.
func (m *model) nextLevelDue(c *claim, d day) bool {
	if !c.active || c.level == len(m.after) || d < c.due+day(m.after[0]) {
		return false
	}
	return c.level == 0 || c.sent != 0 && d >= c.sent+day(m.after[c.level])
}

func (m *model) holds(c *claim, d day) string {
	third := d
	for n := 0; n < m.statementDays; {
		third--
		if third.bankDay() {
			n++
		}
	}
	switch {
	case openOn(c.docs, "HOLD", "RELEASE", d):
		return "HOLD"
	case openOn(c.docs, "DISPUTE", "DISPUTE_CLOSED", d):
		return "DISPUTE"
	case m.announced(c.docs, d):
		return "RETURN_ANNOUNCED"
	}
	for _, p := range m.payments {
		if p.waiting > 0 && (p.waiting == m.owes(c) || p.waiting == m.open(c)) {
			return "PAYMENT_WAITING"
		}
	}
	if m.statement < third {
		return "STATEMENT_OLD"
	}
	return ""
}

// inDefault is the first day that bears interest.
func (m *model) inDefault(c *claim) day {
	start := c.firstSent + day(m.letterDays) + 1
	if c.business || c.notice {
		start = min(start, nextWorking(c.due+30)+1)
	}
	return max(start, c.due+1, c.waived)
}

// principal is what the books say was owed on a day, by the dates of the
// documents.
func (m *model) principal(c *claim, d day) (sum cents) {
	for _, p := range m.postings {
		if p.account == "receivable" && p.claim == c.no && p.date <= d {
			sum += p.amount
		}
	}
	return max(0, sum)
}

// computeInterest counts each day from the first of default to the day before
// the notice, and rounds the sum once.
func (m *model) computeInterest(n *notice) {
	points := m.consumerPoints
	if n.claim.business {
		points = m.businessPoints
	}
	sum := new(big.Rat)
	for x := m.inDefault(n.claim); x < n.run; x++ {
		principal := m.principal(n.claim, x)
		var base rate
		for _, r := range m.rates {
			if r.from <= x {
				base = r
			}
		}
		if principal > 0 && x >= halfYearLater(base.from) {
			n.hold, n.segments = "BASE_RATE", nil
			return
		}
		sum.Add(sum, big.NewRat(principal*(base.points+points), 10_000*365))
		if k := len(n.segments); k > 0 && n.segments[k-1].principal == principal && n.segments[k-1].points == base.points+points {
			n.segments[k-1].to = x
		} else {
			n.segments = append(n.segments, segment{x, x, principal, base.points + points})
		}
	}
	half := big.NewRat(1, 2)
	if sum.Sign() < 0 {
		half.Neg(half)
	}
	sum.Add(sum, half)
	n.total = new(big.Int).Quo(sum.Num(), sum.Denom()).Int64()
}

func (m *model) issue(n *notice) {
	c := n.claim
	n.fee = m.fees[n.level-1]
	if c.business {
		var sum cents
		for _, f := range m.fees[:n.level] {
			sum += f
		}
		n.fee = max(0, max(0, sum-m.flat)-c.feesEver)
		if n.level >= 2 && c.flatEver == 0 {
			n.flat = m.flat
		}
	}
	if n.level >= 2 {
		n.booked = max(n.total-c.interest, -(m.charges(c) + n.fee + n.flat))
	}
	c.fees, c.flat, c.interest = c.fees+n.fee, c.flat+n.flat, c.interest+n.booked
	c.feesEver, c.flatEver = c.feesEver+n.fee, c.flatEver+n.flat
	m.post(n.run, "charges", c, n.fee+n.flat+n.booked)
	m.post(n.run, "dunning_fees", nil, -n.fee-n.flat)
	m.post(n.run, "interest", nil, -n.booked)
	c.level, c.sent = n.level, 0
	if n.level == len(m.after) {
		n.status = "COLLECTION"
	} else {
		n.next = n.run + day(m.after[n.level])
	}
}

// leave: the notices of a run left for the debtors on a day.
func (m *model) leave(run, d day) {
	for _, n := range m.notices {
		if n.run != run || n.hold != "" || n.status == "SENT" || n.level != n.claim.level || n.claim.sent != 0 {
			continue
		}
		if n.status == "ISSUED" {
			n.status = "SENT"
		}
		n.claim.sent = d
		if n.level == 1 {
			n.claim.firstSent = d
		}
	}
}
