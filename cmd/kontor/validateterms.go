package main

import (
	"slices"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// validateTerms checks what merchant and provider agreed.
func (m Merchant) validateTerms(f *faults, key string) {
	f.between(key+".term_days", m.TermDays, 0, 365)
	f.between(key+".park_days", m.ParkDays, 1, 365)
	f.share(key+".fees.percent", m.Fees.Percent)
	f.positive(key+".fees.fixed", m.Fees.Fixed)
	f.share(key+".fees.vat", m.Fees.VAT)
	f.between(key+".guarantee.days", m.Guarantee.Days, 0, 365)
	f.oneOf(key+".guarantee.anchor", m.Guarantee.Anchor, "activation", "invoice", "due")
	f.between(key+".guarantee.announced_hold_days", m.Guarantee.AnnouncedHoldDays, 0, 365)
	f.positive(key+".payout.min", m.Payout.Min)
	m.Allocation.validate(f, key+".allocation")
}

func (a Allocation) validate(f *faults, key string) {
	all := []string{purchase.PayCharges, purchase.PayInterest, purchase.PayPrincipal}
	given := slices.Sorted(slices.Values(a.Within))
	f.check(slices.Equal(given, all), key+".within", "%v does not name each of charges, interest and principal once; want such as [charges, interest, principal]", a.Within)
	f.oneOf(key+".across", a.Across, purchase.ExactThenOldest, purchase.OldestFirst)
}

func (c Credit) validate(f *faults, key string) {
	f.check(len(c.Countries) > 0, key+".countries", "there is none, so every order would be declined; want such as [DE]")
	for _, country := range c.Countries {
		f.check(countryForm.MatchString(country), key+".countries", "%q is not a country such as DE", country)
	}
	f.between(key+".min_age", c.MinAge, 0, 120)
	f.positive(key+".order_min", c.OrderMin)
	f.check(c.OrderMin.value <= c.OrderMax.value || c.OrderMax.fault != nil, key+".order_max", "%s is below order_min %s", c.OrderMax.value, c.OrderMin.value)
	f.positive(key+".open_sum_max", c.OpenSumMax)
	f.oneOf(key+".address_mismatch", c.AddressMismatch, "decline", "review", "allow")
	f.positive(key+".address_allow_upto", c.AddressAllowUpTo)
	f.between(key+".overdue_level", c.OverdueLevel, 1, levels)
	f.between(key+".valid_days", c.ValidDays, 0, 3650)
}

// levels of dunning: reminder, first and second dunning, collection.
const levels = 4

func (d Dunning) validate(f *faults, key string) {
	f.check(len(d.After) == levels, key+".after", "it has %d numbers; want %d: days to reminder, first dunning, second dunning and collection", len(d.After), levels)
	for _, days := range d.After {
		f.between(key+".after", days, 1, 365)
	}
	f.check(len(d.Fee) == levels, key+".fee", "it has %d amounts; want %d: of reminder, first dunning, second dunning and collection", len(d.Fee), levels)
	for _, fee := range d.Fee {
		f.positive(key+".fee", fee)
	}
	f.positive(key+".min", d.Min)
	f.between(key+".statement_bank_days", d.StatementBankDays, 0, 100)
	f.between(key+".letter_days", d.LetterDays, 0, 60)
	f.positive(key+".b2b_flat", d.B2BFlat)
	f.share(key+".b2c_points", d.B2CPoints)
	f.share(key+".b2b_points", d.B2BPoints)
}

// validateSchedules checks the expressions that are set; those of a merchant
// may be empty and are then those of the whole file.
func (c *Config) validateSchedules(f *faults, key string, s Schedules, zone string) {
	location, err := loadZone(zone)
	if err != nil {
		return // told with its own key
	}
	for _, job := range schedules.Jobs() {
		expr := s.of(job)
		if expr == "" && key != "schedules" {
			continue
		}
		schedule, err := schedules.Parse(expr, location)
		if err != nil {
			f.add(key+"."+string(job), "%w", err)
			continue
		}
		switch job {
		case schedules.Dunning:
			f.check(schedule.OnceADay(), key+".dunning", "%q is more than once a day; want such as \"0 5 * * *\"", expr)
		case schedules.Payout:
			f.check(schedule.Weekly() && schedule.OnceADay(), key+".payout", "%q does not name one weekday and one time; want such as \"0 6 * * MON\"", expr)
		}
	}
}
