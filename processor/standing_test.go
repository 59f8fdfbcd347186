package processor

import (
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/schedules"
)

// Slots are behind from their nominal time on; dunning has none on days that are
// no bank days, and what is endless is counted to an end.
func TestBehind(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name       string
		job        schedules.Job
		expr       string
		since, now string
		want       int
		missed     string
	}{
		{"a second early", schedules.Collect, "*/5 * * * *", "2026-10-01T12:00", "2026-10-01T12:04:59", 0, ""},
		{"on time", schedules.Collect, "*/5 * * * *", "2026-10-01T12:00", "2026-10-01T12:05", 1, "2026-10-01T12:05"},
		{"an hour late", schedules.Collect, "*/5 * * * *", "2026-10-01T12:00", "2026-10-01T13:00", 12, "2026-10-01T12:05"},
		{"dunning over a weekend", schedules.Dunning, "0 5 * * *", "2026-10-02T05:00", "2026-10-05T04:59", 0, ""},
		{"dunning on Monday", schedules.Dunning, "0 5 * * *", "2026-10-02T05:00", "2026-10-05T05:00", 1, "2026-10-05T05:00"},
		{"guarantee over a weekend", schedules.Guarantee, "0 4 * * *", "2026-10-02T04:00", "2026-10-05T05:00", 3, "2026-10-03T04:00"},
		{"a year", schedules.Collect, "*/5 * * * *", "2026-10-01T12:00", "2027-10-01T12:00", BehindMost, "2026-10-01T12:05"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan, err := schedules.Parse(tt.expr, berlin)
			if err != nil {
				t.Fatal(err)
			}
			at := func(s string) time.Time {
				if len(s) == len("2026-10-01T12:00") {
					s += ":00"
				}
				v, err := time.ParseInLocation("2006-01-02T15:04:05", s, berlin)
				if err != nil {
					t.Fatal(err)
				}
				return v
			}
			s := Standing{Behind: map[schedules.Job]int{}, Missed: map[schedules.Job]time.Time{}}
			s.behind(tt.job, plan, at(tt.since), at(tt.now))
			missed := ""
			if m, is := s.Missed[tt.job]; is {
				missed = m.Format("2006-01-02T15:04")
			}
			if s.Behind[tt.job] != tt.want || missed != tt.missed {
				t.Errorf("%d behind since %s; want %d since %s", s.Behind[tt.job], missed, tt.want, tt.missed)
			}
		})
	}
}
