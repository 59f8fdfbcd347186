package formats

import "fmt"

// Profiles of shop systems that export orders only, or let the user choose what
// a file holds. Other feeds have the canonical names, in the system's dialect.
//
// Where the headings are known from stands at each profile; "assumed" is what no
// public source says. An export that differs needs a line under profiles: in the
// configuration, with base: the profile here.
func shops() map[string]Config {
	return map[string]Config{
		"shopify": shopify(), "shopware": shopware(), "plentymarkets": plentymarkets(), "jtl-ameise": jtlAmeise(),
	}
}

// mustBuild builds what comes with the program; a fault is a bug of ours.
func (c Config) mustBuild(name string) *Profile {
	p, err := c.Build(name, func(string) (*Profile, bool) { return kontor(), true })
	if err != nil {
		panic(fmt.Sprintf("shipped profile: %v", err))
	}
	return p
}

// countries are names that shop systems write where a code is wanted.
func countries() map[string]string {
	return map[string]string{
		"Deutschland": "DE", "Germany": "DE", "Österreich": "AT", "Austria": "AT", "Schweiz": "CH", "Switzerland": "CH",
	}
}

// companyIsB2B tells firms from consumers by the cell with the firm's name.
func companyIsB2B(heading string) DeriveConfig {
	return DeriveConfig{From: heading, Filled: "B2B", Empty: "B2C"}
}

// shopify is the orders export of Shopify's administration.
//
// Known from the headings that public importers of it list (79 of them, "Name"
// to "Payment References"): comma, UTF-8, decimal point, times such as
// 2026-10-01 10:14:00 +0200, a line for each item with the order's own cells on
// the first one, and an apostrophe before postcodes. Assumed: that the export's
// offset is that of the merchant's zone (else set zone), and that the mail
// address is the customer. The export has neither a birth date, so that orders
// of consumers are DATA_MISSING until a column holds it, nor invoice numbers.
// How an order was paid stands in "Payment Method": take only those on invoice by
// document: {column: Payment Method, codes: [...]}.
func shopify() Config {
	return Config{
		Delimiter: ",", Time: "hh:mm:ss Z", Guard: "'",
		Feeds: map[string]FeedConfig{"orders": {
			GroupBy: "order_no",
			Columns: map[string]string{
				"order_no": "Name", "order_date": "Created at", "currency": "Currency", "gross_amount": "Total", "tax_amount": "Taxes",
				"email": "Email", "phone": "Billing Phone", "company": "Billing Company", "postcode": "Billing Zip", "city": "Billing City",
				"country": "Billing Country", "ship_company": "Shipping Company", "ship_postcode": "Shipping Zip",
				"ship_city": "Shipping City", "ship_country": "Shipping Country",
			},
			Derive: map[string]DeriveConfig{
				"customer_no": {From: "Email", Take: takeLower}, "customer_type": companyIsB2B("Billing Company"),
				"first_name": {From: "Billing Name", Take: takeFirstName}, "last_name": {From: "Billing Name", Take: takeLastName},
				"street": {From: "Billing Address1", Take: takeStreet}, "house_no": {From: "Billing Address1", Take: takeHouseNo},
				"ship_first_name": {From: "Shipping Name", Take: takeFirstName}, "ship_last_name": {From: "Shipping Name", Take: takeLastName},
				"ship_street": {From: "Shipping Address1", Take: takeStreet}, "ship_house_no": {From: "Shipping Address1", Take: takeHouseNo},
			},
			Values: map[string]map[string]string{"country": countries(), "ship_country": countries()},
			Ignore: []string{
				"Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing", "Subtotal", "Shipping",
				"Discount *", "Shipping Method", "Lineitem *", "Billing Street", "Billing Address2", "Billing Province*",
				"Shipping Street", "Shipping Address2", "Shipping Province*", "Shipping Phone", "Notes", "Note Attributes",
				"Cancelled at", "Payment *", "Refunded Amount", "Vendor", "Outstanding Balance", "Employee", "Location", "Device ID",
				"Id", "Tags", "Risk Level", "Source", "Tax *", "Phone", "Receipt Number", "Duties", "Next Payment Due At",
			},
		}},
	}
}

// shopware is the profile default_order_main_data of Shopware 5's
// Import/Export: one line for an order.
//
// Known from the public source and test data of that plugin (MIT): all headings,
// semicolon, UTF-8, decimal point, times such as 2012-08-30 10:15:54, countries
// by their German name. The sums of taxes stand by rate ("taxRateSums_19") and
// are not read. Assumed: that customers have numbers. The profile default_orders
// has the heading "number" twice and cannot be read; Shopware 6 lets the user
// choose headings.
func shopware() Config {
	return Config{
		Time: "hh:mm:ss",
		Feeds: map[string]FeedConfig{"orders": {
			Columns: map[string]string{
				"order_no": "orderNumber", "order_date": "orderTime", "currency": "currency", "gross_amount": "invoiceAmount",
				"customer_no": "customerNumber", "email": "email", "salutation": "billingSalutation", "first_name": "billingFirstName",
				"last_name": "billingLastName", "company": "billingCompany", "phone": "billingPhone", "postcode": "billingZipCode",
				"city": "billingCity", "country": "billingCountry", "ship_first_name": "shippingFirstName",
				"ship_last_name": "shippingLastName", "ship_company": "shippingCompany", "ship_postcode": "shippingZipCode",
				"ship_city": "shippingCity", "ship_country": "shippingCountry",
			},
			Derive: map[string]DeriveConfig{
				"customer_type": companyIsB2B("billingCompany"),
				"street":        {From: "billingStreet", Take: takeStreet}, "house_no": {From: "billingStreet", Take: takeHouseNo},
				"ship_street": {From: "shippingStreet", Take: takeStreet}, "ship_house_no": {From: "shippingStreet", Take: takeHouseNo},
			},
			Values: map[string]map[string]string{
				"country": countries(), "ship_country": countries(), "salutation": {"mr": "Herr", "ms": "Frau"},
			},
			Ignore: []string{
				"orderId", "invoiceNumber", "invoiceAmountNet", "invoiceShipping*", "taxRateSums*", "net", "taxFree", "payment*",
				"orderStatus", "currencyFactor", "transactionId", "trackingCode", "customerGroup", "billingDepartment", "billingFax",
				"billingAdditionalAddressLine*", "billingState", "shippingSalutation", "shippingDepartment",
				"shippingAdditionalAddressLine*", "shippingState",
			},
		}},
	}
}

