package purchase_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

func TestClaim(t *testing.T) {
	tests := []struct {
		name                                string
		claim                               purchase.Claim
		base, outstanding, refund, entitled money.Amount
	}{
		{"new", purchase.Claim{I: 100}, 100, 100, 0, 0},
		{"paid in part", purchase.Claim{I: 100, P: 40}, 100, 60, 0, 40},
		{"paid", purchase.Claim{I: 100, P: 100}, 100, 0, 0, 100},
		{"paid too much", purchase.Claim{I: 100, P: 130}, 100, 0, 30, 100},
		{"guaranteed", purchase.Claim{I: 100, Guaranteed: true}, 100, 100, 0, 100},
		{"guaranteed, then paid", purchase.Claim{I: 100, P: 100, Guaranteed: true}, 100, 0, 0, 100},
		{"guaranteed, then returned in part", purchase.Claim{I: 100, K: 30, Guaranteed: true}, 70, 70, 0, 70},
		{"paid, then returned", purchase.Claim{I: 100, K: 100, P: 100}, 0, 0, 100, 0},
		{"paid in part, then returned in part", purchase.Claim{I: 100, K: 30, P: 40}, 70, 30, 0, 40},
		{"paid to the merchant", purchase.Claim{I: 100, D: 100}, 0, 0, 0, 0},
		{"paid twice", purchase.Claim{I: 100, D: 60, P: 100}, 40, 0, 60, 40},
		{"returned, paid back, then charged back", purchase.Claim{I: 100, K: 60, P: -60}, 40, 100, 0, 0},
	}
	for _, tt := range tests {
		c := tt.claim
		if c.Base() != tt.base || c.Outstanding() != tt.outstanding || c.Refund() != tt.refund || c.Entitlement() != tt.entitled {
			t.Errorf("%s: B %d, outstanding %d, refund %d, E %d; want %d, %d, %d, %d", tt.name,
				c.Base(), c.Outstanding(), c.Refund(), c.Entitlement(), tt.base, tt.outstanding, tt.refund, tt.entitled)
		}
	}
}

// Of every claim that is not over-credited: money is neither made nor lost.
func TestClaimAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := money.Amount(rapid.Int64Range(1, 1_000).Draw(t, "I"))
		k := money.Amount(rapid.Int64Range(0, int64(i)).Draw(t, "K"))
		d := money.Amount(rapid.Int64Range(0, int64(i-k)).Draw(t, "D"))
		c := purchase.Claim{I: i, K: k, D: d, P: money.Amount(rapid.Int64Range(-1_000, 2_000).Draw(t, "P")), Guaranteed: rapid.Bool().Draw(t, "g")}
		if c.Outstanding() < 0 || c.Refund() < 0 || c.Entitlement() < 0 || c.Entitlement() > c.Base() {
			t.Fatalf("%+v: outstanding %d, refund %d, E %d of B %d", c, c.Outstanding(), c.Refund(), c.Entitlement(), c.Base())
		}
		if c.Outstanding() > 0 && c.Refund() > 0 || c.Outstanding()-c.Refund() != c.Base()-c.P {
			t.Fatalf("%+v: outstanding %d, refund %d; B − P is %d", c, c.Outstanding(), c.Refund(), c.Base()-c.P)
		}
	})
}

func received(number string, amount money.Amount) purchase.Reduction {
	return purchase.Reduction{Number: number, Kind: purchase.ReturnReceived, Amount: amount}
}

func credit(kind, names string, amount money.Amount) purchase.Reduction {
	return purchase.Reduction{Number: "G", Kind: kind, Names: names, Amount: amount}
}

