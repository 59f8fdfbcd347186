package provider

import (
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// dueDate returns the day on which an active claim falls due: the next working
// day (§ 193 BGB) on or after the given due date or invoice date + term, but
// not before activation + term. So nobody is due before the goods were sent
// and the term has run. term is in days.
func dueDate(c *claim, activated schedules.Date, term int) schedules.Date {
	due := c.DueGiven
	if due.IsZero() {
		due = c.InvoiceDate + schedules.Date(term)
	}
	return schedules.NextWorkingDay(max(due, activated+schedules.Date(term)))
}

// guaranteeDate returns the day from which the merchant is paid in every case.
func guaranteeDate(c *claim) schedules.Date {
	anchor := c.ActivatedOn
	switch c.GuaranteeAnchor {
	case "invoice":
		anchor = c.InvoiceDate
	case "due":
		anchor = c.DueOn
	}
	return anchor + schedules.Date(c.GuaranteeDays)
}

// fee returns what the merchant pays for a claim, rounded once.
func fee(invoiced money.Amount, t purchase.FeeTerms) money.Amount {
	return invoiced.Times(t.Percent) + t.Fixed
}

// openOn reports whether what one kind of paper opens (HOLD, DISPUTE) and
// another closes is open on day d: the closing one wins on a day, and the
// order of arrival does not matter.
func openOn(papers []*paper, opens, closes string, d schedules.Date) bool {
	var opened, closed schedules.Date
	for _, p := range live(papers) {
		if p.Day > d || p.Feed != purchase.Instructions {
			continue
		}
		switch p.Kind {
		case opens:
			opened = max(opened, p.Day)
		case closes:
			closed = max(closed, p.Day)
		}
	}
	return opened > closed
}

// returnAnnounced reports whether an announced return is open on day d: for at
// most hold days, and until the goods or a credit that names it have come.
func returnAnnounced(papers []*paper, hold int, d schedules.Date) bool {
	papers = live(papers)
	ended := map[string]bool{}
	for _, p := range papers {
		switch {
		case p.Feed == purchase.Returns && p.Kind == purchase.ReturnReceived:
			ended[p.Number] = true
		case p.Feed == purchase.Credits && p.Names != "":
			ended[p.Names] = true
		}
	}
	for _, p := range papers {
		if p.Feed == purchase.Returns && p.Kind == purchase.ReturnAnnounced && !ended[p.Number] &&
			p.Day <= d && d < p.Day+schedules.Date(hold) {
			return true
		}
	}
	return false
}

// guaranteeDue reports whether a claim is guaranteed on day d. Neither HOLD nor
// a write-off stops the guarantee: what the provider gives up is its loss.
func guaranteeDue(c *claim, t purchase.GuaranteeTerms, d schedules.Date) bool {
	return c.active() && !c.Guaranteed && !c.Recourse && c.values().Outstanding() > 0 && d >= c.GuaranteeOn &&
		!openOn(c.papers, purchase.Dispute, purchase.DisputeClosed, d) &&
		!returnAnnounced(c.papers, t.AnnouncedHoldDays, d)
}
