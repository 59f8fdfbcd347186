package samples

import "github.com/kontor-exchange/kontor/processor/money"

// basket returns the quantiles of what a German shop sells on invoice, in
// cents: log-normal with a median of about 68 EUR, cut off at the top so that
// it stays below the usual limit of 1,500.00. Every step is equally likely.
func basket() [33]money.Amount {
	return [...]money.Amount{
		795, 1490, 1990, 2390, 2690, 2990, 3290, 3590, 3890, 4190, 4490, 4790, 5190, 5590, 5990, 6390,
		6790, 7290, 7790, 8390, 8990, 9690, 10490, 11390, 12490, 13790, 15490, 17690, 20490, 24990, 32990, 49990, 139900,
	}
}

// gross draws an amount; most end like prices do.
func (d *draw) gross(quantiles *[33]money.Amount) money.Amount {
	step := d.below(len(quantiles) - 1)
	low, high := int(quantiles[step]), int(quantiles[step+1])
	cents := d.between(low, high-1)
	switch d.below(8) {
	case 0, 1, 2, 3:
		cents += 99 - cents%100
	case 4, 5:
		cents += 95 - cents%100
	}
	return money.Amount(cents)
}

// share draws a part of an amount between two percentages, at least 1 cent.
func (d *draw) share(a money.Amount, low, high int) money.Amount {
	return max(1, a*money.Amount(d.between(low, high))/100)
}

// vat returns the value added tax of 19 % that a gross amount contains.
func vat(gross money.Amount) money.Amount {
	return money.Amount(money.RoundDiv(int64(gross)*19, 119))
}
