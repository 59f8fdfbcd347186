package formats

import (
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func TestTakenPartOfACell(t *testing.T) {
	tests := []struct{ take, cell, want string }{
		{takeAll, "Anna Berger", "Anna Berger"},
		{takeFirstName, "Anna Maria Berger", "Anna Maria"},
		{takeLastName, "Anna Maria Berger", "Berger"},
		{takeFirstName, "von Berg, Anna Maria", "Anna Maria"},
		{takeLastName, "von Berg, Anna Maria", "von Berg"},
		{takeFirstName, "Madonna", ""},
		{takeLastName, "Madonna", "Madonna"},
		{takeLastName, "", ""},
		{takeStreet, "Hauptstraße 12", "Hauptstraße"},
		{takeHouseNo, "Hauptstraße 12", "12"},
		{takeHouseNo, "Hauptstr. 12 a - c", "12 a - c"},
		{takeStreet, "Straße des 17. Juni 135", "Straße des 17. Juni"},
		{takeHouseNo, "Straße des 17. Juni 135", "135"},
		{takeStreet, "C 4, 12", "C 4"},
		{takeHouseNo, "Am Markt", ""},
		{takeStreet, "Am Markt", "Am Markt"},
		{takeStreet, "12", "12"},
		{takeHouseNo, "12", ""},
		{takeLower, "Anna@Example.DE", "anna@example.de"},
	}
	for _, tt := range tests {
		if got := taken(tt.take, tt.cell); got != tt.want {
			t.Errorf("taken(%s, %q) = %q; want %q", tt.take, tt.cell, got, tt.want)
		}
	}
}

const deriving = `
delimiter: ","
guard: "'"
feeds:
  orders:
    columns: {email: Mail, gross_amount: Total, postcode: Zip}
    fixed: {currency: EUR}
    derive:
      customer_no: {from: Mail, take: lower}
      first_name: {from: Customer, take: first_name}
      last_name: {from: Customer, take: last_name}
      customer_type: {from: Firm, filled: B2B, empty: B2C}
`

func TestDerivedColumns(t *testing.T) {
	p := mustDescribe(t, deriving)
	read := func(header, line string) Row {
		for row := range p.Read(purchase.Orders, strings.NewReader(header+"\n"+line+"\n"), ReadOptions{File: "f"}).Rows() {
			return row
		}
		return Row{}
	}
	const header = "order_no,order_date,Mail,Total,Zip,Customer,Firm"
	o := read(header, "A1,2026-10-01,Anna@Example.de,5.00,'01234,Anna Berger,").Record.(purchase.Order)
	if o.CustomerNo != "anna@example.de" || o.Email != "Anna@Example.de" || o.FirstName != "Anna" || o.LastName != "Berger" || o.Postcode != "01234" || o.CustomerType != purchase.B2C || o.Currency != "EUR" {
		t.Errorf("%+v", o)
	}
	if o = read(header, "A1,2026-10-01,a@b.de,5.00,,Berger,Berger GmbH").Record.(purchase.Order); o.CustomerType != purchase.B2B || o.FirstName != "" {
		t.Errorf("%+v", o)
	}
	if got := read(header, "A1,2026-10-01,,5.00,,Berger,").Errors; len(got) != 1 || got[0].Error() != "f:2: column customer_no: empty, a value is required" || got[0].Heading != "Mail" {
		t.Errorf("errors %+v", got)
	}
}

func TestHeaderOfDerivedColumns(t *testing.T) {
	p := mustDescribe(t, deriving)
	tests := []struct{ header, want string }{
		{"order_no,order_date,Total", "column Mail is missing"},
		{"order_no,order_date,Total,Mail,Customer,Customer", "column Customer comes twice"},
		{"order_no,order_date,Total,Mail", ""},
	}
	for _, tt := range tests {
		r := p.Read(purchase.Orders, strings.NewReader(tt.header+"\n"), ReadOptions{})
		for range r.Rows() {
			t.Error("a row")
		}
		got := ""
		if e := r.Err(); e != nil {
			got = e.Message(English)
		}
		if got != tt.want || len(r.UnknownColumns()) > 0 {
			t.Errorf("%s: %q, unknown %q; want %q", tt.header, got, r.UnknownColumns(), tt.want)
		}
	}
}

func TestFaultsOfDerivedColumns(t *testing.T) {
	tests := []struct{ config, want string }{
		{`{derive: {nr: {from: X}}}`, `feeds.orders.derive.nr: no such column`},
		{`{derive: {city: {from: X}}, columns: {city: Y}}`, `feeds.orders.derive.city: the column has a heading`},
		{`{derive: {city: {from: X}}, fixed: {city: Y}}`, `feeds.orders.derive.city: the column has a heading or a fixed value`},
		{`{derive: {city: {}}}`, `feeds.orders.derive.city.from: "" is not a heading`},
		{`{derive: {city: {from: X, take: town}}}`, `feeds.orders.derive.city.take: "town" is none of all,`},
		{`{derive: {customer_type: {from: X, filled: Firma}}}`, `feeds.orders.derive.customer_type.filled: "Firma" is not one of B2C, B2B`},
	}
	for _, tt := range tests {
		if _, err := described(t, "{feeds: {orders: "+tt.config+"}}"); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v; want %s", tt.config, err, tt.want)
		}
	}
}

