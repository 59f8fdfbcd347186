package provider_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// An embedded is the provider itself, living a story.
type embedded struct {
	ctx     context.Context
	db      *database.DB
	p       *provider.Provider
	terms   terms
	zone    *time.Location
	batches []purchase.Batch
	row     int64
}

const settlement = "DE02120300000000202051"

func embed(ctx context.Context, db *database.DB, t terms) (*embedded, error) {
	zone, err := time.LoadLocation("Europe/Berlin")
	agreed := purchase.Terms{
		Merchant: t.merchant, Currency: "EUR", Zone: "Europe/Berlin", SettlementAccount: settlement, AssumeReturn: t.assume, TermDays: t.term, ParkDays: 14,
		Credit: purchase.CreditTerms{
			Countries: []string{"DE"}, MinAge: 18, OrderMin: money.Amount(t.orderMin), OrderMax: money.Amount(t.orderMax), OpenSumMax: money.Amount(t.openMax),
			AddressMismatch: t.mismatch, AddressAllowUpTo: money.Amount(t.mismatchTo), OverdueLevel: 2, ValidDays: 60,
		},
		Fees:      purchase.FeeTerms{Percent: money.Rate(t.feePercent), Fixed: money.Amount(t.feeFixed), VAT: money.Rate(t.vat)},
		Guarantee: purchase.GuaranteeTerms{Days: t.guaranteeDays, Anchor: t.anchor, AnnouncedHoldDays: t.announcedDays},
		PayoutMin: money.Amount(t.payoutMin),
		Dunning: purchase.DunningTerms{
			After: t.after, Min: money.Amount(t.dunningMin), StatementBankDays: t.statementDays, LetterDays: t.letterDays,
			B2BFlat: money.Amount(t.flat), B2CPoints: money.Rate(t.consumerPoints), B2BPoints: money.Rate(t.businessPoints),
		},
	}
	agreed.Allocation.Within = t.within
	if t.oldest {
		agreed.Allocation.Across = purchase.OldestFirst
	}
	for _, f := range t.fees {
		agreed.Dunning.Fee = append(agreed.Dunning.Fee, money.Amount(f))
	}
	var rates []purchase.BaseRate
	for _, r := range t.rates {
		rates = append(rates, purchase.BaseRate{From: date(r.from), Rate: money.Rate(r.points)})
	}
	return &embedded{ctx: ctx, db: db, terms: t, zone: zone, p: provider.New(db, map[string]purchase.Terms{t.merchant: agreed}, rates)}, err
}

func date(d day) schedules.Date {
	if d == 0 {
		return 0
	}
	return schedules.NewDate(d.time().Date())
}

func (e *embedded) live(o op) error {
	d := date(o.day)
	slot := func(job schedules.Job, hour int) error {
		return e.p.Advance(e.ctx, e.terms.merchant, schedules.Slot{Job: job, At: d.In(e.zone, hour, 0)})
	}
	switch o.do {
	case "batch":
		b, err := e.zip(o)
		e.batches = append(e.batches, b)
		if err != nil {
			return err
		}
		return e.p.Submit(e.ctx, b)
	case "again":
		if o.back < len(e.batches) {
			return e.p.Submit(e.ctx, e.batches[o.back])
		}
	case "guarantee":
		return slot(schedules.Guarantee, 4)
	case "dun":
		return slot(schedules.Dunning, 5)
	case "payOut":
		return slot(schedules.Payout, 6)
	case "deliver":
		return slot(schedules.Deliver, 7)
	case "statement":
		return e.db.Write(e.ctx, func(tx *database.Tx) error { return e.p.Statement(e.ctx, tx, e.terms.merchant, d) })
	case "leave":
		return e.db.Write(e.ctx, func(tx *database.Tx) error { return e.p.Sent(e.ctx, tx, e.terms.merchant, date(o.run), d) })
	}
	return nil
}

