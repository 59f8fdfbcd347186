package formats

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

var factName = regexp.MustCompile(`\{[^}]*\}`)

// Every cause is told in both languages, with the same facts, and each of them
// is one that a cause has.
func TestCausesAreComplete(t *testing.T) {
	known := Cause{}.facts(English)
	for why, s := range causes {
		de, en := factName.FindAllString(s.de, -1), factName.FindAllString(s.en, -1)
		slices.Sort(de)
		slices.Sort(en)
		if diff := cmp.Diff(de, en); diff != "" || s.de == s.en {
			t.Errorf("%s tells other facts in German than in English: %s", why, diff)
		}
		for _, fact := range en {
			if i := slices.Index(known, fact); i < 0 || i%2 != 0 {
				t.Errorf("%s tells %s, which no cause has", why, fact)
			}
		}
	}
}

func TestCause(t *testing.T) {
	c := Cause{
		Why: WhyConflict, Number: "RE1", File: "invoices_1.csv", Line: 3, Headings: map[string]string{"gross_amount": "Bruttobetrag"},
		Differences: []Difference{
			{"gross_amount", money.Amount(10000), money.Amount(12000)},
			{"due_date", schedules.Date(0), exampleDate},
			{"term_days", purchase.Days{N: 14, Given: true}, purchase.Days{}},
			{"order_no", "A1", ""},
		},
	}
	tests := []struct {
		name string
		c    Cause
		l    Language
		want string
	}{
		{"differences by the words of the file", c, German, "Bruttobetrag dort 100,00, hier 120,00, due_date dort leer, hier 01.10.2026, term_days dort 14, hier leer, order_no dort A1, hier leer"},
		{"differences by canonical names", c, English, "gross_amount there 100.00, here 120.00, due_date there empty, here 2026-10-01, term_days there 14, here empty, order_no there A1, here empty"},
		{"the row before", c, German, "aus invoices_1.csv, Zeile 3:"},
		{"a code without cause", Cause{Why: "UNKNOWN_ORDER"}, German, "der Auftrag ist nicht bekannt"},
		{"a missing text", Cause{Why: WhyWaitsDecision}, English, "waits for the decision on order ?; there is nothing to do"},
		{"text with a placeholder", Cause{Why: WhyWaitsDecision, Order: "{limit}"}, English, "order {limit};"},
		{"why an order was declined", Cause{Why: WhyDeclined, Order: "A1", Code: purchase.LimitOrder}, German, "Grund: Der Betrag liegt außerhalb der Grenzen je Auftrag."},
	}
	for _, tt := range tests {
		if got := tt.c.Message(tt.l); !strings.Contains(got, tt.want) {
			t.Errorf("%s: Message = %q; want %q in it", tt.name, got, tt.want)
		}
	}
}

// A cause can be stored.
func TestCauseIsStored(t *testing.T) {
	want := Cause{Why: WhyOverApproved, Order: "A1", Amount: 1, Approved: 2, Invoiced: 3, Left: -1, Date: exampleDate}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Cause
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if want := `{"why":"OVER_APPROVED","order":"A1","amount":1,"approved":2,"invoiced":3,"left":-1,"date":"2026-10-01"}`; string(b) != want {
		t.Errorf("stored as %s; want %s", b, want)
	}
}

func TestHeadings(t *testing.T) {
	if got := profile(t, "actindo").Headings(purchase.Invoices)["gross_amount"]; got != "Bruttobetrag" {
		t.Errorf("gross_amount is called %q; want Bruttobetrag", got)
	}
	if got := profile(t, "kontor").Headings(purchase.Invoices); len(got) != 0 {
		t.Errorf("kontor calls columns %v; want nothing else", got)
	}
}
