package purchase

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// shippedRates are the base rates as the Deutsche Bundesbank published them.
//
//go:embed base_rates.csv
var shippedRates string

// ShippedRates returns the base rates (Basiszinssätze, § 247 BGB) from 2002 on
// that come with the program, the oldest first.
func ShippedRates() []BaseRate {
	rates, err := ParseRates(strings.NewReader(shippedRates))
	if err != nil {
		panic(fmt.Errorf("base_rates.csv of the program: %w", err))
	}
	return rates
}

// ParseRates reads a table of base rates, one line "2026-07-01;1.52" each:
// the day from which the rate holds, and the rate in percent. A first line
// without any digit is a heading; empty lines are passed over. The result is
// sorted by day; a day that is given twice is an error, which names the line.
func ParseRates(r io.Reader) ([]BaseRate, error) {
	var rates []BaseRate
	given := map[schedules.Date]int{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if text == "" || n == 1 && !strings.ContainsAny(text, "0123456789") {
			continue
		}
		rate, err := parseRate(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if before, twice := given[rate.From]; twice {
			return nil, fmt.Errorf("line %d: %s has a rate already, on line %d; leave one of them", n, rate.From, before)
		}
		given[rate.From] = n
		rates = append(rates, rate)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(rates, func(a, b BaseRate) int { return int(a.From - b.From) })
	return rates, nil
}

func parseRate(text string) (BaseRate, error) {
	day, percent, found := strings.Cut(text, ";")
	if !found {
		return BaseRate{}, fmt.Errorf("%q is not a day and a percentage such as 2026-07-01;1.52", text)
	}
	from, err := schedules.ParseDate(strings.TrimSpace(day))
	if err != nil {
		return BaseRate{}, err
	}
	rate, err := money.ParseRate(strings.TrimSpace(percent))
	return BaseRate{From: from, Rate: rate}, err
}

// MergeRates adds further rates to known ones, sorted by day. A day that both
// have must have the same rate: what courts and letters once used is not
// changed by a file.
func MergeRates(known, further []BaseRate) ([]BaseRate, error) {
	all := slices.Clone(known)
	var faults []error
	for _, f := range further {
		i := slices.IndexFunc(known, func(k BaseRate) bool { return k.From == f.From })
		switch {
		case i < 0:
			all = append(all, f)
		case known[i].Rate != f.Rate:
			faults = append(faults, fmt.Errorf("%s: %s, but the known rate of that day is %s", f.From, f.Rate, known[i].Rate))
		}
	}
	slices.SortFunc(all, func(a, b BaseRate) int { return int(a.From - b.From) })
	return all, errors.Join(faults...)
}
