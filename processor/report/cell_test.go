package report

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/formats"
)

func TestForeign(t *testing.T) {
	excel, rfc := Renderer{Style: formats.ExcelDE}, Renderer{Style: formats.RFC4180}
	tests := []struct{ in, excel, rfc string }{
		{"", "", ""},
		{"RE1001", "RE1001", "RE1001"},
		{"A-2026/77", "A-2026/77", "A-2026/77"},
		{"4711", "4711", "4711"},
		{"0", "0", "0"},
		{"0001234", "'0001234", "0001234"}, // would become 1234
		{"1E5", "'1E5", "1E5"},             // 100000
		{"12d3", "'12d3", "12d3"},          // in some programs too
		{"12345678901", "12345678901", "12345678901"},
		{"123456789012", "'123456789012", "123456789012"}, // 1,23457E+11
		{"3-4", "'3-4", "3-4"},                            // the third of April
		{"1.5", "'1.5", "1.5"},                            // the first of May
		{"2026-10-02", "'2026-10-02", "2026-10-02"},
		{"12:30", "'12:30", "12:30"},
		{"5 %", "'5 %", "5 %"},
		{"1/2", "'1/2", "1/2"},
		{"DEZ26", "'DEZ26", "DEZ26"}, // December 2026
		{"MARCH1", "'MARCH1", "MARCH1"},
		{"2 Okt 26", "'2 Okt 26", "2 Okt 26"},
		{"Mai", "Mai", "Mai"}, // a name
		{"10pm", "'10pm", "10pm"},
		{"WAHR", "'WAHR", "WAHR"},
		{"Marion 4", "'Marion 4", "Marion 4"}, // harmless, but not worth a rule of its own
		{"=1+1", "'=1+1", "'=1+1"},
		{"@SUM(A1)", "'@SUM(A1)", "'@SUM(A1)"},
		{"-RE1", "'-RE1", "'-RE1"},
		{"\tx", "'\tx", "'\tx"},
		{"'x", "''x", "''x"}, // so that one apostrophe is always ours
	}
	for _, tt := range tests {
		if got := excel.foreign(tt.in); got != tt.excel {
			t.Errorf("excel-de: foreign(%q) = %q; want %q", tt.in, got, tt.excel)
		}
		if got := rfc.foreign(tt.in); got != tt.rfc {
			t.Errorf("rfc4180: foreign(%q) = %q; want %q", tt.in, got, tt.rfc)
		}
	}
}

// No text begins with a formula, and without one leading apostrophe it is what
// it was.
func TestForeignProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(rapid.String(), rapid.StringMatching(`[=+\-@'0-9eE.,:/ a-c\t]{0,12}`)).Draw(t, "in")
		r := Renderer{Style: rapid.SampledFrom([]formats.Style{formats.ExcelDE, formats.ExcelEN, formats.RFC4180}).Draw(t, "style")}
		got := r.foreign(in)
		if got != "" && strings.ContainsAny(got[:1], "=+-@\t\r\n") {
			t.Fatalf("foreign(%q) = %q begins with a formula", in, got)
		}
		if strings.TrimPrefix(got, "'") != in {
			t.Fatalf("foreign(%q) = %q is not what came in after one apostrophe", in, got)
		}
	})
}
