package purchase_test

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

func TestRefundTo(t *testing.T) {
	for _, tt := range []struct{ iban, name, want string }{
		{"", "", ""},
		{"DE75512108001245126199", "", "DE75512108001245126199"},
		{"DE75512108001245126199", "Anna M. Muster", "DE75512108001245126199 Anna M. Muster"},
		{"", "Anna Muster", " Anna Muster"},
	} {
		got := purchase.RefundTo(tt.iban, tt.name)
		if iban, name := purchase.SplitRefundTo(got); got != tt.want || iban != tt.iban || name != tt.name {
			t.Errorf("RefundTo(%q, %q) = %q, and back %q, %q; want %q", tt.iban, tt.name, got, iban, name, tt.want)
		}
	}
}

func TestSEPAPayee(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "Müller & Söhne": "Mueller + Soehne", "1&1": "1+1", "Анна-Мария": "", "株式会社": "", "- .": "", "Ωmega 3": "mega 3",
	} {
		if got := purchase.SEPAPayee(name); got != want {
			t.Errorf("SEPAPayee(%q) = %q; want %q", name, got, want)
		}
	}
}
