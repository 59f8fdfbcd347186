package report_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
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

func letterPDF(t *testing.T, r report.Renderer, l report.Letter) []byte {
	t.Helper()
	var pdf bytes.Buffer
	if err := r.LetterPDF(&pdf, l); err != nil {
		t.Fatal(err)
	}
	return pdf.Bytes()
}

func TestLetterGolden(t *testing.T) {
	o := loadOctober(t)
	tests := []struct {
		golden string
		r      report.Renderer
		letter report.Letter
	}{
		{"letter_reminder.de.txt", german(t), o.letter(t, "RE1011", "2026-10-26")},
		{"letter_reminder.en.txt", english(t), o.letter(t, "RE1011", "2026-10-26")},
		{"letter_first.de.txt", german(t), o.letter(t, "RE1004", "2026-10-30")}, // B2B
		{"letter_first.en.txt", english(t), o.letter(t, "RE1004", "2026-10-30")},
		{"letter_second.de.txt", german(t), o.letter(t, "RE1002", "2026-11-12")},
		{"letter_second.en.txt", english(t), o.letter(t, "RE1002", "2026-11-12")},
		{"letter_collection.de.txt", german(t), collection(o.letter(t, "RE1002", "2026-11-12"))},
		{"letter_collection.en.txt", english(t), collection(o.letter(t, "RE1002", "2026-11-12"))},
		{"letter_many.de.txt", german(t), many25(o.letter(t, "RE1002", "2026-11-12"))}, // three levels, long names, several pages
	}
	for _, tt := range tests {
		pdf := letterPDF(t, tt.r, tt.letter)
		golden(t, tt.golden, func(w *bytes.Buffer) error {
			_, err := w.Write(pdftotext(t, pdf))
			return err
		})
		if !bytes.Equal(letterPDF(t, tt.r, tt.letter), pdf) {
			t.Errorf("%s: the same letter twice is not the same bytes", tt.golden)
		}
	}
}

// The code on the page is read by another program and says what is to be paid;
// there is one for each reference.
func TestLetterCodes(t *testing.T) {
	o := loadOctober(t)
	for name, l := range map[string]report.Letter{
		"one claim": o.letter(t, "RE1004", "2026-10-30"), "25 claims of nine orders": many25(o.letter(t, "RE1002", "2026-11-12")),
	} {
		sums := map[string]purchase.PaymentAdvice{}
		for _, n := range l.Notices {
			n.Payment.Amount += sums[n.Payment.Reference].Amount
			sums[n.Payment.Reference] = n.Payment
		}
		var want []string
		for _, a := range sums {
			payload, err := report.EPCPayload(a, "EUR")
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, payload)
		}
		got := codes(t, letterPDF(t, german(t), l))
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: codes %q; want %q", name, got, want)
		}
	}
}

// Where nothing is to be paid in euros there is no code; without a reference
// the invoice number is one.
func TestLetterWithoutCode(t *testing.T) {
	o := loadOctober(t)
	l := o.letter(t, "RE1004", "2026-10-30")
	l.Notices[0].Payment.Reference = ""
	francs := german(t)
	francs.Currency = "CHF"
	pdf := letterPDF(t, francs, l)
	if text := string(pdftotext(t, pdf)); !strings.Contains(text, "340,26 CHF") || !regexp.MustCompile(`Verwendungszweck +RE1004\n`).MatchString(text) {
		t.Errorf("the letter lacks its amount or its reference:\n%s", text)
	}
	if got := codes(t, pdf); len(got) > 0 {
		t.Errorf("the letter has the codes %q; want none", got)
	}
}

func TestLetterWithoutSender(t *testing.T) {
	l := loadOctober(t).letter(t, "RE1004", "2026-10-30")
	l.Sender = purchase.Party{}
	if text := string(pdftotext(t, letterPDF(t, german(t), l))); !strings.HasPrefix(text, "Muster Rechnungskauf GmbH\n") {
		t.Errorf("the letter does not begin with the recipient of the payment:\n%s", text)
	}
}

func TestLetterGreeting(t *testing.T) {
	o := loadOctober(t)
	tests := []struct {
		salutation, first, last string
		german, english         string
	}{
		{"Frau", "Eva", "Öz", "Sehr geehrte Frau Öz,", "Dear Ms Öz,"},
		{"Herr", "Jan", "Hus", "Sehr geehrter Herr Hus,", "Dear Mr Hus,"},
		{"", "Kim", "Ott", "Guten Tag Kim Ott,", "Dear Kim Ott,"},
		{"Divers", "", "Ott", "Guten Tag Ott,", "Dear Ott,"},
		{"Frau", "", "", "Sehr geehrte Damen und Herren,", "Dear Sir or Madam,"},
	}
	for _, tt := range tests {
		l := o.letter(t, "RE1004", "2026-10-30")
		d := &l.Notices[0].Debtor
		d.Salutation, d.FirstName, d.LastName = tt.salutation, tt.first, tt.last
		for want, r := range map[string]report.Renderer{tt.german: german(t), tt.english: english(t)} {
			if text := string(pdftotext(t, letterPDF(t, r, l))); !strings.Contains(text, "\n"+want+"\n") {
				t.Errorf("%+v: the letter lacks %q", tt, want)
			}
		}
	}
}

func TestLetterRefuses(t *testing.T) {
	o := loadOctober(t)
	tests := []struct {
		name   string
		change func(l *report.Letter)
		want   string
	}{
		{"no notice", func(l *report.Letter) { l.Notices = nil }, "a letter without notices"},
		{"held", func(l *report.Letter) { l.Notices[0].Status, l.Notices[0].Hold = purchase.NoticeHeld, "DISPUTE" }, "D-acme-RE1004-2: it is held (DISPUTE)"},
		{"two customers", func(l *report.Letter) {
			l.Notices = append(l.Notices, l.Notices[0])
			l.Notices[1].CustomerNo = "K5"
		}, "it is of customer K5 and 2026-10-30, the letter of K4"},
		{"two days", func(l *report.Letter) {
			l.Notices = append(l.Notices, l.Notices[0])
			l.Notices[1].RunDate++
		}, "it is of customer K4 and 2026-10-31"},
		{"total a cent off", func(l *report.Letter) { l.Notices[0].TotalDue++ }, "outstanding 300.00 and charges 40.26 are not the total 340.27"},
		{"payment a cent off", func(l *report.Letter) { l.Notices[0].Payment.Amount++ }, "not the payment of 340.27"},
		{"wrong account", func(l *report.Letter) { l.Notices[0].Payment.IBAN = "DE00" }, `"DE00" is not an IBAN`},
		{"overflow", func(l *report.Letter) {
			n := l.Notices[0]
			n.Outstanding, n.ChargesTotal, n.TotalDue, n.Payment.Amount = 1<<62, 0, 1<<62, 1<<62
			l.Notices = []purchase.Notice{n, n}
		}, "out of range"},
	}
	for _, tt := range tests {
		l := o.letter(t, "RE1004", "2026-10-30")
		tt.change(&l)
		var pdf bytes.Buffer
		if err := german(t).LetterPDF(&pdf, l); err == nil || !strings.Contains(err.Error(), tt.want) || pdf.Len() > 0 {
			t.Errorf("%s: LetterPDF = %v and %d bytes; want an error with %q and none", tt.name, err, pdf.Len(), tt.want)
		}
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
