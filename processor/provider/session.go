package provider

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// chunk is how many records are loaded, decided and saved together. Each chunk
// costs the same few statements, whatever its size.
const chunk = 2000

// A session is the work on one merchant's books inside one transaction: what a
// chunk needs is loaded by a few queries, changed in memory in the order of the
// records, and saved by a few statements.
type session struct {
	tx    *database.Tx
	terms purchase.Terms
	rates []purchase.BaseRate
	zone  *time.Location
	books *ledger.Book
	at    time.Time      // nominal time of the slot: booked_at
	day   schedules.Date // its civil date

	booked   time.Time      // at, or the first instant that is not closed
	bookedOn schedules.Date // its civil date

	orders     map[string]*order
	claims     map[string]*claim
	byOrder    map[string][]*claim
	byCustomer map[string][]*claim

	dirtyOrders map[string]*order
	dirtyClaims map[string]*claim
	newPapers   []*paper
	payments    map[paymentID]*payment
	dirtyPaid   map[paymentID]*payment
	allocations map[paymentID][]*allocation // all of a payment that is loaded, in order
	charged     map[string][]*allocation    // by claim: those that paid charges, see loadCharged
	dirtyAlloc  []*allocation
	payers      map[string]map[string]bool // IBAN → customers
	newPayers   []*payer
	newLines    []*line
	nextLine    int64
}

type paymentID struct{ id, account string }

func (p *Provider) session(ctx context.Context, tx *database.Tx, merchant string, at time.Time) (*session, error) {
	terms, err := p.termsOf(merchant)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(terms.Zone)
	if err != nil {
		return nil, err
	}
	if err := p.rememberTerms(ctx, tx, terms, at); err != nil {
		return nil, err
	}
	books, err := ledger.Open(ctx, tx, merchant)
	if err != nil {
		return nil, err
	}
	s := &session{tx: tx, terms: terms, rates: p.rates, zone: zone, books: books, at: at, day: schedules.DateOf(at.In(zone)), booked: at}
	if open := books.Opens(); at.Before(open) {
		s.booked = open // the month of the slot is closed
	}
	s.bookedOn = schedules.DateOf(s.booked.In(zone))
	s.forget()
	err = tx.QueryRow(ctx, "SELECT COALESCE(MAX(n), 0) + 1 FROM provider_lines WHERE merchant_id = ?", merchant).Scan(&s.nextLine)
	return s, err
}

// forget empties what was loaded, so that memory does not grow with the batch.
func (s *session) forget() {
	s.orders, s.claims, s.byOrder = map[string]*order{}, map[string]*claim{}, map[string][]*claim{}
	s.byCustomer = map[string][]*claim{}
	s.dirtyOrders, s.dirtyClaims = map[string]*order{}, map[string]*claim{}
	s.payments, s.dirtyPaid = map[paymentID]*payment{}, map[paymentID]*payment{}
	s.allocations, s.charged = map[paymentID][]*allocation{}, map[string][]*allocation{}
	s.payers = map[string]map[string]bool{}
	s.newPapers, s.dirtyAlloc, s.newPayers, s.newLines = nil, nil, nil, nil
}

// save writes what was changed, and forgets everything.
func (s *session) save(ctx context.Context) error {
	if err := orders.save(ctx, s.tx, sorted(s.dirtyOrders)); err != nil {
		return err
	}
	if err := claims.save(ctx, s.tx, sorted(s.dirtyClaims)); err != nil {
		return err
	}
	if err := papers.save(ctx, s.tx, s.newPapers); err != nil {
		return err
	}
	if err := payments.save(ctx, s.tx, slices.Collect(maps.Values(s.dirtyPaid))); err != nil {
		return err
	}
	if err := allocations.save(ctx, s.tx, distinct(s.dirtyAlloc)); err != nil {
		return err
	}
	if err := payers.save(ctx, s.tx, s.newPayers); err != nil {
		return err
	}
	if err := lines.save(ctx, s.tx, s.newLines); err != nil {
		return err
	}
	s.forget()
	return s.books.Flush(ctx)
}

