package intake

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// day is a Friday.
var day = schedules.NewDate(2026, 10, 2)

// brief strips a verdict to what the domain fixes.
func brief(v verdict) string {
	s := string(v.status)
	if v.code != "" {
		s += " " + string(v.code)
	}
	if v.warning != "" {
		s += " +" + string(v.warning)
	}
	return s
}

// heldBy is a row that holds the key of a record.
func heldBy(row int64, r purchase.Record, booked bool) holding {
	return holding{row: row, booked: booked, material: digest(r.Material()), content: digest(r.Content()), date: r.Date(), amount: purchase.Gross(r)}
}

func check(t *testing.T, name, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s; want %s", name, got, want)
	}
}

func TestJudgeOrder(t *testing.T) {
	first := purchase.Order{OrderNo: "A1", OrderDate: day, Currency: "EUR", Gross: 1000, CustomerNo: "K1", Phone: "1"}
	phone, amount := first, first
	phone.Phone, amount.Gross = "2", 1001
	foreign := first
	foreign.Currency = "USD"
	waits := &order{row: 1}
	ok := &order{row: 1, decision: purchase.DecisionAccepted, code: purchase.OK}
	missing := &order{row: 1, decision: purchase.DecisionDeclined, code: purchase.DataMissing}
	review := &order{row: 1, decision: purchase.DecisionReview, code: purchase.AddressMismatch}
	one := []holding{heldBy(1, first, true)}
	tests := []struct {
		name  string
		r     purchase.Order
		held  []holding
		known *order
		want  string
	}{
		{"new", first, nil, nil, "BOOKED"},
		{"another currency is the provider's to decide", foreign, nil, nil, "BOOKED"},
		{"again", first, one, ok, "DUPLICATE DUPLICATE"},
		{"another phone", phone, one, ok, "DUPLICATE DUPLICATE +CHANGED_IMMATERIAL"},
		{"another amount", amount, one, ok, "CONFLICT CONFLICT"},
		{"another phone while not decided", phone, one, waits, "DUPLICATE DUPLICATE +CHANGED_IMMATERIAL"},
		{"another amount while not decided", amount, one, waits, "CONFLICT CONFLICT"},
		{"another phone while reviewed", phone, one, review, "DUPLICATE DUPLICATE +CHANGED_IMMATERIAL"},
		{"again after data were missing", first, one, missing, "DUPLICATE DUPLICATE"},
		{"any column corrected after data were missing", phone, one, missing, "BOOKED"},
		{"the amount corrected after data were missing", amount, one, missing, "BOOKED"},
		{
			"equal to a row that was replaced", first,
			[]holding{heldBy(1, first, true), heldBy(2, amount, true)},
			&order{row: 2, decision: purchase.DecisionAccepted}, "DUPLICATE DUPLICATE",
		},
		{
			"material columns are compared with the last row", phone,
			[]holding{heldBy(1, first, true), heldBy(2, amount, true)},
			&order{row: 2, decision: purchase.DecisionAccepted}, "CONFLICT CONFLICT",
		},
	}
	for _, tt := range tests {
		check(t, tt.name, brief(judgeOrder(tt.r, tt.held, tt.known)), tt.want)
	}
}

func accepted() *order {
	return &order{row: 1, decision: purchase.DecisionAccepted, code: purchase.OK, approved: 1000, validUntil: day + 60}
}

