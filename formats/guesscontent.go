package formats

import (
	"strings"
	"unicode/utf8"
)

// A content is what the cells under one heading look like.
type content struct {
	cells    []string // that are not empty
	distinct map[string]int
	repeats  int // rows whose cell is that of the row before, or empty after one that is not

	dates, amounts, decimals, countries, currencies, mails, ibans, houses, digits int
}

// maxDistinct is how many different cells are remembered.
const maxDistinct = 50

// look looks at all cells.
func (g *guesser) look() {
	g.seen = make([]content, len(g.headings))
	for i := range g.seen {
		c := &g.seen[i]
		c.distinct = map[string]int{}
		before := ""
		for _, row := range g.rows {
			cell := strings.TrimSpace(row[i])
			if before != "" && (cell == before || cell == "") {
				c.repeats++
			}
			if cell != "" {
				before = cell
				c.add(cell)
			}
		}
	}
}

func (c *content) add(cell string) {
	c.cells = append(c.cells, cell)
	if len(c.distinct) < maxDistinct || c.distinct[cell] > 0 {
		c.distinct[cell]++
	}
	plain := strings.TrimPrefix(cell, "'")
	count := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	count(&c.dates, looksDated(plain))
	count(&c.amounts, looksAmount(plain))
	count(&c.decimals, looksAmount(plain) && strings.ContainsAny(plain, ".,"))
	count(&c.countries, isCode(plain) || countries()[plain] != "")
	count(&c.currencies, len(plain) == 3 && letters(plain, 'A'))
	count(&c.mails, strings.Count(plain, "@") == 1 && !strings.Contains(plain, " ") && strings.Contains(plain, "."))
	count(&c.ibans, len(account(plain)) >= 15 && letters(account(plain)[:2], 'A') && numeric(account(plain)[2:4]))
	_, house := address(plain)
	count(&c.houses, house != "")
	count(&c.digits, numeric(plain))
}

// share is a count in percent of the cells; 100 where there are none, since
// nothing speaks against it.
func (c *content) share(n int) int {
	if len(c.cells) == 0 {
		return 100
	}
	return n * 100 / len(c.cells)
}

// looksAmount: digits with an optional sign, grouped or not, of either notation.
func looksAmount(s string) bool {
	s = strings.TrimPrefix(s, "-")
	if s == "" || utf8.RuneCountInString(s) > 20 {
		return false
	}
	last := strings.LastIndexAny(s, ".,")
	if last >= 0 && len(s)-last-1 <= 2 {
		whole, frac := s[:last], s[last+1:]
		return frac != "" && numeric(frac) && whole != "" && numeric(ungrouped(whole))
	}
	return numeric(ungrouped(s))
}

// ungrouped drops signs of thousands.
func ungrouped(s string) string {
	return strings.NewReplacer(".", "", ",", "", "'", "", " ", "", "\u00a0", "", "\u202f", "").Replace(s)
}

// dateLayouts are those that are tried, the likelier first.
func dateLayouts() []string {
	return []string{
		"YYYY-MM-DD", "DD.MM.YYYY", "D.M.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "D/M/YYYY", "M/D/YYYY", "YYYY/MM/DD", "YYYY.MM.DD",
		"DD-MM-YYYY", "MM-DD-YYYY", "YYYYMMDD", "DDMMYYYY",
	}
}

func timeLayouts() []string {
	return []string{"", "hh:mm", "hh:mm:ss", "h:mm", "h:mm:ss", "hh:mm:ss Z", "hh:mm:ssZ", "hh:mm:ss.f", "hh:mm:ss.fZ", "hh:mmZ"}
}

// dated are the dialects of all layouts.
func dated() []dialect {
	var all []dialect
	for _, date := range dateLayouts() {
		for _, clock := range timeLayouts() {
			d := dialect{}
			d.date, _ = compileDate(date)
			if clock != "" {
				d.time, _ = compileTime(clock)
			}
			all = append(all, d)
		}
	}
	return all
}

// looksDated reports whether any layout reads a cell, in years of trade.
func looksDated(s string) bool {
	if len(s) < 8 || len(s) > 35 || s[0] < '0' || s[0] > '9' {
		return false
	}
	if len(s) == 8 && numeric(s) && !strings.HasPrefix(s, "19") && !strings.HasPrefix(s, "20") && !strings.Contains(s[4:], "20") && !strings.Contains(s[4:], "19") {
		return false
	}
	return strings.ContainsAny(s[:8], "-./") || len(s) == 8 && numeric(s)
}
