package report_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

func provider() purchase.Party {
	return purchase.Party{
		Name: "Käufer & Söhne Forderungsankauf GmbH", Street: "Straße des 17. Juni 135", Postcode: "10623", City: "Berlin", Country: "DE",
		VATID: "DE136695976", Email: "rechnung@kaeufer.example", IBAN: "DE02120300000000202051", BIC: "BYLADEM1001",
	}
}

func merchant() purchase.Party {
	return purchase.Party{
		Name: "ACME Handels GmbH", Street: "Große Elbstraße 12 a", Postcode: "22767", City: "Hamburg", Country: "DE",
		VATID: "DE123456788", Email: "buchhaltung@acme.example", IBAN: "DE89370400440532013000",
	}
}

func transfers() report.TransferFile {
	return report.TransferFile{
		MessageID: "T20261102-000017", Created: time.Date(2026, 11, 2, 6, 0, 0, 0, time.FixedZone("", 3600)),
		Debtor: provider(), ExecutionDate: schedules.NewDate(2026, 11, 2),
		Transfers: []report.Transfer{
			{EndToEndID: "P-acme-2026W44", Creditor: merchant(), Amount: 35_500, Currency: "EUR", Remittance: "Auszahlung P-acme-2026W44"},
			{
				EndToEndID: "R-acme-RE1009", Amount: 1, Currency: "EUR", Remittance: "Rückzahlung zu Rechnung „RE1009“ – 0,01 € zu viel; danke!",
				Creditor: purchase.Party{Name: "Łukasz Đorđević-Ngô", Street: "Unter den Linden", City: "Köln", Country: "DE", IBAN: "AT611904300234573201", BIC: "BKAUATWW"},
			},
			{
				EndToEndID: "R-acme-RE1010", Amount: 99_999_999_999, Currency: "EUR",
				Creditor: purchase.Party{Name: strings.Repeat("Größte Gesellschaft ", 10), Street: "Weg 1", IBAN: "NL91ABNA0417164300"},
			},
		},
	}
}

func TestTransfersGolden(t *testing.T) {
	golden(t, "transfer.xml", func(w *bytes.Buffer) error { return report.Transfers(w, transfers()) })
	batch := transfers()
	batch.BatchBooking, batch.Transfers, batch.Debtor.BIC = true, batch.Transfers[:1], ""
	golden(t, "transfer_batch.xml", func(w *bytes.Buffer) error { return report.Transfers(w, batch) })
}

// The schema of ISO 20022 accepts what is written.
func TestTransfersAreValid(t *testing.T) {
	for _, name := range []string{"transfer.xml", "transfer_batch.xml"} {
		validate(t, "pain.001.001.09.xsd", name)
	}
}

// validate holds a golden file against a schema.
func validate(t *testing.T, schema, name string) {
	t.Helper()
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Fatal("xmllint is missing; run .ci/setup, or install libxml2-utils")
	}
	cmd := exec.CommandContext(t.Context(), xmllint, "--nonet", "--noout", "--schema", "testdata/xsd/"+schema, "testdata/"+name)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", name, err, out)
	}
}

// An order is what a bank reads of a file.
type order struct {
	Count string   `xml:"CstmrCdtTrfInitn>GrpHdr>NbOfTxs"`
	Sum   string   `xml:"CstmrCdtTrfInitn>GrpHdr>CtrlSum"`
	Sums  []string `xml:"CstmrCdtTrfInitn>PmtInf>CtrlSum"`
	Tx    []struct {
		ID     string `xml:"PmtId>EndToEndId"`
		Amount string `xml:"Amt>InstdAmt"`
		Name   string `xml:"Cdtr>Nm"`
		Text   string `xml:"RmtInf>Ustrd"`
	} `xml:"CstmrCdtTrfInitn>PmtInf>CdtTrfTxInf"`
}

