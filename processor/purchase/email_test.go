package purchase_test

import (
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

func TestValidEmail(t *testing.T) {
	for address, want := range map[string]bool{
		"erika@shop.example":               true,
		"erika.muster+x@mail.shop.example": true,
		"":                                 false,
		"erika":                            false,
		"erika@":                           false,
		"@shop.example":                    false,
		"erika@localhost":                  false,
		"erika@shop.":                      false,
		"Erika <erika@shop.example>":       false,
		"<erika@shop.example>":             false,
		"erika@shop.example, x@y.example":  false,
		"erika@shop.example\r\nBcc: x@y.z": false,
		"erika@müller.example":             false,
		"erika@[192.0.2.1]":                false,
		`"erika muster"@shop.example`:      false,
		strings.Repeat("a", 250) + "@b.de": false,
	} {
		if got := purchase.ValidEmail(address); got != want {
			t.Errorf("ValidEmail(%q) = %t; want %t", address, got, want)
		}
	}
}