func TestJudgeInvoice(t *testing.T) {
	r := purchase.Invoice{InvoiceNo: "R1", OrderNo: "A1", InvoiceDate: day, Currency: "EUR", Gross: 600}
	with := func(f func(*purchase.Invoice)) purchase.Invoice { c := r; f(&c); return c }
	of := func(f func(*order)) *order { o := accepted(); f(o); return o }
	held := []holding{heldBy(9, r, false)}
	declined := &order{decision: purchase.DecisionDeclined, code: purchase.AgeLimit}
	tests := []struct {
		name string
		r    purchase.Invoice
		held []holding
		o    *order
		want string
	}{
		{"of an accepted order", r, nil, accepted(), "BOOKED"},
		{"another currency comes before all", with(func(i *purchase.Invoice) { i.Currency = "USD" }), held, nil, "REJECTED CURRENCY"},
		{"a parked row holds the key", r, held, nil, "DUPLICATE DUPLICATE"},
		{"other content comes before the parent", with(func(i *purchase.Invoice) { i.Gross = 1 }), held, nil, "CONFLICT CONFLICT"},
		{"term_days is material", with(func(i *purchase.Invoice) { i.TermDays = purchase.Days{N: 30, Given: true} }), held, nil, "CONFLICT CONFLICT"},
		{"tax_amount is not", with(func(i *purchase.Invoice) { i.Tax = 1 }), held, nil, "DUPLICATE DUPLICATE +CHANGED_IMMATERIAL"},
		{"order unknown", r, nil, nil, "PARKED UNKNOWN_ORDER"},
		{"order not decided", r, nil, &order{}, "PARKED NOT_ACCEPTED"},
		{"order in review", r, nil, &order{decision: purchase.DecisionReview}, "PARKED NOT_ACCEPTED"},
		{"order to be corrected", r, nil, &order{decision: purchase.DecisionDeclined, code: purchase.DataMissing}, "PARKED NOT_ACCEPTED"},
		{"order declined", r, nil, declined, "REJECTED NOT_ACCEPTED"},
		{"order cancelled, whatever the date", with(func(i *purchase.Invoice) { i.InvoiceDate = day - 30 }), nil, of(func(o *order) { o.cancelled = true }), "REJECTED NOT_ACCEPTED"},
		{"on the last day", with(func(i *purchase.Invoice) { i.InvoiceDate = day + 60 }), nil, accepted(), "BOOKED"},
		{"a day late", with(func(i *purchase.Invoice) { i.InvoiceDate = day + 61 }), nil, accepted(), "REJECTED CLOSED"},
		{"late and too much", with(func(i *purchase.Invoice) { i.InvoiceDate, i.Gross = day+61, 1001 }), nil, accepted(), "REJECTED CLOSED"},
		{"exactly the rest", r, nil, of(func(o *order) { o.invoiced = 400 }), "BOOKED"},
		{"a cent more than the rest", r, nil, of(func(o *order) { o.invoiced = 401 }), "REJECTED OVER_APPROVED"},
		{"more than fits into a sum", with(func(i *purchase.Invoice) { i.Gross = 1<<63 - 1 }), nil, of(func(o *order) { o.invoiced = 400 }), "REJECTED OVER_APPROVED"},
	}
	for _, tt := range tests {
		check(t, tt.name, brief(judgeInvoice(tt.r, "EUR", tt.held, tt.o)), tt.want)
	}
}