var sepaSet = regexp.MustCompile(`^[A-Za-z0-9/\-?:().,'+]([A-Za-z0-9/\-?:().,'+ ]*[A-Za-z0-9/\-?:().,'+])?$`)

// Sums agree to the cent and texts are in the SEPA set, whatever names look like.
func TestTransfersProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := transfers()
		f.Transfers = nil
		var sum money.Amount
		for i := range rapid.IntRange(1, 5).Draw(t, "transfers") {
			tr := report.Transfer{
				EndToEndID: fmt.Sprintf("P-acme-%d", i), Creditor: merchant(), Currency: "EUR",
				Amount:     money.Amount(rapid.Int64Range(1, 99_999_999_999).Draw(t, "amount")),
				Remittance: "X" + rapid.String().Draw(t, "remittance"),
			}
			tr.Creditor.Name, tr.Creditor.Street = "X"+rapid.String().Draw(t, "name"), rapid.String().Draw(t, "street")
			sum += tr.Amount
			f.Transfers = append(f.Transfers, tr)
		}
		var b bytes.Buffer
		if err := report.Transfers(&b, f); err != nil {
			t.Fatal(err)
		}
		var got order
		if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got.Sum != sum.String() || len(got.Sums) != 1 || got.Sums[0] != got.Sum || got.Count != fmt.Sprint(len(f.Transfers)) {
			t.Errorf("%s transfers, sums %s and %v; want %d and %s", got.Count, got.Sum, got.Sums, len(f.Transfers), sum)
		}
		for i, tx := range got.Tx {
			if tx.Amount != f.Transfers[i].Amount.String() || tx.ID != f.Transfers[i].EndToEndID {
				t.Errorf("transfer %d is %s of %s; want %s", i, tx.ID, tx.Amount, f.Transfers[i].Amount)
			}
			if !sepaSet.MatchString(tx.Name) || !sepaSet.MatchString(tx.Text) || len(tx.Name) > 70 || len(tx.Text) > 140 {
				t.Errorf("name %q, text %q; want them in the SEPA set, at most 70 and 140", tx.Name, tx.Text)
			}
		}
	})
}

func TestTransfersRefuse(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(f *report.TransferFile)
		want  string
	}{
		{"no transfer", func(f *report.TransferFile) { f.Transfers = nil }, "there are no transfers"},
		{"no message id", func(f *report.TransferFile) { f.MessageID = "" }, `message id ""`},
		{"a path as message id", func(f *report.TransferFile) { f.MessageID = "a/b" }, `message id "a/b"`},
		{"no time", func(f *report.TransferFile) { f.Created = time.Time{} }, "time of making is missing"},
		{"a Sunday", func(f *report.TransferFile) { f.ExecutionDate-- }, "execution date 2026-11-01 is not a bank day"},
		{"36 characters", func(f *report.TransferFile) { f.Transfers[0].EndToEndID = strings.Repeat("x", 36) }, "end-to-end id"},
		{"an id twice", func(f *report.TransferFile) { f.Transfers[1].EndToEndID = f.Transfers[0].EndToEndID }, "transfer 2, P-acme-2026W44: this end-to-end id stands twice"},
		{"an umlaut in an id", func(f *report.TransferFile) { f.Transfers[0].EndToEndID = "Zürich" }, `end-to-end id "Zürich"`},
		{"nothing", func(f *report.TransferFile) { f.Transfers[0].Amount = 0 }, "amount 0.00 is not between"},
		{"negative", func(f *report.TransferFile) { f.Transfers[0].Amount = -1 }, "amount -0.01 is not between"},
		{"a billion", func(f *report.TransferFile) { f.Transfers[0].Amount = 100_000_000_000 }, "amount 1000000000.00 is not between"},
		{"francs", func(f *report.TransferFile) { f.Transfers[0].Currency = "CHF" }, `currency "CHF"`},
		{"a digit of the IBAN", func(f *report.TransferFile) { f.Transfers[0].Creditor.IBAN = "DE89370400440532013001" }, `the IBAN that ends in "3001" is not valid`},
		{"no IBAN of ours", func(f *report.TransferFile) { f.Debtor.IBAN = "" }, `debtor: the IBAN that ends in ""`},
		{"no name", func(f *report.TransferFile) { f.Transfers[0].Creditor.Name = "株式会社" }, "creditor: the name is missing"},
		{"half a BIC", func(f *report.TransferFile) { f.Debtor.BIC = "BYLADE" }, `the BIC "BYLADE"`},
	}
	for _, tt := range tests {
		f := transfers()
		tt.spoil(&f)
		var b bytes.Buffer
		err := report.Transfers(&b, f)
		if err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() > 0 {
			t.Errorf("%s: Transfers = %v and %d bytes; want an error with %q and nothing written", tt.name, err, b.Len(), tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "DE8937040044053201300") {
			t.Errorf("%s: the error says the IBAN: %v", tt.name, err)
		}
	}
}

