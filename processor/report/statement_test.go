package report_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

// statement is a payout of october with parties, its fee invoice and what is to
// come.
func (o october) statement(t *testing.T, week string) report.StatementDocument {
	t.Helper()
	p := o.payout(t, week)
	d := report.StatementDocument{
		Payout: p,
		Provider: purchase.Party{
			Name: "Muster Rechnungskauf GmbH", Street: "Große Elbstraße 1", Postcode: "22767", City: "Hamburg", Country: "DE",
			VATID: "DE123456789", TaxNo: "17/123/45678", Email: "abrechnung@example.org", IBAN: "DE02120300000000202051", BIC: "BYLADEM1001",
		},
		Merchant: purchase.Party{
			Name: "ACME Handels GmbH", Street: "Königsallee 27", Postcode: "40212", City: "Düsseldorf", Country: "DE",
			VATID: "DE987654321", IBAN: "DE02500105170137075030", BIC: "INGDDEFF",
		},
		Upcoming: []report.Maturity{
			{Week: schedules.Monday(schedules.DateOf(p.Cutoff)), Claims: 3, Amount: 41_000},
			{Week: schedules.Monday(schedules.DateOf(p.Cutoff)) + 7, Claims: 1, Amount: 123_456_789},
		},
	}
	if fee := p.Totals[purchase.LineFee]; fee.Count > 0 {
		vat := p.Totals[purchase.LineVAT].Cents
		d.Invoice = purchase.FeeInvoice{
			Number: "2026-000012", Date: schedules.DateOf(p.Cutoff), Net: -fee.Cents, Rate: 1900, VAT: -vat, Gross: -fee.Cents - vat,
		}
	}
	return d
}

// pdftotext is the text of a document as poppler reads it.
func pdftotext(t *testing.T, pdf []byte) []byte {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Fatal("pdftotext is missing; install poppler-utils (.ci/setup does)")
	}
	file := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestStatementGolden(t *testing.T) {
	o := loadOctober(t)
	tests := []struct {
		golden string
		r      report.Renderer
		week   string
	}{
		{"statement_W41.de.txt", german(t), "W41"},
		{"statement_W41.en.txt", english(t), "W41"},
		{"statement_W43.de.txt", german(t), "W43"}, // nothing is paid
		{"statement_W44.en.txt", english(t), "W44"},
		{"statement_W47.de.txt", german(t), "W47"}, // a week without lines
	}
	for _, tt := range tests {
		var pdf bytes.Buffer
		if err := tt.r.PayoutPDF(t.Context(), &pdf, o.statement(t, tt.week)); err != nil {
			t.Fatalf("%s: %v", tt.golden, err)
		}
		if dir := os.Getenv("KONTOR_PDF"); dir != "" {
			os.WriteFile(filepath.Join(dir, tt.golden+".pdf"), pdf.Bytes(), 0o600)
		}
		golden(t, tt.golden, func(w *bytes.Buffer) error {
			_, err := w.Write(pdftotext(t, pdf.Bytes()))
			return err
		})
	}
}
