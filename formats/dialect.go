package formats

import (
	"strings"
	"time"
)

// A dialect is how cells and lines are written: all of a profile but its
// columns.
type dialect struct {
	delimiter byte
	quote     byte // 0: no quoting
	backslash bool // a quote inside quotes is \" instead of ""
	charset   charset
	crlf      bool // line ends of files that we write; either is read
	decimal   byte
	grouping  string // "" for none
	date      layout
	time      layout         // no parts: dates have no time of day
	zone      *time.Location // of which a date with an offset is wanted; nil: the date as it is written
	guarded   bool           // one apostrophe before a cell is the sign of a spreadsheet
}

// bare is a cell without the apostrophe with which some exports keep
// spreadsheets from changing it.
func (d *dialect) bare(cell string) string {
	if d.guarded {
		return strings.TrimPrefix(cell, "'")
	}
	return cell
}

// exampleAmount shows the notation in messages.
func (d *dialect) exampleAmount() string {
	return "1" + d.grouping + "234" + string(d.decimal) + "56"
}

func (d *dialect) lineEnd() string {
	if d.crlf {
		return "\r\n"
	}
	return "\n"
}

// isoDates is YYYY-MM-DD.
func isoDates() layout {
	l, _ := compile("YYYY-MM-DD", []unit{year, month, day})
	return l
}

// germanDates is DD.MM.YYYY.
func germanDates() layout {
	l, _ := compile("DD.MM.YYYY", []unit{year, month, day})
	return l
}

// canonical is the dialect of profile kontor, and of all that is inside
// batches.
func canonical() dialect {
	return dialect{delimiter: ';', quote: '"', charset: utf8Charset, decimal: '.', date: isoDates()}
}