func TestJudgeShipment(t *testing.T) {
	r := purchase.Shipment{ShipmentNo: "L1", OrderNo: "A1", InvoiceNo: "R1", ShippedOn: day}
	with := func(f func(*purchase.Shipment)) purchase.Shipment { c := r; f(&c); return c }
	full := with(func(s *purchase.Shipment) { s.Gross = 600 })
	known := &invoice{orderNo: "A1", date: day, due: day + 14, gross: 600}
	cancelled := accepted()
	cancelled.cancelled = true
	makes := func(o *order, i *invoice) shipping { return shipping{makes: true, order: o, invoice: i} }
	loose, firm := heldBy(9, full, true), heldBy(9, full, true)
	loose.loose = true
	tests := []struct {
		name string
		r    purchase.Shipment
		s    shipping
		want string
	}{
		{"another currency", with(func(s *purchase.Shipment) { s.Currency = "USD" }), makes(accepted(), known), "REJECTED CURRENCY"},
		{"order unknown", full, makes(nil, known), "PARKED UNKNOWN_ORDER"},
		{"order declined, invoice unknown", r, shipping{order: &order{decision: purchase.DecisionDeclined, code: purchase.Country}}, "REJECTED NOT_ACCEPTED"},
		{"invoice unknown", full, shipping{order: accepted()}, "PARKED UNKNOWN_INVOICE"},
		{"invoice unknown, order cancelled", full, shipping{order: cancelled}, "PARKED UNKNOWN_INVOICE"},
		{"invoice known", full, shipping{order: accepted(), invoice: known}, "BOOKED"},
		{"amount ignored with an invoices feed", with(func(s *purchase.Shipment) { s.Gross = 1 }), shipping{order: accepted(), invoice: known}, "BOOKED"},
		{"invoice of another order", full, shipping{order: accepted(), invoice: &invoice{orderNo: "A2"}}, "REJECTED FIELD_RANGE"},
		{"makes the invoice", full, makes(accepted(), nil), "BOOKED"},
		{"makes no invoice without an amount", r, makes(accepted(), nil), "REJECTED FIELD_REQUIRED"},
		{"makes none while an invoices file has it parked", full, shipping{makes: true, order: accepted(), claimed: true}, "PARKED UNKNOWN_INVOICE"},
		{"makes none of a cancelled order", full, makes(cancelled, nil), "REJECTED NOT_ACCEPTED"},
		{"too much", with(func(s *purchase.Shipment) { s.Gross = 1001 }), makes(accepted(), nil), "REJECTED OVER_APPROVED"},
		{"too late by its own invoice_date", with(func(s *purchase.Shipment) { s.Gross, s.InvoiceDate = 600, day+61 }), makes(accepted(), nil), "REJECTED CLOSED"},
		{"due before the invoice", with(func(s *purchase.Shipment) { s.Gross, s.DueDate = 600, day-1 }), makes(accepted(), nil), "REJECTED FIELD_RANGE"},
		{"further, values left empty", r, makes(accepted(), known), "BOOKED"},
		{"further, values repeated", with(func(s *purchase.Shipment) { s.Gross, s.InvoiceDate, s.DueDate = 600, day, day+14 }), makes(accepted(), known), "BOOKED"},
		{"further, another amount", with(func(s *purchase.Shipment) { s.Gross = 599 }), makes(accepted(), known), "CONFLICT CONFLICT"},
		{"further, another due date", with(func(s *purchase.Shipment) { s.DueDate = day + 15 }), makes(accepted(), known), "CONFLICT CONFLICT"},
		{"again", full, shipping{makes: true, held: []holding{firm}}, "DUPLICATE DUPLICATE"},
		{"again without the amount", r, shipping{makes: true, held: []holding{firm}}, "CONFLICT CONFLICT"},
		{"again without the amount, onto an invoice that existed", r, shipping{makes: true, held: []holding{loose}}, "DUPLICATE DUPLICATE +CHANGED_IMMATERIAL"},
		{"again with another day", with(func(s *purchase.Shipment) { s.Gross, s.ShippedOn = 600, day+1 }), shipping{makes: true, held: []holding{loose}}, "CONFLICT CONFLICT"},
	}
	for _, tt := range tests {
		tt.s.currency = "EUR"
		check(t, tt.name, brief(judgeShipment(tt.r, tt.s)), tt.want)
	}
}

func docs(all ...purchase.Reduction) (rs []reduction) {
	for i, d := range all {
		rs = append(rs, reduction{Reduction: d, row: int64(i + 1)})
	}
	return rs
}

