package samples

import (
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// An event is a document of an order, not yet written out.
type event struct {
	feed   purchase.Feed
	kind   string       // of returns, credits, instructions; else what is special
	part   int          // which invoice of the order, 0 or 1
	copy   int          // the how many-th document of its feed and part
	day    int          // whose files carry it
	date   int          // what it is dated
	amount money.Amount // of the document
	names  bool         // a credit that names its return
	bad    bool         // must not be booked, see [spoil]
}

// What is special about a document; other kinds are those of [purchase].
const (
	incomplete = "incomplete" // an order without some of the data for a decision
	corrected  = "corrected"  // the same order, complete
	last       = "last"       // a cancellation of what is left
	bounced    = "bounced"    // money that the bank took back
)

// An outcome is what will become of an order.
type outcome int

const (
	good outcome = iota
	underage
	abroad
	outsized
	missing
)

// A history is all that happens to one order, computed from the seed and the
// number of the order alone: nothing is remembered between orders, so memory
// does not grow with their number.
type history struct {
	order     int // its number, from 0
	day       int // on which it is placed
	outcome   outcome
	elsewhere bool
	gross     money.Amount
	events    []event
	parts     [2]money.Amount // amounts of the invoices

	g *generator
	d draw
}

// tell fills in the history of an order that is placed on a day.
func (h *history) tell(order, day int) {
	h.order, h.day, h.events = order, day, h.events[:0]
	h.d = newDraw(h.g.Seed, order, onHistory)
	h.gross = h.d.gross(&h.g.basket)
	if h.g.Simple {
		h.add(event{feed: purchase.Orders, day: day, date: day, amount: h.gross})
		h.add(event{feed: purchase.Shipments, day: day, date: day, amount: h.gross})
		return
	}
	h.outcome, h.elsewhere = h.fate()
	switch h.outcome {
	case outsized:
		h.gross = h.gross*3 + 160_000
		if h.d.chance(300) {
			h.gross = money.Amount(h.d.between(20, 99))
		}
	case missing:
		h.add(event{feed: purchase.Orders, kind: incomplete, day: day, date: day, amount: h.gross})
		if h.d.chance(500) {
			h.add(event{feed: purchase.Orders, kind: corrected, day: day + 1, date: day, amount: h.gross})
			h.fulfil(day + 1)
		}
		return
	}
	h.add(event{feed: purchase.Orders, day: day, date: day, amount: h.gross})
	if h.outcome == good && !(h.elsewhere && h.gross > 30_000) {
		h.fulfil(day)
	}
	if h.d.chance(h.g.Shares.Messy) {
		h.mess()
	}
}

// fate decides whether the provider can accept the order.
func (h *history) fate() (result outcome, elsewhere bool) {
	s, roll := &h.g.Shares, h.d.below(1000)
	for _, c := range [...]struct {
		share int
		outcome
	}{{s.Age, underage}, {s.Country, abroad}, {s.Limit, outsized}, {s.Missing, missing}} {
		if roll < c.share {
			return c.outcome, false
		}
		roll -= c.share
	}
	return good, h.d.chance(s.Elsewhere)
}

func (h *history) add(e event) { h.events = append(h.events, e) }

// fulfil invoices, ships and settles the order from a day on, or cancels it.
func (h *history) fulfil(day int) {
	s := &h.g.Shares
	if h.d.chance(s.Cancelled) {
		day += h.d.below(2)
		h.add(event{feed: purchase.Cancellations, day: day, date: day})
		return
	}
	h.parts = [2]money.Amount{h.gross, 0}
	if h.gross > 2000 && h.d.chance(s.Split) {
		h.parts[0] = h.d.share(h.gross, 30, 70)
		h.parts[1] = h.gross - h.parts[0]
	}
	h.deliver(0, h.g.working[day+h.d.below(3)])
	if h.parts[1] == 0 {
		return
	}
	day = h.g.working[day+h.d.between(5, 9)]
	if h.d.chance(200) {
		h.add(event{feed: purchase.Cancellations, kind: last, day: day, date: day})
		return
	}
	h.deliver(1, day)
}

// deliver invoices and ships a part of the order, and lets the customer react.
func (h *history) deliver(part, invoiced int) {
	amount := h.parts[part]
	shipped := h.g.working[invoiced+h.d.below(2)]
	if h.g.InvoiceFromShipments {
		invoiced = shipped
	} else {
		h.add(event{feed: purchase.Invoices, part: part, day: invoiced, date: invoiced, amount: amount})
	}
	told := shipped
	if h.d.chance(30) { // exported a day late
		told = h.g.working[shipped+1]
	}
	h.add(event{feed: purchase.Shipments, part: part, day: told, date: shipped, amount: amount})
	if h.d.chance(40) { // a second parcel
		next := h.g.working[told+1]
		h.add(event{feed: purchase.Shipments, part: part, copy: 1, day: next, date: next})
	}
	h.settle(part, told, h.sendBack(part, told))
}
