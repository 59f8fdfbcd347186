package schedules

import (
	"testing"
	"time"
)

func TestParseInstant(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"local", "2026-10-02T12:00", "2026-10-02T12:00:00+02:00"},
		{"local, as in a file name", "2026-10-02T12-00", "2026-10-02T12:00:00+02:00"},
		{"local in winter", "2026-12-02T12:00", "2026-12-02T12:00:00+01:00"},
		{"local, does not exist", "2026-03-29T02:30", "2026-03-29T03:00:00+02:00"},
		{"local, exists twice", "2026-10-25T02:30", "2026-10-25T02:30:00+02:00"},
		{"RFC 3339", "2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00"},
		{"RFC 3339 of another zone", "2026-10-02T10:00:00Z", "2026-10-02T12:00:00+02:00"},
		{"RFC 3339 with a fraction", "2026-10-02T10:00:00.5Z", "2026-10-02T12:00:00.5+02:00"},
	}
	berlin := zone(t, "Europe/Berlin")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseInstant(tt.in, berlin)
			if err != nil || got.Format(time.RFC3339Nano) != tt.want {
				t.Errorf("ParseInstant(%q) = %v, %v; want %s", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestParseInstantRefuses(t *testing.T) {
	for _, s := range []string{
		"", "now", "2026-10-02", "2026-10-02 12:00", "2026-10-02T9:00", "2026-10-02T24:00", "2026-10-02T12:60", "2026-02-29T12:00",
		"2026-10-02T12:00:00", "2026-10-02T12:00Z", "2026-10-02T12:00:00+2:00", "0001-01-01T00:00", "9999-12-31T23:59:59Z",
	} {
		if got, err := ParseInstant(s, time.UTC); err == nil {
			t.Errorf("ParseInstant(%q) = %v; want an error", s, got)
		}
	}
	if _, err := ParseInstant("2026-10-02T12:00", nil); err == nil {
		t.Error("ParseInstant without a zone: want an error")
	}
}

// What parses prints back to the same instant.
func FuzzParseInstant(f *testing.F) {
	for _, s := range []string{"2026-10-02T12:00", "2026-03-29T02-30", "2026-10-25T02:30:00+01:00", "2026-10-02T10:00:00.5Z", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59"} {
		f.Add(s)
	}
	berlin := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseInstant(s, berlin)
		if err != nil {
			return
		}
		if again, err := ParseInstant(got.Format(time.RFC3339Nano), berlin); err != nil || again != got {
			t.Errorf("ParseInstant(%q) = %v, printed and read again = %v, %v", s, got, again, err)
		}
	})
}