// sorted returns the values in key order, so that rows are written where they
// belong in the table.
func sorted[T any](m map[string]T) []T {
	all := make([]T, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all = append(all, m[k])
	}
	return all
}

// distinct returns each value once, in order of the first; all stays as it is.
func distinct[T comparable](all []T) []T {
	seen := make(map[T]bool, len(all))
	return slices.DeleteFunc(slices.Clone(all), func(v T) bool {
		was := seen[v]
		seen[v] = true
		return was
	})
}

func (s *session) loadOrders(ctx context.Context, numbers []string) error {
	missing := slices.DeleteFunc(distinct(numbers), func(n string) bool { return s.orders[n] != nil })
	if len(missing) == 0 {
		return nil
	}
	found, err := orders.find(ctx, s.tx, "merchant_id = ? AND order_no IN ??", s.terms.Merchant, missing)
	for _, o := range found {
		s.orders[o.OrderNo] = o
	}
	return err
}

// loadClaims loads claims by invoice number, with their orders.
func (s *session) loadClaims(ctx context.Context, invoices []string) error {
	missing := slices.DeleteFunc(distinct(invoices), func(n string) bool { return s.claims[n] != nil })
	if len(missing) == 0 {
		return nil
	}
	found, err := claims.find(ctx, s.tx, "merchant_id = ? AND invoice_no IN ??", s.terms.Merchant, missing)
	if err != nil {
		return err
	}
	return s.keepClaims(ctx, found)
}

// keepClaims takes claims into the session that a query has found; those that
// are in it already stay as they are.
func (s *session) keepClaims(ctx context.Context, found []*claim) error {
	var orderNos []string
	for _, c := range found {
		if s.claims[c.InvoiceNo] != nil {
			continue
		}
		s.keep(c)
		orderNos = append(orderNos, c.OrderNo)
	}
	return s.loadOrders(ctx, orderNos)
}

func (s *session) keep(c *claim) {
	s.claims[c.InvoiceNo] = c
	s.byOrder[c.OrderNo] = append(s.byOrder[c.OrderNo], c)
	s.byCustomer[c.CustomerNo] = append(s.byCustomer[c.CustomerNo], c)
}

// loadOrderClaims loads all claims of orders.
func (s *session) loadOrderClaims(ctx context.Context, orderNos []string) error {
	missing := slices.DeleteFunc(distinct(orderNos), func(n string) bool { return s.orders[n] == nil || s.orders[n].whole })
	if len(missing) == 0 {
		return nil
	}
	found, err := claims.find(ctx, s.tx, "merchant_id = ? AND order_no IN ??", s.terms.Merchant, missing)
	if err != nil {
		return err
	}
	for _, n := range missing {
		s.orders[n].whole = true
	}
	return s.keepClaims(ctx, found)
}

// loadPapers loads the papers of claims that are in the session.
func (s *session) loadPapers(ctx context.Context, invoices []string) error {
	missing := slices.DeleteFunc(distinct(invoices), func(n string) bool { return s.claims[n] == nil || s.claims[n].papers != nil })
	if len(missing) == 0 {
		return nil
	}
	for _, n := range missing {
		s.claims[n].papers = []*paper{}
	}
	found, err := papers.find(ctx, s.tx, "merchant_id = ? AND invoice_no IN ?? ORDER BY invoice_no, n", s.terms.Merchant, missing)
	for _, p := range found {
		c := s.claims[p.InvoiceNo]
		c.papers = append(c.papers, p)
	}
	return err
}

