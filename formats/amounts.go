package formats

import (
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
)

// maxAmount is the largest amount of a cell, 99,999,999,999.99. It leaves room
// for every sum and product of the books in 64 bits.
const maxAmount money.Amount = 9_999_999_999_999

// A parseFault says what is wrong with a number.
type parseFault int

const (
	fine parseFault = iota
	malformed
	outOfRange
)

// parseAmount reads an amount in the profile's notation: optional minus,
// digits, grouping only in full groups of three and only together with the
// decimal sign, at most two decimals. Without that rule `1.234` and `1.50`
// would be guesses.
func (d *dialect) parseAmount(s string) (money.Amount, parseFault) {
	digits := strings.TrimPrefix(s, "-")
	whole, frac, point := strings.Cut(digits, string(d.decimal))
	if d.grouping != "" && strings.Contains(whole, d.grouping) {
		if !point || !grouped(whole, d.grouping) {
			return 0, malformed
		}
		whole = strings.ReplaceAll(whole, d.grouping, "")
	}
	if whole == "" || point && frac == "" || len(frac) > 2 || !numeric(whole) || !numeric(frac) {
		return 0, malformed
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > 11 {
		return 0, outOfRange
	}
	n := cents(whole, frac)
	if len(digits) < len(s) {
		n = -n
	}
	return n, fine
}

func cents(whole, frac string) money.Amount {
	var n money.Amount
	for i := range len(whole) {
		n = n*10 + money.Amount(whole[i]-'0')
	}
	for i := range 2 {
		n *= 10
		if i < len(frac) {
			n += money.Amount(frac[i] - '0')
		}
	}
	return n
}

// grouped reports whether the sign stands before each three digits and nowhere
// else.
func grouped(s, sign string) bool {
	groups := strings.Split(s, sign)
	for i, g := range groups {
		if len(g) > 3 || g == "" || i > 0 && len(g) < 3 {
			return false
		}
	}
	return true
}

func numeric(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
