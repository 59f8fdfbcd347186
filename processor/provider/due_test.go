package provider

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func TestDueDate(t *testing.T) {
	tests := []struct {
		name, invoiced, activated, given string
		term                             int
		want                             string
	}{
		{"a working day", "2026-10-01", "2026-10-01", "", 14, "2026-10-15"},
		{"a Saturday", "2026-10-03", "2026-10-03", "", 14, "2026-10-19"},
		{"a Sunday", "2026-10-04", "2026-10-04", "", 14, "2026-10-19"},
		{"the day of German unity, a Saturday", "2026-09-19", "2026-09-19", "", 14, "2026-10-05"},
		{"Christmas Day, a Friday", "2026-12-11", "2026-12-11", "", 14, "2026-12-28"},
		{"New Year", "2026-12-18", "2026-12-18", "", 14, "2027-01-04"},
		{"Good Friday to Easter Monday", "2027-03-12", "2027-03-12", "", 14, "2027-03-30"},
		{"Ascension", "2027-04-22", "2027-04-22", "", 14, "2027-05-07"},
		{"24 December is a working day", "2026-12-10", "2026-12-10", "", 14, "2026-12-24"},
		{"shipped late", "2026-10-01", "2026-10-06", "", 14, "2026-10-20"},
		{"no days", "2026-10-01", "2026-10-01", "", 0, "2026-10-01"},
		{"given", "2026-10-01", "2026-10-01", "2026-11-02", 14, "2026-11-02"},
		{"given, on a Sunday", "2026-10-01", "2026-10-01", "2026-11-01", 14, "2026-11-02"},
		{"given, but the term has not run", "2026-10-01", "2026-10-06", "2026-10-08", 14, "2026-10-20"},
	}
	for _, tt := range tests {
		c := &claim{InvoiceDate: date(t, tt.invoiced)}
		if tt.given != "" {
			c.DueGiven = date(t, tt.given)
		}
		if got := dueDate(c, date(t, tt.activated), tt.term); got != date(t, tt.want) {
			t.Errorf("%s: dueDate = %s; want %s", tt.name, got, tt.want)
		}
	}
}

func TestGuaranteeDate(t *testing.T) {
	for anchor, want := range map[string]string{"activation": "2026-11-04", "invoice": "2026-10-31", "due": "2026-11-18"} {
		c := &claim{
			InvoiceDate: date(t, "2026-10-01"), ActivatedOn: date(t, "2026-10-05"), DueOn: date(t, "2026-10-19"),
			GuaranteeDays: 30, GuaranteeAnchor: anchor,
		}
		if got := guaranteeDate(c); got != date(t, want) {
			t.Errorf("anchor %s: guaranteeDate = %s; want %s", anchor, got, want)
		}
	}
}

func TestFee(t *testing.T) {
	for _, tt := range []struct{ invoiced, want money.Amount }{
		{10_000, 300}, {100, 53}, {20, 51}, {19, 50}, {60, 52}, {59, 51}, {150_000, 3_800}, {4_990, 175},
	} {
		if got := fee(tt.invoiced, testTerms().Fees); got != tt.want {
			t.Errorf("fee(%s) = %s; want %s", tt.invoiced, got, tt.want)
		}
	}
}

// notes makes papers of instructions: kind and day, in this order of arrival.
func notes(t tb, pairs ...string) []*paper {
	var all []*paper
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, &paper{Feed: purchase.Instructions, Kind: pairs[i], Day: date(t, pairs[i+1])})
	}
	return all
}

func TestOpenOn(t *testing.T) {
	const hold, release = purchase.Hold, purchase.Release
	tests := []struct {
		name   string
		papers []*paper
		day    string
		want   bool
	}{
		{"none", nil, "2026-10-05", false},
		{"not yet", notes(t, hold, "2026-10-06"), "2026-10-05", false},
		{"from its day", notes(t, hold, "2026-10-05"), "2026-10-05", true},
		{"for ever", notes(t, hold, "2026-10-05"), "2030-10-05", true},
		{"released later", notes(t, hold, "2026-10-05", release, "2026-10-08"), "2026-10-07", true},
		{"released", notes(t, hold, "2026-10-05", release, "2026-10-08"), "2026-10-08", false},
		{"released, the other way round", notes(t, release, "2026-10-08", hold, "2026-10-05"), "2026-10-08", false},
		{"on one day the closing one wins", notes(t, release, "2026-10-05", hold, "2026-10-05"), "2026-10-05", false},
		{"a release before", notes(t, release, "2026-10-04", hold, "2026-10-05"), "2026-10-05", true},
		{"again", notes(t, hold, "2026-10-01", release, "2026-10-02", hold, "2026-10-03"), "2026-10-05", true},
		{"again, in another order", notes(t, hold, "2026-10-03", hold, "2026-10-01", release, "2026-10-02"), "2026-10-05", true},
		{"another kind does not close", notes(t, hold, "2026-10-01", purchase.DisputeClosed, "2026-10-02"), "2026-10-05", true},
		{"another kind does not open", notes(t, purchase.Dispute, "2026-10-01"), "2026-10-05", false},
	}
	for _, tt := range tests {
		if got := openOn(tt.papers, hold, release, date(t, tt.day)); got != tt.want {
			t.Errorf("%s: openOn = %t; want %t", tt.name, got, tt.want)
		}
	}
}

