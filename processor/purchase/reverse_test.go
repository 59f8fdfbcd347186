package purchase

import "testing"

func TestReversal(t *testing.T) {
	for _, r := range []Reversal{
		{Feed: Invoices, Amount: 9050},
		{Feed: Orders, Number: "A1"},
		{Feed: Cancellations, Number: "ST 1"},
		{Feed: Returns, Kind: ReturnReceived, Number: "R 1 2"},
		{Feed: Credits, Kind: Goodwill, Number: "G1"},
		{Feed: Instructions, Kind: DueChange, Number: "I-1"},
	} {
		if got, ok := ParseReversal(r.String()); !ok || got != r {
			t.Errorf("ParseReversal(%q) = %+v, %t; want %+v", r, got, ok, r)
		}
	}
	for _, s := range []string{"", "invoices", "invoices - x", "invoices - 0.00", "invoices - -1.00", "payments - Z1", "shipments - L1", "operator - C1", "orders A1", "orders - "} {
		if r, ok := ParseReversal(s); ok {
			t.Errorf("ParseReversal(%q) = %+v; want that it is none", s, r)
		}
	}
}
