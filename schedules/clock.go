package schedules

import (
	"math"
	"time"
)

// A wall is a minute on the clocks of some zone: the minutes from
// 1970-01-01T00:00 to what they show. Whether and when they show it is the
// zone's affair.
type wall int64

const (
	minutesPerDay = 24 * 60
	// farthest is more seconds than any zone is, or was, away from UTC.
	farthest = 16 * 3600
	// horizon is how many seconds a search goes on: longer than the eight
	// years between 29 February 2096 and 2104.
	horizon = horizonDays * 86400
	// horizonDays is horizon in days.
	horizonDays = 9 * 366
)

// wallAt is the minute of a date that clocks show as hour:minute.
func wallAt(d Date, minuteOfDay int) wall {
	return wall(d-unixDay)*minutesPerDay + wall(minuteOfDay)
}

// split returns the date and the minute of the day.
func (w wall) split() (Date, int) {
	day := floorDiv(int64(w), minutesPerDay)
	return unixDay + Date(day), int(int64(w) - day*minutesPerDay)
}

// A span is a stretch of seconds [start, end) since 1970 in which a zone keeps
// one offset from UTC.
type span struct{ start, end, offset int64 }

// spanAt returns the span that contains a second, or a part of it.
//
// Beyond its table of transitions package time ends each span at the end of a
// year of 365 days, and so, on 31 December of a leap year, before the very
// second asked for. There the span lasts until the end of the year.
func spanAt(sec int64, zone *time.Location) span {
	t := time.Unix(sec, 0).In(zone)
	_, offset := t.Zone()
	s := span{start: math.MinInt64, end: math.MaxInt64, offset: int64(offset)}
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		s.start = start.Unix()
	}
	if !end.IsZero() {
		s.end = end.Unix()
	}
	if s.end <= sec {
		s.end = NewDate(t.UTC().Year()+1, time.January, 1).Time().Unix()
	}
	return s
}

// first returns the first second at which the clocks of a zone have reached w:
// the only or the first time that they show it, or the end of the gap in which
// they never do.
func first(w wall, zone *time.Location) int64 {
	want := int64(w) * 60
	for at := want - farthest; ; {
		s := spanAt(at, zone)
		if sec := max(at, want-s.offset); sec < s.end {
			return sec
		}
		at = s.end
	}
}

// reached returns the highest minute that the clocks of a zone have shown up
// to sec; while an hour is shown for the second time that is ahead of them.
// It is the converse of first: first(w) <= sec exactly when w <= reached(sec).
func reached(sec int64, zone *time.Location) wall {
	top := wall(math.MinInt64)
	for at := sec - 2*farthest; ; {
		s := spanAt(at, zone)
		if sec < s.end {
			return max(top, floorMinute(sec+s.offset))
		}
		top = max(top, floorMinute(s.end-1+s.offset))
		at = s.end
	}
}

func floorMinute(sec int64) wall { return wall(floorDiv(sec, 60)) }
func ceilMinute(sec int64) wall  { return wall(floorDiv(sec+59, 60)) }

// floorDiv rounds down, also below zero.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
