package provider

import (
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Dunning levels (Mahnstufen), § 10 of the domain.

// Reasons to hold a notice.
const (
	holdHold      = "HOLD"
	holdDispute   = "DISPUTE"
	holdAnnounced = "RETURN_ANNOUNCED"
	holdPayment   = "PAYMENT_WAITING"
	holdStatement = "STATEMENT_OLD"
	holdBaseRate  = "BASE_RATE"
)

// nextLevelOn returns the day from which the next notice of a claim is due; no
// date when there is none, or while the last notice has not left yet.
func nextLevelOn(c *claim, t purchase.DunningTerms) schedules.Date {
	first := c.DueOn + schedules.Date(t.After[0])
	switch {
	case c.Level == 0:
		return first
	case c.Level >= len(t.After) || c.LevelOn.IsZero():
		return 0
	}
	return max(first, c.LevelOn+schedules.Date(t.After[c.Level]))
}

// dunnable reports whether the next notice is due on day d, holds apart.
func dunnable(c *claim, t purchase.DunningTerms, d schedules.Date) bool {
	return c.active() && c.Outstanding > 0 && !c.NextLevelOn.IsZero() && d >= c.NextLevelOn && c.open() >= t.Min
}

// levelFee returns the fee of a level, and the flat sum that comes with it.
// B2B: the 40.00 come with level 2 and absorb the level fees up to that amount
// (§ 288 (5) sentence 3 BGB). What was waived counts as booked.
func levelFee(c *claim, t purchase.DunningTerms, level int, b2b bool) (fee, flat money.Amount) {
	if !b2b {
		return t.Fee[level-1], 0
	}
	var sum money.Amount
	for _, f := range t.Fee[:level] {
		sum += f
	}
	if level >= 2 && c.FlatCounted == 0 {
		flat = t.B2BFlat
	}
	return max(0, max(0, sum-t.B2BFlat)-c.FeesCounted), flat
}

// holdReason says why a notice that is due must not leave; "" when it may.
func holdReason(c *claim, w dunningDay) string {
	switch {
	case openOn(c.papers, purchase.Hold, purchase.Release, w.day):
		return holdHold
	case openOn(c.papers, purchase.Dispute, purchase.DisputeClosed, w.day):
		return holdDispute
	case returnAnnounced(c.papers, w.announcedHold, w.day):
		return holdAnnounced
	case w.waiting[c.Outstanding] || w.waiting[c.open()]:
		return holdPayment
	case w.statementOld:
		return holdStatement
	}
	return ""
}

// A dunningDay is what all notices of a run have in common.
type dunningDay struct {
	day           schedules.Date
	announcedHold int
	waiting       map[money.Amount]bool // amounts in suspense
	statementOld  bool                  // the bank has not spoken lately
}
