package provider

import (
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// An inDefault is one random history of a claim in default: its base rates, what
// was posted on it, and the days that count.
type inDefault struct {
	rates      []purchase.BaseRate
	points     money.Rate
	moves      []ledger.Movement
	start, end schedules.Date
}

// drawDefault draws a history of up to five years: the real base rates, or
// others of every half-year, below zero too; up to twelve part payments, their
// returns, credits and late corrections, in any order of their business dates.
func drawDefault(r *rand.Rand, rates []purchase.BaseRate) inDefault {
	h := inDefault{rates: slices.Clone(rates), points: []money.Rate{500, 900}[r.IntN(2)]}
	if r.IntN(2) == 0 {
		for i := range h.rates {
			h.rates[i].Rate = money.Rate(r.IntN(2_000) - 1_000)
		}
	}
	h.rates = h.rates[:1+r.IntN(len(h.rates))]
	first, last := h.rates[0].From, h.rates[len(h.rates)-1].From
	opened := first + schedules.Date(r.IntN(int(last-first)+200)) - 10
	h.start = opened + schedules.Date(r.IntN(60))
	h.end = h.start + schedules.Date(r.IntN([]int{5, 60, 60, 250, 250, 1_800}[r.IntN(6)]))
	gross := 1 + r.IntN([]int{300, 50_000, 150_000, 99_999_999}[r.IntN(4)])
	post := func(day schedules.Date, amount int) {
		h.moves = append(h.moves, ledger.Movement{Claim: "RE1", Entry: int64(len(h.moves)), BusinessDate: day, Amount: money.Amount(amount)})
	}
	post(opened, gross)
	for range r.IntN(13) {
		part := 1 + r.IntN(gross)
		if r.IntN(4) == 0 {
			part = -part
		}
		post(opened+schedules.Date(r.IntN(int(h.end-opened)+40))-5, -part)
	}
	return h
}

// exact computes the interest of a history day by day in fractions, and rounds
// at the end, half a cent away from zero; known is false when a day with
// principal has no base rate.
func (h inDefault) exact() (cents int64, known bool) {
	points := new(big.Int) // cents × basis points of all days
	for day := h.start; day < h.end; day++ {
		principal := int64(0)
		for _, m := range h.moves {
			if m.BusinessDate <= day {
				principal += int64(m.Amount)
			}
		}
		if principal <= 0 {
			continue
		}
		rate, known := h.rateOf(day)
		if !known {
			return 0, false
		}
		points.Add(points, new(big.Int).Mul(big.NewInt(principal), big.NewInt(rate+int64(h.points))))
	}
	sum := new(big.Rat).SetFrac(points, big.NewInt(10_000*365))
	half := big.NewRat(1, 2)
	if sum.Sign() < 0 {
		half.Neg(half)
	}
	sum.Add(sum, half)
	return new(big.Int).Quo(sum.Num(), sum.Denom()).Int64(), true
}

// rateOf is the base rate of a day: that of its half-year.
func (h inDefault) rateOf(day schedules.Date) (basisPoints int64, known bool) {
	year, month, _ := day.Time().Date()
	half := schedules.NewDate(year, 1, 1)
	if month > 6 {
		half = schedules.NewDate(year, 7, 1)
	}
	for _, r := range h.rates {
		if r.From == half {
			return int64(r.Rate), true
		}
	}
	return 0, false
}

// Ten thousand histories of base rates and part payments, against fractions.
func TestInterestAgainstFractions(t *testing.T) {
	const histories, seed = 10_000, 288
	rates := purchase.ShippedRates()
	var owed, refused, split int
	for i := range histories {
		h := drawDefault(rand.New(rand.NewPCG(seed, uint64(i))), rates)
		want, known := h.exact()
		segments, err := segmentsOf(balancesOf(slices.Clone(h.moves))["RE1"], h.rates, h.points, h.start, h.end)
		if !known {
			refused++
			if !errors.Is(err, errBaseRate) {
				t.Fatalf("history %d of seed %d: segmentsOf = %v, %v; want that the base rate is not known\n%+v", i, seed, segments, err, h)
			}
			continue
		}
		if err != nil {
			t.Fatalf("history %d of seed %d: segmentsOf = %v\n%+v", i, seed, err, h)
		}
		if got, err := interest(segments); err != nil || got != money.Amount(want) {
			t.Fatalf("history %d of seed %d: interest = %d, %v; want %d\n%+v\nsegments %+v", i, seed, got, err, want, h, segments)
		}
		h.checkCover(t, segments)
		if want != 0 {
			owed++
		}
		if len(segments) > 2 {
			split++
		}
	}
	if owed < histories/2 || refused < histories/50 || split < histories/4 {
		t.Errorf("%d histories bear interest, %d need an unknown rate, %d have more than two segments; want enough of each", owed, refused, split)
	}
}

// checkCover says whether the segments are all days from start to before end,
// each once, in order, and as long as they say.
func (h inDefault) checkCover(t *testing.T, segments []purchase.Segment) {
	t.Helper()
	day := h.start
	for _, s := range segments {
		if s.From != day || s.To < s.From || s.Days != int(s.To-s.From)+1 {
			t.Fatalf("segment %+v begins on %s with %d days; want %s\n%+v", s, s.From, s.Days, day, h)
		}
		day = s.To + 1
	}
	if diff := cmp.Diff(max(h.start, h.end), day); diff != "" {
		t.Fatalf("the segments end before (-want +got):\n%s\n%+v", diff, h)
	}
}
