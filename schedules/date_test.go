package schedules

import (
	"encoding/json"
	"testing"
	"time"
)

func date(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Each day from the first to the last of four digits: one more than the day
// before, and the same by every road.
func TestDateRoads(t *testing.T) {
	want := Date(1)
	for day := time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC); day.Year() < 10000; day = day.AddDate(0, 0, 1) {
		got := NewDate(day.Date())
		if got != want || !got.Time().Equal(day) || got.Weekday() != day.Weekday() {
			t.Fatalf("NewDate(%v) = %d, %v, %v; want %d", day, got, got.Time(), got.Weekday(), want)
		}
		want++
	}
}

func TestDateOf(t *testing.T) {
	instant := at(t, "2026-10-01T22:30:00Z")
	tests := []struct{ zone, want string }{{"UTC", "2026-10-01"}, {"Europe/Berlin", "2026-10-02"}, {"America/New_York", "2026-10-01"}}
	for _, tt := range tests {
		if got := DateOf(instant.In(zone(t, tt.zone))); got.String() != tt.want {
			t.Errorf("DateOf(%v in %s) = %v; want %s", instant, tt.zone, got, tt.want)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, s := range []string{"", "2026-2-3", "2026-02-29", "02.10.2026", "2026-10-02 ", "0000-12-31", "20261002", "2026-10-02T12:00"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q) = %v; want an error", s, d)
		}
	}
}

func TestDateAsText(t *testing.T) {
	type row struct {
		Due  Date `json:"due"`
		Born Date `json:"born,omitzero"`
	}
	want := row{Due: NewDate(2026, time.October, 2)}
	text, err := json.Marshal(want)
	if err != nil || string(text) != `{"due":"2026-10-02"}` {
		t.Fatalf("Marshal = %s, %v", text, err)
	}
	var got row
	if err := json.Unmarshal([]byte(`{"due":"2026-10-02","born":""}`), &got); err != nil || got != want {
		t.Errorf("Unmarshal = %v, %v; want %v", got, err, want)
	}
	if err := json.Unmarshal([]byte(`{"due":"2.10."}`), &got); err == nil {
		t.Error("Unmarshal took 2.10.; want an error")
	}
}

func TestDateInColumns(t *testing.T) {
	d := NewDate(2026, time.October, 2)
	for _, stored := range []any{"2026-10-02", []byte("2026-10-02")} {
		var got Date
		if err := got.Scan(stored); err != nil || got != d {
			t.Errorf("Scan(%v) = %v, %v; want %v", stored, got, err, d)
		}
	}
	if v, err := d.Value(); err != nil || v != "2026-10-02" {
		t.Errorf("Value = %v, %v", v, err)
	}
	if v, err := Date(0).Value(); err != nil || v != "" {
		t.Errorf("Value of no date = %q, %v; want nothing", v, err)
	}
	var got Date
	if err := got.Scan(int64(5)); err == nil {
		t.Error("Scan took a number; want an error")
	}
}

func TestDateIn(t *testing.T) {
	tests := []struct{ name, zone, day, want string }{
		{"simple", "Europe/Berlin", "2026-10-02", "2026-10-02T02:30:00+02:00"},
		{"does not exist", "Europe/Berlin", "2026-03-29", "2026-03-29T03:00:00+02:00"},
		{"exists twice", "Europe/Berlin", "2026-10-25", "2026-10-25T02:30:00+02:00"},
		{"does not exist, west of UTC", "America/New_York", "2026-03-08", "2026-03-08T03:00:00-04:00"},
		{"the whole day does not exist", "Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := date(t, tt.day).In(zone(t, tt.zone), 2, 30).Format(time.RFC3339); got != tt.want {
				t.Errorf("%s.In(%s, 2, 30) = %s; want %s", tt.day, tt.zone, got, tt.want)
			}
		})
	}
}

func TestAddMonths(t *testing.T) {
	tests := []struct {
		day  string
		n    int
		want string
	}{
		{"2026-07-01", 6, "2027-01-01"},
		{"2026-01-01", 6, "2026-07-01"},
		{"2026-08-31", 6, "2027-02-28"},
		{"2027-08-31", 6, "2028-02-29"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-01-31", -2, "2025-11-30"},
		{"2026-10-02", 0, "2026-10-02"},
	}
	for _, tt := range tests {
		if got := date(t, tt.day).AddMonths(tt.n); got.String() != tt.want {
			t.Errorf("%s.AddMonths(%d) = %v; want %s", tt.day, tt.n, got, tt.want)
		}
	}
}

func TestAge(t *testing.T) {
	tests := []struct {
		name, born, on string
		want           int
	}{
		{"the day before the birthday", "2008-10-02", "2026-10-01", 17},
		{"on the birthday", "2008-10-02", "2026-10-02", 18},
		{"an earlier month", "2008-10-02", "2026-09-30", 17},
		{"a later month", "2008-10-02", "2026-11-01", 18},
		{"born on 29 February, 28 February", "2008-02-29", "2026-02-28", 17},
		{"born on 29 February, 1 March", "2008-02-29", "2026-03-01", 18},
		{"born on 29 February, in a leap year", "2008-02-29", "2028-02-29", 20},
		{"born on 29 February, the day before in a leap year", "2008-02-29", "2028-02-28", 19},
		{"born on 1 March, 29 February", "2010-03-01", "2028-02-29", 17},
		{"born on 28 February", "2008-02-28", "2026-02-28", 18},
		{"born today", "2026-10-02", "2026-10-02", 0},
		{"not yet born", "2026-10-03", "2026-10-02", -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Age(date(t, tt.born), date(t, tt.on)); got != tt.want {
				t.Errorf("Age(%s, %s) = %d; want %d", tt.born, tt.on, got, tt.want)
			}
		})
	}
}

func TestWeeks(t *testing.T) {
	tests := []struct {
		day, monday string
		year, week  int
	}{
		{"2026-10-05", "2026-10-05", 2026, 41},
		{"2026-10-11", "2026-10-05", 2026, 41},
		{"2026-12-31", "2026-12-28", 2026, 53},
		{"2027-01-03", "2026-12-28", 2026, 53},
		{"2027-01-04", "2027-01-04", 2027, 1},
		{"2024-12-30", "2024-12-30", 2025, 1},
	}
	for _, tt := range tests {
		d := date(t, tt.day)
		year, week := d.ISOWeek()
		if year != tt.year || week != tt.week || Monday(d) != date(t, tt.monday) {
			t.Errorf("%s: week %d of %d from %v; want %d of %d from %s", tt.day, week, year, Monday(d), tt.week, tt.year, tt.monday)
		}
	}
}

// What parses prints back to the same.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-10-02", "0000-12-31", "0001-01-01", "9999-12-31", "2026-02-29", "2026-1-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil && d.String() != s {
			t.Errorf("ParseDate(%q) prints as %q", s, d)
		}
	})
}