// touch recomputes what is derived from a claim, carries it to the order, and
// marks both for saving.
func (s *session) touch(c *claim) {
	v := c.values()
	exposure, overdue := v.Base(), false
	c.Outstanding = 0
	if c.active() {
		c.Outstanding = v.Outstanding() - c.WrittenOff
		exposure = v.Outstanding()
		overdue = c.Level >= s.terms.Credit.OverdueLevel && v.Outstanding() > 0
	}
	c.Charges = c.Fees + c.Flat + c.Interest - c.ChargesPaid - c.ChargesOff
	o := s.orders[c.OrderNo]
	o.ClaimsOpen += exposure - c.Exposure
	o.Overdue += count(overdue) - count(c.Overdue)
	c.Exposure, c.Overdue = exposure, overdue
	c.Changed, c.ChangedOn = true, s.day
	s.dirtyClaims[c.InvoiceNo] = c
	s.dirtyOrders[o.OrderNo] = o
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// An event is what changes a claim.
type event struct {
	line     purchase.LineType // "" for what the merchant is not concerned with
	document string
	date     schedules.Date // business date
	source   string         // file:row, or the slot
	cause    string         // sha256:row, or the slot
	cash     ledger.Class   // bank or suspense, where the money came from or went to
	charges  money.Amount   // part of the money that goes to charges, interest included
	interest money.Amount   // of charges
}

// book changes a claim by an event: it posts the differences of the claim's
// state and writes the merchant's line.
//
// cash +ΔP, and what [claim.change] says: the sum is zero by algebra. Charges
// that were given up are recovered when more is paid than is open of them.
func (s *session) book(c *claim, e event, change func(*purchase.Claim)) error {
	before := c.values()
	postings := c.change(change)
	after := c.values()
	delta := after.Entitlement() - before.Entitlement()
	if e.cash != "" {
		recovered := min(c.ChargesOff, max(0, e.charges-c.Charges))
		postings = append(postings, post(e.cash, nil, after.P-before.P+e.charges),
			post(ledger.Charges, c, recovered-e.charges), post(ledger.Losses, nil, -recovered))
		c.ChargesOff -= recovered
		c.ChargesPaid += e.charges
		c.InterestPaid += e.interest
	}
	s.touch(c)
	entry, err := s.post(e.date, e.cause, postings...)
	if err != nil {
		return err
	}
	if e.line != "" {
		s.line(c, e, entry, delta)
	}
	return nil
}

// change changes the state of a claim and returns the postings of the difference:
// receivable Δoutstanding, refunds −Δrefund, pending −Δ(B − E), payable −ΔE. What
// was written off shrinks with the principal: losses take the difference.
func (c *claim) change(change func(*purchase.Claim)) []ledger.Posting {
	before := c.values()
	after := before
	change(&after)
	recovered := c.WrittenOff - min(c.WrittenOff, after.Outstanding())
	c.WrittenOff -= recovered
	c.set(after)
	return []ledger.Posting{
		post(ledger.Receivable, c, after.Outstanding()-before.Outstanding()+recovered),
		post(ledger.Losses, nil, -recovered),
		post(ledger.Refunds, nil, before.Refund()-after.Refund()),
		post(ledger.Pending, nil, before.Base()-before.Entitlement()-after.Base()+after.Entitlement()),
		post(ledger.Payable, nil, before.Entitlement()-after.Entitlement()),
	}
}

func post(class ledger.Class, c *claim, amount money.Amount) ledger.Posting {
	p := ledger.Posting{Account: ledger.Account{Class: class}, Amount: amount}
	if c != nil {
		p.Account.Claim = c.InvoiceNo
	}
	return p
}

// post appends an entry and returns its number; 0 when nothing moves.
func (s *session) post(date schedules.Date, cause string, postings ...ledger.Posting) (int64, error) {
	if !slices.ContainsFunc(postings, func(p ledger.Posting) bool { return p.Amount != 0 }) {
		return 0, nil
	}
	return s.books.Append(ledger.Entry{BookedAt: s.booked, BusinessDate: date, Cause: cause, Postings: postings})
}

// line writes one line of the next payout.
func (s *session) line(c *claim, e event, entry int64, amount money.Amount) {
	s.newLines = append(s.newLines, &line{
		Merchant: s.terms.Merchant, N: s.nextLine, Entry: entry, Type: e.line, BookedOn: s.bookedOn,
		OrderNo: c.OrderNo, InvoiceNo: c.InvoiceNo, DocumentNo: e.document, CustomerNo: c.CustomerNo,
		GrossClaim: c.Invoiced, Amount: amount, GuaranteeOn: c.GuaranteeOn,
		InvoiceDate: c.InvoiceDate, DueOn: c.DueOn, Source: e.source,
	})
	s.nextLine++
}
