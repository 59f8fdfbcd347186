package report

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// datevMost is how many bookings one batch may have.
const datevMost = 99_999

// A DATEVPart is one file of a payout's bookings: they are split where the
// fiscal year changes, since a booking has no year of its own, and after
// 99,999.
type DATEVPart struct {
	YearStart schedules.Date // first day of the fiscal year
	Number    int            // among the parts of the payout, from 1
	Of        int            // how many there are
	From, To  schedules.Date // of its bookings, both count
	Rows      int64

	chunk int64 // among those of its fiscal year, from 0
}

// DATEVParts tells into which files the bookings of a payout go, in the order
// of the fiscal years; a payout with nothing to book has none. It reads the
// lines once, and fails as [CheckPayout] does.
func DATEVParts(ctx context.Context, p purchase.Payout, c DATEVConfig) ([]DATEVPart, error) {
	type key struct {
		year  schedules.Date
		chunk int64
	}
	parts := map[key]DATEVPart{}
	for row, err := range datevRows(ctx, p, c) {
		if err != nil {
			return nil, err
		}
		k := key{row.year, row.chunk}
		part, ok := parts[k]
		if !ok {
			part = DATEVPart{YearStart: row.year, From: row.line.BookedOn, To: row.line.BookedOn, chunk: row.chunk}
		}
		part.Rows++
		part.From, part.To = min(part.From, row.line.BookedOn), max(part.To, row.line.BookedOn)
		parts[k] = part
	}
	sorted := slices.SortedFunc(maps.Values(parts), func(a, b DATEVPart) int {
		return cmp.Or(cmp.Compare(a.YearStart, b.YearStart), cmp.Compare(a.chunk, b.chunk))
	})
	for i := range sorted {
		sorted[i].Number, sorted[i].Of = i+1, len(sorted)
	}
	return sorted, nil
}

// DATEVName is the name of a booking batch: that of the payout report after
// EXTF_, with the number of the part where there are several.
func DATEVName(p purchase.Payout, part DATEVPart) string {
	name := "EXTF_" + strings.TrimSuffix(PayoutName(p, CSV), CSV)
	if part.Of > 1 {
		name += fmt.Sprintf("_%dof%d", part.Number, part.Of)
	}
	return name + CSV
}

// A datevRow is a line that is booked, and the part it belongs to.
type datevRow struct {
	line    purchase.Line
	account string // Gegenkonto
	refused string // debtor account of the line that is none
	year    schedules.Date
	chunk   int64
}

// datevRows yields what is booked of a payout, in its order: its lines without
// those of amount 0, then the payout itself. OPENING and CLOSING are balances
// of the clearing account, no bookings on it.
func datevRows(ctx context.Context, p purchase.Payout, c DATEVConfig) iter.Seq2[datevRow, error] {
	return func(yield func(datevRow, error) bool) {
		if err := c.Validate(); err != nil {
			yield(datevRow{}, fmt.Errorf("payout %s: booking batch: %w", p.ID, err))
			return
		}
		booked := map[schedules.Date]int64{} // by fiscal year
		put := func(l purchase.Line) bool {
			row, err := c.row(p, l)
			if err == nil {
				row.chunk = booked[row.year] / datevMost
				booked[row.year]++
			}
			return yield(row, err) && err == nil
		}
		last := int64(0)
		for line, err := range checkedLines(ctx, p) {
			if err != nil {
				yield(datevRow{}, err)
				return
			}
			last = line.LineNo
			if line.Amount != 0 && !put(line) {
				return
			}
		}
		if p.Amount != 0 {
			put(Renderer{}.ending(p, last)[0])
		}
	}
}

// row finds account and fiscal year of a line.
func (c DATEVConfig) row(p purchase.Payout, l purchase.Line) (datevRow, error) {
	row := datevRow{line: l}
	var err error
	if row.account, row.refused, err = c.counterAccount(l); err == nil {
		row.year, err = c.yearOf(l.BookedOn)
	}
	if err == nil && l.Amount.Abs() > datevHighest {
		err = fmt.Errorf("%s does not fit into a booking of at most %s", l.Amount, datevHighest)
	}
	if err != nil {
		err = fmt.Errorf("payout %s: booking batch: line %d: %w", p.ID, l.LineNo, err)
	}
	return row, err
}

// counterAccount is the account against which a line is booked. A debtor
// account that is none is not lost: the line goes to the collective debtor and
// names it.
func (c DATEVConfig) counterAccount(l purchase.Line) (account, refused string, err error) {
	switch l.Type {
	case purchase.LineFee:
		return c.Fees, "", nil
	case purchase.LineVAT:
		return c.InputVAT, "", nil
	case purchase.LinePayout, purchase.LinePayoutReturned:
		return c.Transit, "", nil
	case purchase.LineCollection, purchase.LineGuarantee, purchase.LineAfterGuarantee, purchase.LineReturn, purchase.LineCredit,
		purchase.LineReinstated, purchase.LineDirectPayment, purchase.LineChargeback, purchase.LineReversal:
		if c.isDebtor(l.DebtorAccount) {
			return l.DebtorAccount, "", nil
		}
		return c.CollectiveDebtor, l.DebtorAccount, nil
	}
	return "", "", fmt.Errorf("no account is known for lines of the type %q", l.Type)
}
