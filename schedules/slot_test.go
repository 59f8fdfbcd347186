package schedules

import (
	"testing"
	"time"
)

func TestSlot(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	s := Slot{Guarantee, at(t, "2026-10-25T22:30:00Z").In(berlin)}
	if got := s.Day(berlin); got != NewDate(2026, time.October, 25) {
		t.Errorf("Day in Berlin = %v", got)
	}
	if got := s.Day(zone(t, "Asia/Kathmandu")); got != NewDate(2026, time.October, 26) {
		t.Errorf("Day in Kathmandu = %v", got)
	}
	if got, want := s.String(), "guarantee 2026-10-25T23:30:00+01:00"; got != want {
		t.Errorf("String = %q; want %q", got, want)
	}
}

func TestParseJob(t *testing.T) {
	for _, j := range Jobs() {
		if got, err := ParseJob(string(j)); err != nil || got != j {
			t.Errorf("ParseJob(%q) = %q, %v", j, got, err)
		}
	}
	const want = `"Payouts" is not a job; want one of collect, guarantee, payout, transmit, dunning, deliver`
	if _, err := ParseJob("Payouts"); err == nil || err.Error() != want {
		t.Errorf("ParseJob(Payouts) = %v; want %s", err, want)
	}
}
