package purchase

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/schedules"
)

func day(t *testing.T, s string) schedules.Date {
	t.Helper()
	d, err := schedules.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestShippedRates(t *testing.T) {
	rates := ShippedRates()
	if len(rates) != 50 {
		t.Errorf("ShippedRates() = %d rates; want 50, two a year from 2002 to 2026", len(rates))
	}
	for i, want := range []BaseRate{{day(t, "2002-01-01"), 257}, {day(t, "2002-07-01"), 247}, {day(t, "2003-01-01"), 197}} {
		if rates[i] != want {
			t.Errorf("ShippedRates()[%d] = %v; want %v", i, rates[i], want)
		}
	}
	for i, r := range rates[1:] {
		if r.From != rates[i].From.AddMonths(6) {
			t.Errorf("the rate after %s is from %s; want one every half year", rates[i].From, r.From)
		}
	}
}

func TestParseRates(t *testing.T) {
	tests := []struct {
		name, in string
		want     []BaseRate
		err      string
	}{
		{name: "heading and unsorted lines", in: "valid_from;percent\n2027-07-01;-0.12\n2027-01-01;2\n", want: []BaseRate{{day(t, "2027-01-01"), 200}, {day(t, "2027-07-01"), -12}}},
		{name: "no heading, CRLF, BOM, blanks, no last line end", in: "\ufeff2027-01-01; 1.5 \r\n\r\n2027-07-01;1.52", want: []BaseRate{{day(t, "2027-01-01"), 150}, {day(t, "2027-07-01"), 152}}},
		{name: "empty", in: ""},
		{name: "same day twice", in: "2027-01-01;1.00\n2027-01-01;1.00\n", err: "line 2: 2027-01-01 has a rate already, on line 1"},
		{name: "German decimal sign", in: "x\n2027-01-01;1,52\n", err: `line 2: "1,52" is not a percentage such as 2.50`},
		{name: "German date", in: "01.01.2027;1.52\n", err: `line 1: "01.01.2027" is not a date such as 2026-10-02`},
		{name: "comma as delimiter", in: "2027-01-01,1.52\n", err: "is not a day and a percentage such as 2026-07-01;1.52"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseRates(strings.NewReader(test.in))
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("ParseRates(%q) = %v, %v; want an error with %q", test.in, got, err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatalf("ParseRates(%q): %v", test.in, err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("ParseRates(%q) (-want +got):\n%s", test.in, diff)
			}
		})
	}
}

func TestMergeRates(t *testing.T) {
	known := []BaseRate{{day(t, "2026-01-01"), 127}, {day(t, "2026-07-01"), 152}}
	got, err := MergeRates(known, []BaseRate{{day(t, "2027-01-01"), 200}, {day(t, "2026-07-01"), 152}})
	if err != nil {
		t.Fatal(err)
	}
	want := append(known[:2:2], BaseRate{day(t, "2027-01-01"), 200})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("MergeRates (-want +got):\n%s", diff)
	}
	if _, err := MergeRates(known, []BaseRate{{day(t, "2026-07-01"), 153}}); err == nil {
		t.Error("MergeRates with another rate for a known day = nil; want an error that names both")
	}
}
