package schedules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/schedules"
)

func TestDeadline(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, deadline, at, want string }{
		{"before it, on a Tuesday", "Mon-Fri 07:00", "2026-10-06T06:59", "2026-10-05T07:00"},
		{"at it", "Mon-Fri 07:00", "2026-10-06T07:00", "2026-10-06T07:00"},
		{"on Sunday", "Mon-Fri 07:00", "2026-10-04T12:00", "2026-10-02T07:00"},
		{"on a holiday", "Mon-Sat 07:00", "2026-10-03T12:00", "2026-10-02T07:00"},
		{"daily, on a holiday", "daily 07:00", "2026-10-03T12:00", "2026-10-03T07:00"},
		{"Ascension is a bank day", "bank-days 12:00", "2026-05-14T13:00", "2026-05-14T12:00"},
		{"and no working day", "mon-fri 12:00", "2026-05-14T13:00", "2026-05-13T12:00"},
		{"Good Friday is no bank day", "bank-days 12:00", "2026-04-05T00:00", "2026-04-02T12:00"},
		{"over the weekend", "Sat-Mon 23:30", "2026-10-07T00:00", "2026-10-05T23:30"},
		{"single days", "Tue,Thu 18:30", "2026-10-07T00:00", "2026-10-06T18:30"},
		{"a time that does not exist", "daily 02:30", "2026-03-29T12:00", "2026-03-29T03:00"},
		{"a time that exists twice", "daily 02:30", "2026-10-25T02:45", "2026-10-25T02:30"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := schedules.ParseDeadline(tt.deadline)
			if err != nil {
				t.Fatal(err)
			}
			at, err := schedules.ParseInstant(tt.at, berlin)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.Latest(at, berlin).Format("2006-01-02T15:04"); got != tt.want {
				t.Errorf("%q at %s: %s; want %s", tt.deadline, tt.at, got, tt.want)
			}
		})
	}
}

func TestDeadlineRefused(t *testing.T) {
	for _, s := range []string{"", "07:00", "Mon", "Mon-Fri", "Mon-Fri 7:00", "Mon-Fri 24:00", "Mon-Fri 07:00 08:00", "Mo-Fr 07:00", "Mon- 07:00", "Mon--Fri 07:00", ",Mon 07:00", "bank-days,Mon 07:00"} {
		if d, err := schedules.ParseDeadline(s); err == nil || !strings.Contains(err.Error(), "is not a deadline such as") {
			t.Errorf("ParseDeadline(%q) = %v, %v; want an error", s, d, err)
		}
	}
}

// What is read prints back to the same, and its latest time is not after the
// time that was asked about.
func FuzzDeadline(f *testing.F) {
	for _, s := range []string{"Mon-Fri 07:00", "daily 23:59", "bank-days 12:00", "Sat-Mon,Wed 00:00"} {
		f.Add(s, int64(1_790_000_000))
	}
	f.Fuzz(func(t *testing.T, s string, unix int64) {
		d, err := schedules.ParseDeadline(s)
		if err != nil {
			return
		}
		again, err := schedules.ParseDeadline(d.String())
		if err != nil || again != d {
			t.Errorf("ParseDeadline(%q) = %v, %v; want %v", d.String(), again, err, d)
		}
		at := time.Unix(unix%4_000_000_000, 0)
		if latest := d.Latest(at, time.UTC); latest.After(at) {
			t.Errorf("%q at %s: %s, which is later", s, at.UTC(), latest)
		}
	})
}
