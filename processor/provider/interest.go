package provider

import (
	"errors"
	"math/bits"
	"slices"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Default interest (Verzugszinsen, § 288 BGB): base rate of each day (§ 247)
// plus points, simple, act/365, on the outstanding principal of each day.

// errBaseRate says that a day lies behind the half-year of the last known base
// rate: a new one holds from each 1 January and 1 July (§ 247 BGB).
var errBaseRate = errors.New("the base rate of a day is not known; add it under base_rates")

// A balance is the principal from a business day on.
type balance struct {
	From   schedules.Date
	Amount money.Amount
}

// defaultStart returns the first day of default (Verzug): the day after the
// reminder was received; for B2B, and for invoices that warn of it, at the
// latest the day after the next working day on or after due + 30 (§ 286 (3),
// § 193 BGB); never before the day after the due date in force.
func defaultStart(due, level1 schedules.Date, letterDays int, byLaw bool) schedules.Date {
	start := level1 + schedules.Date(letterDays) + 1
	if byLaw {
		start = min(start, schedules.NextWorkingDay(due+30)+1)
	}
	return max(start, due+1)
}

// segmentsOf cuts the days from start to before end into stretches of one
// principal and one rate, days without principal too, so that the whole stretch
// can be followed. balances and rates are in rising order of their days; a day
// without principal needs no known rate.
func segmentsOf(balances []balance, rates []purchase.BaseRate, points money.Rate, start, end schedules.Date) ([]purchase.Segment, error) {
	segments := []purchase.Segment{}
	if len(rates) == 0 {
		return nil, errBaseRate
	}
	for day := start; day < end; {
		next := end
		amount := money.Amount(0)
		for _, b := range balances {
			if b.From > day {
				next = min(next, b.From)
				break
			}
			amount = b.Amount
		}
		i, known := rateOn(rates, day)
		if i+1 < len(rates) {
			next = min(next, rates[i+1].From)
		}
		if amount > 0 && (!known || last(rates, i) && next > rates[i].From.AddMonths(6)) {
			return nil, errBaseRate
		}
		segments = appendSegment(segments, purchase.Segment{From: day, To: next - 1, Outstanding: amount, BasisPoints: rates[i].Rate + points})
		day = next
	}
	return segments, nil
}

func last(rates []purchase.BaseRate, i int) bool { return i == len(rates)-1 }

// rateOn returns the index of the rate in force on a day.
func rateOn(rates []purchase.BaseRate, day schedules.Date) (int, bool) {
	i, exact := slices.BinarySearchFunc(rates, day, func(r purchase.BaseRate, d schedules.Date) int { return int(r.From - d) })
	if !exact {
		i--
	}
	return max(i, 0), i >= 0
}

// appendSegment joins a segment to the one before it where only the day changes.
func appendSegment(all []purchase.Segment, s purchase.Segment) []purchase.Segment {
	if n := len(all); n > 0 && all[n-1].To+1 == s.From && all[n-1].Outstanding == s.Outstanding && all[n-1].BasisPoints == s.BasisPoints {
		all[n-1].To = s.To
		all[n-1].Days = int(s.To-all[n-1].From) + 1
		return all
	}
	s.Days = int(s.To-s.From) + 1
	return append(all, s)
}

// interest returns the sum over all segments, rounded once. The sum of cents ×
// basis points × days outgrows 64 bits for a hundred billion over some years, so
// it is kept in 128; where a rate is below zero, apart from the others.
func interest(segments []purchase.Segment) (money.Amount, error) {
	var owed, less [2]uint64 // high, low
	for _, s := range segments {
		rate, sum := uint64(s.BasisPoints), &owed
		if s.BasisPoints < 0 {
			rate, sum = uint64(-s.BasisPoints), &less
		}
		hi, lo := bits.Mul64(uint64(s.Outstanding)*uint64(s.Days), rate)
		var carry uint64
		sum[1], carry = bits.Add64(sum[1], lo, 0)
		sum[0], _ = bits.Add64(sum[0], hi, carry)
	}
	sign := money.Amount(1)
	if less[0] > owed[0] || less[0] == owed[0] && less[1] > owed[1] {
		sign, owed, less = -1, less, owed
	}
	lo, borrow := bits.Sub64(owed[1], less[1], 0)
	hi, _ := bits.Sub64(owed[0], less[0], borrow)
	sum, err := money.RoundDiv128(hi, lo, 10_000*365)
	return sign * money.Amount(sum), err
}
