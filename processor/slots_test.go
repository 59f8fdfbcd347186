package processor

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/schedules"
)

// What would break these: a slot that is done twice or left out, a guarantee
// after the payout of the same time, more than the latest slot of transmit or
// dunning, dunning on a bank holiday.

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}()

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := schedules.ParseInstant(s, berlin)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func defaults(t *testing.T) map[schedules.Job]schedules.Schedule {
	t.Helper()
	plan := map[schedules.Job]schedules.Schedule{}
	for job, expr := range map[schedules.Job]string{
		schedules.Collect: "*/5 * * * *", schedules.Transmit: "*/5 * * * *", schedules.Deliver: "*/5 * * * *",
		schedules.Guarantee: "0 4 * * *", schedules.Dunning: "0 5 * * *", schedules.Payout: "0 6 * * MON",
	} {
		s, err := schedules.Parse(expr, berlin)
		if err != nil {
			t.Fatal(err)
		}
		plan[job] = s
	}
	return plan
}

// names prints what is due, in the order in which a run does it.
func (d due) names() []string {
	all := []string{}
	add := func(s *schedules.Slot) {
		if s != nil {
			all = append(all, string(s.Job)+" "+s.At.In(berlin).Format("02.01. 15:04"))
		}
	}
	add(d.collect)
	for _, s := range d.settle {
		add(&s)
	}
	add(d.transmit)
	add(d.dunning)
	add(d.deliver)
	for _, s := range d.skipped {
		all = append(all, "skipped "+string(s.job)+" "+s.first.In(berlin).Format("02.01. 15:04")+" to "+s.last.In(berlin).Format("02.01. 15:04"))
	}
	return all
}

func TestSlotsDue(t *testing.T) {
	const first = "2026-10-01T12:00"
	tests := []struct {
		name string
		last string // run before, which did all that was due; "": none
		now  string
		jobs []schedules.Job
		want []string
	}{
		{"first run collects and transmits", "", first, nil, []string{
			"collect 01.10. 12:00", "transmit 01.10. 12:00", "deliver 01.10. 12:00",
		}},
		{"first run between two slots takes the latest", "", "2026-10-01T12:03", nil, []string{
			"collect 01.10. 12:00", "transmit 01.10. 12:00", "deliver 01.10. 12:00",
		}},
		{"again at the same time: nothing", first, first, nil, []string{}},
		{"before the next slot: nothing", first, "2026-10-01T12:04", nil, []string{}},
		{"the next day", first, "2026-10-02T12:00", nil, []string{
			"collect 02.10. 12:00", "guarantee 02.10. 04:00", "transmit 02.10. 12:00", "dunning 02.10. 05:00", "deliver 02.10. 12:00",
		}},
		{"exactly at the slot", "2026-10-04T12:00", "2026-10-05T06:00", nil, []string{
			"collect 05.10. 06:00", "guarantee 05.10. 04:00", "payout 05.10. 06:00", "transmit 05.10. 06:00", "dunning 05.10. 05:00", "deliver 05.10. 06:00",
		}},
		{"down over a weekend and a payout", "2026-10-09T12:00", "2026-10-13T12:00", nil, []string{
			"collect 13.10. 12:00",
			"guarantee 10.10. 04:00", "guarantee 11.10. 04:00", "guarantee 12.10. 04:00", "payout 12.10. 06:00", "guarantee 13.10. 04:00",
			"transmit 13.10. 12:00", "dunning 13.10. 05:00", "deliver 13.10. 12:00",
			"skipped dunning 12.10. 05:00 to 12.10. 05:00",
		}},
		{"no dunning on Saturday", "2026-10-02T12:00", "2026-10-03T12:00", nil, []string{
			"collect 03.10. 12:00", "guarantee 03.10. 04:00", "transmit 03.10. 12:00", "deliver 03.10. 12:00",
		}},
		{"no dunning on Christmas, a TARGET2 holiday", "2026-12-24T12:00", "2026-12-25T12:00", nil, []string{
			"collect 25.12. 12:00", "guarantee 25.12. 04:00", "transmit 25.12. 12:00", "deliver 25.12. 12:00",
		}},
		{"autumn change: the day has 25 hours and one guarantee", "2026-10-24T12:00", "2026-10-25T12:00", nil, []string{
			"collect 25.10. 12:00", "guarantee 25.10. 04:00", "transmit 25.10. 12:00", "deliver 25.10. 12:00",
		}},
		{"only some jobs, and the guarantees that the payout pays", "2026-10-09T12:00", "2026-10-12T12:00", []schedules.Job{schedules.Payout, schedules.Deliver}, []string{
			"guarantee 10.10. 04:00", "guarantee 11.10. 04:00", "guarantee 12.10. 04:00", "payout 12.10. 06:00", "deliver 12.10. 12:00",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := defaults(t)
			began, last := instant(t, tt.now), map[schedules.Job]time.Time{}
			if tt.last != "" {
				began = instant(t, first)
				for job, s := range plan {
					if at := s.Latest(instant(t, tt.last)); !at.Before(began) || job == schedules.Collect || job == schedules.Transmit || job == schedules.Deliver {
						last[job] = at
					}
				}
			}
			got := slotsDue(plan, last, began, instant(t, tt.now)).only(tt.jobs)
			if diff := cmp.Diff(tt.want, got.names()); diff != "" {
				t.Errorf("due (-want +got):\n%s", diff)
			}
			if got.none() != (len(tt.want) == 0) {
				t.Errorf("none() = %t with %v", got.none(), got.names())
			}
		})
	}
}

func TestSlotsDueOfTheBank(t *testing.T) {
	plan := map[schedules.Job]schedules.Schedule{schedules.Collect: defaults(t)[schedules.Collect]}
	now := instant(t, "2026-10-05T12:00")
	got := slotsDue(plan, map[schedules.Job]time.Time{}, now, now).names()
	if diff := cmp.Diff([]string{"collect 05.10. 12:00"}, got); diff != "" {
		t.Errorf("due (-want +got):\n%s", diff)
	}
}
