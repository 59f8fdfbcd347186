package samples

import (
	_ "embed" // the lists of names
	"fmt"
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

var (
	//go:embed reference/first_names.txt
	firstNames string
	//go:embed reference/last_names.txt
	lastNames string
	//go:embed reference/streets.txt
	streets string
	//go:embed reference/places.csv
	places string
)

// A population invents people: every combination of the lists is as likely.
type population struct {
	seed                         uint64
	first, last, streets, places []string
}

func newPopulation(seed uint64) population {
	lines := func(s string) []string { return strings.Split(strings.TrimSuffix(s, "\n"), "\n") }
	return population{seed, lines(firstNames), lines(lastNames), lines(streets), lines(places)[1:]}
}

// customer returns the number of the customer who placed an order: that of his
// first order. About so many thousandths of the orders are by someone who
// ordered before.
func (p *population) customer(order, returning int) int {
	for order > 0 {
		d := newDraw(p.seed, order, onCustomer)
		if !d.chance(returning) {
			break
		}
		order = d.below(order)
	}
	return order
}

// person fills in who a customer is. Nobody changes name or address.
func (p *population) person(customer, business int, o *purchase.Order) {
	d := newDraw(p.seed, customer, onPerson)
	o.CustomerNo = "K" + strconv.Itoa(10_001+customer)
	o.CustomerType = purchase.B2C
	o.Salutation = pick(&d, []string{"Frau", "Herr"})
	o.FirstName, o.LastName = pick(&d, p.first), pick(&d, p.last)
	o.BirthDate = schedules.NewDate(1940, 1, 1) + schedules.Date(d.below(64*365))
	o.Street, o.HouseNo = pick(&d, p.streets), strconv.Itoa(d.between(1, 140))
	o.Postcode, o.City, _ = strings.Cut(pick(&d, p.places), ";")
	o.Country = "DE"
	o.Phone = fmt.Sprintf("0%d %d", d.between(201, 999), d.between(100_000, 9_999_999))
	o.Email = strings.ToLower(o.CustomerNo) + "@example.org"
	if d.chance(business) {
		o.CustomerType, o.Salutation, o.BirthDate = purchase.B2B, "", 0
		o.Company = o.LastName + pick(&d, []string{" GmbH", " Handels GmbH", " & Partner", " Bau GmbH", " Elektrotechnik", " OHG", " e.K."})
		o.VATID = vatID(&d)
	}
}

// elsewhere sends the goods to another address.
func (p *population) elsewhere(d *draw, o *purchase.Order) {
	o.ShipFirstName, o.ShipLastName = pick(d, p.first), o.LastName
	o.ShipStreet, o.ShipHouseNo = pick(d, p.streets), strconv.Itoa(d.between(1, 140))
	o.ShipPostcode, o.ShipCity, _ = strings.Cut(pick(d, p.places), ";")
	o.ShipCountry = o.Country
}

// vatID invents a German VAT id with its check digit (ISO 7064 mod 11,10).
func vatID(d *draw) string {
	digits := strconv.Itoa(d.between(10_000_000, 39_999_999))
	product := 10
	for i := range len(digits) {
		sum := (int(digits[i]-'0') + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = 2 * sum % 11
	}
	return "DE" + digits + strconv.Itoa((11-product)%10)
}

// iban invents the German account from which a customer pays; the check digits
// are right, bank and account do not exist.
func (p *population) iban(customer int) string {
	d := newDraw(p.seed, customer, onPerson+onPayment)
	account := fmt.Sprintf("%d99%05d%010d", d.between(1, 9), d.below(100_000), d.between(1_000_000, 999_999_999))
	rest := 0
	for _, c := range account + "131400" { // D = 13, E = 14, check digits 00
		rest = (rest*10 + int(c-'0')) % 97
	}
	return fmt.Sprintf("DE%02d%s", 98-rest, account)
}
