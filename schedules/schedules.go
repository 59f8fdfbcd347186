// Package schedules says when things happen: at which instants a job of a
// merchant is due, which days are working days and bank days, and how civil
// dates are counted.
//
// A [Schedule] is a five-field cron expression (minute, hour, day of month,
// month, weekday) in a zone. Its nominal instants are pure arithmetic: nothing
// here sleeps, starts a goroutine or reads the clock. A caller asks for the
// [Schedule.Latest] instant up to a time, for the [Schedule.Next] one, or for
// those [Schedule.Between] two times, and keeps in the database what it did.
// A [Slot] is one such instant of one job; its identity is the instant.
//
// # The two nights on which the clocks change
//
// The hour field decides how a schedule lives through them:
//
//   - Fixed hours ("0 4 * * *", "30 2 * * MON", "*/5 2-4 * * *") follow the
//     clock on the wall: each time fires at the first instant at which the
//     clock has reached it. A time that does not exist (02:30 in Berlin on
//     2026-03-29) therefore fires at the first instant after the gap, a time
//     that exists twice (02:30 on 2026-10-25) fires once, the first time. Two
//     times of one gap share the instant after it, and so are one slot.
//   - An hour field with "*" or a step ("*/5 * * * *", "30 */2 * * *") counts
//     real time: it fires at each instant at which the clock shows a matching
//     minute. "*/5 * * * *" fires every five minutes through both nights. A
//     time that does not exist is left out, one that exists twice fires twice:
//     "30 */2 * * *" goes from 00:30 to 04:30 in spring, and fires in both
//     half past twos in autumn.
//
// # Days
//
// A [Date] is a civil date, free of zones and hours: a contract's "30 days"
// are 30 of them. [IsWorkingDay] is the law's calendar for due dates (§ 193
// BGB), [IsBankDay] that of the euro's settlement system TARGET2. They differ:
// Ascension, Whit Monday and 3 October are bank days, yet no working days.
package schedules

import (
	"iter"
	"time"
)

// A Schedule is a five-field cron expression in a zone, made by [Parse].
// Schedules of equal text and zone are equal. The zero Schedule never fires.
type Schedule struct {
	text  string
	zone  *time.Location
	field fields
	// real says that the hour field has a "*" or a step, and so counts real time.
	real bool
}

// String prints the five fields, in capitals and with single blanks between
// them; what [Parse] makes of them is equal to s.
func (s Schedule) String() string { return s.text }

// Zone returns the zone whose clocks s follows.
func (s Schedule) Zone() *time.Location { return s.zone }

// Weekly reports whether s names exactly one weekday, as a payout must.
func (s Schedule) Weekly() bool { return s.field.weekdays.count() == 1 }

// OnceADay reports whether s fires once on each day that it names: one fixed
// hour, one minute. A payout is one per week, so it is Weekly and OnceADay.
func (s Schedule) OnceADay() bool {
	return !s.real && s.field.hours.count() == 1 && s.field.minutes.count() == 1
}

// Next returns the first nominal instant after a time, in the zone of s. The
// zero time, for the zero Schedule alone, says that there is none.
func (s Schedule) Next(after time.Time) time.Time {
	if s.zone == nil {
		return time.Time{}
	}
	if s.real {
		return s.nextReal(after.Unix())
	}
	w, ok := s.field.from(reached(after.Unix(), s.zone) + 1)
	if !ok {
		return time.Time{}
	}
	return s.instant(first(w, s.zone))
}

// Latest returns the last nominal instant that is not after a time, in the
// zone of s. The zero time, for the zero Schedule alone, says that there is
// none.
func (s Schedule) Latest(atOrBefore time.Time) time.Time {
	if s.zone == nil {
		return time.Time{}
	}
	if s.real {
		return s.latestReal(atOrBefore.Unix())
	}
	w, ok := s.field.upTo(reached(atOrBefore.Unix(), s.zone))
	if !ok {
		return time.Time{}
	}
	return s.instant(first(w, s.zone))
}

// Between yields the nominal instants in (after, until], in ascending order.
func (s Schedule) Between(after, until time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for t := s.Next(after); !t.IsZero() && !t.After(until); t = s.Next(t) {
			if !yield(t) {
				return
			}
		}
	}
}

// nextReal is Next by real time: span by span of one offset, the first
// matching minute that the clocks show from its first second on.
func (s Schedule) nextReal(after int64) time.Time {
	for at := after + 1; at <= after+horizon; {
		sp := spanAt(at, s.zone)
		w, ok := s.field.from(ceilMinute(at + sp.offset))
		if !ok {
			break
		}
		if sec := int64(w)*60 - sp.offset; sec < sp.end {
			return s.instant(sec)
		}
		at = sp.end
	}
	return time.Time{}
}

// latestReal is Latest by real time.
func (s Schedule) latestReal(atOrBefore int64) time.Time {
	for at := atOrBefore; at >= atOrBefore-horizon; {
		sp := spanAt(at, s.zone)
		w, ok := s.field.upTo(floorMinute(at + sp.offset))
		if !ok {
			break
		}
		if sec := int64(w)*60 - sp.offset; sec >= sp.start {
			return s.instant(sec)
		}
		at = sp.start - 1
	}
	return time.Time{}
}

func (s Schedule) instant(sec int64) time.Time { return time.Unix(sec, 0).In(s.zone) }
