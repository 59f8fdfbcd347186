package schedules

import (
	"fmt"
	"time"
)

// The years that an instant may have; in all of them offsets are whole
// minutes in the zones of today, and print as such.
const firstYear, lastYear = 1973, 9998

// ParseInstant reads RFC 3339 ("2026-10-02T12:00:00+02:00"), or a local time
// in a zone as "2026-10-02T12:00", or as "2026-10-02T12-00" where a file name
// may have no colon. A local time that exists twice means the first one, one
// that does not exist the first instant after the gap. The instant is returned
// in the zone.
func ParseInstant(s string, zone *time.Location) (time.Time, error) {
	if zone == nil {
		return time.Time{}, fmt.Errorf("time %q: no zone given, want one such as Europe/Berlin", s)
	}
	t, ok := parseLocal(s, zone)
	if !ok && t.UnmarshalText([]byte(s)) != nil {
		return time.Time{}, fmt.Errorf("%q is not a time such as 2026-10-02T12:00 or 2026-10-02T12:00:00+02:00", s)
	}
	if year := t.UTC().Year(); year < firstYear || year > lastYear {
		return time.Time{}, fmt.Errorf("time %q: want a year from %d to %d", s, firstYear, lastYear)
	}
	return t.In(zone), nil
}

// parseLocal reads the two local forms, whose length is fixed.
func parseLocal(s string, zone *time.Location) (time.Time, bool) {
	const colon, dash = "2006-01-02T15:04", "2006-01-02T15-04"
	if len(s) != len(colon) {
		return time.Time{}, false
	}
	for _, layout := range []string{colon, dash} {
		if t, err := time.Parse(layout, s); err == nil {
			return DateOf(t).In(zone, t.Hour(), t.Minute()), true
		}
	}
	return time.Time{}, false
}