// A base's derived column gives way to a heading.
func TestHeadingInsteadOfDerived(t *testing.T) {
	base := mustDescribe(t, deriving)
	c := Config{Base: "base", Feeds: map[string]FeedConfig{"orders": {Columns: map[string]string{"customer_no": "Nr"}}}}
	p, err := c.Build("other", func(string) (*Profile, bool) { return base, true })
	if err != nil {
		t.Fatal(err)
	}
	if got := p.feeds[purchase.Orders].source(schemas[purchase.Orders].index("customer_no")); got != "Nr" {
		t.Errorf("source %q; want Nr", got)
	}
	if got := base.feeds[purchase.Orders].source(schemas[purchase.Orders].index("customer_no")); got != "Mail" {
		t.Errorf("the base was changed: %q", got)
	}
}

func TestDatesWithOffset(t *testing.T) {
	tests := []struct {
		time, zone, cell string
		want             schedules.Date
	}{
		{"hh:mm:ss Z", "", "2026-10-01 23:30:00 -0400", exampleDate},
		{"hh:mm:ss Z", "Europe/Berlin", "2026-10-01 23:30:00 -0400", exampleDate + 1},
		{"hh:mm:ss Z", "Europe/Berlin", "2026-10-01 10:00:00 +0200", exampleDate},
		{"hh:mm:ss Z", "Europe/Berlin", "2026-10-01 01:00:00 +1000", exampleDate - 1},
		{"hh:mm:ss.fZ", "Europe/Berlin", "2026-10-01T22:00:00.123+00:00", exampleDate + 1},
		{"hh:mm:ssZ", "Europe/Berlin", "2026-10-01T22:00:00Z", exampleDate + 1},
		{"hh:mmZ", "Europe/Berlin", "2026-10-01T22:00+00", exampleDate + 1},
		{"hh:mm:ss Z", "Europe/Berlin", "2026-10-01", exampleDate},
		{"hh:mm:ss Z", "", "2026-10-01 10:00:00", 0},
		{"hh:mm:ss Z", "", "2026-10-01 10:00:00 +2", 0},
		{"hh:mm:ss Z", "", "2026-10-01 10:00:00 +9900", 0},
	}
	for _, tt := range tests {
		p, err := Config{Time: tt.time, Zone: tt.zone}.Build("own", Lookup)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := p.dialect.parseDate(tt.cell); got != tt.want {
			t.Errorf("%s in %q: %s = %v; want %v", tt.time, tt.zone, tt.cell, got, tt.want)
		}
	}
	if _, err := (Config{Zone: "Mars"}).Build("own", Lookup); err == nil || !strings.Contains(err.Error(), `zone: "Mars" is not a time zone`) {
		t.Errorf("zone: %v", err)
	}
	if _, err := (Config{Guard: "x"}).Build("own", Lookup); err == nil || !strings.Contains(err.Error(), `guard: "x" is neither`) {
		t.Errorf("guard: %v", err)
	}
}
