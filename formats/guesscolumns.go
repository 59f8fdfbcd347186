package formats

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A match is a column that a heading may be.
type match struct {
	column, heading int
	sure            int
	why             string
}

// least is how sure a match must be to be proposed.
const least = 40

// choose finds the feed and its columns.
func (g *guesser) choose() {
	best, second := -1<<30, -1<<30
	var chosen []match
	for _, feed := range purchase.Feeds() {
		if g.options.Feed != 0 && feed != g.options.Feed {
			continue
		}
		matches := g.matches(feed)
		score := g.score(feed, matches)
		if score > best {
			best, second, chosen, g.Feed = score, best, matches, feed
		} else if score > second {
			second = score
		}
	}
	g.tellFeed(best, second)
	g.owner, g.derived = map[string]int{}, map[string]DeriveConfig{}
	for _, m := range chosen {
		name := schemas[g.Feed].columns[m.column].name
		g.owner[name] = m.heading
		g.Columns = append(g.Columns, GuessedColumn{name, g.headings[m.heading], "", m.sure, m.why})
	}
	g.rivals(chosen)
}

// rivals hints at headings that could be what every row needs just as well.
func (g *guesser) rivals(chosen []match) {
	s := schemas[g.Feed]
	for _, m := range chosen {
		if !s.columns[m.column].always {
			continue
		}
		words := known()[columnOf{g.Feed, s.columns[m.column].name}]
		for h, heading := range g.headings {
			if slices.ContainsFunc(chosen, func(o match) bool { return o.heading == h }) {
				continue
			}
			sure, _ := fit(g.plain[h], words)
			if more, _ := g.speaks(&s.columns[m.column], h); sure >= 60 && sure+more >= m.sure-15 {
				g.hint(fmt.Sprintf("%s may be %q too", s.columns[m.column].name, heading))
			}
		}
	}
}

func (g *guesser) tellFeed(best, second int) {
	sure, why := min(50+max(best-second, 0)/3, 99), "its columns fit best"
	if g.options.Feed != 0 {
		sure, why = 100, "as was said"
	}
	g.found("feed", g.Feed.String(), sure, why)
}

// matches assigns headings to columns, the surest first.
func (g *guesser) matches(feed purchase.Feed) []match {
	var all []match
	s := schemas[feed]
	for c := range s.columns {
		if s.columns[c].inside {
			continue
		}
		words := known()[columnOf{feed, s.columns[c].name}]
		for h, heading := range g.headings {
			sure, why := fit(g.plain[h], words)
			if sure == 0 || slices.Index(g.headings, heading) != h {
				continue
			}
			more, reason := g.speaks(&s.columns[c], h)
			if sure = min(sure+more, 99); sure >= least {
				all = append(all, match{c, h, sure, strings.TrimPrefix(why+", "+reason, ", ")})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b match) int { return cmp.Compare(b.sure, a.sure) })
	var chosen []match
	for _, m := range all {
		taken := slices.ContainsFunc(chosen, func(o match) bool { return o.column == m.column || o.heading == m.heading })
		if !taken {
			m.why = strings.TrimSuffix(m.why, ", ")
			chosen = append(chosen, m)
		}
	}
	slices.SortFunc(chosen, func(a, b match) int { return cmp.Compare(a.column, b.column) })
	return chosen
}

// speaks says how much the cells speak for a column, or against it.
func (g *guesser) speaks(c *column, heading int) (more int, why string) {
	seen := &g.seen[heading]
	if len(seen.cells) == 0 {
		return -20, "all cells are empty"
	}
	share, what := 100, ""
	switch {
	case c.kind == dateCell:
		share, what = seen.share(seen.dates), "dates"
	case c.kind == amountCell:
		share, what = seen.share(seen.amounts), "amounts"
	case c.kind == currencyCell:
		share, what = seen.share(seen.currencies), "currency codes"
	case c.kind == countryCell:
		share, what = seen.share(seen.countries), "countries"
	case c.kind == accountCell:
		share, what = seen.share(seen.ibans), "IBANs"
	case c.name == "email":
		share, what = seen.share(seen.mails), "mail addresses"
	case c.kind == daysCell, c.kind == debtorCell:
		share, what = seen.share(seen.digits), "numbers"
	case c.kind == documentCell, c.kind == numberCell:
		share, what = seen.share(seen.numbers()), "numbers"
	case strings.HasSuffix(c.name, "last_name"), strings.HasSuffix(c.name, "first_name"), strings.HasSuffix(c.name, "city"):
		share, what = 100-seen.share(seen.numbers()), "words without digits"
	}
	switch {
	case what == "":
		return 0, ""
	case share >= 90:
		return 3, fmt.Sprintf("%d of %d cells are %s", share*len(seen.cells)/100, len(seen.cells), what)
	case share >= 60:
		return -20, fmt.Sprintf("only %d %% of the cells are %s", share, what)
	}
	if c.kind == countryCell {
		return -40, "the cells are no codes" // numbers or names, to be mapped
	}
	return -70, ""
}

// numbers are the cells with a digit.
func (c *content) numbers() int {
	n := 0
	for _, cell := range c.cells {
		if strings.ContainsFunc(cell, unicode.IsDigit) {
			n++
		}
	}
	return n
}

// score says how well a feed fits: what every row needs, above all its own
// number, and how many of the headings it explains.
func (g *guesser) score(feed purchase.Feed, matches []match) int {
	s := schemas[feed]
	sure, needed := 0, 0
	for c := range s.columns {
		if !s.columns[c].always {
			continue
		}
		i := slices.IndexFunc(matches, func(m match) bool { return m.column == c })
		optional := s.columns[c].kind == currencyCell || s.columns[c].name == "customer_no"
		if i < 0 && optional {
			continue
		}
		needed++
		if i >= 0 {
			sure += matches[i].sure
		}
		if i >= 0 && c == 0 {
			sure, needed = sure+matches[i].sure, needed+1
		}
	}
	score := 4*sure/needed + 200*len(matches)/len(g.headings) - 80*g.strangers(feed)
	if told, ok := kontor().FeedOf(strings.ToLower(filepath.Base(g.options.File))); ok && told == feed {
		score += 100
	}
	return score
}

// strangers are the headings of numbers of other documents that this feed does
// not know: a file with a return's number is no file of invoices.
func (g *guesser) strangers(feed purchase.Feed) (n int) {
	for _, other := range purchase.Feeds() {
		key := schemas[other].columns[0].name
		if schemas[feed].index(key) >= 0 {
			continue
		}
		for h := range g.headings {
			if sure, _ := fit(g.plain[h], known()[columnOf{other, key}]); sure >= 88 && len(g.seen[h].cells) > 0 {
				n++
			}
		}
	}
	return n
}
