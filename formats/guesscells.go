package formats

import (
	"fmt"
	"strings"
)

// cut finds line ends, delimiter and quotes, and cuts the text into cells.
func (g *guesser) cut(text string) error {
	g.lineEnds(text)
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && len(lines) <= maxGuessed {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return ErrNothing
	}
	if !g.signs(lines) {
		return fmt.Errorf("no delimiter of ; , | or tab cuts the first line; is it the header? %q", shorten(lines[0]))
	}
	cells, _ := g.dialect.split(lines[0], nil)
	for _, cell := range cells {
		if hasControl(cell) {
			cell = "" // no heading that a profile could name
		}
		g.headings, g.plain = append(g.headings, strings.TrimSpace(cell)), append(g.plain, normal(cell))
	}
	broken := 0
	for _, line := range lines[1:] {
		row, fault := g.dialect.split(line, nil)
		if fault != whole || len(row) != len(g.headings) {
			broken++
			continue
		}
		if row[0] != trailerMark {
			g.rows = append(g.rows, row)
		}
	}
	g.Rows = len(g.rows)
	if broken > 0 {
		g.hint(fmt.Sprintf("%d of %d lines have another number of cells than the header; a line break inside a cell is not read", broken, len(lines)-1))
	}
	if len(g.rows) == 0 {
		g.hint("there are no rows to look at, so all is guessed by the headings")
	}
	return nil
}

func (g *guesser) lineEnds(text string) {
	crlf, lf := strings.Count(text, "\r\n"), strings.Count(text, "\n")
	cr := strings.Count(text, "\r") - crlf
	switch {
	case lf == 0 && cr > 0:
		g.hint("lines end with CR only, which is not read; export with LF or CRLF")
	case crlf*2 > lf:
		g.found("line_end", "crlf", 100, "as the file's own")
	default:
		g.found("line_end", "lf", 100, "as the file's own")
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		g.hint("the last line has no line end: such a file is taken for cut off; let the export end it, or set truncated: allow_with_trailer")
	}
}

// signs tries delimiters and quotes and keeps what cuts most lines like the
// first.
func (g *guesser) signs(lines []string) bool {
	best := 0
	for _, quote := range []byte{'"', 0, '\''} {
		for _, backslash := range []bool{false, true} {
			for _, delimiter := range []byte{';', ',', '\t', '|'} {
				d := dialect{delimiter: delimiter, quote: quote, backslash: backslash}
				if score := d.fits(lines); score > best {
					best = score
					g.dialect.delimiter, g.dialect.quote, g.dialect.backslash = delimiter, quote, backslash
				}
			}
		}
	}
	if best == 0 {
		return false
	}
	cells, _ := g.dialect.split(lines[0], nil)
	sure := min(best*100/(len(lines)*len(cells)), 100)
	g.found("delimiter", strings.Replace(delimiterName(g.dialect.delimiter), "\t", "tab", 1), sure, fmt.Sprintf("it cuts the header into %d cells, and %d %% of the lines alike", len(cells), sure))
	switch {
	case g.dialect.quote == 0:
		g.found("quote", none, 90, "a quote inside a cell is part of it")
	case g.dialect.quote != '"':
		g.found("quote", string(rune(g.dialect.quote)), 90, "cells with the delimiter stand in them")
	}
	if g.dialect.backslash {
		g.found("escape", `\`, 80, "quotes inside a cell have a backslash before them")
	}
	return true
}

// fits is the number of lines that are cut like the first, times its cells.
func (d *dialect) fits(lines []string) int {
	header, fault := d.split(lines[0], nil)
	if fault != whole || len(header) < 2 {
		return 0
	}
	n, alike := len(header), 0
	var cells []string
	for _, line := range lines {
		if cells, fault = d.split(line, cells); fault == whole && len(cells) == n {
			alike++
		}
	}
	score := alike * n
	if d.quote != 0 && lines[0][0] == d.quote {
		score++ // the header says so
	}
	return score
}
