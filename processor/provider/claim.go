package provider

import (
	"cmp"
	"context"
	"strings"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// buy makes an invoice a claim that is not active yet: it counts as exposure,
// and nothing is booked.
func (s *session) buy(i purchase.Invoice) *claim {
	o := s.orders[i.OrderNo]
	term := -1
	switch {
	case i.TermDays.Given:
		term = i.TermDays.N
	default:
		term = o.TermDays
	}
	c := &claim{
		Merchant: s.terms.Merchant, InvoiceNo: i.InvoiceNo, OrderNo: i.OrderNo, CustomerNo: o.CustomerNo,
		MatchKey: matchKey(i.InvoiceNo), InvoiceDate: i.InvoiceDate, DueGiven: i.DueDate, TermDays: term,
		DefaultNotice: i.DefaultNotice, Invoiced: i.Gross, DebtorAccount: cmp.Or(i.DebtorAccount, o.DebtorAccount),
		GuaranteeDays: s.terms.Guarantee.Days, GuaranteeAnchor: s.terms.Guarantee.Anchor,
		AssumeReturn: s.terms.AssumeReturn,
		papers:       []*paper{},
	}
	o.Invoiced += i.Gross
	s.keep(c)
	s.touch(c)
	return c
}

// activate books a claim: invoice and first shipment are both known. What came
// for it before is booked directly after, each with its own line.
func (s *session) activate(c *claim, shipped schedules.Date, source, cause string) error {
	term := c.TermDays
	if term < 0 {
		term = s.terms.TermDays
	}
	c.ActivatedOn = max(c.InvoiceDate, shipped)
	c.GuaranteeDays, c.GuaranteeAnchor = s.terms.Guarantee.Days, s.terms.Guarantee.Anchor
	if !c.DueMoved {
		c.DueOn = dueDate(c, c.ActivatedOn, term)
	}
	s.schedule(c)
	c.Reduced, c.Direct = 0, 0
	s.touch(c)
	f := fee(c.Invoiced, s.terms.Fees)
	entry, err := s.post(c.ActivatedOn, cause,
		post(ledger.Receivable, c, c.Invoiced), post(ledger.Pending, nil, -c.Invoiced),
		post(ledger.Payable, nil, f), post(ledger.Fees, nil, -f))
	if err != nil {
		return err
	}
	s.line(c, event{line: purchase.LineFee, document: c.InvoiceNo, source: source}, entry, -f)
	for i := range c.papers {
		if err := s.bookPaper(c, c.papers[:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// schedule sets the dates that follow from the due date.
func (s *session) schedule(c *claim) {
	if !c.active() {
		return
	}
	c.GuaranteeOn = guaranteeDate(c)
	c.NextLevelOn = nextLevelOn(c, s.terms.Dunning)
}

// reductions returns the documents that [purchase.Fold] sums up.
func reductions(papers []*paper) []purchase.Reduction {
	var docs []purchase.Reduction
	for _, p := range live(papers) {
		if p.Feed == purchase.Credits || p.Feed == purchase.Returns && p.Kind == purchase.ReturnReceived {
			docs = append(docs, purchase.Reduction{Number: p.Number, Kind: p.Kind, Names: p.Names, Amount: p.Amount})
		}
	}
	return docs
}

func direct(papers []*paper) money.Amount {
	var sum money.Amount
	for _, p := range live(papers) {
		if p.Kind == purchase.DirectPayment {
			sum += p.Amount
		}
	}
	return sum
}

// file adds a paper to its claim and books it if the claim is active. It
// refuses what would make the claim negative.
func (s *session) file(c *claim, p *paper) (purchase.Code, error) {
	p.Merchant, p.InvoiceNo, p.N = s.terms.Merchant, c.InvoiceNo, int64(len(c.papers))
	all := append(c.papers, p)
	k, _ := purchase.Fold(reductions(all), c.AssumeReturn)
	d := direct(all)
	if c.Invoiced-k-d < 0 {
		return purchase.OverCredit, nil
	}
	c.papers = all
	s.newPapers = append(s.newPapers, p)
	if p.Kind == purchase.DueChange {
		c.DueOn, c.DueMoved = schedules.NextWorkingDay(p.Day), true
		s.schedule(c)
	}
	if p.Kind == purchase.Reverse && strings.HasPrefix(p.Names, purchase.Instructions.String()+" "+purchase.DueChange+" ") {
		s.movedBack(c, all)
	}
	if c.active() {
		return "", s.bookPaper(c, all)
	}
	c.Reduced, c.Direct = k, d
	s.touch(c)
	return "", nil
}

// bookPaper books the last of the papers of an active claim; the ones before
// it are booked already.
func (s *session) bookPaper(c *claim, papers []*paper) error {
	p := papers[len(papers)-1]
	e := event{document: p.Number, date: p.Day, source: p.Source, cause: p.Cause}
	k, _ := purchase.Fold(reductions(papers), c.AssumeReturn)
	switch {
	case p.Kind == purchase.Reverse:
		return s.bookReversal(c, papers, e)
	case p.Feed == purchase.Returns && p.Kind == purchase.ReturnReceived:
		e.line = purchase.LineReturn
	case p.Feed == purchase.Credits && k < c.Reduced:
		e.line = purchase.LineReinstated
	case p.Feed == purchase.Credits:
		e.line = purchase.LineCredit
	case p.Kind == purchase.DirectPayment:
		e.line = purchase.LineDirectPayment
		return s.book(c, e, func(v *purchase.Claim) { v.D = direct(papers) })
	default:
		s.touch(c)
		return nil
	}
	if err := s.book(c, e, func(v *purchase.Claim) { v.K = k }); err != nil {
		return err
	}
	return s.waive(c, e)
}

// waive takes all charges of a claim back that returns and credits have brought
// to zero; what was paid on them becomes principal, and so is owed back to the
// debtor as far as he owes none. There is no line: the claim is worth nothing. A
// direct payment waives nothing.
func (s *session) waive(c *claim, e event) error {
	if c.Reduced != c.Invoiced || c.Fees == 0 && c.Flat == 0 && c.Interest == 0 {
		return nil
	}
	fees, interest, paid := c.Fees+c.Flat, c.Interest, c.ChargesPaid
	open, off := c.Charges, c.ChargesOff
	c.Fees, c.Flat, c.Interest, c.ChargesPaid, c.ChargesOff, c.InterestPaid = 0, 0, 0, 0, 0, 0
	postings := c.change(func(v *purchase.Claim) { v.P += paid })
	c.WaivedOn = s.bookedOn
	for _, a := range s.charged[c.InvoiceNo] {
		a.Principal, a.Charges, a.Interest = a.Principal+a.Charges, 0, 0
		s.dirtyAlloc = append(s.dirtyAlloc, a)
	}
	s.touch(c)
	_, err := s.post(e.date, e.cause, append(postings,
		post(ledger.DunningFees, nil, fees), post(ledger.Interest, nil, interest),
		post(ledger.Charges, c, -open), post(ledger.Losses, nil, -off))...)
	return err
}

// loadCharged loads the allocations that a waiver of claims would have to
// change. They are some of their payments' only, and kept apart from those that
// are loaded whole.
func (s *session) loadCharged(ctx context.Context, invoices []string) error {
	var paid []string
	for _, n := range distinct(invoices) {
		if c := s.claims[n]; c != nil && c.ChargesPaid != 0 {
			paid = append(paid, n)
		}
	}
	if len(paid) == 0 {
		return nil
	}
	found, err := allocations.find(ctx, s.tx, "merchant_id = ? AND invoice_no IN ?? AND charges <> 0", s.terms.Merchant, paid)
	for _, a := range found {
		s.charged[a.InvoiceNo] = append(s.charged[a.InvoiceNo], a)
	}
	return err
}
