package provider

import (
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A reversal takes back what a document has booked, by a contra-entry of its own:
// an invoice by a full correction (of kind VALUE, which no return is taken to
// mean), a return, credit or instruction by a paper that makes it void. What was
// booked stays, and so do fees, charges that were waived, letters and payouts.

// ref names a paper among those of its claim.
func (p *paper) ref() string { return p.Feed.String() + " " + p.Kind + " " + p.Number }

// void are the papers that are taken back.
func void(papers []*paper) map[string]bool {
	var all map[string]bool
	for _, p := range papers {
		if p.Kind == purchase.Reverse && p.Feed == purchase.Commands {
			if all == nil {
				all = map[string]bool{}
			}
			all[p.Names] = true
		}
	}
	return all
}

// live are the papers that hold: those that are taken back do not.
func live(papers []*paper) []*paper {
	gone := void(papers)
	if gone == nil {
		return papers
	}
	var left []*paper
	for _, p := range papers {
		if p.Feed != purchase.Commands && !gone[p.ref()] {
			left = append(left, p)
		}
	}
	return left
}

// reverse carries a REVERSE command out.
func (t *taking) reverse(c purchase.Command, i item) (purchase.Code, error) {
	r, ok := purchase.ParseReversal(c.Argument)
	switch {
	case !ok:
		return purchase.FieldRange, nil
	case r.Feed == purchase.Orders || r.Feed == purchase.Cancellations:
		return t.reverseOrder(c.Subject, r.Feed == purchase.Orders), nil
	}
	claim := t.claims[c.Subject]
	if claim == nil {
		return purchase.UnknownInvoice, nil
	}
	p := &paper{Feed: purchase.Commands, Number: c.CommandNo, Kind: purchase.Reverse, Day: c.Day, Source: i.source(), Cause: i.cause()}
	if r.Feed == purchase.Invoices {
		p.Feed, p.Kind, p.Amount = purchase.Credits, purchase.Value, r.Amount
		return t.file(claim, p)
	}
	p.Names = (&paper{Feed: r.Feed, Kind: r.Kind, Number: r.Number}).ref()
	for _, known := range live(claim.papers) {
		if known.ref() == p.Names {
			return t.file(claim, p)
		}
	}
	return purchase.Closed, nil
}

// reverseOrder ends the right to invoice the rest of an order that is taken back,
// or gives it again where its cancellation is.
func (t *taking) reverseOrder(number string, cancelled bool) purchase.Code {
	o := t.orders[number]
	switch {
	case o == nil:
		return purchase.UnknownOrder
	case o.Cancelled == cancelled:
		return purchase.Closed
	}
	o.Cancelled = cancelled
	t.dirtyOrders[o.OrderNo] = o
	return ""
}

// bookReversal books the paper that makes another one void: the line is
// REINSTATED, since the claim is worth more again; CREDIT where it is worth less,
// because the return counts again that a credit had named. What books nothing has
// no line.
func (s *session) bookReversal(c *claim, papers []*paper, e event) error {
	p := papers[len(papers)-1]
	k, _ := purchase.Fold(reductions(papers), c.AssumeReturn)
	d := direct(papers)
	booked := strings.HasPrefix(p.Names, purchase.Credits.String()+" ") ||
		strings.HasPrefix(p.Names, purchase.Returns.String()+" "+purchase.ReturnReceived+" ") ||
		strings.HasPrefix(p.Names, purchase.Instructions.String()+" "+purchase.DirectPayment+" ")
	if !booked {
		s.touch(c)
		return nil
	}
	e.line = purchase.LineReinstated
	if k > c.Reduced {
		e.line = purchase.LineCredit
	}
	if err := s.book(c, e, func(v *purchase.Claim) { v.K, v.D = k, d }); err != nil {
		return err
	}
	return s.waive(c, e)
}

// movedBack gives a claim the due date that holds when a DUE_CHANGE is void: that
// of the one before, else the computed one.
func (s *session) movedBack(c *claim, papers []*paper) {
	if c.DueOn, c.DueMoved = movedDue(papers); !c.DueMoved {
		c.DueOn = schedules.Date(0)
		if c.active() {
			term := c.TermDays
			if term < 0 {
				term = s.terms.TermDays
			}
			c.DueOn = dueDate(c, c.ActivatedOn, term)
		}
	}
	s.schedule(c)
}
