package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

// handedOver is a dunning run that hands claims over, as the provider has put
// them together in its own test.
func handedOver(t *testing.T) purchase.Dunning {
	t.Helper()
	text, err := os.ReadFile("../provider/testdata/handovers.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []purchase.Handover
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	all[1].Debtor.Company = "=Übergrößen & Söhne GmbH" // a formula, if nobody minds
	return purchase.Dunning{Merchant: "acme", RunDate: schedules.NewDate(2026, 11, 23), Currency: "EUR", Handovers: streamed(all)}
}

func parties() report.Parties {
	return report.Parties{
		Creditor: purchase.Party{Name: "Muster Rechnungskauf GmbH", Street: "Musterweg 1", Postcode: "20095", City: "Hamburg", Country: "DE", IBAN: "DE02120300000000202051"},
		Seller:   purchase.Party{Name: "ACME Handels GmbH", Street: "Hauptstraße 1", Postcode: "24103", City: "Kiel", Country: "DE"},
	}
}

func TestCollectionGolden(t *testing.T) {
	d := handedOver(t)
	rfc := renderer(t, "kontor", formats.RFC4180, formats.English)
	golden(t, "collection.de.csv", func(w *bytes.Buffer) error { return german(t).CollectionCSV(t.Context(), w, d, parties()) })
	golden(t, "collection.rfc4180.csv", func(w *bytes.Buffer) error { return rfc.CollectionCSV(t.Context(), w, d, parties()) })
	golden(t, "collection.json", func(w *bytes.Buffer) error { return german(t).CollectionJSON(t.Context(), w, d, parties()) })
}

// Every row of the table has all its cells, and the history of each claim leads
// to what its row CLAIM asks for.
func TestCollectionLeadsToTheClaim(t *testing.T) {
	rows := readTable(t, func(w *bytes.Buffer) error { return german(t).CollectionCSV(t.Context(), w, handedOver(t), parties()) })
	asked := map[string]string{}
	last := map[string]string{}
	for _, row := range rows[1:] {
		open := strings.Join(row[7:10], " ")
		switch row[0] {
		case "Forderung":
			asked[row[2]] = open
		case "Verlauf":
			last[row[2]] = open
		}
	}
	if len(asked) != 2 {
		t.Errorf("%d claims; want 2", len(asked))
	}
	for invoice, open := range asked {
		if last[invoice] != open {
			t.Errorf("%s: the history ends with %s; the claim is %s", invoice, last[invoice], open)
		}
	}
}
