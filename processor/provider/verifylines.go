package provider

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// lines checks every line against its claim, its document and its entry, in one
// walk over the lines and the books, which are in the same order; and that each
// payout names a head that the books have had.
func (v *verifier) lines(ctx context.Context) error {
	walk, err := v.walk(ctx)
	if err != nil {
		return err
	}
	defer walk.stop()
	for last := int64(0); ; {
		page, err := lines.find(ctx, v.tx, "merchant_id = ? AND n > ? ORDER BY n LIMIT ?", v.terms.Merchant, last, chunk)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return walk.end(v)
		}
		docs, err := v.documents(ctx, page)
		if err != nil {
			return err
		}
		for _, l := range page {
			if l.N != last+1 {
				v.failf("line %d: follows line %d", l.N, last)
			}
			last = l.N
			if err := v.line(l, docs, walk); err != nil {
				return err
			}
		}
	}
}

// A bookWalk goes through the entries once, forward.
type bookWalk struct {
	next  func() (ledger.Entry, error, bool)
	stop  func()
	entry ledger.Entry      // the last one that was read
	heads map[string]string // hash → payout, those not seen yet
}

func (v *verifier) walk(ctx context.Context) (*bookWalk, error) {
	w := &bookWalk{heads: map[string]string{}}
	w.next, w.stop = iter.Pull2(ledger.Entries(ctx, v.tx, v.terms.Merchant, ledger.Filter{}))
	paid, err := payouts.find(ctx, v.tx, "merchant_id = ?", v.terms.Merchant)
	for _, p := range paid {
		w.heads[p.LedgerHead] = p.ID
	}
	delete(w.heads, strings.Repeat("0", 64)) // before the first entry
	return w, err
}

// to reads on to an entry; false when the books have none of that number behind
// the last one.
func (w *bookWalk) to(id int64) (bool, error) {
	if id <= w.entry.ID {
		return false, nil
	}
	for w.entry.ID < id {
		e, err, more := w.next()
		if !more || err != nil {
			return false, err
		}
		w.entry = e
		delete(w.heads, e.Hash)
	}
	return true, nil
}

// end reads the rest.
func (w *bookWalk) end(v *verifier) error {
	for {
		e, err, more := w.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		delete(w.heads, e.Hash)
	}
	for head, id := range w.heads {
		v.failf("payout %s: its ledger head %s is none that the books have had", id, head)
	}
	return nil
}

// A lineage is what lines were made of.
type lineage struct {
	claims   map[string]*claim
	papers   map[[2]string]bool // invoice, feed and number
	payments map[string]*payment
	payouts  map[string]bool
	refunds  map[string]string                  // transfers that came back → invoice
	moved    map[string]map[schedules.Date]bool // invoice → due dates that a DUE_CHANGE gave
}

func (v *verifier) documents(ctx context.Context, page []*line) (*lineage, error) {
	d := &lineage{map[string]*claim{}, map[[2]string]bool{}, map[string]*payment{}, map[string]bool{}, map[string]string{}, map[string]map[schedules.Date]bool{}}
	var invoices, numbers []string
	for _, l := range page {
		invoices, numbers = append(invoices, l.InvoiceNo), append(numbers, l.DocumentNo)
	}
	invoices, numbers = distinct(invoices), distinct(numbers)
	bought, err := claims.find(ctx, v.tx, "merchant_id = ? AND invoice_no IN ??", v.terms.Merchant, invoices)
	if err != nil {
		return nil, err
	}
	for _, c := range bought {
		d.claims[c.InvoiceNo] = c
	}
	said, err := papers.find(ctx, v.tx, "merchant_id = ? AND invoice_no IN ??", v.terms.Merchant, invoices)
	if err != nil {
		return nil, err
	}
	for _, p := range said {
		d.papers[[2]string{p.InvoiceNo, p.Feed.String() + " " + p.Kind + " " + p.Number}] = true
		d.papers[[2]string{p.InvoiceNo, p.Feed.String() + " " + p.Number}] = true
		if p.Kind != purchase.DueChange {
			continue
		}
		if d.moved[p.InvoiceNo] == nil {
			d.moved[p.InvoiceNo] = map[schedules.Date]bool{}
		}
		d.moved[p.InvoiceNo][schedules.NextWorkingDay(p.Day)] = true
	}
	came, err := payments.find(ctx, v.tx, "merchant_id = ? AND payment_id IN ??", v.terms.Merchant, numbers)
	if err != nil {
		return nil, err
	}
	for _, p := range came {
		d.payments[p.PaymentID] = p
	}
	paid, err := payouts.find(ctx, v.tx, "merchant_id = ? AND payout_id IN ??", v.terms.Merchant, numbers)
	for _, w := range paid {
		d.payouts[w.ID] = true
	}
	if err != nil {
		return nil, err
	}
	back, err := transfers.find(ctx, v.tx, "merchant_id = ? AND purpose = ? AND returned_on <> '' AND transfer_id IN ??", v.terms.Merchant, purchase.PurposeRefund, numbers)
	for _, x := range back {
		d.refunds[x.ID] = x.InvoiceNo
	}
	return d, err
}

