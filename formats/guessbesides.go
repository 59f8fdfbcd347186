package formats

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// besides proposes what an export lacks but has in other words: parts of cells,
// fixed values, the sign of spreadsheets.
func (g *guesser) besides() {
	if g.Feed == purchase.Orders {
		g.person("first_name", "last_name", wholeNames())
		g.person("ship_first_name", "ship_last_name", wholeShipNames())
		g.house("street", "house_no")
		g.house("ship_street", "ship_house_no")
		g.fallback("customer_no", "email", DeriveConfig{Take: takeLower}, 50, "no column with a number of the customer; the mail address may tell customers apart")
		g.fallback("customer_type", "company", DeriveConfig{Filled: purchase.B2B, Empty: purchase.B2C}, 70, "who has a firm is B2B")
		g.payment()
	}
	g.guard()
	g.always()
}

// person cuts a whole name where the two parts have no columns.
func (g *guesser) person(first, last string, words []string) {
	if _, ok := g.owner[first]; ok {
		return
	}
	best, heading := 0, -1
	for h := range g.headings {
		if sure, _ := fit(g.plain[h], words); sure > best && !g.taken(h, last) && g.seen[h].share(g.seen[h].numbers()) < 20 && len(g.seen[h].cells) > 0 {
			best, heading = sure, h
		}
	}
	if best < least {
		return
	}
	g.drop(last)
	const why = "the cell holds the whole name; the last word is the last name"
	g.derive(first, g.headings[heading], DeriveConfig{Take: takeFirstName}, best-10, why)
	g.derive(last, g.headings[heading], DeriveConfig{Take: takeLastName}, best-10, why)
}

// taken reports whether a heading is a column already, but for one.
func (g *guesser) taken(heading int, but string) bool {
	for name, h := range g.owner {
		if h == heading && name != but {
			return true
		}
	}
	return false
}

func (g *guesser) drop(name string) {
	delete(g.owner, name)
	g.Columns = slices.DeleteFunc(g.Columns, func(c GuessedColumn) bool { return c.Name == name })
}

// derive proposes a column that is made of a cell.
func (g *guesser) derive(name, heading string, d DeriveConfig, sure int, why string) {
	d.From = heading
	g.derived[name] = d
	g.Columns = append(g.Columns, GuessedColumn{name, heading, cmp.Or(d.Take, takeAll), sure, why})
	s := schemas[g.Feed]
	slices.SortStableFunc(g.Columns, func(a, b GuessedColumn) int { return cmp.Compare(s.index(a.Name), s.index(b.Name)) })
}

// house cuts streets that have the number in them.
func (g *guesser) house(street, house string) {
	h, ok := g.owner[street]
	if _, has := g.owner[house]; !ok || has || g.seen[h].share(g.seen[h].houses) < 60 || len(g.seen[h].cells) == 0 {
		return
	}
	g.drop(street)
	why := fmt.Sprintf("%d of %d streets end with a number", g.seen[h].houses, len(g.seen[h].cells))
	g.derive(street, g.headings[h], DeriveConfig{Take: takeStreet}, 85, why)
	g.derive(house, g.headings[h], DeriveConfig{Take: takeHouseNo}, 85, why)
}

// fallback makes a column that is missing of another one.
func (g *guesser) fallback(name, of string, d DeriveConfig, sure int, why string) {
	h, ok := g.owner[of]
	if _, has := g.owner[name]; ok && !has {
		g.derive(name, g.headings[h], d, sure, why)
	}
}

// payment hints at the column that tells how an order was paid.
func (g *guesser) payment() {
	words := []string{"paymentmethod", "paymentname", "payment", "zahlungsart", "zahlart", "zahlungsmethode", "zahlweise"}
	for h, heading := range g.headings {
		if sure, _ := fit(g.plain[h], words); sure >= 60 && len(g.seen[h].distinct) > 0 {
			some := slices.Sorted(maps.Keys(g.seen[h].distinct))
			g.hint(fmt.Sprintf("%q holds %s; take only orders on invoice with document, below", heading, strings.Join(some[:min(len(some), 8)], ", ")))
			g.Document = DocumentConfig{Column: heading, Codes: some[:min(len(some), 8)]}
			return
		}
	}
}

// guard looks for the apostrophe of spreadsheets.
func (g *guesser) guard() {
	n := 0
	for _, c := range g.seen {
		for _, cell := range c.cells {
			if strings.HasPrefix(cell, "'") && len(cell) > 1 && cell[1] >= '0' && cell[1] <= '9' {
				n++
			}
		}
	}
	if n > 0 && g.dialect.quote != '\'' {
		g.found("guard", "'", 90, fmt.Sprintf("%d cells such as '01234 have an apostrophe before a number", n))
	}
}

