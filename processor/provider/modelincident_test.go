package provider_test

import (
	"fmt"
	"strings"
)

// What happens to the teller's merchant.

func (t *teller) number(format string) string {
	t.n++
	return fmt.Sprintf(format, t.n)
}

// sell draws an order, its invoices and their shipments, known now or later.
func (t *teller) sell() {
	o := t.debtor(pick(t.Rand, "A%04d", "A%04d", "1000%02d", "A-%d", "AB-%04d/1", "ü%04d"))
	o.feed, o.day, o.currency, o.term = "orders", t.day-day(t.IntN(3)), "EUR", pick(t.Rand, -1, -1, 10)
	o.amount = cents(pick(t.Rand, 500+t.IntN(60_000), 500+t.IntN(60_000), 20_000, 20_000, 100, 150_000+t.IntN(2)))
	t.flaw(&o)
	t.later = append(t.later, o)
	if t.IntN(12) == 0 { // the same again, as it should be
		o.first, o.phone = "Erika", "030 1"
		t.later = append(t.later, o)
	}
	rest := o.amount
	for i := range pick(t.Rand, 1, 1, 1, 2, 3) {
		amount := rest
		if t.IntN(3) == 0 || i == 0 && t.IntN(3) == 0 {
			amount = min(rest, 1+rest/cents(2+t.IntN(3)))
		}
		if amount == 0 {
			break
		}
		rest -= amount
		inv := record{
			feed: "invoices", no: t.number(pick(t.Rand, "RE%04d", "RE%04d", "20260%03d", "R%d")), order: o.no, day: o.day + day(t.IntN(5)),
			currency: "EUR", amount: amount, term: pick(t.Rand, -1, -1, 5, 20), notice: t.IntN(4) == 0,
		}
		if t.IntN(15) == 0 {
			inv.amount++ // more than is left, or a cent more than was meant
		}
		if t.IntN(6) == 0 {
			inv.no = o.no + "-" + fmt.Sprint(i)
		}
		if t.IntN(6) == 0 {
			inv.other = inv.day + day(t.IntN(30))
		}
		t.later = append(t.later, inv, record{feed: "shipments", no: t.number("L%d"), order: o.no, invoice: inv.no, day: inv.day + day(t.IntN(7)) - 1, term: -1})
	}
}

// debtor draws who orders.
func (t *teller) debtor(format string) record {
	k := t.IntN(4)
	r := record{
		no: t.number(format), customer: fmt.Sprintf("K%d", k), first: "Erika", phone: "030 1", postcode: "10115", country: "DE", other: dayOf(1980, 5, 6+k%3),
		last: []string{"Müller", "Schmidt", "Meier", "MUELLER"}[k],
	}
	if k == 3 {
		r.other = dayOf(1980, 5, 6) // the person of K0
	}
	if k == 1 {
		r.business, r.company = true, "Muster GmbH"
	}
	return r
}

// flaw makes some orders such that they are declined.
func (t *teller) flaw(o *record) {
	switch t.IntN(24) {
	case 0:
		o.first = pick(t.Rand, "E.", "E", "")
	case 1:
		o.phone = ""
	case 2:
		o.country = "AT"
	case 3:
		o.currency = "CHF"
	case 4, 5, 6:
		o.shipTo = pick(t.Rand, "Nebenweg", "HAUPTSTRASSE")
	case 7:
		o.shipLand = pick(t.Rand, "DE", "FR")
	case 8:
		o.other = o.day - 18*365 - 4 + day(t.IntN(3)) - 1
	}
}

// incident draws one event.
func (t *teller) incident() (record, bool) {
	var active []*claim
	all := inOrder(t.m.claims)
	for _, c := range all {
		if c.active {
			active = append(active, c)
		}
	}
	if len(all) == 0 {
		return record{}, false
	}
	c := pick(t.Rand, all...)
	if len(active) > 0 && t.IntN(8) > 0 {
		c = pick(t.Rand, active...)
	}
	r := record{invoice: c.no, day: t.day - day(pick(t.Rand, 0, 0, 1, 9)), amount: t.amount(c), currency: "EUR", term: -1}
	switch t.IntN(26) {
	case 0, 1, 2, 3, 4, 5, 6:
		r.feed, r.no, r.text, r.invoice = "payments", t.number("Z%03d"), t.reference(c), ""
		r.iban = pick(t.Rand, "", ibans[len(c.customer+c.no)%3], ibans[t.IntN(3)])
		if t.IntN(4) == 0 {
			r.other = r.day + day(t.IntN(5)) - 2
		}
	case 7, 8:
		return t.chargeback(r)
	case 9, 10:
		r.feed, r.kind, r.no = "returns", "RECEIVED", t.returnOf(c)
	case 11:
		r.feed, r.kind, r.no, r.amount = "returns", "ANNOUNCED", t.returnOf(c), 0
	case 12, 13, 14:
		r.feed, r.kind, r.no = "credits", pick(t.Rand, "CORRECTION", "CORRECTION", "VALUE", "GOODWILL"), t.number("G%d")
		if t.IntN(2) == 0 {
			r.text = t.returnOf(c)
		}
		for _, d := range c.docs {
			if d.kind == "RECEIVED" && t.IntN(3) == 0 {
				r.text, r.amount = d.no, 1+d.amount/2
			}
		}
	case 15:
		r.feed, r.kind, r.no = "instructions", "DIRECT_PAYMENT", t.number("I%d")
	case 16, 17:
		r.feed, r.kind, r.no, r.amount = "instructions", pick(t.Rand, "HOLD", "DISPUTE"), t.number("I%d"), 0
		end := r
		end.kind, end.no, end.day = map[string]string{"HOLD": "RELEASE", "DISPUTE": "DISPUTE_CLOSED"}[r.kind], t.number("I%d"), r.day+day(t.IntN(25))
		t.later = append(t.later, end)
	case 18:
		r.feed, r.kind, r.no, r.amount = "instructions", "DUE_CHANGE", t.number("I%d"), 0
		r.day = max(c.date, t.day+day(t.IntN(40))-10)
	case 19, 20:
		return t.transfer(r)
	case 21:
		r.feed, r.no, r.order, r.invoice, r.amount = "cancellations", t.number("S%d"), c.order, "", 0
	default:
		return t.command(r, c)
	}
	return r, true
}

