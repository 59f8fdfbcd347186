package formats

import (
	"slices"
	"strings"
	"sync"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// nameless are headings by which people call a column beside those of the
// shipped profiles, without blanks, signs and capital letters. The first ones are
// the likeliest.
var nameless = sync.OnceValue(func() map[string][]string {
	return map[string][]string{
		"order_no":        {"orderno", "ordernumber", "orderid", "ordernr", "order", "bestellnummer", "bestellnr", "bestellung", "auftragsnummer", "auftragsnr", "auftrag", "belegnummer", "name", "number"},
		"order_date":      {"orderdate", "ordertime", "createdat", "orderdatetime", "datecreated", "bestelldatum", "bestelltam", "bestelltag", "auftragsdatum", "kaufdatum", "datum", "date", "belegdatum"},
		"currency":        {"currency", "currencycode", "currencyiso", "waehrung", "wkz"},
		"gross_amount":    {"grossamount", "total", "ordertotal", "totalgross", "totalprice", "grandtotal", "amounttotal", "totalbrutto", "invoiceamount", "gesamtbetrag", "gesamtbetragbrutto", "gesamtsumme", "gesamt", "summe", "summebrutto", "bruttobetrag", "brutto", "rechnungsbetrag", "betrag", "endbetrag", "amount", "price", "auftragswert", "bestellwert"},
		"tax_amount":      {"taxamount", "taxes", "totaltax", "ordertax", "tax", "vat", "steuer", "steuerbetrag", "mwst", "mwstbetrag", "ust", "umsatzsteuer"},
		"customer_no":     {"customerno", "customernumber", "customerid", "customer", "kundennummer", "kundennr", "kunde", "kundenid", "kdnr", "userid", "customeruser", "debitor"},
		"customer_type":   {"customertype", "kundentyp", "kundenart", "kundengruppe", "customergroup"},
		"salutation":      {"salutation", "billingsalutation", "anrede", "rechnunganrede", "title"},
		"first_name":      {"firstname", "billingfirstname", "vorname", "rechnungsvorname", "rechnungvorname", "vornamerechnung"},
		"last_name":       {"lastname", "billinglastname", "surname", "nachname", "familienname", "rechnungsnachname", "rechnungnachname", "nachnamerechnung"},
		"company":         {"company", "billingcompany", "firma", "firmenname", "rechnungfirma", "rechnungsfirma"},
		"vat_id":          {"vatid", "vatnumber", "ustid", "ustidnr", "umsatzsteuerid"},
		"birth_date":      {"birthdate", "birthday", "dateofbirth", "dob", "geburtsdatum", "geburtstag", "gebdatum"},
		"email":           {"email", "mail", "billingemail", "emailaddress", "customeremail", "mailadresse", "emailadresse"},
		"phone":           {"phone", "billingphone", "telephone", "phonenumber", "telefon", "telefonnummer", "tel", "mobil", "rechnungtelefon"},
		"street":          {"street", "billingstreet", "billingaddress1", "address1", "billingaddress", "strasse", "rechnungstrasse", "rechnungsstrasse", "adresse", "anschrift", "strassehausnummer", "strasseundhausnummer", "strassehausnr"},
		"house_no":        {"houseno", "housenumber", "billinghousenumber", "hausnummer", "hausnr", "hnr"},
		"postcode":        {"postcode", "zip", "zipcode", "postalcode", "billingzip", "billingpostcode", "billingzipcode", "plz", "postleitzahl", "rechnungplz", "rechnungsplz"},
		"city":            {"city", "town", "billingcity", "ort", "stadt", "wohnort", "rechnungort", "rechnungsort"},
		"country":         {"country", "billingcountry", "countrycode", "billingcountrycode", "land", "laendercode", "laenderkennzeichen", "rechnungland", "rechnungsland"},
		"ship_first_name": {"shippingfirstname", "deliveryfirstname", "lieferungvorname", "liefervorname", "vornamelieferung", "lieferadressevorname"},
		"ship_last_name":  {"shippinglastname", "deliverylastname", "lieferungnachname", "liefernachname", "nachnamelieferung", "lieferadressenachname"},
		"ship_company":    {"shippingcompany", "deliverycompany", "lieferungfirma", "lieferfirma", "lieferadressefirma"},
		"ship_street":     {"shippingstreet", "shippingaddress1", "deliverystreet", "lieferungstrasse", "lieferstrasse", "lieferadressestrasse", "lieferadresse"},
		"ship_house_no":   {"shippinghousenumber", "deliveryhouseno", "lieferunghausnummer", "lieferhausnummer"},
		"ship_postcode":   {"shippingpostcode", "shippingzip", "shippingzipcode", "deliveryzip", "lieferungplz", "lieferplz", "lieferadresseplz"},
		"ship_city":       {"shippingcity", "deliverycity", "lieferungort", "lieferort", "lieferadresseort"},
		"ship_country":    {"shippingcountry", "deliverycountry", "lieferungland", "lieferland", "lieferadresseland", "deliveryland"},
		"term_days":       {"termdays", "paymentterm", "paymentdays", "zahlungsziel", "zahlungszieltage", "zahlungsfrist", "nettotage"},
		"debtor_account":  {"debtoraccount", "debitorenkonto", "debitorennummer", "debitornr", "accountingid"},
		"email_consent":   {"emailconsent", "emaileinwilligung"},
		"invoice_no":      {"invoiceno", "invoicenumber", "invoiceid", "invoice", "rechnungsnummer", "rechnungsnr", "rechnung", "rgnr", "renr", "belegnummer"},
		"invoice_date":    {"invoicedate", "rechnungsdatum", "rgdatum", "redatum", "belegdatum", "datum", "date"},
		"due_date":        {"duedate", "faelligkeit", "faelligkeitsdatum", "faelligam", "zahlbarbis", "faellig"},
		"default_notice":  {"defaultnotice", "verzugshinweis"},
		"shipment_no":     {"shipmentno", "shipmentnumber", "shipmentid", "deliveryno", "lieferscheinnummer", "lieferscheinnr", "lieferschein", "versandnummer", "lieferungsnummer"},
		"shipped_on":      {"shippedon", "shippedat", "shipdate", "shippingdate", "versanddatum", "versandam", "versendetam", "lieferdatum", "fulfilledat", "datum"},
		"carrier":         {"carrier", "shippingcarrier", "versanddienstleister", "frachtfuehrer", "paketdienst", "versandart"},
		"tracking_no":     {"trackingno", "trackingnumber", "trackingcode", "trackingid", "sendungsnummer", "paketnummer"},
		"return_no":       {"returnno", "returnnumber", "returnid", "rma", "retourennummer", "retourennr", "retoure"},
		"kind":            {"kind", "type", "art", "belegart", "typ"},
		"returned_on":     {"returnedon", "returndate", "returnedat", "retourendatum", "eingangsdatum", "datum"},
		"reason":          {"reason", "grund", "returnreason", "retourengrund", "bemerkung", "kommentar"},
		"credit_no":       {"creditno", "creditnoteno", "creditnotenumber", "gutschriftnummer", "gutschriftsnummer", "gutschriftnr", "gutschrift", "rechnungskorrekturnummer", "rechnungskorrektur"},
		"credited_on":     {"creditedon", "creditdate", "gutschriftdatum", "gutschriftsdatum", "datum"},
		"cancel_no":       {"cancelno", "cancellationno", "cancelid", "stornonummer", "stornonr", "storno"},
		"cancelled_on":    {"cancelledon", "cancelledat", "canceldate", "stornodatum", "storniertam", "datum"},
		"payment_id":      {"paymentid", "transactionid", "zahlungsnummer", "umsatzid", "transaktionsid", "buchungsnummer"},
		"account":         {"account", "accountiban", "konto", "kontonummer", "auftragskonto", "iban"},
		"booked_on":       {"bookedon", "bookingdate", "buchungstag", "buchungsdatum", "datum"},
		"value_on":        {"valueon", "valuedate", "valuta", "valutadatum", "wertstellung", "wert"},
		"amount":          {"amount", "betrag", "umsatz", "betrageur"},
		"debtor_name":     {"debtorname", "payer", "auftraggeber", "zahler", "name", "beguenstigterzahlungspflichtiger", "namezahlungsbeteiligter"},
		"debtor_iban":     {"debtoriban", "payeriban", "ibanzahler", "ibanzahlungsbeteiligter", "kontonummeriban", "iban"},
		"reference":       {"reference", "remittance", "verwendungszweck", "zweck", "purpose", "buchungstext"},
		"instruction_no":  {"instructionno", "anweisungsnummer", "anweisung"},
		"date":            {"date", "datum"},
	}
})

// wholeNames are headings of a first and last name together, wholeShipNames
// those of whom goods are sent to.
func wholeNames() []string {
	return []string{"billingname", "customername", "fullname", "kundenname", "rechnungsname", "rechnungname", "rechnungsempfaenger", "empfaenger", "vollstaendigername", "kaeufer", "buyername", "besteller", "name", "kunde", "customer"}
}

func wholeShipNames() []string {
	return []string{"shippingname", "recipientname", "deliveryname", "liefername", "lieferungname", "lieferempfaenger", "lieferadressename"}
}

var unaccented = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e")

// normal drops all but small letters and digits of a heading.
func normal(heading string) string {
	heading = unaccented.Replace(strings.ToLower(heading))
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, heading)
}

