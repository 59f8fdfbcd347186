package formats

import (
	"fmt"
	"strings"
)

// numbers finds the decimal sign and the sign of thousands.
func (g *guesser) numbers() {
	votes := map[byte]int{}
	signs := []string{".", ",", "'", " ", "\u00a0", "\u202f"}
	groups := map[string]int{}
	seen := 0
	for _, cell := range g.cellsOf(amountCell) {
		seen++
		digits := strings.TrimPrefix(cell, "-")
		last := strings.LastIndexAny(digits, ".,")
		if last < 0 {
			continue
		}
		if n := len(digits) - last - 1; n == 1 || n == 2 {
			votes[digits[last]]++
			for _, sign := range signs {
				if strings.Contains(digits[:last], sign) {
					groups[sign]++
				}
			}
		}
	}
	sign, other := byte('.'), byte(',')
	if votes[','] > votes['.'] {
		sign, other = ',', '.'
	}
	g.dialect.decimal = sign
	switch {
	case votes[sign] == 0:
		g.found("decimal", string(sign), 40, fmt.Sprintf("none of %d amounts has cents", seen))
	case votes[other] > 0:
		g.found("decimal", string(sign), 50, fmt.Sprintf("%d amounts speak for it, %d against it", votes[sign], votes[other]))
	default:
		g.found("decimal", string(sign), min(80+votes[sign], 99), fmt.Sprintf("%d amounts have it before their cents", votes[sign]))
	}
	for _, group := range signs {
		if n := groups[group]; group != string(sign) && n > 0 {
			g.dialect.grouping = group
			g.found("grouping", group, 90, fmt.Sprintf("%d amounts have it between thousands", n))
			return
		}
	}
}

// cellsOf are the cells of all chosen columns of a kind, without the apostrophe
// of spreadsheets.
func (g *guesser) cellsOf(kind cellKind) []string {
	var cells []string
	for i := range schemas[g.Feed].columns {
		c := &schemas[g.Feed].columns[i]
		if h, ok := g.owner[c.name]; ok && c.kind == kind {
			for _, cell := range g.seen[h].cells {
				cells = append(cells, strings.TrimPrefix(cell, "'"))
			}
		}
	}
	return cells
}

// dates finds the layout of dates and of the time that may follow.
func (g *guesser) dates() {
	cells := g.cellsOf(dateCell)
	if len(cells) == 0 {
		return
	}
	best := 0
	var fits []dialect
	for _, d := range dated() {
		n := 0
		for _, cell := range cells {
			if _, fault := d.parseDate(cell); fault == fine {
				n++
			}
		}
		switch {
		case n > best:
			best, fits = n, []dialect{d}
		case n == best && n > 0 && !sameDates(cells, fits[0], d):
			fits = append(fits, d)
		}
	}
	if best == 0 {
		g.hint(fmt.Sprintf("dates such as %q are not read; export them with four digits for the year, such as 2026-10-01", cells[0]))
		return
	}
	g.dialect.date, g.dialect.time = fits[0].date, fits[0].time
	sure, why := best*99/len(cells), fmt.Sprintf("%d of %d dates are written so", best, len(cells))
	if len(fits) > 1 {
		sure, why = 50, why+", but "+fits[1].date.text+" would fit them too: compare one with the shop"
	}
	g.found("date", fits[0].date.text, sure, why)
	if fits[0].time.text != "" {
		g.found("time", fits[0].time.text, sure, "a time of day follows the date")
	}
	if fits[0].time.has(offset) {
		g.hint("dates have an offset from UTC; set zone: Europe/Berlin if it is not the merchant's")
	}
}

// sameDates reports whether two layouts read the same dates.
func sameDates(cells []string, a, b dialect) bool {
	for _, cell := range cells {
		dayA, faultA := a.parseDate(cell)
		dayB, faultB := b.parseDate(cell)
		if faultA != faultB || dayA != dayB {
			return false
		}
	}
	return true
}
