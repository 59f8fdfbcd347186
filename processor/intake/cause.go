package intake

import (
	"encoding/json"
	"fmt"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A cause is why a row has its verdict, with what the rule knew at that moment.
// What can be looked up again is not stored: where the other row stands and in
// what it differs, and which file calls a column how (see details.go).
type cause struct {
	formats.Cause
	Other int64 `json:"row,omitempty"` // the row that holds the key, or made the invoice
}

// text stores a cause.
func (c cause) text() (string, error) {
	if c.Why == "" {
		return "", nil
	}
	b, err := json.Marshal(c)
	return string(b), err
}

// parseCause is the inverse of text.
func parseCause(text string) (c cause, err error) {
	if text == "" {
		return cause{}, nil
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, fmt.Errorf("a stored cause cannot be read; restore the database from a backup: %w", err)
	}
	return c, nil
}

// waitsFor says what a row waits for whose order is not decided, or is to be
// corrected.
func (o *order) waitsFor() formats.Why {
	switch {
	case o.dataMissing():
		return formats.WhyWaitsData
	case o.decision == purchase.DecisionReview:
		return formats.WhyWaitsReview
	}
	return formats.WhyWaitsDecision
}

// overApproved says what is left of an order.
func overApproved(no string, amount money.Amount, o *order) formats.Cause {
	return formats.Cause{
		Why: formats.WhyOverApproved, Order: no, Amount: amount,
		Approved: o.approved, Invoiced: o.invoiced, Left: o.approved - o.invoiced,
	}
}

// overCredit says what is left of an invoice for a document, where the others
// that count beside it sum to credited.
func overCredit(no, column string, amount, credited money.Amount, i *invoice) formats.Cause {
	return formats.Cause{
		Why: formats.WhyOverCredit, Invoice: no, Column: column, Amount: amount,
		Gross: i.gross, Credited: credited, Direct: i.direct, Left: i.gross - credited - i.direct,
	}
}

// dueBefore says that a due date is before the date of the invoice.
func dueBefore(column string, due, invoiced schedules.Date) verdict {
	return wrong(purchase.FieldRange, due.String(), formats.Cause{Why: formats.WhyDueBefore, Column: column, Date: due, Limit: invoiced})
}

// waited turns what a row waits for into what did not come; o is its order
// where that is known.
func waited(w waiter, o *order) formats.Cause {
	c := formats.Cause{Order: w.orderNo, Invoice: w.invoiceNo, Date: w.since}
	switch {
	case w.code == purchase.UnknownOrder:
		c.Why = formats.WhyMissedOrder
	case w.code == purchase.NotAccepted && o != nil && o.dataMissing():
		c.Why = formats.WhyMissedData
	case w.code == purchase.NotAccepted:
		c.Why = formats.WhyMissedReview
	case w.invoiceNo != "":
		c.Why = formats.WhyMissedInvoice
	case w.orderNo != "":
		c.Why = formats.WhyMissedInvoiceOf
	default:
		c.Why = formats.WhyMissedPayment
	}
	return c
}

// until says on which day a row that waits would be rejected, as long as its
// clock does not stand.
func (b *books) until(c candidate, v verdict) verdict {
	since := b.day
	if c.parked != nil {
		since = c.parked.since
	}
	v.cause.Limit = since + schedules.Date(b.terms.ParkDays)
	return v
}

// headings stores what a file calls its columns.
func headings(p *formats.Profile, feed purchase.Feed) (string, error) {
	all := p.Headings(feed)
	if len(all) == 0 {
		return "", nil
	}
	b, err := json.Marshal(all)
	return string(b), err
}
