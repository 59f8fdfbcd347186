package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The real shop traffic (samples/testdata/retail): 152 days of drops in profile
// actindo.

const retail = "../../samples/testdata/retail"

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
	})
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
