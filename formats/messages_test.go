package formats

import (
	"regexp"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

var rowAndFileCodes = []purchase.Code{
	purchase.FileEncoding, purchase.FileHeader, purchase.FileTrailer, purchase.FileTruncated, purchase.FileEmpty,
	purchase.FileTooLarge, purchase.FileDialect, purchase.FileNotYours,
	purchase.RowColumns, purchase.FieldRequired, purchase.FieldFormat, purchase.FieldRange, purchase.FieldLength,
	purchase.WrongCurrency, purchase.UnknownOrder, purchase.UnknownInvoice, purchase.UnknownAccount,
	purchase.NotAccepted, purchase.OverApproved, purchase.OverCredit, purchase.DuplicateRow, purchase.ConflictRow,
	purchase.Closed, purchase.UnknownColumn, purchase.ReturnAssumed, purchase.ChangedImmaterial,
}

var decisionCodes = []purchase.Code{
	purchase.OK, purchase.DataMissing, purchase.WrongCurrency, purchase.Country, purchase.AgeLimit, purchase.LimitOrder,
	purchase.AddressMismatch, purchase.OverdueExists, purchase.LimitOpenSum, purchase.Reviewed,
}

var placeholder = regexp.MustCompile(`\{\d\}`)

// Every sentence exists in both languages and uses the same arguments in both.
func TestCatalogueIsComplete(t *testing.T) {
	check := func(name string, s sentence) {
		de, en := placeholder.FindAllString(s.de, -1), placeholder.FindAllString(s.en, -1)
		if s.de == "" || s.en == "" || len(de) != len(en) || s.de == s.en {
			t.Errorf("%s: %q, %q", name, s.de, s.en)
		}
	}
	for _, code := range rowAndFileCodes {
		check(string(code), sentences[code])
	}
	for _, code := range decisionCodes {
		check(string(code), merchantTexts[code])
	}
	for _, decision := range []string{purchase.DecisionAccepted, purchase.DecisionDeclined, purchase.DecisionReview} {
		check(decision, customerTexts[decision])
	}
	for _, s := range []sentence{rowColumnsCame, headerMissing, headerTwice, headerGarbled, fileCame, duplicateFile, heldFile} {
		check(s.en, s)
	}
	for code, s := range nextSteps {
		check("next step of "+string(code), s)
	}
	if len(sentences) != len(rowAndFileCodes) || len(merchantTexts) != len(decisionCodes) {
		t.Error("the lists of this test are not those of the catalogue")
	}
}

func TestMessages(t *testing.T) {
	tests := []struct {
		got, want string
	}{
		{Message(German, purchase.UnknownColumn, "{0}"), "Spalte {0} ist nicht bekannt und wird nicht gelesen; wird sie gebraucht, bitte im Profil zuordnen"},
		{Message(English, purchase.FieldRequired), "column ?: empty, a value is required"},
		{Message(German, purchase.FieldRange, "date", "x", wantDue), "Spalte date: x, erwartet: ein Datum am oder nach dem Rechnungsdatum"},
		{Message(German, "NEW_CODE"), "NEW_CODE"},
		{MerchantText(English, purchase.OK), "The order is accepted."},
		{DuplicateFile(English, "orders_1.csv"), "read before as orders_1.csv; nothing booked. To read it again: kontor rerun file orders_1.csv"},
		{
			HeldFile(German, "p.csv", FileError{Code: purchase.FileTrailer, Want: "3 rows", Value: "4"}),
			"Schlusszeile passt nicht: erwartet: 3 Zeilen, gekommen: 4; nichts gebucht. Trotzdem annehmen: kontor files release p.csv --reason GRUND",
		},
		{
			RowError{File: "orders.csv", Line: 3, Code: purchase.FieldFormat, Column: "gross_amount", Heading: "Bruttobetrag", Value: "49.90", Want: "an amount such as 1.234,56"}.Error(),
			`orders.csv:3: column gross_amount: "49.90" is not an amount such as 1.234,56`,
		},
		{FileError{File: "orders.csv", Line: 1, Code: purchase.FileHeader, Column: "order_no", Want: wantColumn}.Error(), "orders.csv:1: column order_no is missing"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("message %q; want %q", tt.got, tt.want)
		}
	}
}

// What is wanted is German in German, also with a number or word behind it.
func TestWantsAreTranslated(t *testing.T) {
	for english, german := range germanWants {
		if got := German.wanted(english + "7"); got != german+"7" {
			t.Errorf("wanted(%q) = %q", english+"7", got)
		}
	}
	for _, v := range []string{"one of B2C, B2B", "30 columns", "3 rows", wantSize(5), "at most 64 characters"} {
		if got := German.wanted(v); got == v || strings.Contains(got, " of ") {
			t.Errorf("wanted(%q) = %q", v, got)
		}
	}
}

// Why an order was declined is not for the customer.
func TestCustomerTextIsNeutral(t *testing.T) {
	for _, l := range []Language{German, English} {
		text := strings.ToLower(CustomerText(l, purchase.DecisionDeclined))
		for _, word := range []string{"mahn", "alter", "jung", "grenze", "bonität", "limit", "credit", "overdue", "young"} {
			if strings.Contains(text, word) {
				t.Errorf("%q says %s", text, word)
			}
		}
	}
}
