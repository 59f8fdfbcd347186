package report

import "strings"

// wrap breaks a text into lines of a width: at blanks, and inside a word only
// where the word alone is too long. A no-break space keeps its neighbours
// together.
func (p *paper) wrap(f font, width length, s string) []string {
	p.use(f)
	s = strings.ReplaceAll(s, "§ ", "§\u00A0")
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		line := ""
		for word := range strings.SplitSeq(p.printable(paragraph), " ") {
			if joined := line + " " + word; line != "" && p.width(joined) <= width {
				line = joined
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			var whole []string
			whole, line = p.chop(width, word)
			lines = append(lines, whole...)
		}
		lines = append(lines, line)
	}
	return lines
}

// chop cuts a word that is too long for a line: the full lines, and the rest.
func (p *paper) chop(width length, word string) (full []string, rest string) {
	for p.width(word) > width {
		runes := []rune(word)
		n := len(runes) - 1
		for n > 1 && p.width(string(runes[:n])) > width {
			n--
		}
		if n < 1 {
			break
		}
		full, word = append(full, string(runes[:n])), string(runes[n:])
	}
	return full, word
}

// paragraph draws a text over the width of the body, going on at further pages.
func (p *paper) paragraph(f font, s string) {
	for _, line := range p.wrap(f, bodyWidth, s) {
		p.room(f.height())
		p.text(f, marginLeft, p.y, bodyWidth, left, line)
		p.y += f.height()
	}
}

// lines draws lines one under the other, not as part of the body.
func (p *paper) lines(f font, x, y, width length, lines ...string) {
	for _, line := range lines {
		p.text(f, x, y, width, left, line)
		y += f.height()
	}
}

// A column of a grid.
type column struct {
	width   length
	to      align
	heading string
}

// A grid is a table in the body, with its heading again on each page.
type grid struct {
	p       *paper
	font    font
	columns []column
}

// head draws the headings.
func (g grid) head() {
	f := g.font.strong()
	g.p.room(3 * f.height())
	g.draw(f, g.cells(f, g.headings()))
	g.p.rule(marginLeft, g.p.y, bodyWidth)
	g.p.y += mm / 2
}

func (g grid) headings() []string {
	headings := make([]string, len(g.columns))
	for i, c := range g.columns {
		headings[i] = c.heading
	}
	return headings
}

// row draws a row, whose cells may be of several lines.
func (g grid) row(f font, cells ...string) {
	wrapped := g.cells(f, cells)
	if g.p.room(rows(wrapped) * f.height()) {
		g.head()
	}
	g.draw(f, wrapped)
}

// rows is how many lines the highest cell has.
func rows(wrapped [][]string) length {
	most := 1
	for _, lines := range wrapped {
		most = max(most, len(lines))
	}
	return length(most)
}

func (g grid) cells(f font, cells []string) [][]string {
	wrapped := make([][]string, len(g.columns))
	for i, c := range g.columns {
		if wrapped[i] = cells[i : i+1]; c.to == left { // a number is never broken
			wrapped[i] = g.p.wrap(f, g.inner(i), cells[i])
		}
	}
	return wrapped
}

// inner is the width of the text in a column; the last one ends with the body.
func (g grid) inner(i int) length {
	const gap = 2 * mm
	if i == len(g.columns)-1 {
		return g.columns[i].width
	}
	return g.columns[i].width - gap
}

func (g grid) draw(f font, wrapped [][]string) {
	x := marginLeft
	for i, c := range g.columns {
		for n, line := range wrapped[i] {
			g.p.text(f, x, g.p.y+length(n)*f.height(), g.inner(i), c.to, line)
		}
		x += c.width
	}
	g.p.y += rows(wrapped) * f.height()
}

// sum draws a row under a rule.
func (g grid) sum(f font, cells ...string) {
	g.p.room(f.height() + mm)
	g.p.rule(marginLeft, g.p.y+mm/2, bodyWidth)
	g.p.y += mm
	g.row(f, cells...)
}