func TestReturnAnnounced(t *testing.T) {
	back := func(kind, number, day string) *paper {
		return &paper{Feed: purchase.Returns, Kind: kind, Number: number, Day: date(t, day)}
	}
	credit := func(names string) *paper {
		return &paper{Feed: purchase.Credits, Kind: purchase.Correction, Number: "G1", Names: names, Day: date(t, "2026-10-02")}
	}
	announced := back(purchase.ReturnAnnounced, "R1", "2026-10-01")
	tests := []struct {
		name   string
		papers []*paper
		day    string
		want   bool
	}{
		{"the day before", []*paper{announced}, "2026-09-30", false},
		{"from its day", []*paper{announced}, "2026-10-01", true},
		{"the 21st day", []*paper{announced}, "2026-10-21", true},
		{"after 21 days", []*paper{announced}, "2026-10-22", false},
		{"received", []*paper{announced, back(purchase.ReturnReceived, "R1", "2026-10-04")}, "2026-10-05", false},
		{"another received", []*paper{announced, back(purchase.ReturnReceived, "R2", "2026-10-04")}, "2026-10-05", true},
		{"received first", []*paper{back(purchase.ReturnReceived, "R1", "2026-09-29"), announced}, "2026-10-05", false},
		{"credited by name", []*paper{announced, credit("R1")}, "2026-10-05", false},
		{"credited without a name", []*paper{announced, credit("")}, "2026-10-05", true},
		{"announced twice", []*paper{announced, back(purchase.ReturnAnnounced, "R2", "2026-10-20")}, "2026-11-01", true},
	}
	for _, tt := range tests {
		if got := returnAnnounced(tt.papers, 21, date(t, tt.day)); got != tt.want {
			t.Errorf("%s: returnAnnounced = %t; want %t", tt.name, got, tt.want)
		}
	}
}

func TestGuaranteeDue(t *testing.T) {
	tests := []struct {
		name string
		edit func(c *claim)
		day  string
		want bool
	}{
		{"one day early", nil, "2026-10-30", false},
		{"on the day", nil, "2026-10-31", true},
		{"late", nil, "2027-10-31", true},
		{"not active", func(c *claim) { c.ActivatedOn = 0 }, "2026-10-31", false},
		{"guaranteed before", func(c *claim) { c.Guaranteed = true }, "2026-10-31", false},
		{"paid", func(c *claim) { c.Paid, c.Outstanding = 1, 0 }, "2026-10-31", false},
		{"HOLD does not stop it", func(c *claim) { c.papers = notes(t, purchase.Hold, "2026-10-01") }, "2026-10-31", true},
		{"DISPUTE does", func(c *claim) { c.papers = notes(t, purchase.Dispute, "2026-10-31") }, "2026-10-31", false},
		{"a dispute of tomorrow", func(c *claim) { c.papers = notes(t, purchase.Dispute, "2026-11-01") }, "2026-10-31", true},
		{"a return announced", func(c *claim) {
			c.papers = []*paper{{Feed: purchase.Returns, Kind: purchase.ReturnAnnounced, Number: "R1", Day: date(t, "2026-10-20")}}
		}, "2026-10-31", false},
	}
	for _, tt := range tests {
		c := &claim{ActivatedOn: date(t, "2026-10-01"), GuaranteeOn: date(t, "2026-10-31"), Invoiced: 1, Outstanding: 1}
		if tt.edit != nil {
			tt.edit(c)
		}
		if got := guaranteeDue(c, testTerms().Guarantee, date(t, tt.day)); got != tt.want {
			t.Errorf("%s: guaranteeDue = %t; want %t", tt.name, got, tt.want)
		}
	}
}

// Days of a term are civil days: those of a clock change count like others.
func TestGuaranteeOverClockChange(t *testing.T) {
	c := &claim{ActivatedOn: date(t, "2026-10-10"), GuaranteeDays: 30, GuaranteeAnchor: "activation"}
	if got, want := guaranteeDate(c), schedules.NewDate(2026, 11, 9); got != want {
		t.Errorf("guaranteeDate = %s; want %s", got, want)
	}
}
