package money

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want Amount
	}{
		{"0", 0},
		{"10", 1_000},
		{"10.5", 1_050},
		{"10.50", 1_050},
		{"-0.01", -1},
		{"-0", 0},
		{"0001.00", 100},
		{"92233720368547758.07", math.MaxInt64},
		{"-92233720368547758.07", -math.MaxInt64},
	}
	for _, tt := range tests {
		if got, err := Parse(tt.text); got != tt.want || err != nil {
			t.Errorf("Parse(%q) = %d, %v; want %d", tt.text, got, err, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "-", ".", "1.", ".5", "-.5", "1.234", "1,50", "1.234,56", "+1", "--1", "1-", "1e3", "0x1", " 1", "1 ", "1_000", "1.2.3", "１", "NaN", "1.-5",
	} {
		if got, err := Parse(text); err == nil || errors.Is(err, ErrRange) {
			t.Errorf("Parse(%q) = %d, %v; want that it is no amount", text, got, err)
		}
	}
	for _, text := range []string{"92233720368547758.08", "100000000000000000", "-92233720368547758.08"} {
		if got, err := Parse(text); !errors.Is(err, ErrRange) {
			t.Errorf("Parse(%q) = %d, %v; want ErrRange", text, got, err)
		}
	}
}

// What parses prints to something that parses to the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"0", "-0.01", "1234.5", "92233720368547758.07", "1.234,56", "007"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err != nil {
			return
		}
		if again, err := Parse(a.String()); again != a || err != nil {
			t.Errorf("Parse(%q) = %d prints as %q, which parses to %d, %v", s, a, a, again, err)
		}
	})
}

func TestFormat(t *testing.T) {
	for _, tt := range []struct {
		amount Amount
		want   string
	}{
		{0, "0.00"},
		{5, "0.05"},
		{-5, "-0.05"},
		{100, "1.00"},
		{-123_456, "-1234.56"},
		{math.MaxInt64, "92233720368547758.07"},
		{math.MinInt64, "-92233720368547758.08"},
	} {
		if got := tt.amount.String(); got != tt.want {
			t.Errorf("Amount(%d).String() = %s; want %s", int64(tt.amount), got, tt.want)
		}
	}
	if got := Amount(-1_234).Format(','); got != "-12,34" {
		t.Errorf("Format(',') = %s; want -12,34", got)
	}
}

func TestAdd(t *testing.T) {
	tests := []struct {
		a, b, want Amount
		over       bool
	}{
		{1, 2, 3, false},
		{1, -2, -1, false},
		{0, 0, 0, false},
		{5, 0, 5, false},
		{-5, 0, -5, false},
		{math.MaxInt64, 0, math.MaxInt64, false},
		{math.MaxInt64, 1, 0, true},
		{math.MinInt64, -1, 0, true},
		{math.MinInt64, math.MaxInt64, -1, false},
		{math.MaxInt64, math.MaxInt64, 0, true},
		{math.MinInt64, math.MinInt64, 0, true},
	}
	for _, tt := range tests {
		got, err := tt.a.Add(tt.b)
		if got != tt.want || errors.Is(err, ErrRange) != tt.over {
			t.Errorf("Amount(%d).Add(%d) = %d, %v; want %d, out of range %t", tt.a, tt.b, got, err, tt.want, tt.over)
		}
	}
}

func TestAbs(t *testing.T) {
	for a, want := range map[Amount]Amount{-5: 5, 5: 5, 0: 0} {
		if got := a.Abs(); got != want {
			t.Errorf("Amount(%d).Abs() = %d; want %d", a, got, want)
		}
	}
}

// Half away from zero, on either side.
func TestRounding(t *testing.T) {
	for _, tt := range []struct{ n, d, want int64 }{
		{0, 10, 0},
		{4, 10, 0},
		{5, 10, 1},
		{-4, 10, 0},
		{-5, 10, -1},
		{15, 10, 2},
		{25, 10, 3},
		{-25, 10, -3},
		{1, 3, 0},
		{2, 3, 1},
		{-2, 3, -1},
		{7, 1, 7},
	} {
		if got := RoundDiv(tt.n, tt.d); got != tt.want {
			t.Errorf("RoundDiv(%d, %d) = %d; want %d", tt.n, tt.d, got, tt.want)
		}
	}
	for _, tt := range []struct {
		amount Amount
		rate   Rate
		want   Amount
	}{{4_990, 250, 125}, {20, 250, 1}, {19, 250, 0}, {-20, 250, -1}, {100, 1_900, 19}, {10_000, 0, 0}} {
		if got := tt.amount.Times(tt.rate); got != tt.want {
			t.Errorf("Amount(%d).Times(%s) = %d; want %d", tt.amount, tt.rate, got, tt.want)
		}
	}
}

// RoundDiv128 agrees with arithmetic without limits, and with RoundDiv.
func TestRoundDiv128(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hi, lo := rapid.Uint64Range(0, 1<<40).Draw(t, "hi"), rapid.Uint64().Draw(t, "lo")
		d := rapid.Uint64Range(1, math.MaxUint64).Draw(t, "d")
		n := new(big.Int).Add(new(big.Int).Lsh(new(big.Int).SetUint64(hi), 64), new(big.Int).SetUint64(lo))
		half := new(big.Int).SetUint64(d / 2)
		want := n.Add(n, half).Quo(n, new(big.Int).SetUint64(d))
		got, err := RoundDiv128(hi, lo, d)
		if want.IsInt64() != (err == nil) || err == nil && got != want.Int64() {
			t.Fatalf("RoundDiv128(%d, %d, %d) = %d, %v; want %s", hi, lo, d, got, err, want)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		n, d := rapid.Int64Range(0, math.MaxInt64/2).Draw(t, "n"), rapid.Int64Range(1, math.MaxInt64/2).Draw(t, "d")
		if got, err := RoundDiv128(0, uint64(n), uint64(d)); err != nil || got != RoundDiv(n, d) {
			t.Fatalf("RoundDiv128(0, %d, %d) = %d, %v; want %d", n, d, got, err, RoundDiv(n, d))
		}
	})
	for _, tt := range [][3]uint64{{1, 0, 1}, {0, math.MaxUint64, 1}, {5, 0, 5}, {math.MaxUint64, math.MaxUint64, math.MaxUint64}} {
		if got, err := RoundDiv128(tt[0], tt[1], tt[2]); !errors.Is(err, ErrRange) {
			t.Errorf("RoundDiv128(%d, %d, %d) = %d, %v; want ErrRange", tt[0], tt[1], tt[2], got, err)
		}
	}
}

func TestParseRate(t *testing.T) {
	if r, err := ParseRate("2.5"); r != 250 || err != nil || r.String() != "2.50" {
		t.Errorf("ParseRate(2.5) = %s, %v; want 2.50", r, err)
	}
	if r, err := ParseRate("-0.88"); r != -88 || err != nil {
		t.Errorf("ParseRate(-0.88) = %s, %v", r, err)
	}
	if r, err := ParseRate("2,5"); err == nil || err.Error() != `"2,5" is not a percentage such as 2.50` {
		t.Errorf("ParseRate(2,5) = %s, %v; want that it is no percentage", r, err)
	}
}
