package provider

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// goodOrder passes every rule.
func goodOrder(t tb) purchase.Order {
	return purchase.Order{
		OrderNo: "A1001", OrderDate: date(t, "2026-10-01"), Currency: "EUR", Gross: 10_000, CustomerNo: "K1", CustomerType: purchase.B2C,
		FirstName: "Erika", LastName: "Mustermann", BirthDate: date(t, "1980-05-06"), Phone: "030 1", Street: "Hauptstraße", HouseNo: "1",
		Postcode: "10115", City: "Berlin", Country: "DE",
	}
}

func TestDecide(t *testing.T) {
	b2b := func(o *purchase.Order) { o.CustomerType, o.Company, o.BirthDate = purchase.B2B, "Muster GmbH", 0 }
	day := func(s string) schedules.Date { return date(t, s) }
	tests := []struct {
		name  string
		order func(o *purchase.Order)
		terms func(c *purchase.CreditTerms)
		q     inquiry
		want  purchase.Code // OK is ACCEPTED; else DECLINED unless review
	}{
		{name: "all in order", want: purchase.OK},
		{name: "no first name", order: func(o *purchase.Order) { o.FirstName = "" }, want: purchase.DataMissing},
		{name: "no last name", order: func(o *purchase.Order) { o.LastName = "" }, want: purchase.DataMissing},
		{name: "no phone", order: func(o *purchase.Order) { o.Phone = "" }, want: purchase.DataMissing},
		{name: "no street", order: func(o *purchase.Order) { o.Street = "" }, want: purchase.DataMissing},
		{name: "no postcode", order: func(o *purchase.Order) { o.Postcode = "" }, want: purchase.DataMissing},
		{name: "no city", order: func(o *purchase.Order) { o.City = "" }, want: purchase.DataMissing},
		{name: "no country", order: func(o *purchase.Order) { o.Country = "" }, want: purchase.DataMissing},
		{name: "no house number, email or salutation", order: func(o *purchase.Order) { o.HouseNo = "" }, want: purchase.OK},
		{name: "abbreviated", order: func(o *purchase.Order) { o.FirstName = "M." }, want: purchase.DataMissing},
		{name: "abbreviated, more letters", order: func(o *purchase.Order) { o.LastName = "Must." }, want: purchase.DataMissing},
		{name: "one letter", order: func(o *purchase.Order) { o.LastName = "O" }, want: purchase.DataMissing},
		{name: "one letter and signs", order: func(o *purchase.Order) { o.FirstName = "É-1" }, want: purchase.DataMissing},
		{name: "two letters", order: func(o *purchase.Order) { o.FirstName = "Bo" }, want: purchase.OK},
		{name: "B2C without birth date", order: func(o *purchase.Order) { o.BirthDate = 0 }, want: purchase.DataMissing},
		{name: "B2B without birth date", order: b2b, want: purchase.OK},
		{name: "B2B without company", order: func(o *purchase.Order) { b2b(o); o.Company = "" }, want: purchase.DataMissing},
		{name: "data before currency", order: func(o *purchase.Order) { o.City, o.Currency = "", "USD" }, want: purchase.DataMissing},
		{name: "currency before country", order: func(o *purchase.Order) { o.Currency, o.Country = "USD", "AT" }, want: purchase.WrongCurrency},
		{name: "country before age", order: func(o *purchase.Order) { o.Country, o.BirthDate = "AT", o.OrderDate }, want: purchase.Country},
		{name: "shipped abroad", order: func(o *purchase.Order) { o.ShipCountry = "AT" }, want: purchase.Country},
		{name: "two countries", order: func(o *purchase.Order) { o.Country = "AT" }, terms: func(c *purchase.CreditTerms) { c.Countries = []string{"DE", "AT"} }, want: purchase.OK},
		{name: "18 tomorrow", order: func(o *purchase.Order) { o.BirthDate = day("2008-10-02") }, want: purchase.AgeLimit},
		{name: "18 today", order: func(o *purchase.Order) { o.BirthDate = day("2008-10-01") }, want: purchase.OK},
		{name: "29 February, on 28 February", order: func(o *purchase.Order) { o.BirthDate, o.OrderDate = day("2008-02-29"), day("2026-02-28") }, want: purchase.AgeLimit},
		{name: "29 February, on 1 March", order: func(o *purchase.Order) { o.BirthDate, o.OrderDate = day("2008-02-29"), day("2026-03-01") }, want: purchase.OK},
		{name: "a young merchant", order: func(o *purchase.Order) { b2b(o); o.BirthDate = day("2015-01-01") }, want: purchase.OK},
		{name: "age before limit", order: func(o *purchase.Order) { o.BirthDate, o.Gross = day("2015-01-01"), 150_001 }, want: purchase.AgeLimit},
		{name: "below the least", order: func(o *purchase.Order) { o.Gross = 99 }, want: purchase.LimitOrder},
		{name: "the least", order: func(o *purchase.Order) { o.Gross = 100 }, want: purchase.OK},
		{name: "the most", order: func(o *purchase.Order) { o.Gross = 150_000 }, want: purchase.OK},
		{name: "above the most", order: func(o *purchase.Order) { o.Gross = 150_001 }, want: purchase.LimitOrder},
		{name: "limit before address", order: func(o *purchase.Order) { o.Gross, o.ShipCity = 150_001, "Köln" }, want: purchase.LimitOrder},
		{name: "elsewhere, 300.00", order: func(o *purchase.Order) { o.Gross, o.ShipCity = 30_000, "Köln" }, want: purchase.OK},
		{name: "elsewhere, 300.01", order: func(o *purchase.Order) { o.Gross, o.ShipCity = 30_001, "Köln" }, want: purchase.AddressMismatch},
		{name: "elsewhere, decline", order: func(o *purchase.Order) { o.ShipCity = "Köln" }, terms: func(c *purchase.CreditTerms) { c.AddressMismatch = "decline" }, want: purchase.AddressMismatch},
		{name: "address before overdue", order: func(o *purchase.Order) { o.Gross, o.ShipCity = 30_001, "Köln" }, q: inquiry{Overdue: true}, want: purchase.AddressMismatch},
		{name: "overdue before sum", q: inquiry{Exposure: 250_000, Overdue: true}, want: purchase.OverdueExists},
		{name: "the open sum", q: inquiry{Exposure: 240_000}, want: purchase.OK},
		{name: "above the open sum", q: inquiry{Exposure: 240_001}, want: purchase.LimitOpenSum},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, terms := goodOrder(t), testTerms()
			if tt.order != nil {
				tt.order(&o)
			}
			if tt.terms != nil {
				tt.terms(&terms.Credit)
			}
			wanted := purchase.DecisionDeclined
			if tt.want == purchase.OK {
				wanted = purchase.DecisionAccepted
			}
			if decision, code := decide(o, terms, tt.q); decision != wanted || code != tt.want {
				t.Errorf("decide(%+v) = %s, %s; want %s, %s", o, decision, code, wanted, tt.want)
			}
		})
	}
}

