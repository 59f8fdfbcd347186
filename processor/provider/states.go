package provider

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// stateOf names the state of an active claim; the first that fits.
func stateOf(c *claim, levels int) string {
	v := c.values()
	switch {
	case c.Reduced == c.Invoiced:
		return "CREDITED"
	case v.Refund() > 0:
		return "OVERPAID"
	case v.Outstanding() == 0: // what was written off is not paid
		return "PAID"
	case c.Level >= levels:
		return "COLLECTION"
	case c.Level > 0:
		return "IN_DUNNING"
	case c.Guaranteed:
		return "GUARANTEED"
	case c.Paid > 0:
		return "PARTIALLY_PAID"
	}
	return "OPEN"
}

func (s *session) stateLine(c *claim) purchase.ClaimState {
	return purchase.ClaimState{
		OrderNo: c.OrderNo, InvoiceNo: c.InvoiceNo, State: stateOf(c, len(s.terms.Dunning.After)),
		Outstanding: c.values().Outstanding(), Paid: c.Paid, Credited: c.Reduced, DueDate: c.DueOn, DunningLevel: c.Level,
	}
}

// reportStates says which active claims differ from what was last said of them.
func (s *session) reportStates(ctx context.Context) error {
	position := int64(0)
	for after := ""; ; {
		found, err := claims.find(ctx, s.tx, "merchant_id = ? AND changed = 1 AND invoice_no > ? ORDER BY invoice_no LIMIT ?", s.terms.Merchant, after, chunk)
		if err != nil || len(found) == 0 {
			return err
		}
		after = found[len(found)-1].InvoiceNo
		counts := stateCount{}
		rows, err := s.stateRows(found, counts)
		if err != nil {
			return err
		}
		if err := counts.save(ctx, s.tx, s.terms.Merchant); err != nil {
			return err
		}
		if len(rows) > 0 && position == 0 {
			if position, err = say(ctx, s.tx, s.terms.Merchant, "states", s.at, "", nil); err != nil {
				return err
			}
		}
		for _, r := range rows {
			r[1] = position
		}
		if err := s.tx.Load(ctx, "provider_states", []string{"merchant_id", "document", "invoice_no", "state"}, rows, ""); err != nil {
			return err
		}
		if err := claims.save(ctx, s.tx, found); err != nil {
			return err
		}
	}
}

// stateRows marks claims as reported and returns the rows of those that differ.
func (s *session) stateRows(found []*claim, counts stateCount) ([][]any, error) {
	var rows [][]any
	for _, c := range found {
		c.Changed = false
		if !c.active() {
			continue
		}
		l := s.stateLine(c)
		said, err := json.Marshal(l)
		if err != nil {
			return nil, err
		}
		if string(said) == c.Reported {
			continue
		}
		if err := counts.moved(c.Reported, l.State); err != nil {
			return nil, err
		}
		c.Reported = string(said)
		l.ChangedOn = c.ChangedOn
		if said, err = json.Marshal(l); err != nil {
			return nil, err
		}
		rows = append(rows, []any{s.terms.Merchant, int64(0), c.InvoiceNo, string(said)})
	}
	return rows, nil
}

// unmatchedMax bounds the list of payments in one unmatched report; what does
// not fit is counted by status.
const unmatchedMax = 10_000

// reportUnmatched lists the payments in suspense for the operator, when the
// list or the day has changed.
func (s *session) reportUnmatched(ctx context.Context) error {
	list, err := s.unmatched(ctx)
	if err != nil {
		return err
	}
	said := purchase.Unmatched{Merchant: s.terms.Merchant, Currency: s.terms.Currency, Day: s.day, Payments: list}
	text, err := json.Marshal(said)
	if err != nil {
		return err
	}
	before, err := documents.find(ctx, s.tx, "merchant_id = ? AND kind = 'unmatched' ORDER BY position DESC LIMIT 1", s.terms.Merchant)
	if err != nil || len(before) == 1 && before[0].Payload == string(text) {
		return err
	}
	if len(list) == 0 {
		if waited, err := anyWaited(before); !waited || err != nil {
			return err
		}
	}
	_, err = say(ctx, s.tx, s.terms.Merchant, "unmatched", s.at, s.day.String(), said)
	return err
}

// anyWaited reports whether the list that was said before names a payment: an
// empty list is told once.
func anyWaited(before []*document) (bool, error) {
	if len(before) == 0 {
		return false, nil
	}
	var said purchase.Unmatched
	err := json.Unmarshal([]byte(before[0].Payload), &said)
	return len(said.Payments) > 0, err
}

func (s *session) unmatched(ctx context.Context) ([]purchase.UnmatchedPayment, error) {
	waiting, err := payments.find(ctx, s.tx, "merchant_id = ? AND waiting <> 0 ORDER BY booked_on, payment_id LIMIT ?", s.terms.Merchant, unmatchedMax)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	l, err := s.look(ctx, waiting, true)
	if err != nil {
		return nil, err
	}
	all := make([]purchase.UnmatchedPayment, 0, len(waiting))
	for _, p := range waiting {
		all = append(all, purchase.UnmatchedPayment{
			PaymentID: p.PaymentID, Account: p.Account, BookedOn: p.BookedOn, Amount: p.Waiting,
			DebtorName: p.DebtorName, Reference: p.Reference, AgeDays: int(s.day - p.BookedOn), Candidates: s.candidates(l, p),
		})
	}
	return all, nil
}

// candidates are the invoices that a person may look at first.
func (s *session) candidates(l *lookup, p *payment) []string {
	all := []string{}
	for _, h := range s.hits(l, p) {
		if h.claim != nil {
			all = append(all, h.claim.InvoiceNo)
			continue
		}
		for _, c := range s.byOrder[h.order.OrderNo] {
			all = append(all, c.InvoiceNo)
		}
	}
	for customer := range s.payers[p.DebtorIBAN] {
		for _, c := range s.byCustomer[customer] {
			if c.active() && c.open() == p.Waiting {
				all = append(all, c.InvoiceNo)
			}
		}
	}
	found := map[string]bool{}
	for _, n := range all {
		found[n] = true
	}
	return slices.Sorted(maps.Keys(found))
}
