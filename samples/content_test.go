package samples

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A line is a row as it was read, good or bad.
type line struct {
	Day    schedules.Date
	Name   string
	Feed   purchase.Feed
	Code   purchase.Code
	Column string
	Record purchase.Record
}

// read reads generated files back, day by day and feed by feed.
func read(t *testing.T, p *formats.Profile, files []*fileOf) []line {
	t.Helper()
	var lines []line
	for _, f := range files {
		feed, ok := p.FeedOf(f.name)
		if !ok || f.bank != (feed == purchase.Payments) {
			t.Errorf("%s: feed %s, bank %t", f.name, feed, f.bank)
		}
		r := p.Read(feed, strings.NewReader(f.String()), formats.ReadOptions{File: f.name})
		for row := range r.Rows() {
			l := line{Day: f.day, Name: f.name, Feed: feed, Record: row.Record}
			if len(row.Errors) > 0 {
				l.Code, l.Column = row.Errors[0].Code, row.Errors[0].Column
			}
			lines = append(lines, l)
		}
		if err := r.Err(); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
		if unknown := r.UnknownColumns(); len(unknown) > 0 {
			t.Errorf("%s has unknown columns %v", f.name, unknown)
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Or(int(a.Day-b.Day), int(a.Feed-b.Feed)) })
	return lines
}

// Both profiles say the same, and every row reads well but for those that are
// bad on purpose.
func TestProfiles(t *testing.T) {
	kontor, actindo := profile(t, "kontor"), profile(t, "actindo")
	want := read(t, kontor, generate(t, everything(kontor, 7)))
	got := read(t, actindo, generate(t, everything(actindo, 7)))
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("profile actindo says something else (-kontor +actindo):\n%s", diff)
	}
	bad := map[string]int{}
	for _, l := range want {
		if l.Code != "" {
			bad[string(l.Code)+" "+l.Column]++
		}
	}
	wanted := []string{
		"FIELD_REQUIRED currency", "FIELD_FORMAT order_no", "FIELD_LENGTH order_no", "FIELD_RANGE gross_amount",
	}
	for _, w := range wanted {
		if bad[w] == 0 {
			t.Errorf("no row is %s", w)
		}
		delete(bad, w)
	}
	if len(bad) > 0 {
		t.Errorf("rows that should be good: %v", bad)
	}
}

// A shop remembers what was read of it, to see that documents fit together.
type shop struct {
	*testing.T
	orders   map[string]purchase.Order
	invoices map[string]purchase.Invoice
	invoiced map[string]money.Amount // by order
	credited map[string][]purchase.Reduction
	direct   map[string]money.Amount
	payments map[string]purchase.Payment // by id, those that came in
	rows     map[purchase.Feed]int
}

// Every document fits to those before it, but for those that are bad on purpose.
func TestReferences(t *testing.T) {
	p := profile(t, "kontor")
	s := &shop{
		t,
		map[string]purchase.Order{},
		map[string]purchase.Invoice{},
		map[string]money.Amount{},
		map[string][]purchase.Reduction{},
		map[string]money.Amount{},
		map[string]purchase.Payment{},
		map[purchase.Feed]int{},
	}
	o := everything(p, 11)
	o.Orders, o.Shares.Again = 4000, 0
	for _, l := range read(t, p, generate(t, o)) {
		if l.Record != nil && !strings.HasPrefix(l.Record.Number(), "X") {
			s.rows[l.Record.Feed()]++
			s.see(l)
		}
	}
	for _, feed := range purchase.Feeds() {
		if s.rows[feed] == 0 {
			t.Errorf("no %s", feed)
		}
	}
	if n := len(s.orders); n < 3990 || n > 4000 {
		t.Errorf("%d orders; want 4000 but for those with bad rows", n)
	}
	for no, invoice := range s.invoices {
		k, _ := purchase.Fold(s.credited[no], true)
		if k+s.direct[no] > invoice.Gross {
			t.Errorf("%s: credited %s + paid to the shop %s of %s", no, k, s.direct[no], invoice.Gross)
		}
	}
}

