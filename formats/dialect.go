package formats

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
	time      layout // no parts: dates have no time of day
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
