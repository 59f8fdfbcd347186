package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

func TestNames(t *testing.T) {
	run := report.Run(time.Date(2026, 10, 2, 12, 0, 59, 0, time.FixedZone("", 7200)), 42)
	day := schedules.NewDate(2026, 10, 23)
	week53 := purchase.Payout{Merchant: "acme", PeriodTo: schedules.NewDate(2027, 1, 3), Seq: 14}
	tests := []struct{ got, want string }{
		{run, "r20261002T1200-000042"},
		{report.AckName("orders_1.csv", run, report.CSV), "orders_1.csv.r20261002T1200-000042.ack.csv"},
		{report.AckName("orders_1.csv", run, report.JSON), "orders_1.csv.r20261002T1200-000042.ack.json"},
		{report.RejectedName("orders_1.csv", run), "orders_1.csv.r20261002T1200-000042.rejected.csv"},
		{report.DecisionsName("acme", run, report.CSV), "decisions_acme_r20261002T1200-000042.csv"},
		{report.StatesName("acme", run, report.JSON), "states_acme_r20261002T1200-000042.json"},
		{report.PayoutName(week53, report.CSV), "payout_acme_2026W53_000014.csv"},
		{report.DunningName("acme", day, report.CSV), "dunning_acme_2026-10-23.csv"},
		{report.LettersName("acme", day), "letters_acme_2026-10-23.json"},
		{report.UnmatchedName("acme", run, report.CSV), "unmatched_acme_r20261002T1200-000042.csv"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("name is %q; want %q", tt.got, tt.want)
		}
	}
}

func TestNamesThatAreLong(t *testing.T) {
	tests := []struct {
		name, inbound, end string
	}{
		{"150 bytes stay", strings.Repeat("a", 146) + ".csv", "aaaa.csv"},
		{"151 bytes are cut", strings.Repeat("a", 147) + ".csv", "-e4dfad49.csv"},
		{"between two bytes of a letter", strings.Repeat("ä", 120) + ".csv", ".csv"},
		{"no extension", strings.Repeat("a", 200), ""},
		{"an extension that is none", "a." + strings.Repeat("b", 200), ""},
	}
	for _, tt := range tests {
		got := report.AckName(tt.inbound, "r", report.CSV)
		stem := strings.TrimSuffix(got, ".r.ack.csv")
		if len(stem) > 150 || !strings.HasSuffix(stem, tt.end) || strings.ToValidUTF8(stem, "?") != stem {
			t.Errorf("%s: AckName = %q of %d bytes; want at most 150 that end in %q", tt.name, stem, len(stem), tt.end)
		}
	}
	a, b := strings.Repeat("a", 200)+"1.csv", strings.Repeat("a", 200)+"2.csv"
	if report.AckName(a, "r", report.CSV) == report.AckName(b, "r", report.CSV) {
		t.Error("two long names became one")
	}
}

func TestVersioned(t *testing.T) {
	tests := []struct {
		name    string
		version int
		want    string
	}{
		{"payout_acme_2026W42_000003.csv", 0, "payout_acme_2026W42_000003.csv"},
		{"payout_acme_2026W42_000003.csv", 1, "payout_acme_2026W42_000003.csv"},
		{"payout_acme_2026W42_000003.csv", 2, "payout_acme_2026W42_000003_v2.csv"},
		{"payout_acme_2026W42_000003.csv.age", 2, "payout_acme_2026W42_000003_v2.csv.age"},
		{"orders.csv.gz.r20261001T1200-000001.ack.json.pgp", 2, "orders.csv.gz.r20261001T1200-000001.ack_v2.json.pgp"},
		{"orders.csv.r20261001T1200-000001.ack.json", 10, "orders.csv.r20261001T1200-000001.ack_v10.json"},
	}
	for _, tt := range tests {
		if got := report.Versioned(tt.name, tt.version); got != tt.want {
			t.Errorf("Versioned(%q, %d) = %q; want %q", tt.name, tt.version, got, tt.want)
		}
		if got := report.Unversioned(tt.want, tt.version); got != tt.name {
			t.Errorf("Unversioned(%q, %d) = %q; want %q", tt.want, tt.version, got, tt.name)
		}
	}
}