// A review goes to a person, whatever the amount.
func TestDecideReview(t *testing.T) {
	terms, o := testTerms(), goodOrder(t)
	terms.Credit.AddressMismatch, o.ShipStreet = "review", "Nebenstraße"
	if decision, code := decide(o, terms, inquiry{}); decision != purchase.DecisionReview || code != purchase.AddressMismatch {
		t.Errorf("decide = %s, %s; want REVIEW, ADDRESS_MISMATCH", decision, code)
	}
}

func TestShipsElsewhere(t *testing.T) {
	tests := []struct {
		name string
		edit func(o *purchase.Order)
		want bool
	}{
		{"nothing given", func(*purchase.Order) {}, false},
		{"the same, written otherwise", func(o *purchase.Order) {
			o.ShipFirstName, o.ShipLastName, o.ShipStreet, o.ShipHouseNo = "ERIKA", "Muster-Mann", "hauptstrasse", " 1 "
		}, false},
		{"first name", func(o *purchase.Order) { o.ShipFirstName = "Max" }, true},
		{"last name", func(o *purchase.Order) { o.ShipLastName = "Meier" }, true},
		{"company, none billed", func(o *purchase.Order) { o.ShipCompany = "Muster GmbH" }, true},
		{"street", func(o *purchase.Order) { o.ShipStreet = "Nebenstraße" }, true},
		{"house number", func(o *purchase.Order) { o.ShipHouseNo = "1a" }, true},
		{"postcode", func(o *purchase.Order) { o.ShipPostcode = "10117" }, true},
		{"city", func(o *purchase.Order) { o.ShipCity = "Bonn" }, true},
		{"country", func(o *purchase.Order) { o.ShipCountry = "AT" }, true},
		{"the same country", func(o *purchase.Order) { o.ShipCountry = "DE" }, false},
	}
	for _, tt := range tests {
		o := goodOrder(t)
		tt.edit(&o)
		if got := shipsElsewhere(o); got != tt.want {
			t.Errorf("%s: shipsElsewhere = %t; want %t", tt.name, got, tt.want)
		}
	}
}

// A debtor's orders count once, whether found by number, by person or by both.
func TestExposures(t *testing.T) {
	q := func(amount money.Amount, overdue bool) inquiry { return inquiry{amount, overdue} }
	e := &exposures{
		customer: map[string]inquiry{"K1": q(100, false), "K2": q(1_000, true)},
		person:   map[string]inquiry{"p": q(130, false)},
		pair:     map[[2]string]inquiry{{"K1", "p"}: q(60, false)},
	}
	tests := []struct {
		customer, person string
		want             inquiry
	}{
		{"K1", "", q(100, false)},
		{"K1", "p", q(170, false)},
		{"K2", "p", q(1_130, true)},
		{"K3", "p", q(130, false)},
		{"K3", "", q(0, false)},
	}
	for _, tt := range tests {
		if got := e.of(tt.customer, tt.person); got != tt.want {
			t.Errorf("of(%s, %s) = %v; want %v", tt.customer, tt.person, got, tt.want)
		}
	}
	e.add("K1", "p", 5)
	e.add("K3", "", 7)
	for _, tt := range []struct {
		customer, person string
		want             money.Amount
	}{{"K1", "p", 175}, {"K1", "", 105}, {"K9", "p", 135}, {"K3", "", 7}, {"K3", "p", 142}} {
		if got := e.of(tt.customer, tt.person).Exposure; got != tt.want {
			t.Errorf("after add: of(%s, %s) = %s; want %s", tt.customer, tt.person, got, tt.want)
		}
	}
}
