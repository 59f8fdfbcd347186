package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// The hand-over to collection is put together from the books right after the
// notice of the last level is booked, and stored: what an agency was told can
// be told again, word for word, whatever is booked later.

// handOver stores what there is to tell of the claims that the day's notices
// hand over.
func (s *session) handOver(ctx context.Context) error {
	for after := ""; ; {
		found, err := notices.find(ctx, s.tx, "merchant_id = ? AND run_date = ? AND invoice_no > ? AND status = ? ORDER BY invoice_no LIMIT ?",
			s.terms.Merchant, s.day, after, purchase.NoticeCollection, chunk)
		if err != nil || len(found) == 0 {
			return err
		}
		after = found[len(found)-1].InvoiceNo
		rows, err := s.handovers(ctx, found)
		if err != nil {
			return err
		}
		if err := s.tx.Load(ctx, "provider_handovers", []string{"merchant_id", "run_date", "invoice_no", "handover"}, rows, ""); err != nil {
			return err
		}
	}
}

func (s *session) handovers(ctx context.Context, found []*notice) ([][]any, error) {
	b, err := s.loadBehind(ctx, found)
	if err != nil {
		return nil, err
	}
	last, err := noticesOf(found)
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(last))
	for i, n := range last {
		h := s.handover(b, n)
		if err := h.agrees(); err != nil {
			return nil, err
		}
		text, err := json.Marshal(h.Handover)
		if err != nil {
			return nil, err
		}
		rows[i] = []any{s.terms.Merchant, s.day, n.InvoiceNo, string(text)}
	}
	return rows, nil
}

// behind is all that the books know of some claims.
type behind struct {
	claims   map[string]*claim
	orders   map[string]*order
	papers   map[string][]*paper
	notices  map[string][]*notice
	lines    map[int64]*line // by entry
	bookings map[string][]*booking
}

// A booking is what one entry moves on the accounts of a claim.
type booking struct {
	entry              int64
	day                schedules.Date
	principal, charges money.Amount
}

