package formats

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func (d *dialect) readAmount(c *column, cells []string, cell string, field *money.Amount) cellFault {
	a, fault := d.parseAmount(cell)
	*field = a
	switch {
	case fault == malformed:
		return cellFault{code: purchase.FieldFormat, want: wantAmount + d.exampleAmount(), unread: true}
	case fault == outOfRange:
		return cellFault{code: purchase.FieldRange, want: wantUpTo + maxAmount.Format(d.decimal), unread: true}
	case c.minus && a == 0:
		return cellFault{code: purchase.FieldRange, want: wantNotZero}
	case c.minus || a > 0:
		return cellFault{}
	case c.zero != nil && c.zero(cells):
		if a < 0 {
			return cellFault{code: purchase.FieldRange, want: wantNotNegative}
		}
		return cellFault{}
	}
	return cellFault{code: purchase.FieldRange, want: wantPositive}
}

func (d *dialect) readDate(cell string, field *schedules.Date) cellFault {
	day, fault := d.parseDate(cell)
	*field = day
	switch fault {
	case malformed:
		return cellFault{code: purchase.FieldFormat, want: wantDate + d.formatDate(exampleDate)}
	case outOfRange:
		return cellFault{code: purchase.FieldRange, want: wantYears}
	}
	return cellFault{}
}

func readDays(cell string, field *purchase.Days) cellFault {
	*field = purchase.Days{}
	digits := strings.TrimPrefix(cell, "-")
	if digits == "" || !numeric(digits) {
		return cellFault{code: purchase.FieldFormat, want: wantDays}
	}
	n, err := strconv.Atoi(cell)
	if err != nil || cell[0] == '-' || n > maxDays {
		return cellFault{code: purchase.FieldRange, want: wantDaysRange}
	}
	*field = purchase.Days{N: n, Given: true}
	return cellFault{}
}

// readText checks a cell that stays text.
func (f *feedFormat) readText(i int, c *column, cell string) (string, cellFault) {
	limit := maxText
	switch c.kind {
	case documentCell:
		if strings.IndexByte("=+-@", cell[0]) >= 0 || cell == trailerMark {
			return "", cellFault{code: purchase.FieldFormat, want: wantNumber}
		}
		limit = maxNumber
	case numberCell:
		limit = maxNumber
	case accountCell:
		cell = account(cell)
	case currencyCell:
		if len(cell) != 3 || !letters(cell, 'A') {
			return "", cellFault{code: purchase.FieldFormat, want: wantCurrency}
		}
	case countryCell:
		cell = strings.ToUpper(cell)
		if len(cell) != 2 || !letters(cell, 'A') {
			return "", cellFault{code: purchase.FieldFormat, want: wantCountry}
		}
	case debtorCell:
		if !numeric(cell) || len(cell) < 5 || len(cell) > 9 || cell[0] == '0' {
			return "", cellFault{code: purchase.FieldFormat, want: wantDebtor}
		}
	case choiceCell:
		if !slices.Contains(c.choices, cell) {
			return "", cellFault{code: purchase.FieldRange, want: f.oneOf(i, c.choices)}
		}
	}
	if len(cell) > limit && utf8.RuneCountInString(cell) > limit {
		return "", cellFault{code: purchase.FieldLength, want: wantAtMost + strconv.Itoa(limit) + " characters"}
	}
	return cell, cellFault{}
}

// account writes an IBAN upper case and without blanks.
func account(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(s), ""))
}

func letters(s string, first byte) bool {
	for i := range len(s) {
		if s[i] < first || s[i] > first+25 {
			return false
		}
	}
	return true
}

// hasControl reports control characters, which no cell may have.
func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7F || s[i] == 0xC2 && i+1 < len(s) && s[i+1] < 0xA0 {
			return strings.ContainsFunc(s, unicode.IsControl)
		}
	}
	return false
}
