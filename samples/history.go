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

// A history is what happens to one order on one day, computed from the seed and
// the number of the order alone: nothing is remembered between orders, so
// memory does not grow with their number.
type history struct {
	order  int // its number, from 0
	day    int // on which it is placed
	on     int // the day of which events are kept; [always] keeps all
	fate   fate
	gross  money.Amount
	parts  [2]money.Amount // amounts of the invoices
	events []event

	g *generator
	d draw
}

// always is no day: the history keeps the events of all days.
const always = -1

// tell fills in what happens on a day to the order that is placed on another.
func (h *history) tell(order, placed, on int) {
	h.order, h.day, h.on, h.events = order, placed, on, h.events[:0]
	h.d = newDraw(h.g.Seed, order, onHistory)
	h.fate = h.g.Shares.fate(&h.d)
	if h.g.Simple {
		h.fate = fate{}
	} else if h.fate.brief && on > placed+h.g.calendar.brief {
		return
	}
	h.gross = h.d.gross(&h.g.basket)
	if h.fate.outcome == outsized {
		h.resize()
	}
	e := event{feed: purchase.Orders, day: placed, date: placed, amount: h.gross}
	if h.fate.outcome == missing {
		e.kind = incomplete
	}
	h.add(e)
	switch {
	case h.g.Simple:
		h.add(event{feed: purchase.Shipments, day: placed, date: placed, amount: h.gross})
	case h.fate.outcome == missing && h.d.chance(500):
		h.add(event{feed: purchase.Orders, kind: corrected, day: placed + 1, date: placed, amount: h.gross})
		h.fulfil(placed + 1)
	case h.fate.outcome == good && !(h.fate.elsewhere && h.gross > 300_00):
		h.fulfil(placed)
	}
	if h.fate.messy {
		h.mess()
	}
}

// resize makes the order too large, or too small.
func (h *history) resize() {
	h.gross = 1_600_00 + 3*h.gross
	if h.d.chance(300) {
		h.gross = money.Amount(h.d.between(20, 99))
	}
}

// add keeps an event of the day.
func (h *history) add(e event) {
	if e.day == h.on || h.on == always {
		h.events = append(h.events, e)
	}
}

// fulfil invoices, ships and settles the order from a day on, or cancels it.
func (h *history) fulfil(day int) {
	if h.fate.cancelled {
		day += h.d.below(2)
		h.add(event{feed: purchase.Cancellations, day: day, date: day})
		return
	}
	h.parts = [2]money.Amount{h.gross, 0}
	if h.fate.split {
		h.parts[0] = h.d.share(h.gross, 30, 70)
		h.parts[1] = h.gross - h.parts[0]
	}
	h.deliver(0, h.g.working[day+h.d.below(3)])
	if !h.fate.split {
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
	if !h.g.InvoiceFromShipments {
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
