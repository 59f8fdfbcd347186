package provider_test

import (
	"fmt"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

func keysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// says prints all the books of the provider in the words of the model.
func (e *embedded) says() ([]string, error) {
	w := &witness{embedded: e, states: map[string]purchase.ClaimState{}}
	for d, err := range e.p.Documents(e.ctx, e.terms.merchant, 0) {
		if err != nil {
			return nil, err
		}
		if err := w.hear(d); err != nil {
			return nil, err
		}
	}
	books, err := e.p.Export(e.ctx, e.terms.merchant)
	if err != nil {
		return nil, err
	}
	w.books(books)
	err = e.db.Read(e.ctx, func(tx *database.Tx) error { return w.accounts(tx) })
	return slices.Concat(w.receipts, w.payouts, w.notices, w.rest), err
}

// A witness writes down what the provider says.
type witness struct {
	*embedded
	receipts, payouts, notices, rest []string
	states                           map[string]purchase.ClaimState
}

func (w *witness) hear(d purchase.Document) error {
	switch {
	case d.Receipt != nil:
		codes := []string{}
		for p, err := range d.Receipt.Parts(w.ctx) {
			if err != nil {
				return err
			}
			for _, r := range p.Results {
				codes = append(codes, string(r.Code))
			}
		}
		w.receipts = append(w.receipts, fmt.Sprintf("receipt of %s: %q", d.Receipt.Taken.In(w.zone).Format("2006-01-02"), codes))
	case d.Payout != nil:
		return w.payout(d.Payout)
	case d.Dunning != nil:
		for n, err := range d.Dunning.Notices(w.ctx) {
			if err != nil {
				return err
			}
			w.notice(n)
		}
	case d.States != nil:
		for s, err := range d.States.Claims(w.ctx) {
			if err != nil {
				return err
			}
			w.states[s.InvoiceNo] = s
		}
	}
	return nil
}

func (w *witness) payout(p *purchase.Payout) error {
	net, vat := int64(0), int64(0)
	if p.Invoice != nil {
		net, vat = int64(p.Invoice.Net), int64(p.Invoice.VAT)
	}
	say := func(format string, args ...any) { w.payouts = append(w.payouts, fmt.Sprintf(format, args...)) }
	say("payout %s %s to %s on %s: %d, pays %d, %d left; fees %d and tax %d", p.ID, p.PeriodFrom, p.PeriodTo, p.Date, p.Opening, p.Amount, p.Closing, net, vat)
	for l, err := range p.Lines(w.ctx) {
		if err != nil {
			return err
		}
		say("%s %d %s %s %q %q %q %q %d %d = %d, guaranteed %s due %s", p.ID, l.LineNo, l.Type, l.BookedOn, l.OrderNo, l.InvoiceNo, l.DocumentNo, l.CustomerNo,
			l.GrossClaim, l.Amount, l.Balance, l.GuaranteeDate, l.DueDate)
	}
	return nil
}

func (w *witness) notice(n purchase.Notice) {
	say := func(format string, args ...any) { w.notices = append(w.notices, fmt.Sprintf(format, args...)) }
	say("notice of %s for %s level %d %s %s: %d + fee %d flat %d interest %d of %d; charges %d, owed %d, next %s", n.RunDate, n.InvoiceNo, n.Level, n.Status, n.Hold,
		n.Outstanding, n.Fee, n.Flat, n.InterestBooked, n.InterestTotal, n.ChargesTotal, n.TotalDue, n.NextLevelOn)
	for _, s := range n.Segments {
		say("  %s to %s: %d at %d", s.From, s.To, s.Outstanding, s.BasisPoints)
	}
}

func (w *witness) books(b provider.Export) {
	say := func(format string, args ...any) { w.rest = append(w.rest, fmt.Sprintf(format, args...)) }
	for _, o := range b.Decisions {
		say("order %s %s %s %d until %s, reference %s", o.OrderNo, o.Decision, o.Code, o.Approved, o.ValidUntil, o.Reference)
	}
	for _, c := range b.Claims {
		activated, due := "", ""
		if c.Active {
			activated, due = c.Activation.String(), c.Due.String()
			s := w.states[c.InvoiceNo]
			say("state %s %s %d, paid %d, credited %d, due %s, level %d", s.InvoiceNo, s.State, s.Outstanding, s.Paid, s.Credited, s.DueDate, s.DunningLevel)
		}
		say("claim %s I %d K %d D %d P %d g %t E %d outstanding %d refund %d charges %d level %d active %s due %s",
			c.InvoiceNo, c.I, c.K, c.D, c.P, c.G, c.E, c.Outstanding, c.Refund, c.Charges, c.Level, activated, due)
	}
	waiting := map[string]int64{}
	for _, p := range b.Unmatched {
		waiting[p.PaymentID] = int64(p.Cents)
	}
	for _, id := range keysOf(waiting) {
		say("in suspense %s %d", id, waiting[id])
	}
}

// accounts sums the entries of the ledger, account by account.
func (w *witness) accounts(tx *database.Tx) error {
	sums := map[string]int64{}
	for entry, err := range ledger.Entries(w.ctx, tx, w.terms.merchant, ledger.Filter{}) {
		if err != nil {
			return err
		}
		for _, p := range entry.Postings {
			sums[string(p.Account.Class)+" "+p.Account.Claim] += int64(p.Amount)
		}
	}
	for _, account := range keysOf(sums) {
		if sums[account] != 0 {
			w.rest = append(w.rest, fmt.Sprintf("account %s: %d", account, sums[account]))
		}
	}
	return nil
}