// has reports whether the document of a line is there.
func (d *lineage) has(l *line) bool {
	paper := func(what string) bool { return d.papers[[2]string{l.InvoiceNo, what + " " + l.DocumentNo}] }
	switch l.Type {
	case purchase.LineFee, purchase.LineGuarantee:
		return l.DocumentNo == l.InvoiceNo
	case purchase.LineCollection:
		return d.payments[l.DocumentNo] != nil || l.InvoiceNo != "" && d.refunds[l.DocumentNo] == l.InvoiceNo
	case purchase.LineAfterGuarantee, purchase.LineChargeback:
		return d.payments[l.DocumentNo] != nil
	case purchase.LineReturn:
		return paper("returns " + purchase.ReturnReceived)
	case purchase.LineCredit, purchase.LineReinstated:
		return paper("credits") || paper(purchase.Commands.String()+" "+purchase.Reverse)
	case purchase.LineDirectPayment:
		return paper("instructions " + purchase.DirectPayment)
	case purchase.LineReversal:
		return l.DocumentNo != ""
	case purchase.LineVAT, purchase.LinePayoutReturned:
		return l.InvoiceNo == "" && d.payouts[l.DocumentNo]
	}
	return false
}

func (v *verifier) line(l *line, docs *lineage, walk *bookWalk) error {
	if !docs.has(l) {
		v.failf("line %d: %s of %q has no document %q", l.N, l.Type, l.InvoiceNo, l.DocumentNo)
	}
	v.lineOfClaim(l, docs)
	if l.Entry == 0 {
		// A credit may have the number of a payment, and moves nothing where it names its return.
		paid := l.Type == purchase.LineCollection || l.Type == purchase.LineAfterGuarantee || l.Type == purchase.LineChargeback
		if l.Amount != 0 || paid && docs.payments[l.DocumentNo] != nil {
			v.failf("line %d: %s of %s is in no entry of the books", l.N, l.Type, l.Amount)
		}
		return nil
	}
	found, err := walk.to(l.Entry)
	if err != nil {
		return err
	}
	if !found {
		v.failf("line %d: entry %d of the books is not there, or came with an earlier line", l.N, l.Entry)
		return nil
	}
	v.lineOfEntry(l, walk.entry, docs.payments[l.DocumentNo])
	return nil
}

// lineOfClaim compares what a line repeats of its claim.
func (v *verifier) lineOfClaim(l *line, docs *lineage) {
	c := docs.claims[l.InvoiceNo]
	if c == nil {
		c = &claim{}
	}
	if l.OrderNo != c.OrderNo || l.CustomerNo != c.CustomerNo || l.GrossClaim != c.Invoiced || l.InvoiceDate != c.InvoiceDate {
		v.failf("line %d: order %s, customer %s, gross %s, invoice date %s; claim %s has %s, %s, %s, %s",
			l.N, l.OrderNo, l.CustomerNo, l.GrossClaim, l.InvoiceDate, c.InvoiceNo, c.OrderNo, c.CustomerNo, c.Invoiced, c.InvoiceDate)
	}
	moved := len(docs.moved[c.InvoiceNo]) > 0 && c.GuaranteeAnchor == "due"
	if l.DueOn != c.DueOn && !v.wasDue(l, c, docs) || l.GuaranteeOn != c.GuaranteeOn && !moved {
		v.failf("line %d: due %s, guaranteed %s; claim %s has %s, %s", l.N, l.DueOn, l.GuaranteeOn, c.InvoiceNo, c.DueOn, c.GuaranteeOn)
	}
}

// wasDue reports whether a claim whose due date was moved, and perhaps moved
// back, was due on the day of a line before.
func (v *verifier) wasDue(l *line, c *claim, docs *lineage) bool {
	return len(docs.moved[c.InvoiceNo]) > 0 && (docs.moved[c.InvoiceNo][l.DueOn] || computedDue(c, l.DueOn, v.history))
}

// lineOfEntry compares a line with the entry that it was booked by.
func (v *verifier) lineOfEntry(l *line, e ledger.Entry, p *payment) {
	var owed money.Amount
	principal := false // else it books charges alone
	for _, x := range e.Postings {
		if x.Account.Class == ledger.Payable {
			owed -= x.Amount
		}
		principal = principal || !slices.Contains([]ledger.Class{ledger.Charges, ledger.DunningFees, ledger.Interest, ledger.Refunds, ledger.Losses}, x.Account.Class)
	}
	if owed != l.Amount || !principal {
		v.failf("line %d: its amount is %s, entry %d of the books owes the merchant %s", l.N, l.Amount, e.ID, owed)
	}
	if !v.on(e.BookedAt, func(day schedules.Date) bool { return day == l.BookedOn }) {
		v.failf("line %d: booked on %s, entry %d of the books at %s", l.N, l.BookedOn, e.ID, e.BookedAt.UTC().Format(time.RFC3339))
	}
	if rowOf(l.Source) != rowOf(e.Cause) {
		v.failf("line %d: comes from %q, entry %d of the books from %q", l.N, l.Source, e.ID, e.Cause)
	}
	paid := l.Type == purchase.LineCollection || l.Type == purchase.LineAfterGuarantee
	if paid && p != nil && (p.Source != l.Source || p.Cause != e.Cause || p.valued() != e.BusinessDate) {
		v.failf("payment %s: of %s from %q; entry %d of the books says %s, %q", p.PaymentID, p.valued(), p.Source, e.ID, e.BusinessDate, e.Cause)
	}
}

// rowOf returns what the source of a line and the cause of its entry have in
// common: the row of the file, or the end of the slot.
func rowOf(source string) string { return source[strings.LastIndexByte(source, ':')+1:] }
