package report_test

import (
	"bytes"
	"testing"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/report"
)

// outColumns are pairs of a name and a heading.
func outColumns(pairs ...string) (columns formats.OutColumns) {
	for i := 0; i < len(pairs); i += 2 {
		columns = append(columns, formats.OutColumn{Name: pairs[i], Heading: pairs[i+1]})
	}
	return columns
}

// erp is a renderer for an ERP that imports everything itself.
func erp(t *testing.T) report.Renderer {
	t.Helper()
	c := formats.Config{Base: "actindo", Out: map[string]formats.OutConfig{
		"decisions": {
			Columns: outColumns("order_no", "Bestellung", "decision", "Freigabe", "reference", "Zahlungsreferenz", "approved_amount", "Limit"),
			Values:  map[string]map[string]string{"decision": {"ACCEPTED": "freigegeben", "DECLINED": "gesperrt"}},
		},
		"payouts": {
			Decimal: ".", LineEnd: "lf",
			Values: map[string]map[string]string{"line_type": {"COLLECTION": "ZE", "FEE": "GEB"}},
		},
		"dunning": {
			Columns: outColumns("invoice_no", "Rechnung", "level", "Stufe", "hold", "Grund", "status", "Status"),
			Values:  map[string]map[string]string{"hold": {"STATEMENT_OLD": "Auszug"}, "status": {"HELD": "0", "ISSUED": "1"}},
		},
	}}
	p, err := c.Build("own", formats.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	r := german(t)
	r.Profile = p
	return r
}

func TestForTheERPGolden(t *testing.T) {
	o, d := loadOctober(t), held(t, "2026-11-09")
	golden(t, "decisions.erp.csv", func(w *bytes.Buffer) error { return erp(t).DecisionsCSV(w, o.decided()) })
	golden(t, "payout_W44.erp.csv", func(w *bytes.Buffer) error { return erp(t).PayoutCSV(t.Context(), w, o.payout(t, "W44")) })
	golden(t, "payout_foreign.erp.csv", func(w *bytes.Buffer) error { return erp(t).PayoutCSV(t.Context(), w, o.payout(t, "foreign")) })
	golden(t, "dunning_2026-11-09.erp.csv", func(w *bytes.Buffer) error { return erp(t).DunningCSV(t.Context(), w, d) })
}

// The twins are the same, whatever the ERP wants.
func TestTwinsStayCanonical(t *testing.T) {
	o, d := loadOctober(t), held(t, "2026-11-09")
	golden(t, "payout_W44.json", func(w *bytes.Buffer) error { return erp(t).PayoutJSON(t.Context(), w, o.payout(t, "W44")) })
	golden(t, "dunning_2026-11-09.json", func(w *bytes.Buffer) error { return erp(t).DunningJSON(t.Context(), w, d) })
	golden(t, "decisions.de.json", func(w *bytes.Buffer) error { return erp(t).DecisionsJSON(w, run, o.decided()) })
}
