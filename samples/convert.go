package samples

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Convert rewrites a file of one profile in another, row by row: the same
// headings, values and faults. Reading both must give the same records and the
// same codes in the same rows. So it does not read, it only rewrites cells:
// what is bad in from is left, or made, as bad in to (1,50 becomes 1.50 where
// the other takes a decimal comma); missing, doubled and unknown columns, wrong
// numbers of cells, stray quotes, a cut last line and a wrong trailer stay.
//
// It is made for the shipped profiles, that is for the delimiter ";", quotes
// that are doubled, and UTF-8 or Windows-1252. Bytes that are no UTF-8 become
// one that Windows-1252 does not have. A letter that to cannot write loses its
// accent, or becomes a question mark: names compare as before then, see
// [purchase.Normalize]. A column with the kind of document (Belegart) stays; to
// a profile that has none it is an unknown column.
func Convert(dst io.Writer, src io.Reader, feed purchase.Feed, from, to *formats.Profile) error {
	c := converter{}
	var err error
	if c.from, err = learn(from, feed); err != nil {
		return err
	}
	if c.to, err = learn(to, feed); err != nil {
		return err
	}
	r := bufio.NewReader(src)
	for header := true; ; header = false {
		b, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		if _, fault := dst.Write(c.line(b, header)); fault != nil {
			return fault
		}
		if err == io.EOF {
			return nil
		}
	}
}

// A converter has the dialects and what the header said.
type converter struct {
	from, to *dialect
	columns  []*column // of from, nil where the profile does not know it
}

// line converts one line with its line end, which stays.
func (c *converter) line(b []byte, header bool) []byte {
	if bytes.IndexByte(b, 0) >= 0 {
		return b // no text in either charset
	}
	if header && c.from.charset == utf8Text && c.to.charset != utf8Text {
		b = bytes.TrimPrefix(b, []byte("\ufeff"))
	}
	text := c.from.charset.decode(b)
	body := strings.TrimRight(text, "\r\n")
	cells := split(body)
	switch {
	case header:
		for i, cell := range cells {
			cells[i] = c.heading(cell)
		}
	case strings.HasPrefix(body, "#TRAILER"):
		if len(cells) > 2 {
			cells[2] = c.amount(cells[2])
		}
	default:
		for i, cell := range cells {
			if i < len(c.columns) && c.columns[i] != nil {
				cells[i] = c.cell(c.columns[i], cell)
			}
		}
	}
	return c.to.charset.encode(strings.Join(cells, string(delimiter)) + text[len(body):])
}

// heading converts a heading. One that only the other profile knows is spoilt,
// for it must stay unknown.
func (c *converter) heading(cell string) string {
	text, _ := unquote(cell)
	name := strings.TrimSpace(text)
	column := c.from.columns[name]
	c.columns = append(c.columns, column)
	switch {
	case column != nil:
		return c.to.headings[column.name]
	case c.to.columns[name] != nil:
		return name + "?"
	}
	return cell
}

// cell converts a cell of a known column, inside its quotes.
func (c *converter) cell(column *column, cell string) string {
	text, quoted := unquote(cell)
	value := strings.TrimSpace(text)
	converted := c.value(column, value)
	switch {
	case converted == value:
		return cell
	case quoted:
		return `"` + strings.ReplaceAll(converted, `"`, `""`) + `"`
	}
	return converted
}

// value converts what stands in a cell.
func (c *converter) value(column *column, value string) string {
	switch {
	case value == "":
		return ""
	case column.kind == dates:
		return c.date(value)
	case column.kind == amounts:
		return c.amount(value)
	}
	words := c.to.columns[c.to.headings[column.name]].words
	for canonical, word := range column.words {
		if value == word {
			return words[canonical]
		}
	}
	for _, word := range words {
		if value == word {
			return value + "?"
		}
	}
	return value
}

// date converts a date; what only the other profile takes for one becomes what
// only this one does.
func (c *converter) date(value string) string {
	if day, err := time.Parse(c.from.date, value); err == nil {
		return day.Format(c.to.date)
	}
	if day, err := time.Parse(c.to.date, value); err == nil {
		return day.Format(c.from.date)
	}
	return value
}

// amount converts an amount. Of other texts, those that end like an amount of
// the other profile get their signs swapped.
func (c *converter) amount(value string) string {
	if c.from.decimal == c.to.decimal {
		return value
	}
	from, to := string(c.from.decimal), string(c.to.decimal)
	if !strings.Contains(value, to) && strings.Count(value, from) < 2 && strings.Trim(value, "-0123456789"+from) == "" ||
		strings.LastIndex(value, to) > strings.LastIndex(value, from) {
		return strings.NewReplacer(from, to, to, from).Replace(value)
	}
	return value
}

// split cuts a line at the delimiters outside quotes; the cells keep their
// quotes. A quote that is never closed leaves its cell and the rest as one.
func split(line string) []string {
	var cells []string
	start, quoted := 0, false
	for i := range len(line) {
		switch {
		case line[i] == '"' && line[start] == '"': // a quote further inside is a letter
			quoted = !quoted
		case line[i] == delimiter && !quoted:
			cells = append(cells, line[start:i])
			start = i + 1
		}
	}
	return append(cells, line[start:])
}

// unquote returns the text of a cell that is quoted properly, else the cell.
func unquote(cell string) (text string, quoted bool) {
	if len(cell) < 2 || cell[0] != '"' || cell[len(cell)-1] != '"' {
		return cell, false
	}
	inner := cell[1 : len(cell)-1]
	if strings.Contains(strings.ReplaceAll(inner, `""`, ""), `"`) {
		return cell, false
	}
	return strings.ReplaceAll(inner, `""`, `"`), true
}