func TestFold(t *testing.T) {
	const correction, value, goodwill = purchase.Correction, purchase.Value, purchase.Goodwill
	tests := []struct {
		name  string
		docs  []purchase.Reduction
		k     money.Amount // assumptions on
		pairs int
		plain money.Amount // assumptions off
	}{
		{"nothing", nil, 0, 0, 0},
		{"a return", []purchase.Reduction{received("R1", 50)}, 50, 0, 50},
		{"a credit", []purchase.Reduction{credit(correction, "", 50)}, 50, 0, 50},
		{"a credit replaces the return it names", []purchase.Reduction{received("R1", 50), credit(correction, "R1", 40)}, 40, 0, 40},
		{"the credit first", []purchase.Reduction{credit(correction, "R1", 40), received("R1", 50)}, 40, 0, 40},
		{"two credits name one return", []purchase.Reduction{received("R1", 50), credit(correction, "R1", 20), credit(value, "R1", 20)}, 40, 0, 40},
		{"a credit that names an unknown return", []purchase.Reduction{received("R1", 50), credit(correction, "R9", 50)}, 100, 0, 100},
		{"an assumption", []purchase.Reduction{received("R1", 50), credit(correction, "", 50)}, 50, 1, 100},
		{"another amount", []purchase.Reduction{received("R1", 50), credit(correction, "", 49)}, 99, 0, 99},
		{"one return, two corrections", []purchase.Reduction{received("R1", 50), credit(correction, "", 50), credit(correction, "", 50)}, 100, 1, 150},
		{"two returns, two corrections", []purchase.Reduction{received("R1", 50), received("R2", 50), credit(correction, "", 50), credit(correction, "", 50)}, 100, 2, 200},
		{"a named return is not free", []purchase.Reduction{received("R1", 50), credit(correction, "R1", 40), credit(correction, "", 50)}, 90, 0, 90},
		{"VALUE adds", []purchase.Reduction{received("R1", 50), credit(value, "", 50)}, 100, 0, 100},
		{"GOODWILL adds", []purchase.Reduction{received("R1", 50), credit(goodwill, "", 50)}, 100, 0, 100},
		{"GOODWILL that names a return", []purchase.Reduction{received("R1", 50), credit(goodwill, "R1", 50)}, 50, 0, 50},
	}
	for _, tt := range tests {
		if k, pairs := purchase.Fold(tt.docs, true); k != tt.k || pairs != tt.pairs {
			t.Errorf("%s: Fold = %d with %d assumptions; want %d with %d", tt.name, k, pairs, tt.k, tt.pairs)
		}
		if k, pairs := purchase.Fold(tt.docs, false); k != tt.plain || pairs != 0 {
			t.Errorf("%s: Fold without assumptions = %d, %d; want %d, 0", tt.name, k, pairs, tt.plain)
		}
	}
}

// The order in which documents come does not matter.
func TestFoldAnyOrder(t *testing.T) {
	number := rapid.SampledFrom([]string{"R1", "R2", "R3", "R4"})
	amount := rapid.Custom(func(t *rapid.T) money.Amount { return money.Amount(rapid.Int64Range(1, 3).Draw(t, "amount")) })
	rapid.Check(t, func(t *rapid.T) {
		var docs []purchase.Reduction
		for _, n := range rapid.SliceOfNDistinct(number, 0, 4, rapid.ID[string]).Draw(t, "returns") {
			docs = append(docs, received(n, amount.Draw(t, "of "+n)))
		}
		for range rapid.IntRange(0, 5).Draw(t, "credits") {
			kind := rapid.SampledFrom([]string{purchase.Correction, purchase.Value, purchase.Goodwill}).Draw(t, "kind")
			names := rapid.SampledFrom([]string{"", "", "R1", "R2", "R9"}).Draw(t, "names")
			docs = append(docs, credit(kind, names, amount.Draw(t, "credited")))
		}
		assume := rapid.Bool().Draw(t, "assume")
		k, pairs := purchase.Fold(docs, assume)
		shuffled := rapid.Permutation(docs).Draw(t, "shuffled")
		if again, n := purchase.Fold(shuffled, assume); again != k || n != pairs {
			t.Fatalf("Fold(%v) = %d, %d; Fold(%v) = %d, %d", docs, k, pairs, shuffled, again, n)
		}
		if k < 0 {
			t.Fatalf("Fold(%v) = %d; want at least 0", docs, k)
		}
	})
}