func (s *session) loadBehind(ctx context.Context, last []*notice) (*behind, error) {
	b := &behind{
		claims: map[string]*claim{}, orders: map[string]*order{}, papers: map[string][]*paper{}, notices: map[string][]*notice{},
		lines: map[int64]*line{}, bookings: map[string][]*booking{},
	}
	var invoices, numbers []string
	for _, n := range last {
		invoices = append(invoices, n.InvoiceNo)
	}
	const byInvoice = "merchant_id = ? AND invoice_no IN ??"
	for _, load := range []func() error{
		func() error {
			all, err := claims.find(ctx, s.tx, byInvoice, s.terms.Merchant, invoices)
			for _, c := range all {
				b.claims[c.InvoiceNo] = c
				numbers = append(numbers, c.OrderNo)
			}
			return err
		},
		func() error {
			all, err := orders.find(ctx, s.tx, "merchant_id = ? AND order_no IN ??", s.terms.Merchant, distinct(numbers))
			for _, o := range all {
				b.orders[o.OrderNo] = o
			}
			return err
		},
		func() error {
			all, err := papers.find(ctx, s.tx, byInvoice+" ORDER BY invoice_no, n", s.terms.Merchant, invoices)
			for _, p := range all {
				b.papers[p.InvoiceNo] = append(b.papers[p.InvoiceNo], p)
			}
			return err
		},
		func() error {
			all, err := notices.find(ctx, s.tx, byInvoice+" AND status <> ? ORDER BY invoice_no, run_date, level", s.terms.Merchant, invoices, purchase.NoticeHeld)
			for _, n := range all {
				b.notices[n.InvoiceNo] = append(b.notices[n.InvoiceNo], n)
			}
			return err
		},
		func() error {
			all, err := lines.find(ctx, s.tx, byInvoice, s.terms.Merchant, invoices)
			for _, l := range all {
				b.lines[l.Entry] = l
			}
			return err
		},
		func() error { return b.loadBookings(ctx, s, invoices) },
	} {
		if err := load(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *behind) loadBookings(ctx context.Context, s *session, invoices []string) error {
	byEntry := map[string]map[int64]*booking{}
	for _, class := range []ledger.Class{ledger.Receivable, ledger.Charges} {
		moves, err := ledger.Movements(ctx, s.tx, s.terms.Merchant, class, invoices)
		if err != nil {
			return err
		}
		for _, m := range moves {
			if byEntry[m.Claim] == nil {
				byEntry[m.Claim] = map[int64]*booking{}
			}
			k := byEntry[m.Claim][m.Entry]
			if k == nil {
				k = &booking{entry: m.Entry, day: m.BusinessDate}
				byEntry[m.Claim][m.Entry] = k
				b.bookings[m.Claim] = append(b.bookings[m.Claim], k)
			}
			if class == ledger.Receivable {
				k.principal += m.Amount
			} else {
				k.charges += m.Amount
			}
		}
	}
	return nil
}

// A told hand-over can be checked against the books.
type told struct {
	purchase.Handover
}

// handover puts one together.
func (s *session) handover(b *behind, n purchase.Notice) told {
	c := b.claims[n.InvoiceNo]
	o := b.orders[c.OrderNo]
	h := purchase.Handover{
		ID: n.ID, Day: n.RunDate, CustomerNo: c.CustomerNo, OrderNo: c.OrderNo, Reference: o.Reference, Debtor: n.Debtor,
		InvoiceNo: c.InvoiceNo, InvoiceDate: c.InvoiceDate, DueDate: c.DueOn, AssignedOn: c.ActivatedOn,
		Invoiced: c.Invoiced, Credited: c.Reduced, Direct: c.Direct, Paid: c.Paid, WrittenOff: c.WrittenOff, Principal: c.Outstanding,
		Fees: c.Fees, Flat: c.Flat, Interest: c.Interest, ChargesPaid: c.ChargesPaid, ChargesGiven: c.ChargesOff, Charges: c.Charges,
		Total: c.open(), Segments: n.Segments, InterestFrom: n.RunDate, Points: s.terms.Dunning.B2CPoints,
	}
	if o.CustomerType == purchase.B2B {
		h.Points = s.terms.Dunning.B2BPoints
	}
	if i, known := rateOn(s.rates, n.RunDate); known {
		h.BaseRate = s.rates[i].Rate
	}
	h.Rate = h.BaseRate + h.Points
	h.Daily = daily(h.Principal, h.Rate)
	h.BaseRates = usedRates(s.rates, h.Segments, n.RunDate)
	h.Events = b.events(n.InvoiceNo)
	return told{h}
}

// daily is the interest of one day, act/365, in ten-thousandths of the currency.
func daily(principal money.Amount, rate money.Rate) int64 {
	const perCent = 100 // ten-thousandths
	return money.RoundDiv(int64(principal)*int64(rate)*perCent, 10_000*365)
}

// usedRates are the base rates in force on a day of the segments, and on the
// day of the hand-over.
func usedRates(rates []purchase.BaseRate, segments []purchase.Segment, day schedules.Date) []purchase.UsedRate {
	used := []purchase.UsedRate{}
	for i, r := range rates {
		ends := day + 1
		if i+1 < len(rates) {
			ends = rates[i+1].From
		}
		in := func(from, to schedules.Date) bool { return from < ends && to >= r.From }
		if in(day, day) || slices.ContainsFunc(segments, func(s purchase.Segment) bool { return in(s.From, s.To) }) {
			used = append(used, purchase.UsedRate(r))
		}
	}
	return used
}

// agrees refuses a history that does not lead to the sums of the claim.
func (h told) agrees() error {
	var principal, charges money.Amount
	for _, e := range h.Events {
		principal += e.Principal
		charges += e.Charges
	}
	if principal != h.Principal || charges != h.Charges {
		return fmt.Errorf("hand-over of %s: its history leads to %s and charges of %s, the claim has %s and %s; run kontor verify",
			h.InvoiceNo, principal, charges, h.Principal, h.Charges)
	}
	return nil
}

// events are the history of a claim by business date: what was booked, notices
// that booked nothing, and what was said about the invoice.
func (b *behind) events(invoice string) []purchase.HandoverEvent {
	all := []purchase.HandoverEvent{}
	told := map[int]bool{} // notices that a booking belongs to
	for _, k := range b.bookings[invoice] {
		all = append(all, b.booked(invoice, k, told))
	}
	for i, n := range b.notices[invoice] {
		if !told[i] {
			all = append(all, noticeEvent(n))
		}
	}
	for _, p := range b.papers[invoice] {
		if e, is := paperEvent(p); is {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(x, y purchase.HandoverEvent) int {
		return cmp.Or(cmp.Compare(x.Date, y.Date), cmp.Compare(rank(x), rank(y)), cmp.Compare(x.Entry, y.Entry))
	})
	var principal, charges money.Amount
	for i := range all {
		principal += all[i].Principal
		charges += all[i].Charges
		all[i].PrincipalAfter, all[i].ChargesAfter = principal, charges
	}
	return all
}

// rank puts what was booked on a day before what was only said.
func rank(e purchase.HandoverEvent) int {
	if e.Entry == 0 {
		return 1
	}
	return 0
}

// booked says what a booking is: by its line, else by the notice of the same
// day and amount, else by what it moves.
func (b *behind) booked(invoice string, k *booking, told map[int]bool) purchase.HandoverEvent {
	e := purchase.HandoverEvent{
		Date: k.day, Kind: purchase.EventBooking, Principal: k.principal, Charges: k.charges, Amount: k.principal + k.charges, Entry: k.entry,
	}
	if l := b.lines[k.entry]; l != nil {
		e.Kind, e.DocumentNo = lineEvent(l.Type), l.DocumentNo
		return e
	}
	for i, n := range b.notices[invoice] {
		if !told[i] && k.principal == 0 && n.RunDate == k.day && noticeCharge(n) == k.charges {
			told[i] = true
			said := noticeEvent(n)
			said.Amount, said.Charges, said.Entry = k.charges, k.charges, k.entry
			return said
		}
	}
	switch {
	case k.principal < 0:
		e.Kind = purchase.EventWriteOff
	case k.charges < 0:
		e.Kind = purchase.EventWaiver
	}
	return e
}

func lineEvent(t purchase.LineType) purchase.EventKind {
	switch t {
	case purchase.LineFee:
		return purchase.EventInvoice
	case purchase.LineCollection, purchase.LineAfterGuarantee:
		return purchase.EventPayment
	case purchase.LineChargeback:
		return purchase.EventReturned
	case purchase.LineReturn:
		return purchase.EventReturn
	case purchase.LineCredit:
		return purchase.EventCredit
	case purchase.LineReinstated:
		return purchase.EventReinstated
	case purchase.LineDirectPayment:
		return purchase.EventDirectPayment
	}
	return purchase.EventBooking
}

// noticeCharge is what a notice has booked.
func noticeCharge(n *notice) money.Amount {
	said, err := noticesOf([]*notice{n})
	if err != nil {
		return 0
	}
	return said[0].Fee + said[0].Flat + said[0].InterestBooked
}

func noticeEvent(n *notice) purchase.HandoverEvent {
	return purchase.HandoverEvent{
		Date: n.RunDate, Kind: purchase.EventNotice, DocumentNo: noticeID(n.Merchant, n.InvoiceNo, n.Level), Level: n.Level, SentOn: n.SentOn,
	}
}

// paperEvent is an instruction or an announced return; the others are booked.
func paperEvent(p *paper) (purchase.HandoverEvent, bool) {
	e := purchase.HandoverEvent{Date: p.Day, Kind: purchase.EventKind(p.Kind), DocumentNo: p.Number, Amount: p.Amount}
	switch {
	case p.Feed == purchase.Returns && p.Kind == purchase.ReturnAnnounced:
		e.Kind = purchase.EventAnnounced
		return e, true
	case p.Feed != purchase.Instructions || p.Kind == purchase.DirectPayment:
		return e, false
	}
	return e, true
}

// handoversOf yields what the agency is told of a dunning run.
func (p *Provider) handoversOf(merchant string, day schedules.Date) func(context.Context) iter.Seq2[purchase.Handover, error] {
	return func(ctx context.Context) iter.Seq2[purchase.Handover, error] {
		return pages(ctx, p.db, func(tx *database.Tx, after string) ([]purchase.Handover, string, error) {
			rows, err := tx.Query(ctx, "SELECT handover FROM provider_handovers WHERE merchant_id = ? AND run_date = ? AND invoice_no > ? ORDER BY invoice_no LIMIT ?",
				merchant, day, after, chunk)
			all, err := database.Collect(rows, err, scanJSON[purchase.Handover])
			if err != nil || len(all) == 0 {
				return nil, "", err
			}
			return all, all[len(all)-1].InvoiceNo, nil
		})
	}
}
