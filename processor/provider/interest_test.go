package provider

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func TestDefaultStart(t *testing.T) {
	tests := []struct {
		name, due, level1 string
		byLaw             bool
		want              string
	}{
		{"after the letter came", "2026-10-15", "2026-10-22", false, "2026-10-26"},
		{"by law, the letter was earlier", "2026-10-15", "2026-10-22", true, "2026-10-26"},
		{"by law, the letter was late", "2026-10-15", "2026-12-01", true, "2026-11-17"}, // 14 November is a Saturday
		{"the letter was late", "2026-10-15", "2026-12-01", false, "2026-12-05"},
		{"due was moved behind the letter", "2026-12-01", "2026-10-22", false, "2026-12-02"},
		{"due was moved, by law", "2026-12-01", "2026-10-22", true, "2026-12-02"},
	}
	for _, tt := range tests {
		if got := defaultStart(date(t, tt.due), date(t, tt.level1), 3, tt.byLaw); got != date(t, tt.want) {
			t.Errorf("%s: defaultStart = %s; want %s", tt.name, got, tt.want)
		}
	}
}

func TestSegments(t *testing.T) {
	day := func(s string) schedules.Date { return date(t, s) }
	one := []balance{{day("2026-06-01"), 10_000}}
	segment := func(from, to string, amount money.Amount, rate money.Rate, days int) purchase.Segment {
		return purchase.Segment{From: day(from), To: day(to), Outstanding: amount, BasisPoints: rate, Days: days}
	}
	tests := []struct {
		name       string
		balances   []balance
		start, end string
		want       []purchase.Segment
	}{
		{"one", one, "2026-07-10", "2026-07-20", []purchase.Segment{segment("2026-07-10", "2026-07-19", 10_000, 652, 10)}},
		{"a new rate", one, "2026-06-29", "2026-07-03", []purchase.Segment{
			segment("2026-06-29", "2026-06-30", 10_000, 627, 2), segment("2026-07-01", "2026-07-02", 10_000, 652, 2),
		}},
		{"paid in part", []balance{{day("2026-06-01"), 10_000}, {day("2026-07-12"), 4_000}}, "2026-07-10", "2026-07-14", []purchase.Segment{
			segment("2026-07-10", "2026-07-11", 10_000, 652, 2), segment("2026-07-12", "2026-07-13", 4_000, 652, 2),
		}},
		{"nothing open in between", []balance{{day("2026-06-01"), 10_000}, {day("2026-07-11"), 0}, {day("2026-07-13"), 10_000}}, "2026-07-10", "2026-07-14", []purchase.Segment{
			segment("2026-07-10", "2026-07-10", 10_000, 652, 1), segment("2026-07-11", "2026-07-12", 0, 652, 2), segment("2026-07-13", "2026-07-13", 10_000, 652, 1),
		}},
		{"a posting that changes nothing", []balance{{day("2026-06-01"), 10_000}, {day("2026-07-11"), 10_000}}, "2026-07-10", "2026-07-12", []purchase.Segment{
			segment("2026-07-10", "2026-07-11", 10_000, 652, 2),
		}},
		{"no principal before", []balance{{day("2026-07-12"), 10_000}}, "2026-07-10", "2026-07-13", []purchase.Segment{
			segment("2026-07-10", "2026-07-11", 0, 652, 2), segment("2026-07-12", "2026-07-12", 10_000, 652, 1),
		}},
		{"no day", one, "2026-07-10", "2026-07-10", []purchase.Segment{}},
		{"not in default yet", one, "2026-07-11", "2026-07-10", []purchase.Segment{}},
		{"the last day that is known", one, "2026-12-31", "2027-01-01", []purchase.Segment{segment("2026-12-31", "2026-12-31", 10_000, 652, 1)}},
		{"a day that is not known, without principal", []balance{{day("2026-06-01"), 10_000}, {day("2027-01-01"), 0}}, "2026-12-31", "2027-02-01", []purchase.Segment{
			segment("2026-12-31", "2026-12-31", 10_000, 652, 1), segment("2027-01-01", "2027-01-31", 0, 652, 31),
		}},
	}
	for _, tt := range tests {
		got, err := segmentsOf(tt.balances, testRates(t), 500, day(tt.start), day(tt.end))
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s: segmentsOf: %v (-want +got):\n%s", tt.name, err, diff)
		}
	}
	for _, tt := range [][2]string{{"2026-12-31", "2027-01-02"}, {"2025-12-31", "2026-01-02"}, {"2027-06-01", "2027-06-02"}} {
		always := []balance{{day("2025-01-01"), 10_000}}
		if got, err := segmentsOf(always, testRates(t), 500, day(tt[0]), day(tt[1])); !errors.Is(err, errBaseRate) {
			t.Errorf("segmentsOf(%s to %s) = %v, %v; want that the base rate is not known", tt[0], tt[1], got, err)
		}
	}
	if _, err := segmentsOf(nil, nil, 500, day("2026-07-10"), day("2026-07-11")); !errors.Is(err, errBaseRate) {
		t.Errorf("segmentsOf without rates and principal = %v; want that the base rate is not known", err)
	}
	if _, err := segmentsOf(one, nil, 500, day("2026-07-10"), day("2026-07-11")); !errors.Is(err, errBaseRate) {
		t.Errorf("segmentsOf without rates = %v; want that the base rate is not known", err)
	}
}

// Rounded once, at the sum: two halves of a cent are one.
func TestInterest(t *testing.T) {
	half := purchase.Segment{Outstanding: 10_000, BasisPoints: 365, Days: 0}
	tests := []struct {
		name     string
		segments []purchase.Segment
		want     money.Amount
	}{
		{"none", nil, 0},
		{"a year", []purchase.Segment{{Outstanding: 10_000, BasisPoints: 652, Days: 365}}, 652},
		{"half a cent", []purchase.Segment{{Outstanding: 5_000, BasisPoints: 365, Days: 1}}, 1},
		{"less than half a cent", []purchase.Segment{{Outstanding: 4_999, BasisPoints: 365, Days: 1}}, 0},
		{"twice less than half a cent", []purchase.Segment{{Outstanding: 4_000, BasisPoints: 365, Days: 1}, {Outstanding: 4_000, BasisPoints: 365, Days: 1}}, 1},
		{"three halves", []purchase.Segment{{Outstanding: 5_000, BasisPoints: 365, Days: 1}, {Outstanding: 5_000, BasisPoints: 365, Days: 2}}, 2},
		{"no days", []purchase.Segment{half}, 0},
		{"below zero", []purchase.Segment{{Outstanding: 10_000, BasisPoints: -88, Days: 365}}, -88},
		{"above and below zero", []purchase.Segment{{Outstanding: 10_000, BasisPoints: 412, Days: 365}, {Outstanding: 10_000, BasisPoints: -88, Days: 365}}, 324},
		{"more than 64 bits", []purchase.Segment{{Outstanding: 9_999_999_999_999, BasisPoints: 1_052, Days: 3_650}, {Outstanding: 9_999_999_999_999, BasisPoints: 1_052, Days: 3_650}}, 21_039_999_999_998},
		{"worked by hand", []purchase.Segment{{Outstanding: 8_990, BasisPoints: 652, Days: 10}, {Outstanding: 4_990, BasisPoints: 627, Days: 21}}, 34},
	}
	for _, tt := range tests {
		if got, err := interest(tt.segments); err != nil || got != tt.want {
			t.Errorf("%s: interest = %d, %v; want %d", tt.name, got, err, tt.want)
		}
	}
}
