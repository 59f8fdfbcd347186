package samples

import (
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A reduction is what a customer need not pay, and from which day on.
type reduction struct {
	day    int
	amount money.Amount
}

// sendBack returns goods, or asks for a credit without a return.
func (h *history) sendBack(part, shipped int) reduction {
	switch h.fate.regret[part] {
	case goods:
		return h.returnGoods(part, shipped)
	case goodwill:
		day := h.g.working[shipped+h.d.between(2, 20)]
		e := event{feed: purchase.Credits, part: part, day: day, date: day, amount: h.d.share(h.parts[part], 5, 25)}
		e.kind = pick(&h.d, h.g.creditKinds[:])
		h.add(e)
		return reduction{day, e.amount}
	}
	return reduction{}
}

// returnGoods sends back all or some of the goods.
func (h *history) returnGoods(part, shipped int) reduction {
	amount := h.parts[part]
	if h.d.chance(500) {
		amount = h.d.share(amount, 20, 80)
	}
	sent := shipped + h.d.between(3, 12)
	if h.d.chance(h.g.Shares.Announced) {
		h.add(event{feed: purchase.Returns, kind: purchase.ReturnAnnounced, part: part, day: sent, date: sent, amount: amount})
	}
	received := h.g.working[sent+h.d.between(2, 6)]
	h.add(event{feed: purchase.Returns, kind: purchase.ReturnReceived, part: part, day: received, date: received, amount: amount})
	if h.d.chance(h.g.Shares.Credited) {
		amount = h.credit(part, received, amount)
	}
	return reduction{received, amount}
}

// credit writes the credit note of a return. Mostly it names the return; some
// credits name it and are lower, as goods were worn; some only have its amount.
func (h *history) credit(part, received int, amount money.Amount) money.Amount {
	day := h.g.working[received+h.d.below(5)]
	e := event{feed: purchase.Credits, kind: purchase.Correction, part: part, day: day, date: day, amount: amount, names: true}
	switch h.d.below(20) {
	case 0, 1, 2, 3, 4:
		e.names = false
	case 5, 6:
		e.amount = h.d.share(amount, 70, 95)
	}
	h.add(e)
	return e.amount
}

// settle lets the customer pay an invoice that was shipped on a day, or not.
func (h *history) settle(part, shipped int, less reduction) {
	owed := func(day int) money.Amount {
		if less.amount > 0 && day >= less.day {
			return h.parts[part] - less.amount
		}
		return h.parts[part]
	}
	due := shipped + h.g.TermDays
	day := shipped + h.d.between(2, h.g.TermDays)
	afterwards := due + h.d.between(3, 45)
	switch h.fate.manner[part] {
	case inTime:
		h.pay(part, 0, day, owed(day))
	case never:
		h.instruct(part, due)
	case direct:
		h.payShop(part, day, h.parts[part]-less.amount)
	case late:
		h.instruct(part, due)
		h.pay(part, 0, afterwards, owed(afterwards))
	case inParts:
		first := h.d.share(owed(day), 30, 70)
		h.pay(part, 0, day, first)
		h.pay(part, 1, afterwards, max(0, owed(afterwards)-first))
	case over:
		h.pay(part, 0, day, owed(day)+money.Amount(h.d.between(1, 900)))
	case takenBack:
		h.bounce(part, day, owed(day))
		h.pay(part, 1, afterwards, owed(afterwards))
	}
}

// payShop pays the shop by mistake: net of what comes back, even if later, for
// that return would exceed the rest of the invoice.
func (h *history) payShop(part, day int, amount money.Amount) {
	if amount > 0 {
		h.add(event{feed: purchase.Instructions, kind: purchase.DirectPayment, part: part, day: day + 1, date: day, amount: amount})
	}
}

// pay books money on the first bank day from a day on, and returns that day.
func (h *history) pay(part, copy, day int, amount money.Amount) int {
	day = h.g.bank[day]
	if amount > 0 {
		h.add(event{feed: purchase.Payments, part: part, copy: copy, day: day, date: day, amount: amount})
	}
	return day
}

// bounce books a payment and, some days later, its return by the bank.
func (h *history) bounce(part, day int, amount money.Amount) {
	if amount == 0 {
		return
	}
	back := h.g.bank[h.pay(part, 0, day, amount)+h.d.between(2, 6)]
	h.add(event{feed: purchase.Payments, kind: bounced, part: part, day: back, date: back, amount: -amount})
}

// instruct stops the dunning of some claims that are not paid in time.
func (h *history) instruct(part, due int) {
	if !h.d.chance(h.g.Shares.Instruction) {
		return
	}
	tell := func(kind string, copy, day, date int) {
		h.add(event{feed: purchase.Instructions, kind: kind, part: part, copy: copy, day: day, date: date})
	}
	day := h.g.working[due+h.d.between(-3, 8)]
	end := h.g.working[day+h.d.between(5, 20)]
	switch h.d.below(3) {
	case 0:
		tell(purchase.Hold, 0, day, day)
		tell(purchase.Release, 1, end, end)
	case 1:
		tell(purchase.Dispute, 0, day, day)
		if h.d.chance(700) {
			tell(purchase.DisputeClosed, 1, end, end)
		}
	default:
		tell(purchase.DueChange, 0, day, end+7)
	}
}