func TestJudgeReturnAndCredit(t *testing.T) {
	r := purchase.Return{ReturnNo: "T1", Kind: purchase.ReturnReceived, InvoiceNo: "R1", ReturnedOn: day, Gross: 300}
	c := purchase.Credit{CreditNo: "G1", Kind: purchase.Correction, InvoiceNo: "R1", CreditedOn: day, Gross: 300}
	inv := func(all ...purchase.Reduction) *invoice {
		i := &invoice{orderNo: "A1", date: day, gross: 1000, assume: true, docs: docs(all...)}
		i.credited, _ = i.fold(nil)
		return i
	}
	returned := purchase.Reduction{Number: "T9", Kind: purchase.ReturnReceived, Amount: 300}
	credited := purchase.Reduction{Number: "G9", Kind: purchase.Correction, Amount: 300}
	goodwill := purchase.Reduction{Number: "G8", Kind: purchase.Goodwill, Amount: 700}
	byOrder, announced := r, r
	byOrder.InvoiceNo, byOrder.OrderNo = "", "A1"
	announced.Kind, announced.Gross = purchase.ReturnAnnounced, 5000
	one, two := accepted(), accepted()
	one.invoices, one.invoiceNo, two.invoices = 1, "R1", 2
	returns := []struct {
		name string
		r    purchase.Return
		o    *order
		i    *invoice
		want string
	}{
		{"invoice unknown", r, nil, nil, "PARKED UNKNOWN_INVOICE"},
		{"received", r, nil, inv(), "BOOKED"},
		{"exactly what is left", r, nil, inv(goodwill), "BOOKED"},
		{"a cent more than is left", func() purchase.Return { x := r; x.Gross = 301; return x }(), nil, inv(goodwill), "REJECTED OVER_CREDIT"},
		{"more than fits into a sum", func() purchase.Return { x := r; x.Gross = 1<<63 - 1; return x }(), nil, inv(goodwill), "REJECTED OVER_CREDIT"},
		{"announced takes nothing", announced, nil, inv(goodwill), "BOOKED"},
		{"of an unknown order", byOrder, nil, nil, "PARKED UNKNOWN_ORDER"},
		{"of a declined order", byOrder, &order{decision: purchase.DecisionDeclined, code: purchase.Country}, nil, "REJECTED NOT_ACCEPTED"},
		{"of an order without invoice", byOrder, accepted(), nil, "PARKED UNKNOWN_INVOICE"},
		{"of an order with one invoice", byOrder, one, inv(), "BOOKED"},
		{"of an order with several", byOrder, two, nil, "REJECTED FIELD_REQUIRED"},
		{"after the credit that is assumed to name it", r, nil, inv(credited, goodwill), "BOOKED +RETURN_ASSUMED"},
		{"named by a credit already", r, nil, inv(purchase.Reduction{Number: "G7", Kind: purchase.Correction, Names: "T1", Amount: 1000}), "BOOKED"},
	}
	for _, tt := range returns {
		check(t, "return "+tt.name, brief(judgeReturn(tt.r, "EUR", nil, tt.o, tt.i)), tt.want)
	}
	value, names := c, c
	value.Kind, names.ReturnNo = purchase.Value, "T9"
	credits := []struct {
		name   string
		r      purchase.Credit
		i      *invoice
		assume bool
		want   string
	}{
		{"invoice unknown", c, nil, true, "PARKED UNKNOWN_INVOICE"},
		{"plain", c, inv(), true, "BOOKED"},
		{"of exactly the amount of a return", c, inv(returned, goodwill), true, "BOOKED +RETURN_ASSUMED"},
		{"the same when nothing is assumed", c, inv(returned, goodwill), false, "REJECTED OVER_CREDIT"},
		{"VALUE always adds", value, inv(returned, goodwill), true, "REJECTED OVER_CREDIT"},
		{"names the return", names, inv(returned, goodwill), true, "BOOKED"},
	}
	for _, tt := range credits {
		if tt.i != nil {
			tt.i.assume = tt.assume
		}
		check(t, "credit "+tt.name, brief(judgeCredit(tt.r, "EUR", nil, tt.i)), tt.want)
	}
}

func TestJudgeCancellation(t *testing.T) {
	r := purchase.Cancellation{CancelNo: "S1", OrderNo: "A1", CancelledOn: day}
	of := func(f func(*order)) *order { o := accepted(); f(o); return o }
	tests := []struct {
		name string
		o    *order
		want string
	}{
		{"order unknown", nil, "PARKED UNKNOWN_ORDER"},
		{"order not decided", &order{}, "PARKED NOT_ACCEPTED"},
		{"order declined", &order{decision: purchase.DecisionDeclined, code: purchase.Country}, "REJECTED NOT_ACCEPTED"},
		{"something is left", of(func(o *order) { o.invoiced = 999 }), "BOOKED"},
		{"all invoiced", of(func(o *order) { o.invoiced = 1000 }), "REJECTED CLOSED"},
		{"cancelled before", of(func(o *order) { o.cancelled = true }), "REJECTED CLOSED"},
	}
	for _, tt := range tests {
		check(t, tt.name, brief(judgeCancellation(r, nil, tt.o)), tt.want)
	}
}

