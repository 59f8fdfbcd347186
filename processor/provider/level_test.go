package provider

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func TestNextLevelOn(t *testing.T) {
	due := date(t, "2026-10-15")
	tests := []struct {
		name    string
		level   int
		levelOn string
		due     schedules.Date
		want    string
	}{
		{"the reminder", 0, "", due, "2026-10-22"},
		{"the first dunning", 1, "2026-10-22", due, "2026-10-29"},
		{"the reminder left late", 1, "2026-10-26", due, "2026-11-02"},
		{"the second dunning", 2, "2026-10-29", due, "2026-11-08"},
		{"collection", 3, "2026-11-09", due, "2026-11-23"},
		{"none after collection", 4, "2026-11-23", due, ""},
		{"not sent yet", 1, "", due, ""},
		{"due was moved", 1, "2026-10-22", date(t, "2026-11-20"), "2026-11-27"},
	}
	for _, tt := range tests {
		c := &claim{Level: tt.level, DueOn: tt.due}
		if tt.levelOn != "" {
			c.LevelOn = date(t, tt.levelOn)
		}
		if got := nextLevelOn(c, testTerms().Dunning).String(); got != tt.want {
			t.Errorf("%s: nextLevelOn = %q; want %q", tt.name, got, tt.want)
		}
	}
}

func TestDunnable(t *testing.T) {
	tests := []struct {
		name string
		edit func(c *claim)
		want bool
	}{
		{"due", nil, true},
		{"tomorrow", func(c *claim) { c.NextLevelOn++ }, false},
		{"no date", func(c *claim) { c.NextLevelOn = 0 }, false},
		{"not active", func(c *claim) { c.ActivatedOn = 0 }, false},
		{"charges alone", func(c *claim) { c.Outstanding, c.Charges = 0, 10_000 }, false},
		{"4.99", func(c *claim) { c.Outstanding = 499 }, false},
		{"5.00", func(c *claim) { c.Outstanding = 500 }, true},
		{"5.00 with charges", func(c *claim) { c.Outstanding, c.Charges = 1, 499 }, true},
		{"guaranteed", func(c *claim) { c.Guaranteed = true }, true},
	}
	for _, tt := range tests {
		c := &claim{ActivatedOn: date(t, "2026-10-01"), NextLevelOn: date(t, "2026-10-22"), Outstanding: 10_000}
		if tt.edit != nil {
			tt.edit(c)
		}
		if got := dunnable(c, testTerms().Dunning, date(t, "2026-10-22")); got != tt.want {
			t.Errorf("%s: dunnable = %t; want %t", tt.name, got, tt.want)
		}
	}
}

// The fees of one claim over all levels.
func TestLevelFee(t *testing.T) {
	type step struct{ fee, flat money.Amount }
	steep := []money.Amount{500, 2_000, 2_500, 1_000}
	tests := []struct {
		name string
		fees []money.Amount
		b2b  bool
		want [4]step
	}{
		{"B2C", nil, false, [4]step{{0, 0}, {250, 0}, {250, 0}, {0, 0}}},
		{"B2B: 40.00 absorb the fees", nil, true, [4]step{{0, 0}, {0, 4_000}, {0, 0}, {0, 0}}},
		{"B2C, steep", steep, false, [4]step{{500, 0}, {2_000, 0}, {2_500, 0}, {1_000, 0}}},
		{"B2B, steep: what exceeds 40.00", steep, true, [4]step{{0, 0}, {0, 4_000}, {1_000, 0}, {1_000, 0}}},
		{"B2B: more than 40.00 at once", []money.Amount{4_500, 100, 0, 0}, true, [4]step{{500, 0}, {100, 4_000}, {0, 0}, {0, 0}}},
	}
	for _, tt := range tests {
		terms := testTerms().Dunning
		if tt.fees != nil {
			terms.Fee = tt.fees
		}
		c := &claim{}
		for i, want := range tt.want {
			fee, flat := levelFee(c, terms, i+1, tt.b2b)
			if got := (step{fee, flat}); got != want {
				t.Errorf("%s: levelFee(%d) = %v; want %v", tt.name, i+1, got, want)
			}
			c.FeesCounted, c.FlatCounted = c.FeesCounted+fee, c.FlatCounted+flat
		}
	}
}

// What was waived counts as booked: it does not come again.
func TestLevelFeeAfterWaiver(t *testing.T) {
	terms := testTerms().Dunning
	terms.Fee = []money.Amount{0, 2_500, 2_500, 0}
	c := &claim{Level: 2, FlatCounted: 4_000, FeesCounted: 0}
	if fee, flat := levelFee(c, terms, 3, true); fee != 1_000 || flat != 0 {
		t.Errorf("levelFee(3) = %s, %s; want 10.00 and no further 40.00", fee, flat)
	}
	c.FeesCounted = 1_000
	if fee, flat := levelFee(c, terms, 4, true); fee != 0 || flat != 0 {
		t.Errorf("levelFee(4) = %s, %s; want nothing", fee, flat)
	}
}

func TestHoldReason(t *testing.T) {
	day := date(t, "2026-10-22")
	announced := &paper{Feed: purchase.Returns, Kind: purchase.ReturnAnnounced, Number: "R1", Day: day}
	tests := []struct {
		name   string
		papers []*paper
		w      dunningDay
		want   string
	}{
		{"none", nil, dunningDay{}, ""},
		{"hold", notes(t, purchase.Hold, "2026-10-22"), dunningDay{statementOld: true}, holdHold},
		{"dispute", notes(t, purchase.Dispute, "2026-10-22"), dunningDay{}, holdDispute},
		{"hold and dispute", notes(t, purchase.Dispute, "2026-10-22", purchase.Hold, "2026-10-01"), dunningDay{}, holdHold},
		{"return announced", []*paper{announced}, dunningDay{}, holdAnnounced},
		{"the outstanding waits", nil, dunningDay{waiting: map[money.Amount]bool{10_000: true}}, holdPayment},
		{"outstanding and charges wait", nil, dunningDay{waiting: map[money.Amount]bool{10_250: true}}, holdPayment},
		{"another amount waits", nil, dunningDay{waiting: map[money.Amount]bool{250: true}}, ""},
		{"old statement", nil, dunningDay{statementOld: true}, holdStatement},
	}
	for _, tt := range tests {
		tt.w.day, tt.w.announcedHold = day, 21
		c := &claim{Outstanding: 10_000, Charges: 250, papers: tt.papers}
		if got := holdReason(c, tt.w); got != tt.want {
			t.Errorf("%s: holdReason = %q; want %q", tt.name, got, tt.want)
		}
	}
}