// always looks for what every row needs.
func (g *guesser) always() {
	for _, c := range schemas[g.Feed].columns {
		_, there := g.owner[c.name]
		_, made := g.derived[c.name]
		switch {
		case there || made || !c.always:
		case c.kind == currencyCell:
			g.feed.Fixed = map[string]string{c.name: "EUR"}
			g.hint("no column with the currency; EUR is proposed for every row")
		default:
			g.Missing = append(g.Missing, c.name)
		}
	}
	if g.Feed != purchase.Orders {
		return
	}
	for _, name := range []string{"first_name", "last_name", "birth_date", "phone", "street", "postcode", "city", "country"} {
		_, there := g.owner[name]
		if _, made := g.derived[name]; !there && !made {
			g.hint("no column for " + name + ": orders are declined as DATA_MISSING without it")
		}
	}
}

// lines proposes to take several lines for one row.
func (g *guesser) lines() {
	key := schemas[g.Feed].columns[0].name
	h, ok := g.owner[key]
	if !ok || g.seen[h].repeats == 0 {
		return
	}
	contradicts := ""
	for _, c := range g.Columns {
		if g.differs(h, slices.Index(g.headings, c.Heading)) {
			contradicts = c.Name
		}
	}
	if contradicts != "" {
		g.hint(fmt.Sprintf("%d lines repeat %s, but with other values of %s: is each line a document of its own?", g.seen[h].repeats, key, contradicts))
		return
	}
	g.found("group_by", key, 90, fmt.Sprintf("%d lines repeat the %s of the line before and contradict it nowhere", g.seen[h].repeats, key))
}

// differs reports whether lines of one key have different cells under a heading.
func (g *guesser) differs(key, heading int) bool {
	before, value := "", ""
	for _, row := range g.rows {
		k, v := strings.TrimSpace(row[key]), strings.TrimSpace(row[heading])
		if k != "" && k != before {
			before, value = k, v
			continue
		}
		if v != "" && value != "" && v != value {
			return true
		}
		value = cmp.Or(value, v)
	}
	return false
}

// words proposes what stands for the words of columns that hold no others.
func (g *guesser) words() {
	for i := range schemas[g.Feed].columns {
		c := &schemas[g.Feed].columns[i]
		h, ok := g.owner[c.name]
		if !ok {
			continue
		}
		allowed := c.choices
		if c.kind == yesNoCell {
			allowed = []string{yes, no}
		}
		if c.kind != countryCell && len(allowed) == 0 {
			continue
		}
		values := map[string]string{}
		var open []string
		for _, cell := range slices.Sorted(maps.Keys(g.seen[h].distinct)) {
			word := meaning(cell)
			switch {
			case slices.Contains(allowed, cell), c.kind == countryCell && isCode(cell):
			case slices.Contains(allowed, word), c.kind == countryCell && isCode(word):
				values[cell] = word
			default:
				open = append(open, cell)
			}
		}
		g.mapped(c.name, values, open, allowed)
	}
}

func isCode(s string) bool { return len(s) == 2 && letters(strings.ToUpper(s), 'A') }

func (g *guesser) mapped(name string, values map[string]string, open, allowed []string) {
	if len(values) > 0 {
		if g.feed.Values == nil {
			g.feed.Values = map[string]map[string]string{}
		}
		g.feed.Values[name] = values
	}
	if len(open) > 0 {
		g.hint(fmt.Sprintf("%s holds %s; say under values what they mean (%s)", name, strings.Join(open[:min(len(open), 8)], ", "), cmp.Or(strings.Join(allowed, ", "), "codes such as DE")))
	}
}

// meaning is what a word of an export stands for, "" when nobody knows.
func meaning(cell string) string {
	known := map[string]string{
		"privat": purchase.B2C, "privatkunde": purchase.B2C, "consumer": purchase.B2C, "endkunde": purchase.B2C, "shopkunden": purchase.B2C,
		"firma": purchase.B2B, "firmenkunde": purchase.B2B, "geschaeftskunde": purchase.B2B, "business": purchase.B2B, "gewerbe": purchase.B2B, "haendler": purchase.B2B,
		"j": yes, "ja": yes, "yes": yes, "true": yes, "1": yes, "n": no, "nein": no, "no": no, "false": no, "0": no,
		"eingang": purchase.ReturnReceived, "ankuendigung": purchase.ReturnAnnounced, "avis": purchase.ReturnAnnounced,
		"mahnsperre": purchase.Hold, "freigabe": purchase.Release, "reklamation": purchase.Dispute, "direktzahlung": purchase.DirectPayment,
	}
	if code := countries()[cell]; code != "" {
		return code
	}
	return known[normal(cell)]
}
