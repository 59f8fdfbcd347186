package provider

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

func TestCreditorReferences(t *testing.T) {
	rf := purchase.Reference("A1001") // RF35A1001
	wrong := "RF00" + rf[4:]
	tests := []struct {
		name, text string
		want       []string
	}{
		{"alone", rf, []string{rf}},
		{"in a sentence", "Rechnung " + rf + " vom 1.10.", []string{rf}},
		{"lower case", strings.ToLower(rf), []string{rf}},
		{"blanks inside", "RF " + rf[2:4] + " A  10 01", []string{rf}},
		{"signs around", "EREF+" + rf + "/", []string{rf}},
		{"wrong check digits", wrong, nil},
		{"a letter before", "x" + rf, nil},
		{"a digit behind", rf + "9", nil},
		{"a hyphen inside", "RF-" + rf[2:], nil},
		{"two", rf + ", " + purchase.Reference("A1002"), []string{rf, purchase.Reference("A1002")}},
		{"wrong, then right", wrong + " " + rf, []string{rf}},
		{"the longest", purchase.Reference(strings.Repeat("Z", 30)), []string{purchase.Reference(strings.Repeat("Z", 21))}},
		{"none", "Miete Oktober", nil},
		{"empty", "", nil},
		{"only RF", "RF", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, creditorReferences(tt.text)); diff != "" {
			t.Errorf("%s: creditorReferences(%q) (-want +got):\n%s", tt.name, tt.text, diff)
		}
	}
}

// A reference is found whatever number it is made of and however it is spaced.
func FuzzCreditorReferences(f *testing.F) {
	f.Add("A-1001", uint32(5))
	f.Add("ÄÖ 12/7", uint32(0xffff))
	f.Fuzz(func(t *testing.T, number string, blanks uint32) {
		rf := purchase.Reference(number)
		if rf == "" {
			return
		}
		var spaced strings.Builder
		for i := range len(rf) {
			spaced.WriteByte(rf[i])
			if i > 0 && blanks>>(i%32)&1 == 1 && i < len(rf)-1 {
				spaced.WriteByte(' ')
			}
		}
		if got := creditorReferences("(" + spaced.String() + ")"); !slices.Contains(got, rf) {
			t.Errorf("creditorReferences(%q) = %v; want %s", spaced.String(), got, rf)
		}
	})
}

func TestNames(t *testing.T) {
	tests := []struct {
		name, text, number string
		want               bool
	}{
		{"alone", "RE1004", "RE1004", true},
		{"any case", "re1004", "Re1004", true},
		{"among words", "Rechnung RE1004 danke", "RE1004", true},
		{"signs beside it", "-RE1004/", "RE1004", true},
		{"a digit behind", "RE10041", "RE1004", false},
		{"a digit before", "1RE1004", "RE1004", false},
		{"a letter beside", "RE1004ä", "RE1004", false},
		{"a word later", "RE10041 RE1004", "RE1004", true},
		{"with a sign", "2026/0815", "2026/0815", true},
		{"part of one with a sign", "A-1001-2", "A-1001", true},
		{"the sign is missing", "2026 0815", "2026/0815", false},
		{"umlauts", "BÜ-77", "bü-77", true},
		{"absent", "Miete", "RE1004", false},
		{"empty text", "", "RE1004", false},
	}
	for _, tt := range tests {
		if got := names(tt.text, tt.number); got != tt.want {
			t.Errorf("%s: names(%q, %q) = %t; want %t", tt.name, tt.text, tt.number, got, tt.want)
		}
	}
}

func TestMatchKey(t *testing.T) {
	for number, want := range map[string]string{
		"RE1004": "RE1004", "re1004": "RE1004", "abc": "", "A-1": "", "A-12": "A-12", "12345": "", "123456": "123456",
		"(A1)": "A1", "----": "", "": "", "1234-5": "1234-5", "ÄÖÜ1": "ÄÖÜ1",
	} {
		if got := matchKey(number); got != want {
			t.Errorf("matchKey(%q) = %q; want %q", number, got, want)
		}
	}
}

// What a text names is among its candidates: the look-up misses nothing.
func FuzzNumberCandidates(f *testing.F) {
	for _, s := range [][3]string{{"Rechnung ", "RE-1001", " danke"}, {"", "2026/08-15.7", ""}, {"(", "ß1234", "!"}, {"x ", "ÿabcd", "\xff"}} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, before, number, after string) {
		text, key := before+number+after, matchKey(number)
		if key == "" || len(number) > 64 || !names(text, number) {
			return
		}
		if !slices.Contains(numberCandidates(text), key) {
			t.Errorf("%q names %q, but %q is no candidate: %q", text, number, key, numberCandidates(text))
		}
	})
}