// plentymarkets is the data format Order of plentymarkets' dynamic export, one
// line for an order.
//
// Known from its handbook: the names AccountingID, City, Company, Country (a
// number), Currency, CustomerID, DeliveryCity, DeliveryCompany,
// DeliveryFirstName, DeliveryHouseNo, DeliveryLand, DeliveryLastName and
// DeliveryStreet. Assumed, after their pattern: the others, semicolon, UTF-8,
// decimal point, times such as 2026-10-01 10:14:00, and the numbers of countries.
// Catalogues, which take the place of this export, let the user choose the names.
func plentymarkets() Config {
	ids := map[string]string{"1": "DE", "2": "AT", "4": "CH"}
	return Config{
		Time: "hh:mm:ss",
		Feeds: map[string]FeedConfig{"orders": {
			GroupBy: "order_no",
			Columns: map[string]string{
				"order_no": "OrderID", "order_date": "OrderTimestamp", "currency": "Currency", "gross_amount": "TotalBrutto",
				"customer_no": "CustomerID", "debtor_account": "AccountingID", "first_name": "FirstName", "last_name": "LastName",
				"company": "Company", "birth_date": "Birthday", "email": "Email", "phone": "Phone", "street": "Street", "house_no": "HouseNo",
				"postcode": "ZIP", "city": "City", "country": "Country", "ship_first_name": "DeliveryFirstName",
				"ship_last_name": "DeliveryLastName", "ship_company": "DeliveryCompany", "ship_street": "DeliveryStreet",
				"ship_house_no": "DeliveryHouseNo", "ship_postcode": "DeliveryZIP", "ship_city": "DeliveryCity", "ship_country": "DeliveryLand",
			},
			Derive: map[string]DeriveConfig{"customer_type": companyIsB2B("Company")},
			Values: map[string]map[string]string{"country": ids, "ship_country": ids},
		}},
	}
}

// jtlAmeise is an export template of JTL-Ameise for orders and invoices of
// JTL-Wawi, a line for each item or for each document.
//
// Known from its guide: that the user chooses fields and their headings, and the
// words Kundennummer, Rechnungsnummer, Rechnungsdatum, Vorname, Name, Straße,
// PLZ, Ort, Land, E-Mail of its examples, separated by semicolons. Assumed: all
// else; name the fields of the template as here.
func jtlAmeise() Config {
	return Config{
		LineEnd: "crlf", Decimal: ",", Grouping: ".", Date: "DD.MM.YYYY", Time: "hh:mm:ss",
		Feeds: map[string]FeedConfig{
			"orders": {
				GroupBy: "order_no",
				Columns: map[string]string{
					"order_no": "Auftragsnummer", "order_date": "Auftragsdatum", "currency": "Währung", "gross_amount": "Gesamtbetrag brutto",
					"customer_no": "Kundennummer", "salutation": "Anrede", "first_name": "Vorname", "last_name": "Name", "company": "Firma",
					"vat_id": "USt-ID", "birth_date": "Geburtsdatum", "email": "E-Mail", "phone": "Telefon", "postcode": "PLZ", "city": "Ort",
					"country": "Land", "ship_first_name": "Lieferung Vorname", "ship_last_name": "Lieferung Name",
					"ship_company": "Lieferung Firma", "ship_postcode": "Lieferung PLZ", "ship_city": "Lieferung Ort",
					"ship_country": "Lieferung Land", "term_days": "Zahlungsziel", "debtor_account": "Debitorennummer",
				},
				Derive: map[string]DeriveConfig{
					"customer_type": companyIsB2B("Firma"),
					"street":        {From: "Straße", Take: takeStreet}, "house_no": {From: "Straße", Take: takeHouseNo},
					"ship_street": {From: "Lieferung Straße", Take: takeStreet}, "ship_house_no": {From: "Lieferung Straße", Take: takeHouseNo},
				},
				Values: map[string]map[string]string{"country": countries(), "ship_country": countries()},
			},
			"invoices": {
				GroupBy: "invoice_no",
				Columns: map[string]string{
					"invoice_no": "Rechnungsnummer", "order_no": "Auftragsnummer", "invoice_date": "Rechnungsdatum", "currency": "Währung",
					"gross_amount": "Gesamtbetrag brutto", "due_date": "Fälligkeitsdatum", "term_days": "Zahlungsziel", "debtor_account": "Debitorennummer",
				},
			},
		},
	}
}
