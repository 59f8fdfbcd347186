package purchase

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
)

func TestGross(t *testing.T) {
	for _, tt := range []struct {
		record Record
		want   money.Amount
	}{
		{Order{Gross: 1}, 1},
		{Invoice{Gross: 2}, 2},
		{Shipment{Gross: 3}, 3},
		{Return{Gross: 4}, 4},
		{Credit{Gross: 5}, 5},
		{Payment{Amount: -6}, -6},
		{Instruction{Amount: 7}, 7},
		{Cancellation{}, 0},
	} {
		if got := Gross(tt.record); got != tt.want {
			t.Errorf("Gross(%T) = %d; want %d", tt.record, got, tt.want)
		}
	}
}
