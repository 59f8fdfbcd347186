package processor

import (
	"strings"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/schedules"
)

func utc(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// doneAt are slots that were done at these times.
func doneAt(t *testing.T, times ...string) (all []slotRow) {
	t.Helper()
	for _, s := range times {
		all = append(all, slotRow{job: schedules.Guarantee, at: utc(t, s), until: utc(t, s), run: 1, state: "DONE"})
	}
	return all
}

func TestVerifySlots(t *testing.T) {
	stretch := func(from, until string) slotRow {
		return slotRow{job: schedules.Dunning, at: utc(t, from), until: utc(t, until), run: 1, state: "SKIPPED"}
	}
	for _, c := range []struct {
		name  string
		job   schedules.Job
		plan  string
		slots []slotRow
		want  string // "" means that all agrees
	}{
		{"every day", schedules.Guarantee, "0 4 * * *", doneAt(t, "2026-10-01T04:00", "2026-10-02T04:00", "2026-10-03T04:00"), ""},
		{"a week is missing", schedules.Payout, "0 6 * * MON", doneAt(t, "2026-10-05T06:00", "2026-10-19T06:00"), "slot payout 2026-10-12T06:00:00Z: neither done nor skipped"},
		{"the weekday was changed", schedules.Payout, "0 6 * * TUE", doneAt(t, "2026-10-05T06:00", "2026-10-12T06:00", "2026-10-20T06:00"), ""},
		{"once a day became twice", schedules.Guarantee, "0 4,16 * * *", doneAt(t, "2026-10-01T04:00", "2026-10-02T04:00", "2026-10-02T16:00"), ""},
		{"dunning rests at the weekend", schedules.Dunning, "0 5 * * *", doneAt(t, "2026-10-02T05:00", "2026-10-05T05:00"), ""},
		{
			"dunning was skipped", schedules.Dunning, "0 5 * * *",
			append(doneAt(t, "2026-10-02T05:00"), stretch("2026-10-05T05:00", "2026-10-07T05:00"), doneAt(t, "2026-10-08T05:00")[0]), "",
		},
		{
			"a stretch that was done, too", schedules.Dunning, "0 5 * * *",
			append([]slotRow{stretch("2026-10-05T05:00", "2026-10-07T05:00")}, doneAt(t, "2026-10-06T05:00")...), "it overlaps with the one before, until 2026-10-07T05:00:00Z",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, err := schedules.Parse(c.plan, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(verifySlots(c.job, plan, c.slots), "\n")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("verifySlots = %q; want %q", got, c.want)
			}
		})
	}
}

func TestVerifySlotsAndRuns(t *testing.T) {
	runs := []run{{number: 1, at: utc(t, "2026-10-01T12:00")}, {number: 2, at: utc(t, "2026-10-02T12:00")}}
	for _, c := range []struct {
		name string
		slot slotRow
		want string
	}{
		{"right", slotRow{at: utc(t, "2026-10-02T04:00"), until: utc(t, "2026-10-02T04:00"), run: 2, state: "DONE"}, ""},
		{"no such run", slotRow{at: utc(t, "2026-10-02T04:00"), until: utc(t, "2026-10-02T04:00"), run: 3, state: "DONE"}, "its run 3 does not exist"},
		{"before its time", slotRow{at: utc(t, "2026-10-02T04:00"), until: utc(t, "2026-10-02T04:00"), run: 1, state: "DONE"}, "came before its time"},
		{"a stretch was done", slotRow{at: utc(t, "2026-10-01T04:00"), until: utc(t, "2026-10-02T04:00"), run: 2, state: "DONE"}, "it is DONE until"},
	} {
		if got := strings.Join(c.slot.verify(runs), "\n"); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: verify = %q; want %q", c.name, got, c.want)
		}
	}
	if got := verifyRuns(runs); len(got) > 0 {
		t.Errorf("verifyRuns = %q; want nothing", got)
	}
	gone := []run{runs[1], {number: 3, at: utc(t, "2026-10-01T12:00")}}
	if got := verifyRuns(gone); len(got) != 2 {
		t.Errorf("verifyRuns = %q; want a gap and a time that goes back", got)
	}
}