func (s *shop) see(l line) {
	switch r := l.Record.(type) {
	case purchase.Order:
		if known, ok := s.orders[r.OrderNo]; !ok {
			s.orders[r.OrderNo] = r
		} else if !strings.HasSuffix(known.FirstName, ".") && known.Person() != r.Person() {
			s.Errorf("%s is by two people", r.OrderNo)
		}
		if r.OrderDate > l.Day {
			s.Errorf("%s is dated after %s", r.OrderNo, l.Day)
		}
	case purchase.Invoice:
		order, ok := s.orders[r.OrderNo]
		s.invoiced[r.OrderNo] += r.Gross
		if !ok || order.OrderDate > r.InvoiceDate || s.invoiced[r.OrderNo] > order.Gross {
			s.Errorf("%s of %s: order %+v, %s invoiced", r.InvoiceNo, l.Day, order, s.invoiced[r.OrderNo])
		}
		s.invoices[r.InvoiceNo] = r
	case purchase.Shipment:
		if i, ok := s.invoices[r.InvoiceNo]; !ok || i.OrderNo != r.OrderNo || r.ShippedOn < i.InvoiceDate || !schedules.IsWorkingDay(r.ShippedOn) {
			s.Errorf("%s of %s: invoice %+v", r.ShipmentNo, l.Day, i)
		}
	case purchase.Return:
		if r.Kind == purchase.ReturnReceived {
			s.credited[r.InvoiceNo] = append(s.credited[r.InvoiceNo], purchase.Reduction{Number: r.ReturnNo, Kind: r.Kind, Amount: r.Gross})
		}
		s.known(l, r.InvoiceNo)
	case purchase.Credit:
		s.credited[r.InvoiceNo] = append(s.credited[r.InvoiceNo], purchase.Reduction{Number: r.CreditNo, Kind: r.Kind, Names: r.ReturnNo, Amount: r.Gross})
		s.known(l, r.InvoiceNo)
	case purchase.Cancellation:
		if o, ok := s.orders[r.OrderNo]; !ok || s.invoiced[r.OrderNo] >= o.Gross {
			s.Errorf("%s of %s: nothing to cancel in %+v", r.CancelNo, l.Day, o)
		}
	case purchase.Payment:
		s.paid(l, r)
	case purchase.Instruction:
		if r.Kind == purchase.DirectPayment {
			s.direct[r.InvoiceNo] += r.Amount
		}
		s.known(l, r.InvoiceNo)
	}
}

func (s *shop) known(l line, invoiceNo string) {
	if _, ok := s.invoices[invoiceNo]; !ok {
		s.Errorf("%s %s of %s: no invoice %s", l.Name, l.Record.Number(), l.Day, invoiceNo)
	}
}

func (s *shop) paid(l line, p purchase.Payment) {
	if !schedules.IsBankDay(p.BookedOn) || p.BookedOn != l.Day {
		s.Errorf("%s of %s is booked on %s", p.PaymentID, l.Day, p.BookedOn)
	}
	if !purchase.ValidIBAN(p.DebtorIBAN) {
		s.Errorf("%s: %s is no IBAN", p.PaymentID, p.DebtorIBAN)
	}
	first, known := s.payments[p.PaymentID]
	switch {
	case p.Amount > 0 && known:
		s.Errorf("%s was paid twice", p.PaymentID)
	case p.Amount > 0:
		s.payments[p.PaymentID] = p
	case first.Amount != -p.Amount || first.BookedOn > p.BookedOn:
		s.Errorf("%s: %s taken back of %+v", p.PaymentID, p.Amount, first)
	}
}

// The million-row case: as many orders as asked for, each shipped the same
// day, all of them acceptable and by different people.
func TestSimple(t *testing.T) {
	p := profile(t, "actindo")
	files := generate(t, Options{Orders: 1000, Days: 3, Seed: 9, Profile: p, Simple: true})
	orders, customers := map[string]purchase.Order{}, map[string]bool{}
	shipped := 0
	for _, l := range read(t, p, files) {
		switch r := l.Record.(type) {
		case purchase.Order:
			orders[r.OrderNo], customers[r.CustomerNo] = r, true
			if r.Gross < 100 || r.Gross > 150_000 || r.Country != "DE" || r.ShipStreet != "" || r.Street == "" {
				t.Errorf("not acceptable: %+v", r)
			}
			if r.CustomerType == purchase.B2C && schedules.Age(r.BirthDate, r.OrderDate) < 18 {
				t.Errorf("not of age: %+v", r)
			}
		case purchase.Shipment:
			shipped++
			if r.Gross != orders[r.OrderNo].Gross || r.ShippedOn != files[0].day {
				t.Errorf("shipment %+v of order %+v", r, orders[r.OrderNo])
			}
		default:
			t.Errorf("%s has %+v", l.Name, l)
		}
	}
	if len(orders) != 1000 || len(customers) != 1000 || shipped != 1000 {
		t.Errorf("%d orders by %d customers, %d shipments; want 1000 of each", len(orders), len(customers), shipped)
	}
}
