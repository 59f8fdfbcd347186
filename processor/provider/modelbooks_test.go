package provider_test

// The one formula (§ 7), and what it moves in the books (§ 8).

// reduced is K: credits, and received returns that no credit names; an unnamed
// correction of exactly the amount of an unnamed return is taken to name it.
func (m *model) reduced(docs []record) cents {
	named := map[string]bool{}
	for _, d := range docs {
		if d.feed == "credits" {
			named[d.text] = true
		}
	}
	var k cents
	corrections, returns := map[cents]int{}, map[cents]int{}
	for _, d := range docs {
		switch {
		case d.feed == "credits":
			k += d.amount
			if d.kind == "CORRECTION" && d.text == "" {
				corrections[d.amount]++
			}
		case d.feed == "returns" && d.kind == "RECEIVED" && !named[d.no]:
			k += d.amount
			returns[d.amount]++
		}
	}
	if m.assume {
		for amount, n := range corrections {
			k -= amount * cents(min(n, returns[amount]))
		}
	}
	return k
}

func direct(docs []record) (d cents) {
	for _, doc := range docs {
		if doc.kind == "DIRECT_PAYMENT" {
			d += doc.amount
		}
	}
	return d
}

func (m *model) base(c *claim) cents {
	docs := c.docs
	if c.active {
		docs = docs[:c.booked]
	}
	return c.invoiced - m.reduced(docs) - direct(docs)
}

func (m *model) paid(c *claim) (p cents) {
	for _, x := range m.parts {
		if x.claim == c {
			p += x.principal
		}
	}
	return p
}

func (m *model) outstanding(c *claim) cents { return max(0, m.base(c)-m.paid(c)) }
func (m *model) refund(c *claim) cents      { return max(0, m.paid(c)-m.base(c)) }

// entitled is E; what was paid back to the debtor and then charged back is not
// the merchant's loss.
func (m *model) entitled(c *claim) cents {
	if c.guaranteed {
		return m.base(c)
	}
	return max(0, min(m.paid(c), m.base(c)))
}

func (m *model) chargesPaid(c *claim) (p cents) {
	for _, x := range m.parts {
		if x.claim == c {
			p += x.charges + x.interest
		}
	}
	return p
}

// interestOwed is what is open of the interest; where a late return has lowered
// it below what was paid, that stands against the fees.
func (m *model) interestOwed(c *claim) cents {
	owed := c.interest
	for _, x := range m.parts {
		if x.claim == c {
			owed -= x.interest
		}
	}
	return min(m.charges(c), max(0, owed))
}

// owes is the principal that a debtor still owes and that was not given up.
func (m *model) owes(c *claim) cents {
	if !c.active {
		return 0
	}
	return m.outstanding(c) - c.writtenOff
}

func (m *model) charges(c *claim) cents {
	return c.fees + c.flat + c.interest - c.chargesOff - m.chargesPaid(c)
}

func (m *model) open(c *claim) cents { return m.owes(c) + m.charges(c) }

func (m *model) post(date day, account string, c *claim, amount cents) {
	p := posting{account: account, date: date, amount: amount}
	if c != nil {
		p.claim = c.no
	}
	m.postings = append(m.postings, p)
}

// event changes a claim and posts the differences of its state; kind is the
// type of the merchant's line, "" for one that is written only when it must be.
func (m *model) event(c *claim, date day, kind, document, cash string, change func()) {
	receivable, refund, entitled, base, paid, off := m.owes(c), m.refund(c), m.entitled(c), m.base(c), m.paid(c), c.writtenOff+c.chargesOff
	charges, chargesPaid := m.charges(c), m.chargesPaid(c)
	change()
	c.writtenOff = min(c.writtenOff, m.outstanding(c)) // money that comes after all is a recovery
	m.post(date, "receivable", c, m.owes(c)-receivable)
	m.post(date, "losses", nil, c.writtenOff+c.chargesOff-off)
	m.post(date, "refunds", nil, refund-m.refund(c))
	m.post(date, "pending", nil, base-entitled-m.base(c)+m.entitled(c))
	m.post(date, "payable", nil, entitled-m.entitled(c))
	m.post(date, cash, nil, m.paid(c)-paid+m.chargesPaid(c)-chargesPaid)
	m.post(date, "charges", c, m.charges(c)-charges)
	if kind == "" && m.entitled(c) != entitled {
		kind = "COLLECTION"
	}
	if kind != "" {
		m.say(c, kind, document, m.entitled(c)-entitled)
	}
}

func (m *model) say(c *claim, kind, document string, amount cents) {
	m.lines = append(m.lines, line{
		kind: kind, order: c.order, invoice: c.no, document: document, customer: c.customer,
		booked: m.today, guarantee: m.guaranteeDay(c), due: c.due, gross: c.invoiced, amount: amount,
	})
}

func (m *model) guaranteeDay(c *claim) day {
	anchor := map[string]day{"activation": c.activated, "invoice": c.date, "due": c.due}[m.anchor]
	return anchor + day(m.guaranteeDays)
}

// percent is amount × points hundredths of a percent, rounded half up; never
// used below zero.
func percent(amount cents, points int64) cents { return (amount*points + 5_000) / 10_000 }
