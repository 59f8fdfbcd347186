package main

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/kontor-exchange/kontor/processor/money"
)

// An accountant's five minutes: all files of one payout laid side by side say
// the same, to the cent. What would break it: a format that rounds or sums for
// itself, a file that is not made, a line that is left out of the bookings, a
// transfer of another amount.
func TestFilesOfAPayout(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.more = "    address: {street: Hauptstraße 1, postcode: \"24103\", city: Kiel, vat_id: DE987654321}\n" +
		"    datev: {consultant: 1001, client: 1, chart: SKR03, clearing: \"1361\"}\n"
	g := newStage(t, s, "sqlite")
	g.reconfigure("provider:\n", "provider:\n  address: {street: Musterweg 1, postcode: \"20095\", city: Hamburg, vat_id: DE123456789}\n")
	g.play(t, nil)
	const opening, payout, closing money.Amount = -7500, 35500, 0 // EXPLAIN.md, W44
	base := filepath.Join(g.dir, "erp", "out", "payouts", "payout_acme_2026W44_000005")

	table := readTable(t, base+".csv", ';')
	amounts := column(t, table, "Betrag", ",")
	if sum := total(amounts); sum != 0 {
		t.Errorf("CSV: the column Betrag sums to %s; want 0.00", sum)
	}
	if got := amounts[len(amounts)-2]; got != -payout {
		t.Errorf("CSV: PAYOUT is %s; want %s", got, -payout)
	}
	if got := workbookPayout(t, base+".xlsx"); got != "-355" && got != "-355.00" {
		t.Errorf("XLSX: PAYOUT is %s; want -355.00", got)
	}
	if got := bookings(t, strings.Replace(base, "payout_acme", "EXTF_payout_acme", 1)+".csv"); got != closing-opening {
		t.Errorf("DATEV: the clearing account moves by %s; want closing − opening = %s", got, closing-opening)
	}
	text := pdfText(t, base+".pdf")
	for _, want := range []string{"355,00", "Musterweg 1", "Kiel"} {
		if !strings.Contains(text, want) {
			t.Errorf("PDF: %q is missing", want)
		}
	}
	first := pdfText(t, filepath.Join(g.dir, "erp", "out", "payouts", "payout_acme_2026W40_000001.pdf"))
	for _, want := range []string{"RG-2026-000001", "27,25", "5,18", "32,43", "DE123456789"} {
		if !strings.Contains(first, want) {
			t.Errorf("PDF that is a fee invoice: %q is missing", want)
		}
	}
	if got := transferSum(t, filepath.Join(g.dir, "bank", "out", "transfer_M-P-acme-2026W44.xml")); got != "355.00" {
		t.Errorf("pain.001: control sum %s; want 355.00", got)
	}
	// W40 is the first with fees: net 27.25, VAT 5.18.
	invoice, err := os.ReadFile(filepath.Join(g.dir, "erp", "out", "payouts", "payout_acme_2026W40_000001.xml"))
	if err != nil || !bytes.Contains(invoice, []byte("27.25")) || !bytes.Contains(invoice, []byte("5.18")) || !bytes.Contains(invoice, []byte("RG-2026-000001")) {
		t.Errorf("EN 16931: %v; want RG-2026-000001 with 27.25 and 5.18", err)
	}
	letters, err := filepath.Glob(filepath.Join(g.dir, "letters", "letter_acme_2026-10-23_*.pdf"))
	if err != nil || len(letters) != 1 {
		t.Fatalf("letters of 23 October: %v, %v; want one, for K4", letters, err)
	}
	if letter := pdfText(t, letters[0]); !strings.Contains(letter, "Dirks") || !strings.Contains(letter, "300,00") {
		t.Errorf("letter: %s; want one to Dirks GmbH over 300,00", letter)
	}
	broken, err := g.x.verify(t.Context(), s.Merchant)
	if err != nil || len(broken) > 0 {
		t.Errorf("verify: %v, %v; want nothing broken", broken, err)
	}
}

// reconfigure changes the configuration and opens it anew.
func (g *stage) reconfigure(old, text string) {
	g.t.Helper()
	before, err := os.ReadFile(g.config)
	if err != nil {
		g.t.Fatal(err)
	}
	if err := g.x.close(); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(g.config, []byte(strings.Replace(string(before), old, text, 1)), 0o600); err != nil {
		g.t.Fatal(err)
	}
	g.open()
}

func readTable(t *testing.T, file string, delimiter rune) [][]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	r.Comma, r.FieldsPerRecord = delimiter, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return rows
}

// column returns the amounts under a heading.
func column(t *testing.T, rows [][]string, heading, decimal string) []money.Amount {
	t.Helper()
	at := -1
	for i, name := range rows[0] {
		if name == heading {
			at = i
		}
	}
	if at < 0 {
		t.Fatalf("there is no column %s in %v", heading, rows[0])
	}
	var all []money.Amount
	for _, row := range rows[1:] {
		a, err := money.Parse(strings.Replace(row[at], decimal, ".", 1))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

func total(all []money.Amount) (sum money.Amount) {
	for _, a := range all {
		sum += a
	}
	return sum
}

// workbookPayout finds the amount of the line PAYOUT in a workbook.
func workbookPayout(t *testing.T, file string) string {
	t.Helper()
	f, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if len(row) > 12 && row[3] == "Auszahlung" {
			return row[12]
		}
	}
	t.Fatalf("%s has no line PAYOUT", file)
	return ""
}

// bookings sums a DATEV batch as the clearing account sees it: S is debit.
func bookings(t *testing.T, file string) (sum money.Amount) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	utf8 := filepath.Join(t.TempDir(), "bookings.csv")
	if err := os.WriteFile(utf8, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range readTable(t, utf8, ';')[2:] {
		a, err := money.Parse(strings.Replace(row[0], ",", ".", 1))
		if err != nil {
			t.Fatal(err)
		}
		if row[6] != "1361" {
			t.Errorf("booking on account %s; want the clearing account 1361", row[6])
		}
		if row[1] == "H" {
			a = -a
		}
		sum += a
	}
	return sum
}

func pdfText(t *testing.T, file string) string {
	t.Helper()
	text, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext %s: %v; apt-get install poppler-utils", file, err)
	}
	return string(text)
}

func transferSum(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var order struct {
		Sum string `xml:"CstmrCdtTrfInitn>GrpHdr>CtrlSum"`
	}
	if err := xml.Unmarshal(text, &order); err != nil {
		t.Fatal(err)
	}
	return order.Sum
}
