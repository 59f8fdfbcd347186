package report_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

func datevConfig() report.DATEVConfig {
	return report.DATEVConfig{Consultant: 29098, Client: 55003, Chart: report.SKR03, Clearing: "1370"}.WithDefaults()
}

// batches writes all parts of a payout and returns them by name.
func batches(t rapid.TB, ctx context.Context, p purchase.Payout, c report.DATEVConfig) (names []string, files [][]byte) {
	t.Helper()
	parts, err := report.DATEVParts(ctx, p, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		var b bytes.Buffer
		if err := report.DATEV(ctx, &b, p, c, part); err != nil {
			t.Fatal(err)
		}
		names, files = append(names, report.DATEVName(p, part)), append(files, b.Bytes())
	}
	return names, files
}

// The golden files are as DATEV reads them, in Windows-1252.
func TestDATEVGolden(t *testing.T) {
	o := loadOctober(t)
	skr04 := report.DATEVConfig{Consultant: 1001, Client: 1, Chart: report.SKR04, AccountLength: 5, FiscalYearStart: "0701", Clearing: "700001"}.WithDefaults()
	tests := []struct {
		golden string
		p      purchase.Payout
		c      report.DATEVConfig
	}{
		{"datev_W40.csv", o.payout(t, "W40"), datevConfig()}, // fees only, nothing is paid
		{"datev_W43.csv", o.payout(t, "W43"), datevConfig()}, // a payment returned
		{"datev_W44.csv", o.payout(t, "W44"), datevConfig()},
		{"datev_W46.skr04.csv", o.payout(t, "W46"), skr04}, // lines without effect; a fiscal year from July, longer accounts
		{"datev_umlauts.csv", umlauts(o.payout(t, "W44")), datevConfig()},
	}
	for _, tt := range tests {
		golden(t, tt.golden, func(w *bytes.Buffer) error {
			_, files := batches(t, t.Context(), tt.p, tt.c)
			for _, f := range files {
				checkBatch(t, f)
				w.Write(f)
			}
			if len(files) != 1 {
				t.Errorf("%s: %d parts; want 1", tt.golden, len(files))
			}
			return nil
		})
	}
}

// umlauts is a payout of an ERP with numbers that DATEV has no characters for,
// and with debtor accounts, one of them wrong.
func umlauts(p purchase.Payout) purchase.Payout {
	lines := collect(p)
	l := &lines[0]
	l.InvoiceNo, l.DocumentNo, l.OrderNo, l.DebtorAccount = "Rechnung Übergröße №7 \"2026\"", "Łódź; 5 €", "A\tB", "12345"
	lines[1].InvoiceNo, lines[1].DebtorAccount = strings.Repeat("RE.2026/", 8), "99999"
	lines[2].CustomerNo, lines[2].DebtorAccount = strings.Repeat("Jürgen", 40), "D-17"
	p.Lines = streamed(lines)
	return p
}

func collect(p purchase.Payout) (lines []purchase.Line) {
	for l, err := range p.Lines(context.Background()) {
		if err == nil {
			lines = append(lines, l)
		}
	}
	return lines
}

// Each line that is not 0 is one row, and the rows on the clearing account sum
// to closing − opening.
func TestDATEVRows(t *testing.T) {
	o := loadOctober(t)
	for i := range o.Payouts {
		p := o.Payouts[i].value(int64(i + 1))
		wantRows(t, p, datevConfig())
	}
}

// wantRows compares the rows of all parts with what the rules say of the lines.
func wantRows(t rapid.TB, p purchase.Payout, c report.DATEVConfig) {
	t.Helper()
	var want, got [][2]string // amount of the clearing account, counter account
	for _, l := range collect(p) {
		if l.Amount == 0 {
			continue
		}
		account := c.CollectiveDebtor
		switch l.Type {
		case purchase.LineFee:
			account = c.Fees
		case purchase.LineVAT:
			account = c.InputVAT
		}
		want = append(want, [2]string{l.Amount.String(), account})
	}
	if p.Amount != 0 {
		want = append(want, [2]string{(-p.Amount).String(), c.Transit})
	}
	var sum money.Amount
	_, files := batches(t, context.Background(), p, c)
	for _, f := range files {
		for _, b := range checkBatch(t, f) {
			sum += b.amount
			got = append(got, [2]string{b.amount.String(), b.counter})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: rows (-want +got):\n%s", p.ID, diff)
	}
	if sum != p.Closing-p.Opening {
		t.Errorf("%s: the clearing account moves by %s; want closing − opening = %s", p.ID, sum, p.Closing-p.Opening)
	}
}

// Whatever the numbers look like, every field keeps DATEV's rules and every
// cent is booked.
func TestDATEVProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPayout(t)
		p.Cutoff, p.PeriodTo = time.Date(2026, 11, 2, 6, 0, 0, 0, time.UTC), schedules.NewDate(2026, 11, 1)
		lines := collect(p)
		for i := range lines {
			lines[i].BookedOn = schedules.NewDate(2026, 10, 26) + schedules.Date(rapid.IntRange(0, 6).Draw(t, "day"))
		}
		p.Lines = streamed(lines)
		if !bookable(p) {
			if _, err := report.DATEVParts(t.Context(), p, datevConfig()); err == nil {
				t.Error("DATEVParts of an amount of eleven digits = nil; want an error")
			}
			return
		}
		wantRows(t, p, datevConfig())
	})
}

