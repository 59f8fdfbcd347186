package purchase

import "github.com/kontor-exchange/kontor/processor/money"

// Gross is what a record adds to the sum of its file (domain § 13, trailer): its
// gross_amount, the amount of payments and instructions, else 0.
func Gross(r Record) money.Amount {
	switch r := r.(type) {
	case Order:
		return r.Gross
	case Invoice:
		return r.Gross
	case Shipment:
		return r.Gross
	case Return:
		return r.Gross
	case Credit:
		return r.Gross
	case Payment:
		return r.Amount
	case Instruction:
		return r.Amount
	}
	return 0
}
