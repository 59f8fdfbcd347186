package formats

import (
	"sync"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Shipped are the names of the profiles that come with the program.
func Shipped() []string {
	return []string{"kontor", "actindo", "jtl-ameise", "plentymarkets", "shopify", "shopware"}
}

// Lookup returns a shipped profile.
func Lookup(name string) (*Profile, bool) {
	p, ok := shipped()[name]
	return p, ok
}

var shipped = sync.OnceValue(func() map[string]*Profile {
	all := map[string]*Profile{"kontor": kontor(), "actindo": actindo()}
	for name, config := range shops() {
		all[name] = config.mustBuild(name)
	}
	return all
})

// kontor is canonical: UTF-8, semicolon, decimal point, ISO dates, and the
// names of the specification as headings.
func kontor() *Profile {
	p := &Profile{Name: "kontor", dialect: canonical(), feeds: map[purchase.Feed]*feedFormat{}}
	for feed, s := range schemas {
		p.feeds[feed] = &feedFormat{
			headings: s.headings(),
			values:   make([]map[string]string, len(s.columns)),
			fixed:    make([]string, len(s.columns)),
			files:    feed.String() + "_*.csv",
		}
	}
	p.feeds[purchase.Payments].files = "payments_*.{csv,xml,zip}"
	return p
}

// actindo is the ERP's export: Windows-1252, semicolon, decimal comma,
// DD.MM.YYYY, German headings and a document code (Belegart) in every file.
func actindo() *Profile {
	p := kontor()
	p.Name = "actindo"
	p.dialect = dialect{
		delimiter: ';', quote: '"', charset: windows1252Charset, crlf: true,
		decimal: ',', grouping: ".", date: germanDates(),
	}
	for feed, d := range actindoFeeds {
		f, s := p.feeds[feed], schemas[feed]
		f.headings = d.headings
		f.codes = d.codes
		if len(d.codes) > 0 {
			f.document = "Belegart"
		}
		for name, values := range d.values {
			f.values[s.index(name)] = values
		}
	}
	return p
}

type actindoFeed struct {
	codes    []string
	headings []string
	values   map[string]map[string]string
}

var actindoFeeds = map[purchase.Feed]actindoFeed{
	purchase.Orders: {
		codes: []string{"AB"},
		headings: []string{
			"Auftragsnummer", "Auftragsdatum", "Währung", "Bruttobetrag", "Steuerbetrag", "Kundennummer", "Kundentyp",
			"Anrede", "Vorname", "Nachname", "Firma", "USt-IdNr", "Geburtsdatum", "E-Mail", "Telefon", "Straße",
			"Hausnummer", "PLZ", "Ort", "Land", "Lieferung Vorname", "Lieferung Nachname", "Lieferung Firma",
			"Lieferung Straße", "Lieferung Hausnummer", "Lieferung PLZ", "Lieferung Ort", "Lieferung Land", "Zahlungsziel",
			"Debitorenkonto", "E-Mail-Einwilligung",
		},
		values: map[string]map[string]string{
			"customer_type": {"Privat": purchase.B2C, "Firma": purchase.B2B}, "email_consent": {"J": yes, "N": no},
		},
	},
	purchase.Invoices: {
		codes: []string{"RE"},
		headings: []string{
			"Rechnungsnummer", "Auftragsnummer", "Rechnungsdatum", "Währung", "Bruttobetrag", "Steuerbetrag",
			"Fälligkeit", "Zahlungsziel", "Verzugshinweis", "Debitorenkonto",
		},
		values: map[string]map[string]string{"default_notice": {"J": yes, "N": no}},
	},
	purchase.Shipments: {
		codes: []string{"LI", "LD"},
		headings: []string{
			"Lieferscheinnummer", "Auftragsnummer", "Versanddatum", "Rechnungsnummer", "Rechnungsdatum", "Währung",
			"Bruttobetrag", "Steuerbetrag", "Fälligkeit", "Frachtführer", "Sendungsnummer",
		},
	},
	purchase.Returns: {
		codes: []string{"RT"},
		headings: []string{
			"Retourennummer", "Art", "Rechnungsnummer", "Auftragsnummer", "Retourendatum", "Währung", "Bruttobetrag", "Grund",
		},
		values: map[string]map[string]string{"kind": {"Eingang": purchase.ReturnReceived, "Ankündigung": purchase.ReturnAnnounced}},
	},
	purchase.Credits: {
		headings: []string{
			"Gutschriftnummer", "Belegart", "Rechnungsnummer", "Gutschriftdatum", "Währung", "Bruttobetrag",
			"Steuerbetrag", "Retourennummer", "Grund",
		},
		values: map[string]map[string]string{"kind": {"GU": purchase.Correction, "WG": purchase.Value, "KU": purchase.Goodwill}},
	},
	purchase.Cancellations: {
		codes:    []string{"ST"},
		headings: []string{"Stornonummer", "Auftragsnummer", "Stornodatum", "Grund"},
	},
	purchase.Payments: {
		headings: []string{
			"Zahlungsnummer", "Konto", "Buchungsdatum", "Wertstellung", "Betrag", "Währung", "Name", "IBAN", "Verwendungszweck",
			"", "",
		},
	},
	purchase.Instructions: {
		headings: []string{"Anweisungsnummer", "Art", "Rechnungsnummer", "Datum", "Betrag", "Grund"},
		values: map[string]map[string]string{"kind": {
			"Terminänderung": purchase.DueChange, "Mahnsperre": purchase.Hold, "Freigabe": purchase.Release,
			"Reklamation": purchase.Dispute, "Reklamation erledigt": purchase.DisputeClosed, "Direktzahlung": purchase.DirectPayment,
		}},
	},
}
