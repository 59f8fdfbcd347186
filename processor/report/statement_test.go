package report_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

// statement is a payout of october with parties, its fee invoice and what is to
// come.
func (o october) statement(t *testing.T, week string) report.StatementDocument {
	t.Helper()
	return statementOf(o.payout(t, week))
}

func statementOf(p purchase.Payout) report.StatementDocument {
	monday := schedules.Monday(schedules.DateOf(p.Cutoff))
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
		Upcoming: []purchase.Maturity{
			{Week: monday, Claims: 3, Amount: 41_000},
			{Week: monday + 7, Claims: 1, Amount: 123_456_789},
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

// document writes content to a file for a program that must be there.
func document(t *testing.T, program string, content []byte) (file string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%s is missing; .ci/setup installs it", program)
	}
	file = filepath.Join(t.TempDir(), "document")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// pdftotext is the text of a document as another program reads it.
func pdftotext(t *testing.T, pdf []byte) []byte {
	t.Helper()
	text, err := exec.Command("pdftotext", "-layout", "-enc", "UTF-8", document(t, "pdftotext", pdf), "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return text
}

// codes are the texts of the QR codes on all pages, in their order.
func codes(t *testing.T, pdf []byte) []string {
	t.Helper()
	file := document(t, "pdftoppm", pdf)
	if out, err := exec.Command("pdftoppm", "-r", "100", "-gray", "-png", file, file).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v: %s", err, out)
	}
	pages, err := filepath.Glob(file + "-*.png")
	if err != nil {
		t.Fatal(err)
	}
	document(t, "zbarimg", nil)
	var found []string
	for _, page := range pages {
		// It finds the codes of a page in an order of its own, and exits with 4
		// where there is none.
		out, err := exec.Command("zbarimg", "-q", "--xml", "--nodbus", "-Sdisable", "-Sqrcode.enable", page).Output()
		if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 4) {
			t.Fatalf("zbarimg: %v", err)
		}
		for part := range strings.SplitSeq(string(out), "<![CDATA[") {
			if text, _, data := strings.Cut(part, "]]>"); data {
				found = append(found, text)
			}
		}
	}
	return found
}

func statementPDF(t *testing.T, r report.Renderer, d report.StatementDocument) []byte {
	t.Helper()
	var pdf bytes.Buffer
	if err := r.PayoutPDF(t.Context(), &pdf, d); err != nil {
		t.Fatal(err)
	}
	return pdf.Bytes()
}

func TestStatementGolden(t *testing.T) {
	o := loadOctober(t)
	corrected := o.statement(t, "W41")
	corrected.Payout.Version, corrected.Provider.IBAN, corrected.Merchant.Country, corrected.Upcoming = 2, "", "AT", nil
	tests := []struct {
		golden string
		r      report.Renderer
		d      report.StatementDocument
	}{
		{"statement_W41.de.txt", german(t), o.statement(t, "W41")},
		{"statement_W41.en.txt", english(t), o.statement(t, "W41")},
		{"statement_corrected.de.txt", german(t), corrected},       // version 2, a merchant abroad, nothing to come
		{"statement_W43.de.txt", german(t), o.statement(t, "W43")}, // nothing is paid
		{"statement_W44.en.txt", english(t), o.statement(t, "W44")},
		{"statement_W47.de.txt", german(t), o.statement(t, "W47")}, // a week without lines
	}
	for _, tt := range tests {
		pdf := statementPDF(t, tt.r, tt.d)
		golden(t, tt.golden, func(w *bytes.Buffer) error {
			_, err := w.Write(pdftotext(t, pdf))
			return err
		})
		if !bytes.Equal(statementPDF(t, tt.r, tt.d), pdf) {
			t.Errorf("%s: the same document twice is not the same bytes", tt.golden)
		}
	}
}

// A statement lists the first 200 lines, and says where the others are.
func TestStatementOfManyLines(t *testing.T) {
	for lines, want := range map[int64]string{200: "", 201: "Die ersten 200 von 201 Zeilen"} {
		text := string(pdftotext(t, statementPDF(t, german(t), statementOf(many(lines, func(int64) {})))))
		if said := strings.Contains(text, "Die ersten"); said != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%d lines: the statement has %v; want %q", lines, said, want)
		}
		if listed := strings.Count(text, "des Kunden auf Rechnung"); listed != 200 {
			t.Errorf("%d lines: %d are listed; want 200", lines, listed)
		}
		if headings, pages := strings.Count(text, "Vorgang"), strings.Count(text, "Seite "); headings != pages-1 || pages < 4 {
			t.Errorf("%d lines: %d headings on %d pages; want one on each but the first", lines, headings, pages)
		}
	}
}