// zip makes the next batch.
func (e *embedded) zip(o op) (purchase.Batch, error) {
	number, created := int64(len(e.batches)+1), date(o.day).In(e.zone, o.minute/60, o.minute%60)
	var file bytes.Buffer
	z := formats.NewBatchZip(&file, formats.Manifest{Merchant: e.terms.merchant, Number: number, Created: created})
	for _, r := range o.records {
		e.row++
		source := purchase.Source{SHA256: strings.Repeat("0", 64), Name: r.feed + ".csv", Row: e.row}
		if err := z.Write(e.terms.document(r), source); err != nil {
			return purchase.Batch{}, fmt.Errorf("%+v: %w", r, err)
		}
	}
	err := z.Close()
	sum := sha256.Sum256(file.Bytes())
	return purchase.Batch{
		Merchant: e.terms.merchant, Number: number, SHA256: hex.EncodeToString(sum[:]), Created: created, Size: int64(file.Len()),
		Open: func() (purchase.ReadAtCloser, error) { return inMemory{bytes.NewReader(file.Bytes())}, nil },
	}, err
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// document writes a record of the model as the program knows it.
func (t terms) document(r record) purchase.Record {
	amount, term := money.Amount(r.amount), purchase.Days{}
	if r.term >= 0 {
		term = purchase.Days{N: r.term, Given: true}
	}
	switch r.feed {
	case "orders":
		o := purchase.Order{
			OrderNo: r.no, OrderDate: date(r.day), Currency: r.currency, Gross: amount, CustomerNo: r.customer, CustomerType: purchase.B2C, TermDays: term,
			FirstName: r.first, LastName: r.last, Company: r.company, BirthDate: date(r.other), Phone: r.phone, Street: street, HouseNo: "1",
			Postcode: r.postcode, City: "Berlin", Country: r.country, ShipStreet: r.shipTo, ShipCountry: r.shipLand,
		}
		if r.business {
			o.CustomerType = purchase.B2B
		}
		return o
	case "invoices":
		return purchase.Invoice{
			InvoiceNo: r.no, OrderNo: r.order, InvoiceDate: date(r.day), Currency: r.currency, Gross: amount, DueDate: date(r.other), TermDays: term, DefaultNotice: r.notice,
		}
	case "shipments":
		return purchase.Shipment{ShipmentNo: r.no, OrderNo: r.order, InvoiceNo: r.invoice, ShippedOn: date(r.day)}
	case "returns":
		return purchase.Return{ReturnNo: r.no, Kind: r.kind, InvoiceNo: r.invoice, ReturnedOn: date(r.day), Currency: "EUR", Gross: amount}
	case "credits":
		return purchase.Credit{CreditNo: r.no, Kind: r.kind, InvoiceNo: r.invoice, CreditedOn: date(r.day), Currency: "EUR", Gross: amount, ReturnNo: r.text}
	case "cancellations":
		return purchase.Cancellation{CancelNo: r.no, OrderNo: r.order, CancelledOn: date(r.day)}
	case "payments":
		return purchase.Payment{
			PaymentID: r.no, Account: settlement, BookedOn: date(r.day), ValueOn: date(r.other), Amount: amount, Currency: "EUR",
			DebtorName: "Erika", DebtorIBAN: r.iban, Reference: r.text, Purpose: r.kind, EndToEndID: t.transferID(r),
		}
	case "instructions":
		return purchase.Instruction{InstructionNo: r.no, Kind: r.kind, InvoiceNo: r.invoice, Day: date(r.day), Amount: amount}
	}
	c := purchase.Command{CommandNo: r.no, Kind: r.kind, Day: date(r.day), Subject: r.invoice, Argument: r.iban, Operator: "kim", Reason: "asked"}
	switch r.kind {
	case "DECIDE":
		c.Subject, c.Argument = r.order, r.text
	case "ASSIGN":
		c.Subject, c.Argument = r.text, r.invoice
	}
	return c
}

// run lets both live a story and returns what each says in the end.
func run(t testing.TB, db *database.DB, s story) (model, embedded []string, err error) {
	t.Helper()
	m := newModel(s.terms)
	e, err := embed(t.Context(), db, s.terms)
	if err != nil {
		return nil, nil, err
	}
	var said []string
	for _, o := range s.ops {
		codes := m.live(o)
		if o.do == "batch" {
			said = append(said, fmt.Sprintf("receipt of %s: %q", o.day, codes))
		}
		if err := e.live(o); err != nil {
			return nil, nil, fmt.Errorf("%s on %s: %w", o.do, o.day, err)
		}
	}
	// The last word on every claim.
	if err := e.live(op{do: "deliver", day: s.ops[len(s.ops)-1].day + 7}); err != nil {
		return nil, nil, err
	}
	broken, err := e.p.Verify(e.ctx, s.merchant)
	if err != nil {
		return nil, nil, err
	}
	got, err := e.says()
	return append(said, m.says()...), append(got, broken...), err
}

// says prints all the books of the model.
func (m *model) says() (all []string) {
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for _, p := range m.payouts {
		say("payout %s %s to %s on %s: %d, pays %d, %d left; fees %d and tax %d", p.id, p.from, p.to, p.date, p.opening, p.amount, p.closing, p.net, p.vat)
		balance := p.opening
		for i, l := range p.lines {
			balance += l.amount
			say("%s %d %s %s %q %q %q %q %d %d = %d, guaranteed %s due %s", p.id, i+1, l.kind, l.booked, l.order, l.invoice, l.document, l.customer, l.gross, l.amount, balance, l.guarantee, l.due)
		}
	}
	for _, n := range m.notices {
		say("notice of %s for %s level %d %s %s: %d + fee %d flat %d interest %d of %d; charges %d, owed %d, next %s", n.run, n.claim.no, n.level, n.status, n.hold,
			n.outstanding, n.fee, n.flat, n.booked, n.total, n.open, n.owed, n.next)
		for _, s := range n.segments {
			say("  %s to %s: %d at %d", s.from, s.to, s.principal, s.points)
		}
	}
	for _, o := range inOrder(m.orders) {
		say("order %s %s %s %d until %s, reference %s", o.no, o.decision, o.code, o.approved, o.validUntil, o.reference)
	}
	for _, c := range inOrder(m.claims) {
		docs := c.docs
		if c.active {
			docs = docs[:c.booked]
			say("state %s %s %d, paid %d, credited %d, due %s, level %d", c.no, m.state(c), m.outstanding(c), m.paid(c), m.reduced(docs), c.due, c.level)
		}
		entitled := cents(0)
		if c.active {
			entitled = m.entitled(c)
		}
		say("claim %s I %d K %d D %d P %d g %t E %d outstanding %d refund %d charges %d level %d active %s due %s",
			c.no, c.invoiced, m.reduced(docs), direct(docs), m.paid(c), c.guaranteed, entitled, m.outstanding(c), m.refund(c), m.charges(c), c.level, c.activated, c.due)
	}
	for _, p := range inOrder(m.payments) {
		if p.waiting != 0 {
			say("in suspense %s %d", p.no, p.waiting)
		}
	}
	sums := map[string]cents{}
	for _, p := range m.postings {
		sums[p.account+" "+p.claim] += p.amount
	}
	for _, account := range keysOf(sums) {
		if sums[account] != 0 {
			say("account %s: %d", account, sums[account])
		}
	}
	return all
}
