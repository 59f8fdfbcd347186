package main

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/schedules"
)

// The real shop traffic (samples/testdata/retail): 152 days of drops in profile
// actindo.

const retail = "../../samples/testdata/retail"

// retailTouchless are the shares of the whole history.
var retailTouchless = struct{ rate, match string }{"78.95", "86.21"}

func TestRetail(t *testing.T) {
	s := readScenario(t, filepath.FromSlash(retail), "actindo")
	if testing.Short() {
		s.until = "2010-12-04"
	}
	onBoth(t, func(t *testing.T, url string) {
		g := newStage(t, s, url)
		g.play(t, nil)
		compareWhole(t, s, g)
		g.verify(t)
		g.matchedRightly(t)
		g.touched(t)
	})
}

// matchedRightly proves that no payment is booked on a claim that it was not
// for. Which one it was for is in the data: payment Z536365-1 is for invoice
// R536365, and its debtor has the name of that order's customer.
func (g *stage) matchedRightly(t *testing.T) {
	t.Helper()
	ctx, merchant := context.Background(), g.scenario.Merchant
	all, err := g.x.provider.Payments(ctx, merchant, false)
	if err != nil {
		t.Fatal(err)
	}
	matched, wrong := 0, 0
	for _, m := range all {
		number, _, _ := strings.Cut(strings.TrimPrefix(m.PaymentID, "Z"), "-")
		order, err := g.x.intake.Order(ctx, merchant, "A"+number)
		if err != nil {
			t.Fatal(err)
		}
		if name := order.Record.FirstName + " " + order.Record.LastName; name != m.DebtorName {
			t.Errorf("payment %s is of %s, order %s of %s; the truth is not in the data any more", m.PaymentID, m.DebtorName, order.OrderNo, name)
		}
		for _, invoice := range m.Invoices {
			matched++
			if invoice != "R"+number {
				wrong++
				t.Errorf("payment %s (%q, matched by %s) is booked on %s; want R%s", m.PaymentID, m.Reference, m.MatchedBy, invoice, number)
			}
		}
	}
	t.Logf("%d payments, %d booked on claims, %d of them on a wrong one", len(all), matched, wrong)
}

// touched tells how much of the traffic needed nobody.
func (g *stage) touched(t *testing.T) {
	t.Helper()
	got, err := g.x.touchless(context.Background(), g.scenario.Merchant, schedules.NewDate(2010, 12, 1))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("of %d documents %d were touched: touchless %s; of %d payments %d found their claim: %s; %d manual steps for %d orders: %v",
		got.Documents, got.Touched, percentText(got.Rate), got.Payments.All(), got.Payments.Automatic, percentText(got.AutoMatch),
		got.Steps, got.Orders, got.Reasons)
	if want := retailTouchless; g.scenario.until == "" && (got.Rate.String() != want.rate || got.AutoMatch.String() != want.match) {
		t.Errorf("touchless %s, matched %s; want %+v", percentText(got.Rate), percentText(got.AutoMatch), want)
	}
}

// All files of a month, dropped at once, give the same books in whatever order
// they are listed: under their own names, or with those of each feed shuffled;
// and on both engines.
func TestRetailMonths(t *testing.T) {
	s := readScenario(t, filepath.FromSlash(retail), "actindo")
	if testing.Short() {
		s.until = "2010-12-04"
	}
	want := playMonths(t, newStage(t, s, "sqlite"), nil)
	onBoth(t, func(t *testing.T, url string) {
		seeds := 2
		if url != "sqlite" {
			seeds = 1
		}
		for seed := range seeds {
			got := playMonths(t, newStage(t, s, another(t, url)), rand.New(rand.NewPCG(uint64(seed), 0)))
			compare(t, want, got)
		}
	})
}

// playMonths drops the files of each month at once, under names that random
// gives them, and returns the export as if they had kept their own.
func playMonths(t *testing.T, g *stage, random *rand.Rand) any {
	t.Helper()
	own := map[string]string{} // names that files were given → their own
	for _, month := range g.months(t) {
		names := shuffled(g.scenario.names(t, month), random)
		for _, step := range month {
			g.drop(step, func(name string, text []byte) (string, []byte) {
				own[names[name]] = name
				return names[name], text
			})
		}
		g.run(month[len(month)-1])
	}
	g.finish(t)
	g.verify(t)
	return renamed(g.export(), own)
}

// months groups the steps by month.
func (g *stage) months(t *testing.T) [][]string {
	var months [][]string
	for _, step := range g.scenario.steps(t) {
		if n := len(months); n > 0 && strings.HasPrefix(months[n-1][0], step[:7]) {
			months[n-1] = append(months[n-1], step)
		} else {
			months = append(months, []string{step})
		}
	}
	return months
}

// names are the names of the files of several steps.
func (s scenario) names(t *testing.T, steps []string) []string {
	t.Helper()
	var all []string
	for _, step := range steps {
		entries, err := os.ReadDir(filepath.Join(s.dir, step))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if slices.Contains(all, e.Name()) {
				t.Fatalf("%s comes twice in a month", e.Name())
			}
			all = append(all, e.Name())
		}
	}
	return all
}

// shuffled gives each file the name of another one of its feed; without random
// its own.
func shuffled(names []string, random *rand.Rand) map[string]string {
	feeds := map[string][]string{}
	for _, name := range names {
		feed, _, _ := strings.Cut(name, "_")
		feeds[feed] = append(feeds[feed], name)
	}
	given := map[string]string{}
	for _, own := range sortedValues(feeds) {
		others := slices.Clone(own)
		if random != nil {
			random.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
		}
		for i, name := range own {
			given[name] = others[i]
		}
	}
	return given
}
