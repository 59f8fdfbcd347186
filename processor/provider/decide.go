package provider

import (
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// The credit decision (Bonitätsprüfung): the first rule that hits wins. The
// rules are pure; what they look at is stored with the decision.

// An inquiry is what the rules look at besides the order and the terms.
type inquiry struct {
	Exposure money.Amount `json:"exposure_cents"` // of the debtor, before this order
	Overdue  bool         `json:"overdue"`        // a claim of the debtor is at the level of rule 7
}

// decide returns the decision on an order.
func decide(o purchase.Order, t purchase.Terms, q inquiry) (decision string, code purchase.Code) {
	c := t.Credit
	switch {
	case dataMissing(o):
		return purchase.DecisionDeclined, purchase.DataMissing
	case o.Currency != t.Currency:
		return purchase.DecisionDeclined, purchase.WrongCurrency
	case !slices.Contains(c.Countries, o.Country) || o.ShipCountry != "" && !slices.Contains(c.Countries, o.ShipCountry):
		return purchase.DecisionDeclined, purchase.Country
	case o.CustomerType != purchase.B2B && schedules.Age(o.BirthDate, o.OrderDate) < c.MinAge:
		return purchase.DecisionDeclined, purchase.AgeLimit
	case o.Gross < c.OrderMin || o.Gross > c.OrderMax:
		return purchase.DecisionDeclined, purchase.LimitOrder
	}
	if decision := addressMismatch(o, c); decision != "" {
		return decision, purchase.AddressMismatch
	}
	switch {
	case q.Overdue:
		return purchase.DecisionDeclined, purchase.OverdueExists
	case q.Exposure+o.Gross > c.OpenSumMax:
		return purchase.DecisionDeclined, purchase.LimitOpenSum
	}
	return purchase.DecisionAccepted, purchase.OK
}

// dataMissing is rule 1: data that the decision needs is absent, or a name is
// abbreviated.
func dataMissing(o purchase.Order) bool {
	required := []string{o.FirstName, o.LastName, o.Phone, o.Street, o.Postcode, o.City, o.Country}
	if o.CustomerType == purchase.B2B {
		required = append(required, o.Company)
	} else if o.BirthDate.IsZero() {
		return true
	}
	return slices.Contains(required, "") || abbreviated(o.FirstName) || abbreviated(o.LastName)
}

func abbreviated(name string) bool {
	return strings.HasSuffix(name, ".") || purchase.Letters(name) <= 1
}

// addressMismatch is rule 6; "" when the order passes it.
func addressMismatch(o purchase.Order, c purchase.CreditTerms) string {
	switch {
	case !shipsElsewhere(o):
		return ""
	case c.AddressMismatch == "review":
		return purchase.DecisionReview
	case c.AddressMismatch == "allow" && o.Gross <= c.AddressAllowUpTo:
		return ""
	}
	return purchase.DecisionDeclined
}

// shipsElsewhere reports whether a given shipping field differs from its
// billing field; an empty one takes the billing value.
func shipsElsewhere(o purchase.Order) bool {
	pairs := [][2]string{
		{o.ShipFirstName, o.FirstName},
		{o.ShipLastName, o.LastName},
		{o.ShipCompany, o.Company},
		{o.ShipStreet, o.Street},
		{o.ShipHouseNo, o.HouseNo},
		{o.ShipPostcode, o.Postcode},
		{o.ShipCity, o.City},
		{o.ShipCountry, o.Country},
	}
	return slices.ContainsFunc(pairs, func(p [2]string) bool {
		return p[0] != "" && purchase.Normalize(p[0]) != purchase.Normalize(p[1])
	})
}