// Nothing overlaps and nothing is lost, however long names and numbers are.
func TestStatementOfLongNames(t *testing.T) {
	o := loadOctober(t)
	d := o.statement(t, "W41")
	long := strings.Repeat("Donaudampfschifffahrtsgesellschaft ", 7)
	d.Provider.Name, d.Merchant.Name, d.Merchant.Street = long, long, "Straße der überaus langen Namen und der noch viel längeren Hausnummern 123456789"
	d.Invoice.Number = "RG-2026-0123456789-0123456789-0123456789-0123456789-000012"
	d.Upcoming = nil
	for i := range 30 {
		d.Upcoming = append(d.Upcoming, purchase.Maturity{Week: schedules.Monday(schedules.DateOf(d.Payout.Cutoff)) + schedules.Date(7*i), Claims: 1_000_000, Amount: 999_999_999_999_99})
	}
	text := string(pdftotext(t, statementPDF(t, german(t), d)))
	for _, want := range []string{"999.999.999.999,99", "KW 18/2027", "Hausnummern 123456789", "9f2c0000"} {
		if !strings.Contains(text, want) {
			t.Errorf("the statement lacks %q:\n%s", want, text)
		}
	}
	if n := strings.Count(text, "999.999.999.999,99"); n != 30 {
		t.Errorf("%d weeks are shown; want 30", n)
	}
}

// A letter that the fonts lack is shown without its accents, or as a question
// mark.
func TestStatementGlyphs(t *testing.T) {
	o := loadOctober(t)
	d := o.statement(t, "W44")
	d.Merchant.Name = "Việt Łódź Ελλάδα Česko 漢字 A\u0308rger\x07!"
	text := string(pdftotext(t, statementPDF(t, german(t), d)))
	if want := "Viet Łódź Ελλάδα Česko ?? Ärger !"; !strings.Contains(text, want) {
		t.Errorf("the statement lacks %q:\n%s", want, text)
	}
}

func TestStatementRefuses(t *testing.T) {
	o := loadOctober(t)
	tests := []struct {
		name   string
		change func(d *report.StatementDocument)
		want   string
	}{
		{"fees without an invoice", func(d *report.StatementDocument) { d.Invoice = purchase.FeeInvoice{} }, "fees of 11.25 and VAT of 2.14 need a fee invoice"},
		{"net a cent off", func(d *report.StatementDocument) { d.Invoice.Net++; d.Invoice.Gross++ }, "net 11.26, VAT 2.14, gross 13.40; the lines have fees of 11.25"},
		{"gross a cent off", func(d *report.StatementDocument) { d.Invoice.Gross++ }, "gross 13.40"},
		{"overflow", func(d *report.StatementDocument) { d.Invoice.Net, d.Invoice.VAT = 1<<63-1, 1 }, "out of range"},
		{"no tax number", func(d *report.StatementDocument) { d.Provider.VATID, d.Provider.TaxNo = "", "" }, "VAT id or tax number of the provider is missing, which § 14 UStG"},
		{"no address", func(d *report.StatementDocument) { d.Merchant.Street, d.Provider.City = "", "" }, "street of the merchant is missing"},
		{"no date", func(d *report.StatementDocument) { d.Invoice.Date = 0 }, "date is missing"},
		{"no account", func(d *report.StatementDocument) { d.Merchant.IBAN = "DE00" }, `"DE00" is not an IBAN that a payout can go to`},
		{"payout that does not add up", func(d *report.StatementDocument) { d.Payout.Closing++ }, "must not leave"},
	}
	for _, tt := range tests {
		d := o.statement(t, "W41")
		tt.change(&d)
		var pdf bytes.Buffer
		if err := german(t).PayoutPDF(t.Context(), &pdf, d); err == nil || !strings.Contains(err.Error(), tt.want) || pdf.Len() > 0 {
			t.Errorf("%s: PayoutPDF = %v and %d bytes; want an error with %q and none", tt.name, err, pdf.Len(), tt.want)
		}
	}
	if err := german(t).PayoutPDF(t.Context(), full{}, o.statement(t, "W41")); !errors.Is(err, errFull) {
		t.Errorf("PayoutPDF onto a full disk = %v; want %v", err, errFull)
	}
}

// Whoever has not given an account reads the day at least.
func TestStatementWithoutAccount(t *testing.T) {
	d := loadOctober(t).statement(t, "W44")
	d.Merchant.IBAN, d.Merchant.BIC = "", ""
	if text, want := string(pdftotext(t, statementPDF(t, german(t), d))), "Wir überweisen am 02.11.2026 auf Ihr Konto.\n"; !strings.Contains(text, want) {
		t.Errorf("the statement lacks %q:\n%s", want, text)
	}
}

// A type of line that the statement does not know is shown too, so that the
// page adds up.
func TestStatementOfUnknownType(t *testing.T) {
	p := many(1, func(int64) {})
	p.Totals = map[purchase.LineType]purchase.Total{"WINDFALL": {Count: 1, Cents: 1}}
	p.Lines = streamed([]purchase.Line{{LineNo: 1, Type: "WINDFALL", Amount: 1, Balance: 1}})
	p.Amount = money.Amount(1)
	text := string(pdftotext(t, statementPDF(t, german(t), statementOf(p))))
	if !strings.Contains(text, "Sonstiges") || !strings.Contains(text, "WINDFALL") {
		t.Errorf("the statement lacks the type WINDFALL:\n%s", text)
	}
}
