package formats

import "strings"

// A splitFault says why a line cannot be cut into cells.
type splitFault int

const (
	whole         splitFault = iota
	openQuote                // a quote is not closed on its line
	strayQuote               // a quote inside an unquoted cell, or text after a closing quote
	tooManyCells             // over maxColumns
	fieldTooLarge            // over maxField
)

// split cuts a line into cells and undoes quoting. It is strict: lenient
// quoting is how a stray quote swallows rows. What could be cut before the
// fault is returned with it.
func (d *dialect) split(line string, cells []string) ([]string, splitFault) {
	cells = cells[:0]
	for {
		cell, rest, more, fault := d.cell(line)
		if fault != whole {
			return cells, fault
		}
		if len(cell) > maxField {
			return cells, fieldTooLarge
		}
		if len(cells) == maxColumns {
			return cells, tooManyCells
		}
		cells = append(cells, cell)
		if !more {
			return cells, whole
		}
		line = rest
	}
}

// cell cuts the first cell of a line; more is set when a delimiter follows.
func (d *dialect) cell(line string) (cell, rest string, more bool, fault splitFault) {
	if d.quote != 0 && line != "" && line[0] == d.quote {
		return d.quoted(line)
	}
	cell = line
	if i := strings.IndexByte(line, d.delimiter); i >= 0 {
		cell, rest, more = line[:i], line[i+1:], true
	}
	if d.quote != 0 && strings.IndexByte(cell, d.quote) >= 0 {
		return "", "", false, strayQuote
	}
	return cell, rest, more, whole
}

func (d *dialect) quoted(line string) (cell, rest string, more bool, fault splitFault) {
	end, escaped := d.closing(line)
	if end < 0 {
		return "", "", false, openQuote
	}
	cell, rest = line[1:end], line[end+1:]
	if escaped {
		cell = d.unescape(cell)
	}
	switch {
	case rest == "":
		return cell, "", false, whole
	case rest[0] == d.delimiter:
		return cell, rest[1:], true, whole
	}
	return "", "", false, strayQuote
}

// closing returns the position of the quote that closes the cell at the
// beginning of a line, -1 for none.
func (d *dialect) closing(line string) (end int, escaped bool) {
	for i := 1; i < len(line); i++ {
		switch {
		case d.backslash && line[i] == '\\':
			escaped = true
			i++
		case line[i] != d.quote:
		case !d.backslash && i+1 < len(line) && line[i+1] == d.quote:
			escaped = true
			i++
		default:
			return i, escaped
		}
	}
	return -1, escaped
}

// unescape undoes "" or \" and \\; a backslash before anything else is itself.
func (d *dialect) unescape(cell string) string {
	quote := string(rune(d.quote))
	if !d.backslash {
		return strings.ReplaceAll(cell, quote+quote, quote)
	}
	return strings.NewReplacer(`\\`, `\`, `\`+quote, quote).Replace(cell)
}
