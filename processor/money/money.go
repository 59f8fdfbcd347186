// Package money holds amounts as whole minor units (cents), rates as whole
// basis points, and the one way to round.
//
// There are no floats. An amount does not carry its currency: a merchant's
// account has exactly one, checked where a row enters.
package money

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// An Amount is a sum of money in minor units (cents) of its account's currency.
type Amount int64

// A Rate is hundredths of a percent: 250 is 2.50 %.
type Rate int64

// ErrRange is returned for an amount that does not fit.
var ErrRange = errors.New("amount out of range")

// Parse reads a plain decimal such as "1234.5", "-0.01" or "10"; at most two
// decimals, no grouping, no exponent, no plus sign.
func Parse(s string) (Amount, error) {
	digits := strings.TrimPrefix(s, "-")
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || point && frac == "" || len(frac) > 2 || !numeric(whole) || !numeric(frac) {
		return 0, fmt.Errorf("%q is not an amount such as 1234.56", s)
	}
	n, err := strconv.ParseInt(whole+(frac + "00")[:2], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q: %w", s, ErrRange)
	}
	if len(digits) < len(s) {
		n = -n
	}
	return Amount(n), nil
}

func numeric(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// String prints the amount with a decimal point and two decimals: -12.30.
func (a Amount) String() string { return a.Format('.') }

// Format prints the amount with two decimals after the given decimal sign.
func (a Amount) Format(decimal byte) string {
	b := make([]byte, 0, 24)
	u := uint64(a)
	if a < 0 {
		b = append(b, '-')
		u = -u
	}
	b = strconv.AppendUint(b, u/100, 10)
	return string(append(b, decimal, byte('0'+u/10%10), byte('0'+u%10)))
}

// Add returns a + b, or [ErrRange] when it overflows.
func (a Amount) Add(b Amount) (Amount, error) {
	s := a + b
	if (s > a) != (b > 0) && b != 0 {
		return 0, ErrRange
	}
	return s, nil
}

// Abs returns the absolute value.
func (a Amount) Abs() Amount { return max(a, -a) }

// Times returns a × r, rounded once to whole minor units, half away from zero.
func (a Amount) Times(r Rate) Amount { return Amount(RoundDiv(int64(a)*int64(r), 10_000)) }

// RoundDiv returns n / d rounded half away from zero (commercial rounding);
// d must be positive.
func RoundDiv(n, d int64) int64 {
	if n < 0 {
		return -RoundDiv(-n, d)
	}
	return (n + d/2) / d
}

// RoundDiv128 returns (hi·2⁶⁴ + lo) / d rounded half away from zero for sums
// that outgrow 64 bits; d must be positive and the quotient must fit.
func RoundDiv128(hi, lo, d uint64) (int64, error) {
	lo, carry := bits.Add64(lo, d/2, 0)
	hi, over := bits.Add64(hi, 0, carry)
	if over > 0 || hi >= d {
		return 0, ErrRange
	}
	q, _ := bits.Div64(hi, lo, d)
	if q > math.MaxInt64 {
		return 0, ErrRange
	}
	return int64(q), nil
}

// ParseRate reads a percentage such as "2.50" as 250 basis points.
func ParseRate(s string) (Rate, error) {
	a, err := Parse(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a percentage such as 2.50", s)
	}
	return Rate(a), nil
}

// String prints the rate as a percentage with two decimals.
func (r Rate) String() string { return Amount(r).String() }