var ibans = []string{"DE89370400440532013000", "DE02500105170137075030", "DE02100500000054540402"}

func (t *teller) amount(c *claim) cents {
	owed, open := t.m.owes(c), t.m.open(c)
	if t.IntN(2) == 0 {
		return max(1, pick(t.Rand, c.invoiced/20, c.invoiced/7, c.invoiced/3, 500))
	}
	return max(1, pick(t.Rand, owed, owed, open, open, open+cents(t.IntN(3_000)), owed/2, owed/3, 1, c.invoiced, cents(t.IntN(int(c.invoiced)+1))))
}

// returnOf draws the number of a return of a claim, new or known.
func (t *teller) returnOf(c *claim) string { return fmt.Sprintf("T%s.%d", c.no, t.IntN(4)) }

func (t *teller) reference(c *claim) string {
	rf := creditorReference(c.order)
	spaced := rf
	if len(rf) > 6 {
		spaced = rf[:4] + " " + rf[4:6] + " " + rf[6:]
	}
	other := pick(t.Rand, inOrder(t.m.claims)...)
	return pick(t.Rand,
		c.no, c.no, c.no, "Rechnung "+strings.ToLower(c.no)+", danke", c.order, c.order, "("+c.order+")", rf, rf+" "+c.no, "Ref. "+strings.ToLower(spaced), spaced,
		"x"+c.no, c.no+"9", c.no+" "+other.no, c.order+" "+other.order, rf[:len(rf)-1]+"0", "ohne Angabe", "",
	)
}

// chargeback draws that a payment is returned by the bank.
func (t *teller) chargeback(r record) (record, bool) {
	all := inOrder(t.m.payments)
	if len(all) == 0 {
		return r, false
	}
	p := pick(t.Rand, all...)
	if p.kind != "" {
		return r, false
	}
	r.feed, r.no, r.invoice = "payments", p.no, ""
	r.amount = -pick(t.Rand, p.amount, p.amount, p.amount, 1+p.amount/2, p.amount+1)
	r.day = max(r.day, p.day-day(t.IntN(2)))
	return r, true
}

// transfer draws the bank's entry for money that we have sent, or a like one.
func (t *teller) transfer(r record) (record, bool) {
	if len(t.m.transfers) == 0 {
		return r, false
	}
	x := pick(t.Rand, t.m.transfers...)
	r.feed, r.no, r.invoice, r.kind, r.transfer, r.amount = "payments", t.number("B%03d"), "", x.purpose, strings.ReplaceAll(x.id, t.m.merchant, "*"), -x.amount
	if x.left {
		r.amount = x.amount
	}
	switch t.IntN(10) {
	case 0:
		r.amount++
	case 1:
		r.kind = "OTHER"
	case 2:
		r.amount = -r.amount
	}
	return r, true
}

// command draws what an operator decides.
func (t *teller) command(r record, c *claim) (record, bool) {
	r.feed, r.no, r.amount, r.day = "operator", t.number("O%d"), 0, t.day
	r.kind = pick(t.Rand, "ASSIGN", "ASSIGN", "ASSIGN", "DECIDE", "WRITE_OFF", "RECOURSE", "PAY_REFUND", "PAY_REFUND", "PAY_REFUND")
	switch r.kind {
	case "DECIDE":
		o := pick(t.Rand, inOrder(t.m.orders)...)
		r.order, r.text, r.invoice = o.no, pick(t.Rand, "ACCEPTED", "DECLINED"), ""
	case "ASSIGN":
		for _, p := range inOrder(t.m.payments) {
			if r.text == "" || p.waiting > 0 && t.IntN(2) == 0 {
				r.text = p.no
			}
		}
		return r, r.text != ""
	case "PAY_REFUND":
		for _, x := range inOrder(t.m.claims) {
			if x.active && t.m.refund(x) > 0 {
				r.invoice = x.no
			}
		}
		r.iban = pick(t.Rand, "", ibans[0])
	}
	return r, true
}