func TestTransferDate(t *testing.T) {
	tests := []struct{ name, payout, run, want string }{
		{"same day", "2026-11-02", "2026-11-02", "2026-11-02"},
		{"the payout is later", "2026-11-02", "2026-10-30", "2026-11-02"},
		{"a run that is late", "2026-11-02", "2026-11-05", "2026-11-05"},
		{"a late run on a Saturday", "2026-11-02", "2026-11-07", "2026-11-09"},
		{"Easter", "2027-03-26", "2027-03-26", "2027-03-30"},
	}
	for _, tt := range tests {
		var d [3]schedules.Date
		for i, s := range []string{tt.payout, tt.run, tt.want} {
			var err error
			if d[i], err = schedules.ParseDate(s); err != nil {
				t.Fatal(err)
			}
		}
		if got := report.TransferDate(d[0], d[1]); got != d[2] {
			t.Errorf("%s: TransferDate(%s, %s) = %s; want %s", tt.name, tt.payout, tt.run, got, tt.want)
		}
	}
}

// House numbers are parted from streets only where both are surely there.
func TestTransferAddresses(t *testing.T) {
	for street, want := range map[string]string{
		"Hauptstraße 5":           "<StrtNm>Hauptstrasse</StrtNm><BldgNb>5</BldgNb>",
		"Große Elbstr. 12 a":      "<StrtNm>Grosse Elbstr.</StrtNm><BldgNb>12 a</BldgNb>",
		"Am Markt 10 - 12b":       "<StrtNm>Am Markt</StrtNm><BldgNb>10 - 12b</BldgNb>",
		"Ring 3/5":                "<StrtNm>Ring</StrtNm><BldgNb>3/5</BldgNb>",
		"Straße des 17. Juni":     "<StrtNm>Strasse des 17. Juni</StrtNm>",
		"Straße des 17. Juni 135": "<StrtNm>Strasse des 17. Juni</StrtNm><BldgNb>135</BldgNb>",
		"C 4, 12":                 "<StrtNm>C 4,</StrtNm><BldgNb>12</BldgNb>",
		"Postfach":                "<StrtNm>Postfach</StrtNm>",
		"12":                      "<StrtNm>12</StrtNm>",
		"":                        "",
	} {
		f := transfers()
		f.Transfers = f.Transfers[:1]
		f.Transfers[0].Creditor.Street = street
		var b bytes.Buffer
		if err := report.Transfers(&b, f); err != nil {
			t.Fatal(err)
		}
		_, creditor, _ := strings.Cut(b.String(), "<Cdtr>")
		plain := regexp.MustCompile(`>\s+<`).ReplaceAllString(creditor, "><")
		if !strings.Contains(plain, "<PstlAdr>"+want+"<PstCd>22767</PstCd><TwnNm>Hamburg</TwnNm><Ctry>DE</Ctry>") || !utf8.ValidString(plain) {
			t.Errorf("street %q gives %s; want %s", street, plain, want)
		}
	}
}
