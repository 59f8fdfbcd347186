package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
)

func TestPayoutGolden(t *testing.T) {
	o := loadOctober(t)
	tests := []struct {
		golden string
		r      report.Renderer
		week   string
	}{
		{"payout_W40.de.csv", german(t), "W40"}, // fees only, nothing is paid
		{"payout_W42.de.csv", german(t), "W42"},
		{"payout_W43.de.csv", german(t), "W43"}, // a payment returned, a correction, a direct payment
		{"payout_W44.de.csv", german(t), "W44"}, // a debt carried on, guarantees
		{"payout_W44.en.csv", english(t), "W44"},
		{"payout_W44.rfc4180.csv", renderer(t, "kontor", formats.RFC4180, formats.English), "W44"},
		{"payout_W46.de.csv", german(t), "W46"}, // returns and credits after the guarantee
		{"payout_W46.en.csv", english(t), "W46"},
		{"payout_W47.de.csv", german(t), "W47"},         // a week without lines
		{"payout_foreign.de.csv", german(t), "foreign"}, // numbers that a spreadsheet would spoil
		{"payout_foreign.rfc4180.csv", renderer(t, "kontor", formats.RFC4180, formats.English), "foreign"},
		{"payout_W48.de.csv", german(t), "W48"}, // payments after the guarantee, and returned
	}
	for _, tt := range tests {
		golden(t, tt.golden, func(w *bytes.Buffer) error { return tt.r.PayoutCSV(t.Context(), w, o.payout(t, tt.week)) })
	}
}

func TestPayoutTwinGolden(t *testing.T) {
	o := loadOctober(t)
	for _, week := range []string{"W44", "W47"} {
		golden(t, "payout_"+week+".json", func(w *bytes.Buffer) error { return german(t).PayoutJSON(t.Context(), w, o.payout(t, week)) })
	}
}

// The twin has exactly the fields that the worked example has.
func TestPayoutTwinIsTheExample(t *testing.T) {
	o := loadOctober(t)
	for i, p := range o.Payouts {
		var got bytes.Buffer
		if err := german(t).PayoutJSON(t.Context(), &got, p.value(int64(i+1))); err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plain(t, want, true), plain(t, got.Bytes(), false)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.ID, diff)
		}
	}
}

// plain reads JSON; drop leaves out what the fixture has for the table alone.
func plain(t *testing.T, b []byte, drop bool) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	lines, _ := v["lines"].([]any)
	for _, l := range lines {
		if line, ok := l.(map[string]any); ok && drop {
			delete(line, "invoice_date")
			delete(line, "due_date")
		}
	}
	return v
}

func TestPayoutThatDoesNotAddUp(t *testing.T) {
	o := loadOctober(t)
	tests := []struct {
		name  string
		spoil func(p *purchase.Payout, lines []purchase.Line)
		want  string
	}{
		{"opening a cent off", func(p *purchase.Payout, _ []purchase.Line) { p.Opening++ }, "line 1: running balance"},
		{"payout a cent off", func(p *purchase.Payout, _ []purchase.Line) { p.Amount++ }, "give 355.00, payout 355.01 and closing 0.00 give 355.01"},
		{"closing a cent off", func(p *purchase.Payout, _ []purchase.Line) { p.Closing-- }, "must not leave"},
		{"negative payout", func(p *purchase.Payout, _ []purchase.Line) { p.Amount, p.Closing = -1, 35501 }, "the payout is negative"},
		{"line a cent off", func(_ *purchase.Payout, l []purchase.Line) { l[2].Amount++ }, "line 3: running balance is 295.00, but the lines so far give 295.01"},
		{"line of another type", func(_ *purchase.Payout, l []purchase.Line) { l[2].Type = purchase.LineReturn }, "GUARANTEE: the totals say 3 lines and 410.00, there are 2 and 360.00"},
		{"type without lines", func(p *purchase.Payout, _ []purchase.Line) { p.Totals[purchase.LineFee] = purchase.Total{Count: 1} }, "FEE: the totals say 1"},
		{"line number twice", func(_ *purchase.Payout, l []purchase.Line) { l[1].LineNo = 1 }, "line 2 has the number 1"},
		{"overflow", func(_ *purchase.Payout, l []purchase.Line) { l[0].Amount = -1 << 63 }, "out of range"},
	}
	for _, tt := range tests {
		p := o.payout(t, "W44")
		var lines []purchase.Line
		for l, err := range p.Lines(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, l)
		}
		totals := map[purchase.LineType]purchase.Total{}
		for k, v := range p.Totals {
			totals[k] = v
		}
		p.Totals, p.Lines = totals, streamed(lines)
		tt.spoil(&p, lines)
		writes := map[string]func() error{
			"CheckPayout": func() error { return report.CheckPayout(t.Context(), p) },
			"PayoutCSV":   func() error { return german(t).PayoutCSV(t.Context(), &bytes.Buffer{}, p) },
			"PayoutJSON":  func() error { return german(t).PayoutJSON(t.Context(), &bytes.Buffer{}, p) },
		}
		for call, write := range writes {
			if err := write(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %s = %v; want an error with %q", tt.name, call, err, tt.want)
			}
		}
	}
	if err := report.CheckPayout(t.Context(), o.payout(t, "W44")); err != nil {
		t.Errorf("CheckPayout of the unbroken one = %v; want nil", err)
	}
}

// The column amount sums to zero, whatever the payout; amounts parse back.
func TestPayoutSumsToZero(t *testing.T) {
	o := loadOctober(t)
	for i, p := range o.Payouts {
		rows := readTable(t, func(w *bytes.Buffer) error { return german(t).PayoutCSV(t.Context(), w, p.value(int64(i+1))) })
		var sum money.Amount
		for _, row := range rows[1:] {
			a, err := money.Parse(strings.Replace(row[12], ",", ".", 1))
			if err != nil {
				t.Errorf("%s: %v", p.ID, err)
			}
			sum += a
		}
		if sum != 0 || len(rows) != len(p.Lines)+4 {
			t.Errorf("%s: the amounts of %d rows sum to %s; want 0 in %d", p.ID, len(rows), sum, len(p.Lines)+4)
		}
	}
}