// bookable: no amount has more than ten digits before the comma.
func bookable(p purchase.Payout) bool {
	const most money.Amount = 999_999_999_999
	for _, l := range collect(p) {
		if l.Amount.Abs() > most {
			return false
		}
	}
	return p.Amount <= most
}

func TestDATEVFiscalYears(t *testing.T) {
	o := loadOctober(t)
	p := o.payout(t, "W44")
	lines := collect(p)
	for i, day := range []schedules.Date{schedules.NewDate(2026, 12, 30), schedules.NewDate(2027, 1, 2), schedules.NewDate(2026, 12, 31), schedules.NewDate(2027, 1, 4)} {
		if i < len(lines) {
			lines[i].BookedOn = day
		}
	}
	p.Lines, p.PeriodTo, p.Cutoff = streamed(lines), schedules.NewDate(2027, 1, 3), time.Date(2027, 1, 4, 6, 0, 0, 0, time.UTC)
	names, files := batches(t, t.Context(), p, datevConfig())
	if diff := cmp.Diff([]string{"EXTF_payout_acme_2026W53_000005_1of2.csv", "EXTF_payout_acme_2026W53_000005_2of2.csv"}, names); diff != "" {
		t.Fatalf("names (-want +got):\n%s", diff)
	}
	for i, year := range []string{";20260101;4;20261230;20261231;", ";20270101;4;20270102;20270104;"} {
		if first, _, _ := strings.Cut(string(files[i]), "\r\n"); !strings.Contains(first, year) || !strings.HasSuffix(first, fmt.Sprintf(`"Teil %d/2"`, i+1)) {
			t.Errorf("header of part %d is %s; want %s", i+1, first, year)
		}
	}
	july := datevConfig()
	july.FiscalYearStart = "0701"
	if names, _ := batches(t, t.Context(), p, july); len(names) != 1 {
		t.Errorf("a fiscal year from July gives %v; want one file", names)
	}
}

// At most 99,999 bookings a file.
func TestDATEVMost(t *testing.T) {
	names, files := batches(t, t.Context(), long(100_000), datevConfig())
	var got []int
	for _, f := range files {
		got = append(got, bytes.Count(f, []byte("\r\n"))-2)
	}
	if diff := cmp.Diff([]int{99_999, 1}, got); diff != "" {
		t.Errorf("100,000 bookings in %v (-want +got):\n%s", names, diff)
	}
	if rows := checkBatch(t, files[1]); rows[0] != (booking{-99_999, "1360"}) {
		t.Errorf("the last row is %v; want the payout", rows[0])
	}
}

// long is a payout of n bookings: lines of a cent, and the payout.
func long(n int64) purchase.Payout {
	p := purchase.Payout{
		ID: "P-acme-2026W44", Merchant: "acme", Currency: "EUR", PeriodTo: schedules.NewDate(2026, 11, 1),
		Cutoff: time.Date(2026, 11, 2, 6, 0, 0, 0, time.UTC), Amount: money.Amount(n - 1),
		Totals: map[purchase.LineType]purchase.Total{purchase.LineCollection: {Count: n - 1, Cents: money.Amount(n - 1)}},
	}
	p.Lines = func(context.Context) iter.Seq2[purchase.Line, error] {
		return func(yield func(purchase.Line, error) bool) {
			for i := int64(1); i < n; i++ {
				l := purchase.Line{LineNo: i, Type: purchase.LineCollection, BookedOn: schedules.NewDate(2026, 10, 30), InvoiceNo: "RE-1", Amount: 1, Balance: money.Amount(i)}
				if !yield(l, nil) {
					return
				}
			}
		}
	}
	return p
}

