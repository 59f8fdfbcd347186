package purchase

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The example of ISO/IEC 7064: ISO79 has the check characters 3W.
func TestCheckCharacters(t *testing.T) {
	if got := checkCharacters("ISO79"); got != "3W" {
		t.Errorf("checkCharacters(ISO79) = %s; want 3W", got)
	}
}

// What was printed once must be found for ever.
func TestShortReferenceStays(t *testing.T) {
	tests := []struct {
		merchant, order string
		size            int
		want            string
	}{
		{"acme", "A1001", 0, "SY9N-H9CM"},
		{"acme", "A1002", 0, "FQC6-2XFW"},
		{"beta", "A1001", 0, "AFGS-893G"},
		{"acme", "A1001", 12, "6NZ7-GMC2-NETM"},
		{"acme", "A1001", 16, "BF2S-YGQP-PKZ0-9XNQ"},
	}
	for _, tt := range tests {
		got := FormatShort(ShortReference(tt.merchant, tt.order, tt.size))
		if got != tt.want {
			t.Errorf("ShortReference(%s, %s, %d) = %s; want %s", tt.merchant, tt.order, tt.size, got, tt.want)
		}
	}
	if LongerShort(8) != 12 || LongerShort(12) != 16 || LongerShort(16) != 0 {
		t.Error("sizes are not 8, 12, 16")
	}
}

func TestParseShort(t *testing.T) {
	s := ShortReference("acme", "A1001", 0)
	tests := []struct {
		name, text string
		ok         bool
	}{
		{"as it is shown", FormatShort(s), true},
		{"lower case", strings.ToLower(s), true},
		{"blanks", s[:3] + " " + s[3:5] + "  " + s[5:], true},
		{"too short", s[:7], false},
		{"twice", s + s, false},
		{"a character too many", s + "1", false},
		{"none", "", false},
		{"an umlaut", s[:7] + "Ä", false},
	}
	for _, tt := range tests {
		if got, ok := ParseShort(tt.text); ok != tt.ok || ok && got != s {
			t.Errorf("%s: ParseShort(%q) = %q, %t; want %t", tt.name, tt.text, got, ok, tt.ok)
		}
	}
}

// Each single typo and each exchange is found out, or means the same order:
// never another one. So is a character that is missing or twice.
func TestShortReferenceSurvivesTyping(t *testing.T) {
	const keys = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz -./ÄÖ"
	rapid.Check(t, func(t *rapid.T) {
		s := ShortReference(rapid.StringMatching(`[a-z][a-z0-9]{0,5}`).Draw(t, "merchant"), rapid.StringMatching(`[A-Z0-9-]{1,12}`).Draw(t, "order"),
			rapid.SampledFrom([]int{8, 12, 16}).Draw(t, "size"))
		if got, ok := ParseShort(FormatShort(s)); !ok || got != s {
			t.Fatalf("ParseShort(%q) = %q, %t", FormatShort(s), got, ok)
		}
		check := func(typed string) {
			if got, ok := ParseShort(typed); ok && got != s {
				t.Fatalf("%q typed for %q is %q", typed, s, got)
			}
		}
		for i := range s {
			for _, key := range keys {
				check(s[:i] + string(key) + s[i+1:]) // another character
				check(s[:i] + string(key) + s[i:])   // one too many
			}
			check(s[:i] + s[i+1:]) // one is missing
			for _, gap := range []int{1, 2} {
				if j := i + gap; j < len(s) { // two have changed places
					check(s[:i] + s[j:j+1] + s[i+1:j] + s[i:i+1] + s[j+1:])
				}
			}
		}
	})
}

// The letters that nobody should have to tell apart are put right.
func TestShortReferenceRepairs(t *testing.T) {
	for n := range 2_000 {
		s := ShortReference("acme", string(rune('A'+n%26))+strings.Repeat("7", n/26), 0)
		typed := strings.NewReplacer("0", "O", "1", "I").Replace(s)
		lower := strings.NewReplacer("0", "o", "1", "l").Replace(s)
		for _, text := range []string{typed, lower} {
			if got, ok := ParseShort(text); !ok || got != s {
				t.Fatalf("ParseShort(%q) = %q, %t; want %q", text, got, ok, s)
			}
		}
	}
}

// FuzzParseShort: what is read is a reference that is read again to the same,
// also as it is shown.
func FuzzParseShort(f *testing.F) {
	for _, s := range []string{"SY9N-H9CM", "sy9n h9cm", "O0IL-1lo0", "", "SY9NH9CMSY9NH9CM"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, ok := ParseShort(text)
		if !ok {
			return
		}
		for _, again := range []string{s, FormatShort(s), strings.ToLower(s)} {
			if got, ok := ParseShort(again); !ok || got != s {
				t.Errorf("ParseShort(%q) = %q, %t; want %q as from %q", again, got, ok, s, text)
			}
		}
	})
}
