package report_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
)

// naughty draws what foreign systems call a number.
func naughty(t *rapid.T, label string) string {
	return rapid.OneOf(
		rapid.StringMatching(`[=+\-@'0-9eE.,:/ ;"a-c]{0,12}`),
		rapid.StringMatching(`\PC{0,20}`),
	).Draw(t, label)
}

// drawPayout draws a payout that adds up.
func drawPayout(t *rapid.T) purchase.Payout {
	types := []purchase.LineType{purchase.LineCollection, purchase.LineReturn, purchase.LineFee, purchase.LineChargeback, purchase.LineGuarantee}
	p := purchase.Payout{
		ID: "P-acme-2026W44", Merchant: "acme", Currency: "EUR", Totals: map[purchase.LineType]purchase.Total{},
		Opening: money.Amount(rapid.Int64Range(-1e12, 0).Draw(t, "opening")),
	}
	var lines []purchase.Line
	balance := p.Opening
	for i := range rapid.IntRange(0, 8).Draw(t, "lines") {
		l := purchase.Line{
			LineNo: int64(i + 1), Type: rapid.SampledFrom(types).Draw(t, "type"),
			OrderNo: naughty(t, "order"), InvoiceNo: naughty(t, "invoice"), DocumentNo: naughty(t, "document"), CustomerNo: naughty(t, "customer"),
			Source: naughty(t, "source"), Amount: money.Amount(rapid.Int64Range(-1e12, 1e12).Draw(t, "amount")),
		}
		balance += l.Amount
		l.Balance = balance
		total := p.Totals[l.Type]
		p.Totals[l.Type] = purchase.Total{Count: total.Count + 1, Cents: total.Cents + l.Amount}
		lines = append(lines, l)
	}
	p.Amount, p.Closing = max(0, balance), min(0, balance)
	p.Lines = streamed(lines)
	return p
}

// Whatever the numbers of documents look like: no cell begins a formula but a
// negative amount, each number is there after one apostrophe, and the amounts
// are those of the lines.
func TestPayoutProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPayout(t)
		style := rapid.SampledFrom([]formats.Style{formats.ExcelDE, formats.ExcelEN, formats.RFC4180}).Draw(t, "style")
		r := report.Renderer{Style: style, Language: rapid.SampledFrom([]formats.Language{formats.German, formats.English}).Draw(t, "language")}
		var b bytes.Buffer
		if err := r.PayoutCSV(t.Context(), &b, p); err != nil {
			t.Fatal(err)
		}
		rows := parse(t, style, b.String())
		i := 2 // after the heading and OPENING
		for l, err := range p.Lines(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			checkRow(t, style, rows[i], l)
			i++
		}
	})
}

func parse(t *rapid.T, style formats.Style, text string) [][]string {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF")))
	if style == formats.ExcelDE {
		r.Comma = ';'
	}
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func checkRow(t *rapid.T, style formats.Style, row []string, l purchase.Line) {
	for column, want := range map[int]string{5: l.OrderNo, 6: l.InvoiceNo, 9: l.DocumentNo, 10: l.CustomerNo, 17: l.Source} {
		if got := row[column]; strings.TrimPrefix(got, "'") != want || got != "" && strings.ContainsAny(got[:1], "=+-@\t\r") {
			t.Fatalf("cell %d is %q; want %q, after one apostrophe where it would be a formula", column, got, want)
		}
	}
	amount := row[12]
	if style == formats.ExcelDE {
		amount = strings.Replace(amount, ",", ".", 1)
	}
	if got, err := money.Parse(amount); err != nil || got != l.Amount {
		t.Fatalf("amount %q is %s, %v; want %s", row[12], got, err, l.Amount)
	}
}
