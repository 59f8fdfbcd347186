package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What a merchant says of allocation reaches the terms; what cannot be is told
// by name.
func TestAllocationSettings(t *testing.T) {
	tests := []struct {
		name, setting string
		want          purchase.AllocationTerms
		fault         string
	}{
		{"none", "", purchase.AllocationTerms{Within: []string{"charges", "interest", "principal"}, Across: "exact-then-oldest"}, ""},
		{
			"consumer credit", "allocation: {within: [charges, principal, interest]}",
			purchase.AllocationTerms{Within: []string{"charges", "principal", "interest"}, Across: "exact-then-oldest"},
			"",
		},
		{
			"oldest", "allocation: {across: oldest}",
			purchase.AllocationTerms{Within: []string{"charges", "interest", "principal"}, Across: "oldest"},
			"",
		},
		{
			"one is missing", "allocation: {within: [charges, principal]}",
			purchase.AllocationTerms{},
			"merchants.acme.allocation.within: [charges principal] does not name each of charges, interest and principal once",
		},
		{"one twice", "allocation: {within: [charges, interest, interest]}", purchase.AllocationTerms{}, "merchants.acme.allocation.within: "},
		{"another word", "allocation: {across: newest}", purchase.AllocationTerms{}, `merchants.acme.allocation.across: "newest"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := parse("/srv/kontor.yaml", []byte(`
provider:
  name: Muster Rechnungskauf GmbH
  bic: BYLADEM1001
  bank_name: Deutsche Kreditbank
  bank: {url: "dir:./bank"}
  letters: {url: "dir:./letters"}
merchants:
  acme:
    name: ACME Handels GmbH
    settlement_account: DE02120300000000202051
    iban: DE75512108001245126199
    erp: {url: "dir:./shop"}
    `+tt.setting))
			switch {
			case tt.fault != "":
				if err == nil || !strings.Contains(err.Error(), tt.fault) {
					t.Errorf("parse = %v; want %q in it", err, tt.fault)
				}
			case err != nil:
				t.Errorf("parse = %v", err)
			default:
				if diff := cmp.Diff(tt.want, c.Terms("acme").Allocation); diff != "" {
					t.Errorf("terms (-want +got):\n%s", diff)
				}
			}
		})
	}
}