func TestJudgePayment(t *testing.T) {
	in := purchase.Payment{PaymentID: "Z1", Account: account, BookedOn: day, Amount: 500, Currency: "EUR", Reference: "R1"}
	with := func(f func(*purchase.Payment)) purchase.Payment { c := in; f(&c); return c }
	back := with(func(p *purchase.Payment) { p.Amount = -500 })
	original := []holding{heldBy(1, in, true)}
	tests := []struct {
		name      string
		r         purchase.Payment
		held      []holding
		originals []holding
		want      string
	}{
		{"received", in, nil, nil, "BOOKED"},
		{"another currency", with(func(p *purchase.Payment) { p.Currency = "USD" }), nil, nil, "REJECTED CURRENCY"},
		{"again", in, original, nil, "DUPLICATE DUPLICATE"},
		{"again with another reference", with(func(p *purchase.Payment) { p.Reference = "R2" }), original, nil, "CONFLICT CONFLICT"},
		{"again with another name", with(func(p *purchase.Payment) { p.DebtorName = "x" }), original, nil, "DUPLICATE DUPLICATE +CHANGED_IMMATERIAL"},
		{"returned, original unknown", back, nil, nil, "PARKED UNKNOWN_INVOICE"},
		{"returned", back, nil, original, "BOOKED"},
		{"returned in part", with(func(p *purchase.Payment) { p.Amount = -1 }), nil, original, "BOOKED"},
		{"returned twice", back, []holding{heldBy(2, back, true)}, original, "DUPLICATE DUPLICATE"},
		{"more returned than came", with(func(p *purchase.Payment) { p.Amount = -501 }), nil, original, "REJECTED FIELD_RANGE"},
		{"returned before it came", with(func(p *purchase.Payment) { p.Amount, p.BookedOn = -500, day-1 }), nil, original, "REJECTED FIELD_RANGE"},
		{"returned the smallest number", with(func(p *purchase.Payment) { p.Amount = -1 << 63 }), nil, original, "REJECTED FIELD_RANGE"},
	}
	for _, tt := range tests {
		check(t, tt.name, brief(judgePayment(tt.r, "EUR", tt.held, tt.originals)), tt.want)
	}
}

func TestJudgeInstruction(t *testing.T) {
	i := &invoice{date: day, gross: 1000, credited: 400, direct: 100}
	tests := []struct {
		name string
		r    purchase.Instruction
		i    *invoice
		want string
	}{
		{"invoice unknown", purchase.Instruction{Kind: purchase.Hold, Day: day}, nil, "PARKED UNKNOWN_INVOICE"},
		{"hold before the invoice", purchase.Instruction{Kind: purchase.Hold, Day: day - 9}, i, "BOOKED"},
		{"due on the day of the invoice", purchase.Instruction{Kind: purchase.DueChange, Day: day}, i, "BOOKED"},
		{"due the day before the invoice", purchase.Instruction{Kind: purchase.DueChange, Day: day - 1}, i, "REJECTED FIELD_RANGE"},
		{"due on a weekend that moves to the invoice's Monday", purchase.Instruction{Kind: purchase.DueChange, Day: day + 1}, &invoice{date: day + 3}, "BOOKED"},
		{"paid directly, all that is left", purchase.Instruction{Kind: purchase.DirectPayment, Day: day, Amount: 500}, i, "BOOKED"},
		{"paid directly, a cent more", purchase.Instruction{Kind: purchase.DirectPayment, Day: day, Amount: 501}, i, "REJECTED OVER_CREDIT"},
	}
	for _, tt := range tests {
		check(t, tt.name, brief(judgeInstruction(tt.r, nil, tt.i)), tt.want)
	}
}

// Of several returns and credits of one amount each is taken once.
func TestAssumedNamesBothDocuments(t *testing.T) {
	ret := func(no string) purchase.Reduction {
		return purchase.Reduction{Number: no, Kind: purchase.ReturnReceived, Amount: 300}
	}
	credit := func(no, names string) purchase.Reduction {
		return purchase.Reduction{Number: no, Kind: purchase.Correction, Names: names, Amount: 300}
	}
	tests := []struct {
		name string
		docs []reduction
		d    purchase.Reduction
		want string
	}{
		{"the only one", docs(ret("T1")), credit("G1", ""), "G1 replaces T1"},
		{"the second one", docs(ret("T1"), ret("T2"), credit("G1", "")), credit("G2", ""), "G2 replaces T2"},
		{"one that no credit names", docs(ret("T1"), ret("T2"), credit("G1", "T1")), credit("G2", ""), "G2 replaces T2"},
		{"a return after its credit", docs(credit("G1", "")), ret("T1"), "G1 replaces T1"},
		{"a return of which VALUE does not speak", docs(purchase.Reduction{Number: "G0", Kind: purchase.Value, Amount: 300}, credit("G1", "")), ret("T1"), "G1 replaces T1"},
	}
	for _, tt := range tests {
		c := assumed(tt.docs, tt.d)
		check(t, tt.name, c.Credit+" replaces "+c.Return, tt.want)
	}
}
