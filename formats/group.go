package formats

import (
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Some exports write one line for each item of an order. Where a profile groups
// by a column, lines one after the other with the same cell there, or none, are
// one row: each column has the value of the first line that has any, and lines
// that contradict each other are an error of the row. So no line is dropped
// without a word, and a rejected row comes back with all its lines.

// A group is the lines of one row.
type group struct {
	first rawLine // number and offset
	last  int64   // line number
	end   int64   // offset after the last line's text
	cells []string

	controls bool
	torn     bool // the last line has an open quote: what cannot be cut belongs to it
	err      *RowError
}

// grouped yields the rows of a CSV whose lines make up rows; false ends the
// reading.
func (r *Reader) grouped(yield func(Row) bool) bool {
	var g *group
	wanted := true
	r.finish = func() {
		if g != nil {
			wanted = yield(r.groupRow(g)) && wanted
			g = nil
		}
	}
	defer func() { r.finish = nil }()
	for wanted {
		line, ok := r.line()
		if !ok {
			return wanted && r.err == nil
		}
		if len(line.bytes) == 0 && line.ended {
			continue
		}
		text, fault, isTrailer, ok := r.cut(line)
		if !ok {
			return false
		}
		r.pad(fault)
		if isTrailer {
			r.finish()
			r.trailer.read(&r.profile.dialect, line.number, r.split)
			continue
		}
		if g != nil && !r.continues(g, fault) {
			r.finish()
		}
		if g == nil {
			g = &group{first: rawLine{number: line.number, offset: line.offset}, cells: make([]string, len(r.header.headings))}
		}
		r.join(g, line, text, fault)
	}
	return false
}

// pad completes a line of our rejected rows, which have their code and message
// at the end of the last line of a row only.
func (r *Reader) pad(fault splitFault) {
	n := len(r.header.headings)
	if fault == whole && len(r.split) == n-2 && r.header.headings[n-2] == codeColumn && r.header.headings[n-1] == messageColumn {
		r.split = append(r.split, "", "")
	}
}

// continues reports whether the line that was cut last belongs to a group. A
// line that cannot be cut belongs to it if its key says so, or does not say
// anything.
func (r *Reader) continues(g *group, fault splitFault) bool {
	if g.torn && !r.complete(fault) {
		return true
	}
	if r.header.group >= len(r.split) {
		return true
	}
	key := r.key(r.split)
	return key == "" || key == r.key(g.cells)
}

// complete reports whether the line that was cut last is what the header announces.
func (r *Reader) complete(fault splitFault) bool {
	return fault == whole && len(r.split) == len(r.header.headings)
}

func (r *Reader) key(cells []string) string { return strings.TrimSpace(cells[r.header.group]) }

// join adds the line that was cut last to a group.
func (r *Reader) join(g *group, line rawLine, text string, fault splitFault) {
	g.last, g.end = line.number, line.offset+int64(len(line.bytes))
	g.controls = g.controls || hasControl(text)
	g.torn = fault == openQuote || g.torn && !r.complete(fault)
	want, came := r.cutFault(fault)
	if want != "" {
		g.spoil(line.number, RowError{Code: purchase.RowColumns, Value: came, Want: want})
		if at := r.header.group; at < len(r.split) && g.cells[at] == "" {
			g.cells[at] = r.split[at]
		}
		return
	}
	for i, cell := range r.split {
		cell = strings.TrimSpace(cell)
		switch {
		case cell == "":
		case g.cells[i] == "":
			g.cells[i] = strings.Clone(cell)
		case cell != g.cells[i] && r.header.uses(i):
			heading := r.header.headings[i]
			g.spoil(line.number, RowError{Code: purchase.FieldRange, Column: heading, Heading: heading, Value: shorten(cell), Want: wantSame})
		}
	}
}

// spoil keeps the first error of a group.
func (g *group) spoil(line int64, e RowError) {
	if g.err == nil {
		e.Line = line
		g.err = &e
	}
}

// uses reports whether a cell of a line has a meaning.
func (h *header) uses(cell int) bool {
	return slices.Contains(h.cells, cell) || cell == h.document ||
		slices.ContainsFunc(h.derived, func(d derivedCell) bool { return d.cell == cell })
}

// groupRow makes a row of a group.
func (r *Reader) groupRow(g *group) Row {
	next := r.split // the line that comes after the group may have been cut
	r.split = g.cells
	defer func() { r.split = next }()
	row := r.newRow(g.first)
	row.Last, row.Length = g.last, g.end-g.first.offset
	if g.err == nil {
		r.values(&row, g.controls)
		return row
	}
	r.trailer.unread()
	e := *g.err
	e.File, e.Row = r.file(), row.Row
	if r.member != "" {
		e.File = r.member
	}
	row.Errors = []RowError{e}
	return row
}
