package formats

import (
	"fmt"
	"strings"
	"time"
)

// A builder collects faults.
type builder struct {
	key    string
	faults []error
}

func (b *builder) fault(key, format string, args ...any) {
	b.faults = append(b.faults, fmt.Errorf("%s.%s: "+format, append([]any{b.key, key}, args...)...))
}

// signs sets what cuts a line into cells.
func (b *builder) signs(c Config, d *dialect) {
	if c.Delimiter != "" {
		d.delimiter = b.sign("delimiter", strings.Replace(c.Delimiter, "tab", "\t", 1))
	}
	switch {
	case c.Quote == none:
		d.quote = 0
	case c.Quote != "":
		d.quote = b.sign("quote", c.Quote)
	}
	switch c.Escape {
	case "":
	case `\`:
		d.backslash = true
	case `"`, string(rune(d.quote)):
		d.backslash = false
	default:
		b.fault("escape", "%q is neither the quote (doubled) nor \\", c.Escape)
	}
	if d.quote != 0 && d.quote == d.delimiter {
		b.fault("quote", "%q is the delimiter too", c.Quote)
	}
	switch c.LineEnd {
	case "":
	case "lf", "crlf":
		d.crlf = c.LineEnd == "crlf"
	default:
		b.fault("line_end", "%q is neither lf nor crlf", c.LineEnd)
	}
}

// sign returns a character that can stand between or around cells.
func (b *builder) sign(key, s string) byte {
	letter := len(s) == 1 && (s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z' || s[0] >= '0' && s[0] <= '9')
	if len(s) != 1 || s[0] > '~' || s[0] < ' ' && s[0] != '\t' || letter || strings.Contains(`\#-`, s) {
		b.fault(key, "%q is not one character such as ; , | or tab", s)
		return ';'
	}
	return s[0]
}

// notation sets charset, numbers and dates.
func (b *builder) notation(c Config, d *dialect) {
	if c.Charset != "" {
		charset, ok := charsetOf(c.Charset)
		if !ok {
			b.fault("charset", "%q is none of utf-8, windows-1252, iso-8859-15, cp850, utf-16, utf-16le, utf-16be", c.Charset)
		}
		d.charset = charset
	}
	switch c.Decimal {
	case "":
	case ".", ",":
		d.decimal = c.Decimal[0]
	default:
		b.fault("decimal", `%q is neither "." nor ","`, c.Decimal)
	}
	b.grouping(c, d)
	if c.Date != "" {
		l, err := compileDate(c.Date)
		if err != nil {
			b.fault("date", "%w", err)
		}
		d.date = l
	}
	switch c.Time {
	case "":
	case none:
		d.time = layout{}
	default:
		l, err := compileTime(c.Time)
		if err != nil {
			b.fault("time", "%w", err)
		}
		d.time = l
	}
	b.zone(c, d)
}

// zone sets what a time with an offset means, and the sign of spreadsheets.
func (b *builder) zone(c Config, d *dialect) {
	switch c.Zone {
	case "":
	case none:
		d.zone = nil
	default:
		zone, err := time.LoadLocation(c.Zone)
		if err != nil || c.Zone == "Local" {
			b.fault("zone", "%q is not a time zone such as Europe/Berlin", c.Zone)
			return
		}
		d.zone = zone
	}
	d.guarded = b.either("guard", c.Guard, none, "'", d.guarded)
}

func (b *builder) grouping(c Config, d *dialect) {
	switch c.Grouping {
	case "":
		if d.grouping == string(d.decimal) {
			d.grouping = "" // the base's sign became the decimal sign
		}
	case none:
		d.grouping = ""
	case ".", ",", "'", " ", "\u00a0", "\u202f":
		d.grouping = c.Grouping
	default:
		b.fault("grouping", "%q is none of . , ' blank, none", c.Grouping)
	}
	if d.grouping != "" && d.grouping == string(d.decimal) {
		b.fault("grouping", "%q is the decimal sign too", c.Grouping)
	}
}
