package formats

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

func TestConfigFromYAML(t *testing.T) {
	const text = `
base: actindo
delimiter: ","
charset: utf-8
feeds: {orders: {columns: {order_no: "Bestell-Nr"}, fixed: {currency: EUR}, files: "export_orders_*.csv", trailer: required, truncated: refuse}}
`
	var c Config
	if err := yaml.UnmarshalWithOptions([]byte(text), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	p := build(t, c)
	if feed, ok := p.FeedOf("export_orders_1.csv"); !ok || feed != purchase.Orders {
		t.Errorf("FeedOf = %v, %t", feed, ok)
	}
	data := "Belegart,Bestell-Nr,Auftragsdatum,Bruttobetrag,Kundennummer\nAB,A1,01.10.2026,\"1.234,50\",Kä\n#TRAILER,1,\"1.234,50\"\n"
	v := read(p, purchase.Orders, []byte(data), ReadOptions{})
	if v.codes() != "" || len(v.rows) != 1 {
		t.Fatalf("%d rows, %s (%v)", len(v.rows), v.codes(), v.err)
	}
	want := purchase.Order{OrderNo: "A1", OrderDate: exampleDate, Currency: "EUR", Gross: 123450, CustomerNo: "Kä", CustomerType: purchase.B2C}
	if v.rows[0].Record != want {
		t.Errorf("record %+v; want %+v", v.rows[0].Record, want)
	}
	if base := profile(t, "actindo"); base.feeds[purchase.Orders].headings[0] != "Auftragsnummer" {
		t.Error("the base was changed")
	}
}

func TestProfileOnProfile(t *testing.T) {
	first := build(t, Config{Base: "actindo", Feeds: map[string]FeedConfig{"orders": {Columns: map[string]string{"order_no": "Nr"}}}})
	second, err := Config{Base: "first", Decimal: "."}.Build("second", func(name string) (*Profile, bool) {
		return first, name == "first"
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := second.feeds[purchase.Orders].headings[0]; got != "Nr" || second.dialect.grouping != "" {
		t.Errorf("heading %q, grouping %q; want Nr and none", got, second.dialect.grouping)
	}
}

func TestConfigFaultsAllAtOnce(t *testing.T) {
	c := Config{
		Base: "sap", Delimiter: "ab", Quote: ";", Escape: "x", Charset: "ebcdic", LineEnd: "cr", Decimal: "'",
		Grouping: "_", Date: "DD.MM.YY", Time: "12:00",
		Feeds: map[string]FeedConfig{
			"refunds":  {},
			"operator": {},
			"orders": {
				Columns:   map[string]string{"order_nr": "x", "order_date": " ", "customer_no": "currency", "city": "Stadt"},
				Fixed:     map[string]string{"city": "Bonn", "order_date": "2026-10-01", "currency": "euro"},
				Values:    map[string]map[string]string{"customer_type": {"P": "Privat", " F": "B2B"}, "typo": nil},
				Files:     "in/orders_[",
				Trailer:   "yes",
				Truncated: "no",
				Document:  DocumentConfig{Column: "Belegart"},
			},
		},
	}
	_, err := c.Build("myerp", Lookup)
	if err == nil {
		t.Fatal("no error")
	}
	for _, key := range []string{
		"base", "delimiter", "quote", "escape", "charset", "line_end", "decimal", "grouping", "date", "time",
		"feeds.refunds", "feeds.operator",
		"feeds.orders.columns.order_nr", "feeds.orders.columns.order_date", "feeds.orders.columns.customer_no",
		"feeds.orders.fixed.city", "feeds.orders.fixed.order_date", "feeds.orders.fixed.currency",
		"feeds.orders.values.customer_type.P", "feeds.orders.values.customer_type", "feeds.orders.values.typo",
		"feeds.orders.files", "feeds.orders.trailer", "feeds.orders.truncated", "feeds.orders.document.codes",
	} {
		if !strings.Contains(err.Error(), "profiles.myerp."+key+": ") {
			t.Errorf("no fault of %s", key)
		}
	}
	t.Log(err)
}

func TestDelimiterMayBeTheDecimalSign(t *testing.T) {
	p := build(t, Config{Delimiter: ",", Decimal: ","})
	data := "payment_id,account,booked_on,amount,currency\nZ1,DE1,2026-10-01,\"1,50\",EUR\n"
	if v := read(p, purchase.Payments, []byte(data), ReadOptions{}); v.codes() != "" || v.rows[0].Record.(purchase.Payment).Amount != 150 {
		t.Errorf("%s, %+v", v.codes(), v.rows)
	}
}
