package provider_test

import (
	"cmp"
	"fmt"
	"slices"
)

// feedsInOrder is the order in which the records of a batch are applied.
var feedsInOrder = []string{"orders", "invoices", "shipments", "returns", "credits", "cancellations", "payments", "instructions", "operator"}

func sortRecords(all []record) {
	slices.SortStableFunc(all, func(a, b record) int {
		return cmp.Compare(slices.Index(feedsInOrder, a.feed), slices.Index(feedsInOrder, b.feed))
	})
}

// batch applies records and returns a code for each, "" for one that is taken.
func (m *model) batch(d day, records []record) (codes []string) {
	m.today = d
	for _, r := range records {
		codes = append(codes, m.takeRecord(r))
	}
	m.retry()
	return codes
}

func (m *model) takeRecord(r record) string {
	switch r.feed {
	case "orders":
		return m.takeOrder(r)
	case "invoices":
		return m.takeInvoice(r)
	case "shipments":
		c := m.claims[r.invoice]
		if c == nil {
			return "UNKNOWN_INVOICE"
		}
		if !c.active {
			m.activate(c, r.day)
		}
	case "cancellations":
		o := m.orders[r.order]
		if o == nil {
			return "UNKNOWN_ORDER"
		}
		o.cancelled = true
	case "payments":
		return m.takePayment(r)
	case "operator":
		return m.command(r)
	default:
		return m.takePaper(r)
	}
	return ""
}

// activate: invoice and first shipment are known. What came before is booked
// directly after, each with its own line.
func (m *model) activate(c *claim, shipped day) {
	c.active, c.activated = true, max(c.date, shipped)
	given := c.dueGiven
	if given == 0 {
		given = c.date + day(c.term)
	}
	c.due = nextWorking(max(given, c.activated+day(c.term)))
	for _, d := range c.docs {
		if d.kind == "DUE_CHANGE" {
			c.due = nextWorking(d.day)
		}
	}
	m.post(c.activated, "receivable", c, c.invoiced)
	m.post(c.activated, "pending", nil, -c.invoiced)
	fee := percent(c.invoiced, m.feePercent) + m.feeFixed
	m.post(c.activated, "payable", nil, fee)
	m.post(c.activated, "fees", nil, -fee)
	m.say(c, "FEE", c.no, -fee)
	for c.booked < len(c.docs) {
		m.bookNext(c)
	}
}

func (m *model) takePaper(r record) string {
	c := m.claims[r.invoice]
	if c == nil {
		return "UNKNOWN_INVOICE"
	}
	for _, d := range c.docs {
		if d.feed == r.feed && d.no == r.no && d.kind == r.kind {
			return "DUPLICATE"
		}
	}
	all := append(slices.Clone(c.docs), r)
	if c.invoiced-m.reduced(all)-direct(all) < 0 {
		return "OVER_CREDIT"
	}
	c.docs = all
	if c.active {
		if r.kind == "DUE_CHANGE" {
			c.due = nextWorking(r.day)
		}
		m.bookNext(c)
	}
	return ""
}

// bookNext books the next document of an active claim.
func (m *model) bookNext(c *claim) {
	r := c.docs[c.booked]
	kind := ""
	switch {
	case r.kind == "RECEIVED":
		kind = "RETURN"
	case r.feed == "credits" && m.reduced(c.docs[:c.booked+1]) < m.reduced(c.docs[:c.booked]):
		kind = "REINSTATED"
	case r.feed == "credits":
		kind = "CREDIT"
	case r.kind == "DIRECT_PAYMENT":
		kind = "DIRECT_PAYMENT"
	default: // makes no line
		c.booked++
		return
	}
	m.event(c, r.day, kind, r.no, "", func() { c.booked++ })
	if kind != "DIRECT_PAYMENT" && m.reduced(c.docs[:c.booked]) == c.invoiced {
		m.waive(c, r.day)
	}
}

// waive: a claim that returns and credits bring to zero loses its charges; what
// was paid on them is owed back.
func (m *model) waive(c *claim, date day) {
	if c.fees == 0 && c.flat == 0 && c.interest == 0 {
		return
	}
	open, owes, refund, off := m.charges(c), m.owes(c), m.refund(c), c.writtenOff+c.chargesOff
	m.post(date, "dunning_fees", nil, c.fees+c.flat)
	m.post(date, "interest", nil, c.interest)
	m.post(date, "charges", c, -open)
	c.fees, c.flat, c.interest, c.chargesOff = 0, 0, 0, 0
	for _, x := range m.parts {
		if x.claim == c {
			x.principal, x.charges, x.interest = x.principal+x.charges+x.interest, 0, 0
		}
	}
	c.writtenOff = min(c.writtenOff, m.outstanding(c))
	m.post(date, "receivable", c, m.owes(c)-owes)
	m.post(date, "refunds", nil, refund-m.refund(c))
	m.post(date, "losses", nil, c.writtenOff-off)
	c.waived = m.today
}

// command carries out what an operator decided.
func (m *model) command(r record) string {
	if r.kind == "DECIDE" {
		return m.review(r)
	}
	c := m.claims[r.invoice]
	if c == nil || !c.active {
		return "UNKNOWN_INVOICE"
	}
	switch r.kind {
	case "ASSIGN":
		p := m.payments[r.text]
		if p == nil || p.waiting <= 0 || p.kind != "" {
			return "CLOSED"
		}
		m.payOne(p, c, "suspense")
	case "WRITE_OFF":
		if m.open(c) == 0 {
			return "CLOSED"
		}
		principal, charges := m.owes(c), m.charges(c)
		c.writtenOff, c.chargesOff = c.writtenOff+principal, c.chargesOff+charges
		m.post(r.day, "losses", nil, principal+charges)
		m.post(r.day, "receivable", c, -principal)
		m.post(r.day, "charges", c, -charges)
	case "RECOURSE":
		if !c.guaranteed {
			return "CLOSED"
		}
		c.recourse = true
		m.event(c, r.day, "REVERSAL", r.no, "", func() { c.guaranteed = false })
	case "PAY_REFUND":
		return m.payRefund(c, r)
	}
	return ""
}

// payRefund pays what is owed to the debtor: to the account that was named, or
// the one that the last payment came from.
func (m *model) payRefund(c *claim, r record) string {
	amount := m.refund(c)
	if amount == 0 {
		return "CLOSED"
	}
	to, last := r.iban, day(0)
	for _, p := range inOrder(m.payments) {
		touched := slices.ContainsFunc(m.parts, func(x *part) bool { return x.payment == p.no && x.claim == c })
		if r.iban == "" && touched && p.day >= last {
			to, last = p.iban, p.day
		}
	}
	if to == "" {
		return "UNKNOWN_ACCOUNT"
	}
	n := 1
	for _, x := range m.transfers {
		if x.purpose == "REFUND" {
			n++
		}
	}
	x := &transfer{id: fmt.Sprintf("R-%s-%06d", m.merchant, n), purpose: "REFUND", amount: amount, claim: c}
	m.transfers = append(m.transfers, x)
	m.event(c, r.day, "", x.id, "transit", func() {
		m.parts = append(m.parts, &part{payment: x.id, claim: c, principal: -amount})
	})
	return ""
}
