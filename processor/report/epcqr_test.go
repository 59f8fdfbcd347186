package report_test

import (
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
)

func advice() purchase.PaymentAdvice {
	return purchase.PaymentAdvice{
		Recipient: "Muster Rechnungskauf GmbH", IBAN: "DE02120300000000202051", BIC: "BYLADEM1001",
		BankName: "Deutsche Kreditbank", Reference: "RF51A1004", Amount: 34026,
	}
}

func TestEPCPayload(t *testing.T) {
	tests := []struct {
		name   string
		change func(a *purchase.PaymentAdvice)
		want   string
	}{
		{"structured reference", func(*purchase.PaymentAdvice) {}, "BCD|002|1|SCT|BYLADEM1001|Muster Rechnungskauf GmbH|DE02120300000000202051|EUR340.26||RF51A1004"},
		{"reference and IBAN with blanks", func(a *purchase.PaymentAdvice) { a.Reference, a.IBAN = "RF51 A100 4", "DE02 1203 0000 0000 2020 51" }, "BCD|002|1|SCT|BYLADEM1001|Muster Rechnungskauf GmbH|DE02120300000000202051|EUR340.26||RF51A1004"},
		{"wrong check digits are free text", func(a *purchase.PaymentAdvice) { a.Reference = "RF52A1004" }, "BCD|002|1|SCT|BYLADEM1001|Muster Rechnungskauf GmbH|DE02120300000000202051|EUR340.26|||RF52A1004"},
		{"umlauts", func(a *purchase.PaymentAdvice) {
			a.Recipient, a.Reference = "Größe & Söhne – Łódź e.K.", "Rechnung_17 für\nÄpfel"
		}, "BCD|002|1|SCT|BYLADEM1001|Groesse + Soehne - Lodz e.K.|DE02120300000000202051|EUR340.26|||Rechnung-17 fuer Aepfel"},
		{"decomposed umlaut", func(a *purchase.PaymentAdvice) { a.Recipient = "Mu\u0308ller" }, "BCD|002|1|SCT|BYLADEM1001|Mueller|DE02120300000000202051|EUR340.26||RF51A1004"},
		{"other script", func(a *purchase.PaymentAdvice) { a.Recipient = "Ωμέγα 7" }, "BCD|002|1|SCT|BYLADEM1001|..... 7|DE02120300000000202051|EUR340.26||RF51A1004"},
		{"no BIC, no reference, one cent", func(a *purchase.PaymentAdvice) { a.BIC, a.Reference, a.Amount = "", "", 1 }, "BCD|002|1|SCT||Muster Rechnungskauf GmbH|DE02120300000000202051|EUR0.01"},
		{"largest amount", func(a *purchase.PaymentAdvice) { a.Amount = 999_999_999_99 }, "BCD|002|1|SCT|BYLADEM1001|Muster Rechnungskauf GmbH|DE02120300000000202051|EUR999999999.99||RF51A1004"},
		{"long name is cut", func(a *purchase.PaymentAdvice) { a.Recipient = strings.Repeat("ü", 34) + "xx yy" }, "BCD|002|1|SCT|BYLADEM1001|" + strings.Repeat("ue", 34) + "xx|DE02120300000000202051|EUR340.26||RF51A1004"},
		{"longest free reference", func(a *purchase.PaymentAdvice) { a.Reference = strings.Repeat("x", 140) }, "BCD|002|1|SCT|BYLADEM1001|Muster Rechnungskauf GmbH|DE02120300000000202051|EUR340.26|||" + strings.Repeat("x", 140)},
	}
	for _, tt := range tests {
		a := advice()
		tt.change(&a)
		got, err := report.EPCPayload(a, "EUR")
		if got = strings.ReplaceAll(got, "\n", "|"); err != nil || got != tt.want {
			t.Errorf("%s: EPCPayload(%+v) = %q, %v; want %q", tt.name, a, got, err, tt.want)
		}
	}
}

func TestEPCPayloadRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(a *purchase.PaymentAdvice)
		want   string
	}{
		{"nothing to pay", func(a *purchase.PaymentAdvice) { a.Amount = 0 }, "amount 0.00 is not between"},
		{"a cent too much", func(a *purchase.PaymentAdvice) { a.Amount = 1_000_000_000_00 }, "amount 1000000000.00"},
		{"IBAN with wrong check digits", func(a *purchase.PaymentAdvice) { a.IBAN = "DE03120300000000202051" }, `"DE03120300000000202051" is not an IBAN`},
		{"BIC of nine", func(a *purchase.PaymentAdvice) { a.BIC = "BYLADEM10" }, `BIC "BYLADEM10"`},
		{"BIC with a digit in the bank", func(a *purchase.PaymentAdvice) { a.BIC = "BYL1DEM1" }, `BIC "BYL1DEM1"`},
		{"no name", func(a *purchase.PaymentAdvice) { a.Recipient = " \n " }, "the recipient has no name"},
		{"reference too long", func(a *purchase.PaymentAdvice) { a.Reference = strings.Repeat("x", 139) + "ü" }, "has 141 characters; it can have 140"},
		{"another currency", nil, `currency "CHF"`},
	}
	for _, tt := range tests {
		a, currency := advice(), "CHF"
		if tt.change != nil {
			tt.change(&a)
			currency = "EUR"
		}
		got, err := report.EPCPayload(a, currency)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: EPCPayload = %q, %v; want an error with %q", tt.name, got, err, tt.want)
		}
	}
}
