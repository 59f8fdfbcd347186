package schedules

import (
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	tests := []struct{ name, expr, want string }{
		{"every five minutes", "*/5 * * * *", "*/5 * * * *"},
		{"blanks and small letters", "  0  6\t* jan-mar,oct  mon ", "0 6 * JAN-MAR,OCT MON"},
		{"lists, ranges, steps", "0,30 8-18/2 1/7 */3 *", "0,30 8-18/2 1/7 */3 *"},
		{"daily", "@daily", "0 0 * * *"},
		{"weekly", "@Weekly", "0 0 * * SUN"},
		{"a leap day", "0 0 29 2 *", "0 0 29 2 *"},
		{"a day of some of the months", "0 0 31 2,3 *", "0 0 31 2,3 *"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := parse(t, tt.expr, time.UTC)
			if s.String() != tt.want || s.Zone() != time.UTC {
				t.Errorf("Parse(%q) = %q in %v; want %q in UTC", tt.expr, s, s.Zone(), tt.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, expr, want string }{
		{"nothing", "", "0 fields, want five"},
		{"six fields", "0 0 6 * * MON", "6 fields, want five"},
		{"minute", "61 * * * *", `"61 * * * *": minute "61", want 0-59`},
		{"hour", "0 24 * * *", `hour "24", want 0-23`},
		{"day", "0 0 0 * *", `day of month "0", want 1-31`},
		{"month", "0 0 1 13 *", `month "13", want 1-12 or JAN-DEC`},
		{"Sunday as 7", "0 0 * * 7", "0 is Sunday"},
		{"a long name", "0 0 * * MONDAY", "SUN-SAT"},
		{"range backwards", "0 18-8 * * *", `hour "18-8"`},
		{"empty list", ", * * * *", `minute ","`},
		{"list with a hole", "0,,5 * * * *", `minute "0,,5"`},
		{"star with a range", "*-5 * * * *", `minute "*-5"`},
		{"question mark", "0 0 ? * MON", `day of month "?"`},
		{"sign", "+5 * * * *", `minute "+5"`},
		{"step of nothing", "*/0 * * * *", `minute "*/0"`},
		{"step too long", "*/90 * * * *", "a step of 90 is longer than the field"},
		{"step without end", "*/99999999999999999999 * * * *", `minute "*/99`},
		{"hour of 36", "0 */36 * * *", "want at most 23"},
		{"both days", "0 6 13 * FRI", "day of month 13 together with weekday FRI would mean either of them; name one and write * for the other"},
		{"both days by step", "0 6 */2 * MON", "together with weekday"},
		{"30 February", "0 0 30 2 *", "day of month 30 does not exist in month 2"},
		{"31 in short months", "0 0 31 APR,JUN *", "does not exist"},
		{"every", "@every 5m", `write five fields, such as "*/5 * * * *"`},
		{"every, capital", " @Every 5m", "write five fields"},
		{"zone", "TZ=Europe/Berlin 0 6 * * MON", "leave it out and set zone"},
		{"zone alone", "TZ=", "leave it out and set zone"},
		{"zone of cron", "CRON_TZ=UTC 0 6 * * MON", "leave it out and set zone"},
		{"zone in small letters", "  tz=UTC 0 6 * * MON", "leave it out and set zone"},
		{"reboot", "@reboot", "write five fields or @hourly"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Parse(tt.expr, time.UTC)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Parse(%q) = %q, %v; want an error with %q", tt.expr, s, err, tt.want)
			}
		})
	}
	if _, err := Parse("0 6 * * MON", nil); err == nil || !strings.Contains(err.Error(), "no zone") {
		t.Errorf("Parse without a zone = %v; want an error", err)
	}
}

// What parses prints back to the same, fires, and Latest finds what Next does.
func FuzzParse(f *testing.F) {
	for _, expr := range append(expressions, "@daily", "@every 5m", "TZ=", "TZ=UTC * * * * *", ", * * * *", "0/9223372036854775807 * * * *", "* * 31 2 *") {
		f.Add(expr, int64(1774746000))
	}
	berlin := zone(f, "Europe/Berlin")
	f.Fuzz(func(t *testing.T, expr string, sec int64) {
		s, err := Parse(expr, berlin)
		if err != nil {
			return
		}
		if again := parse(t, s.String(), berlin); again != s {
			t.Errorf("Parse(%q) = %#v; want %#v", s, again, s)
		}
		from := time.Unix(sec%(1<<40), 0)
		next := s.Next(from)
		if !next.After(from) || !s.Latest(next).Equal(next) || s.Latest(next.Add(-1)).After(from) {
			t.Errorf("%q: Next(%v) = %v, Latest of it = %v", s, from, next, s.Latest(next))
		}
	})
}
