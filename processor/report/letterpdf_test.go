package report_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
)

// letter is what a customer gets of a run of october.
func (o october) letter(t *testing.T, invoice, day string) report.Letter {
	t.Helper()
	l := report.Letter{Sender: o.statement(t, "W41").Provider}
	for _, n := range o.Dunning {
		if n.RunDate.String() == day && n.InvoiceNo == invoice {
			l.Notices = append(l.Notices, n)
		}
	}
	if len(l.Notices) == 0 {
		t.Fatalf("no notice of %s on %s", invoice, day)
	}
	return l
}

func TestLetterGolden(t *testing.T) {
	o := loadOctober(t)
	tests := []struct {
		golden string
		r      report.Renderer
		letter report.Letter
	}{
		{"letter_reminder.de.txt", german(t), o.letter(t, "RE1011", "2026-10-26")},
		{"letter_first.de.txt", german(t), o.letter(t, "RE1004", "2026-10-30")},
		{"letter_first.en.txt", english(t), o.letter(t, "RE1004", "2026-10-30")},
		{"letter_second.de.txt", german(t), o.letter(t, "RE1002", "2026-11-12")},
		{"letter_collection.en.txt", english(t), collection(o.letter(t, "RE1002", "2026-11-12"))},
		{"letter_many.de.txt", german(t), many25(o.letter(t, "RE1002", "2026-11-12"))}, // three levels, long names, several pages
	}
	for _, tt := range tests {
		var pdf bytes.Buffer
		if err := tt.r.LetterPDF(&pdf, tt.letter); err != nil {
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

// collection makes a letter that of the hand-over.
func collection(l report.Letter) report.Letter {
	l.Notices[0].Status, l.Notices[0].Level, l.Notices[0].PayUntil, l.Notices[0].NextLevelOn = purchase.NoticeCollection, 4, 0, 0
	return l
}

// many25 is a letter of 25 claims of three levels and nine orders, for somebody
// abroad whose names are long.
func many25(l report.Letter) report.Letter {
	n := l.Notices[0]
	n.Debtor = purchase.Debtor{
		CustomerType: purchase.B2B, Salutation: "Frau", FirstName: "Anna-Katharina Elisabeth", LastName: "von Schönfeld-Großkreuz zu Übersee",
		Company: "Donaudampfschifffahrtsgesellschaftskapitänswitwenversicherung Großhandels GmbH & Co. KG", Street: "Straße des Siebzehnten Juni",
		HouseNo: "123b", Postcode: "1010", City: "Wien", Country: "AT",
	}
	n.CustomerNo = "KUNDE-0000000000000000000000000000000000000000000000000000000001"
	l.Notices = nil
	for i := range 25 {
		m := n
		m.InvoiceNo = fmt.Sprintf("RE-2026-%06d", i)
		if i == 7 {
			m.InvoiceNo = "RE-0123456789012345678901234567890123456789012345678901234567890"
		}
		m.ID = "D-acme-" + m.InvoiceNo
		m.Level = 1 + i%3
		m.Payment.Reference = purchase.Reference(fmt.Sprintf("A%d", i/3))
		m.Invoiced, m.Outstanding = 12_345_678_90, 12_345_678_90
		m.TotalDue = m.Outstanding + m.ChargesTotal
		m.Payment.Amount = m.TotalDue
		l.Notices = append(l.Notices, m)
	}
	return l
}
