package purchase_test

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

func TestDecideOn(t *testing.T) {
	tests := []struct {
		argument, outcome string
		gross             money.Amount
		known             bool
	}{
		{purchase.DecideOn(purchase.DecisionAccepted, 160_000), "ACCEPTED", 160_000, true},
		{purchase.DecideOn(purchase.DecisionDeclined, 5), "DECLINED", 5, true},
		{"ACCEPTED", "ACCEPTED", 0, false},
		{"ACCEPTED x", "ACCEPTED", 0, false},
	}
	for _, tt := range tests {
		if outcome, gross, known := purchase.SplitDecideOn(tt.argument); outcome != tt.outcome || gross != tt.gross || known != tt.known {
			t.Errorf("SplitDecideOn(%q) = %q, %s, %t; want %q, %s, %t", tt.argument, outcome, gross, known, tt.outcome, tt.gross, tt.known)
		}
	}
}