// A columnOf is a column of a feed.
type columnOf struct {
	feed purchase.Feed
	name string
}

// known are the words for each column, the likeliest first.
var known = sync.OnceValue(func() map[columnOf][]string {
	all := map[columnOf][]string{}
	for _, feed := range purchase.Feeds() {
		for _, c := range schemas[feed].columns {
			all[columnOf{feed, c.name}] = wordsFor(feed, c.name)
		}
	}
	return all
})

// wordsFor are the usual words, then those of the shipped profiles.
func wordsFor(feed purchase.Feed, name string) []string {
	words := []string{normal(name)}
	all := nameless()[name]
	for _, profile := range Shipped() {
		p, _ := Lookup(profile)
		all = append(all[:len(all):len(all)], normal(p.feeds[feed].headings[schemas[feed].index(name)]))
	}
	for _, w := range all {
		if w != "" && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// fit says how well a heading, in its normal form, fits words, in percent.
func fit(h string, words []string) (sure int, why string) {
	if h == "" {
		return 0, ""
	}
	for i, w := range words {
		if h == w {
			return max(96-i, 70), "the heading says so"
		}
	}
	for _, w := range words {
		if len(w) >= 5 && strings.Contains(h, w) {
			return 50, "the heading holds " + w
		}
	}
	return 0, ""
}