func TestDATEVNothingToBook(t *testing.T) {
	if names, _ := batches(t, t.Context(), loadOctober(t).payout(t, "W47"), datevConfig()); len(names) != 0 {
		t.Errorf("a week without lines gives %v; want no file", names)
	}
}

func TestDATEVRefuses(t *testing.T) {
	o := loadOctober(t)
	tests := []struct {
		name  string
		spoil func(p *purchase.Payout, l []purchase.Line, c *report.DATEVConfig)
		want  string
	}{
		{"a cent off", func(p *purchase.Payout, _ []purchase.Line, _ *report.DATEVConfig) { p.Amount++ }, "must not leave"},
		{"no clearing account", func(_ *purchase.Payout, _ []purchase.Line, c *report.DATEVConfig) { c.Clearing = "" }, `clearing: "" is not`},
		{"a type nobody knows", func(p *purchase.Payout, l []purchase.Line, _ *report.DATEVConfig) {
			l[0].Type = "BONUS"
			p.Totals = map[purchase.LineType]purchase.Total{}
			for _, l := range l {
				p.Totals[l.Type] = purchase.Total{Count: p.Totals[l.Type].Count + 1, Cents: p.Totals[l.Type].Cents + l.Amount}
			}
		}, `line 1: no account is known for lines of the type "BONUS"`},
		{"eleven digits", func(p *purchase.Payout, l []purchase.Line, _ *report.DATEVConfig) {
			l[0].Amount, l[0].Balance = 1_000_000_000_000, p.Opening+1_000_000_000_000
		}, "line 1: 10000000000.00 does not fit"},
	}
	for _, tt := range tests {
		p, c := o.payout(t, "W44"), datevConfig()
		lines := collect(p)
		p.Lines = streamed(lines)
		tt.spoil(&p, lines, &c)
		if _, err := report.DATEVParts(t.Context(), p, c); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: DATEVParts = %v; want an error with %q", tt.name, err, tt.want)
		}
	}
	p := o.payout(t, "W44")
	parts, err := report.DATEVParts(t.Context(), p, datevConfig())
	if err != nil {
		t.Fatal(err)
	}
	if err := report.DATEV(t.Context(), io.Discard, o.payout(t, "W43"), datevConfig(), parts[0]); err == nil || !strings.Contains(err.Error(), "take the parts of this payout") {
		t.Errorf("DATEV with the part of another payout = %v; want an error", err)
	}
}

func TestDATEVConfig(t *testing.T) {
	if err := datevConfig().Validate(); err != nil {
		t.Errorf("Validate = %v; want nil", err)
	}
	err := report.DATEVConfig{Consultant: 1000, Client: 100_000, Chart: "SKR07", AccountLength: 9, FiscalYearStart: "0229", Clearing: "0000", CollectiveDebtor: "70000", Fees: "49700", InputVAT: "15x6"}.Validate()
	if err == nil {
		t.Fatal("Validate = nil; want ten faults")
	}
	for _, key := range []string{
		"consultant", "client", "chart", "account_length", "fiscal_year_start", "clearing", "collective_debtor", "fees", "input_vat", "transit",
	} {
		if !strings.Contains("\n"+err.Error(), "\n"+key+": ") {
			t.Errorf("Validate does not name %s: %v", key, err)
		}
	}
}

// What is not in Windows-1252 becomes what is nearest to it.
func TestDATEVCharacters(t *testing.T) {
	p := umlauts(loadOctober(t).payout(t, "W44"))
	_, files := batches(t, t.Context(), p, datevConfig())
	text, err := charmap.Windows1252.NewDecoder().Bytes(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"RechnungUebergroesse72026";`,                 // Belegfeld 1
		`"RE2026/RE2026/RE2026/RE2026/RE2026/R";`,      // at most 36
		`"Rechnung";"Rechnung Übergröße No7 ""2026"""`, // in full
		`"Beleg";"Lódz; 5 €"`,
		`"Auftrag";"A B"`,
		`;12345;`,
		`"Debitor ungültig";"99999"`,
		`"Debitor ungültig";"D-17"`,
		`"Kunde";"` + strings.Repeat("Jürgen", 35) + `"`, // at most 210
	} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("%s is not in the file:\n%s", want, text)
		}
	}
}
