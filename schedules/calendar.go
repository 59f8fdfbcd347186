package schedules

import (
	"slices"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/ecb"
)

// IsWorkingDay reports whether d is a working day (Werktag in the sense of
// § 193 BGB): Monday to Friday, but no nationwide German holiday. Those are
// 1 January, Good Friday, Easter Monday, 1 May, Ascension, Whit Monday,
// 3 October, 25 and 26 December. Holidays of single states do not count, nor
// does 31 October 2017, a holiday everywhere in that one year.
func IsWorkingDay(d Date) bool {
	return IsBankDay(d) && !isHoliday(d)
}

// isHoliday reports whether d is a nationwide German holiday, whatever its
// weekday.
func isHoliday(d Date) bool {
	return isAny(d, ecb.Holidays...) || isAny(d, aa.AscensionDay, aa.PentecostMonday, de.DeutschenEinheit)
}

// NextWorkingDay returns the first working day on or after d: when something
// is due that would be due on d (§ 193 BGB).
func NextWorkingDay(d Date) Date {
	for !IsWorkingDay(d) {
		d++
	}
	return d
}

// IsBankDay reports whether the euro's settlement system TARGET2 is open on d:
// Monday to Friday, but not on 1 January, Good Friday, Easter Monday, 1 May,
// 25 and 26 December. They hold since 2002, and all of them are German
// holidays too.
func IsBankDay(d Date) bool {
	weekday := d.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && !isAny(d, ecb.Holidays...)
}

// NextBankDay returns the first bank day on or after d.
func NextBankDay(d Date) Date {
	for !IsBankDay(d) {
		d++
	}
	return d
}

// BankDayBefore returns the n-th bank day strictly before d, d itself for n
// below 1. Whether d is a bank day does not matter.
func BankDayBefore(d Date, n int) Date {
	for ; n > 0; n-- {
		for d--; !IsBankDay(d); d-- {
		}
	}
	return d
}

// isAny reports whether d is one of the holidays. They are given as midnight
// in the zone of the machine, which may not exist there, so noon is looked at.
func isAny(d Date, holidays ...*cal.Holiday) bool {
	return slices.ContainsFunc(holidays, func(h *cal.Holiday) bool {
		day, _ := h.Calc(d.Time().Year())
		return DateOf(day.Add(12*time.Hour)) == d
	})
}
