package formats

import (
	"maps"
	"slices"
	"strconv"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// sums are the booked entries of a statement by currency; unknown when one of
// them could not be read.
type sums struct {
	booked  map[string]money.Amount
	unknown bool
}

// add counts a booked entry, whatever becomes of its rows.
func (s *sums) add(currency string, a money.Amount, known bool) {
	if s.booked == nil {
		s.booked = map[string]money.Amount{}
	}
	sum, err := s.booked[currency].Add(a)
	s.unknown = s.unknown || !known || err != nil || len(s.booked) > maxColumns
	if !s.unknown {
		s.booked[currency] = sum
	}
}

// opening and closing are the codes of the balances that bracket the entries.
// A page of a statement may begin and end with an interim one.
var (
	opening = []string{"OPBD", "PRCD"}
	closing = []string{"CLBD"}
)

const interim = "ITBD"

// brackets returns the balances between which the entries lie, in a currency.
func (s *bankStatement) brackets(currency string) (first, last *bankBalance) {
	var between []*bankBalance
	for i := range s.balances {
		b := &s.balances[i]
		switch {
		case b.amount.currency != currency:
		case first == nil && slices.Contains(opening, b.code):
			first = b
		case slices.Contains(closing, b.code):
			last = b
		case b.code == interim:
			between = append(between, b)
		}
	}
	if first == nil && len(between) > 0 {
		first, between = between[0], between[1:]
	}
	if last == nil && len(between) > 0 {
		last = between[len(between)-1]
	}
	return first, last
}

// follows takes over from the page before, when s is the next page of the same
// statement.
func (s *bankStatement) follows(before *bankStatement) {
	n, err := strconv.Atoi(s.page)
	if err != nil || n < 2 {
		return
	}
	s.torn = true
	if before == nil || before.account != s.account || before.id != s.id {
		return
	}
	if m, err := strconv.Atoi(before.page); err == nil && m == n-1 {
		s.torn, s.twins = before.torn, before.twins
		s.pages = sums{booked: maps.Clone(before.pages.booked), unknown: before.pages.unknown}
	}
}

// check compares the balances with the sum of the booked entries, currency by
// currency, where a statement has both. A statement that goes over several
// pages has either interim balances, then each page is compared, or on each
// page those of the whole: then the last one is, if all pages are in one file.
func (s *bankStatement) check() *FileError {
	booked := s.sums
	if !slices.ContainsFunc(s.balances, func(b bankBalance) bool { return b.code == interim }) {
		booked = s.pages
		if s.torn || s.lastPage == "false" {
			return nil
		}
	}
	if booked.unknown {
		return nil
	}
	for i := range s.balances {
		currency := s.balances[i].amount.currency
		first, last := s.brackets(currency)
		if first == nil || last == nil {
			continue
		}
		from, known := first.signed()
		to, readable := last.signed()
		made, err := from.Add(booked.booked[currency])
		switch e := (FileError{Line: s.line, Code: purchase.FileTrailer, Column: s.account}); {
		case !known || !readable || err != nil:
			e.Want, e.Value = wantBalances, first.amount.value+", "+last.amount.value
			return &e
		case made != to:
			e.Want, e.Value = wantClosing+made.String(), to.String()
			return &e
		}
	}
	return nil
}

func (b *bankBalance) signed() (money.Amount, bool) {
	return bankTransaction{amount: b.amount, sign: b.sign}.signed()
}
