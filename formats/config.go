package formats

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A Config describes a profile of the configuration file. What is left out
// comes from Base.
type Config struct {
	Base      string                `yaml:"base"`      // shipped or own profile to start from; empty: kontor
	Delimiter string                `yaml:"delimiter"` // one character, or tab
	Quote     string                `yaml:"quote"`     // one character, or none
	Escape    string                `yaml:"escape"`    // of a quote inside quotes: the quote itself (doubled), or \
	Charset   string                `yaml:"charset"`   // utf-8, windows-1252, iso-8859-15, cp850, utf-16, utf-16le, utf-16be
	LineEnd   string                `yaml:"line_end"`  // of files that we write: lf or crlf
	Decimal   string                `yaml:"decimal"`   // . or ,
	Grouping  string                `yaml:"grouping"`  // of thousands: one of . , ' or a blank, or none
	Date      string                `yaml:"date"`      // such as DD.MM.YYYY
	Time      string                `yaml:"time"`      // such as hh:mm:ss: a time of day that may follow a date, read and dropped; or none
	Feeds     map[string]FeedConfig `yaml:"feeds"`
}

// A FeedConfig describes one feed of a profile.
type FeedConfig struct {
	Columns   map[string]string            `yaml:"columns"`   // canonical name → heading
	Values    map[string]map[string]string `yaml:"values"`    // canonical name → what comes → canonical value
	Fixed     map[string]string            `yaml:"fixed"`     // canonical name → value of every row; the file needs no such column
	Files     string                       `yaml:"files"`     // glob, such as orders_*.csv
	Trailer   string                       `yaml:"trailer"`   // optional | required
	Truncated string                       `yaml:"truncated"` // refuse | allow_with_trailer
	Document  DocumentConfig               `yaml:"document"`  // column with the kind of document (Belegart)
}

// A DocumentConfig names the column that holds the document code (Belegart),
// and the codes that belong to the feed. The column may be absent in a file.
type DocumentConfig struct {
	Column string   `yaml:"column"`
	Codes  []string `yaml:"codes"`
}

// none switches off what a base has.
const none = "none"

// Build makes the profile; known finds the base. It reports all faults at
// once, each with its key.
func (c Config) Build(name string, known func(string) (*Profile, bool)) (*Profile, error) {
	b := builder{key: "profiles." + name}
	base, ok := known(cmp.Or(c.Base, "kontor"))
	if !ok {
		b.fault("base", "%q is no profile; kontor and actindo are shipped", c.Base)
		base = kontor()
	}
	p := &Profile{Name: name, dialect: base.dialect, feeds: map[purchase.Feed]*feedFormat{}}
	for feed, f := range base.feeds {
		p.feeds[feed] = f.clone()
	}
	b.signs(c, &p.dialect)
	b.notation(c, &p.dialect)
	for _, name := range slices.Sorted(maps.Keys(c.Feeds)) {
		feed, ok := purchase.ParseFeed(name)
		if !ok || feed == purchase.Commands {
			b.fault("feeds."+name, "no such feed; there are %v", purchase.Feeds())
			continue
		}
		b.feed("feeds."+name, c.Feeds[name], p.feeds[feed], schemaOf(feed))
	}
	if len(b.faults) > 0 {
		return nil, errors.Join(b.faults...)
	}
	return p, nil
}

func (f *feedFormat) clone() *feedFormat {
	c := *f
	c.headings, c.fixed = slices.Clone(f.headings), slices.Clone(f.fixed)
	c.values, c.codes = slices.Clone(f.values), slices.Clone(f.codes)
	return &c
}

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

// feed overrides one feed.
func (b *builder) feed(key string, c FeedConfig, f *feedFormat, s *schema) {
	b.columns(key, c, f, s)
	for _, name := range slices.Sorted(maps.Keys(c.Values)) {
		if i := b.index(key+".values", name, s); i >= 0 {
			f.values[i] = c.Values[name]
			b.values(key+".values."+name, c.Values[name], &s.columns[i])
		}
	}
	if c.Files != "" {
		f.files = c.Files
		for _, glob := range globs(c.Files) {
			if _, err := path.Match(glob, "x"); err != nil || strings.ContainsAny(glob, `/\{}`) {
				b.fault(key+".files", "%q is not a pattern of file names such as orders_*.csv", c.Files)
			}
		}
	}
	f.trailer = b.either(key+".trailer", c.Trailer, "optional", "required", f.trailer)
	f.trailerProves = b.either(key+".truncated", c.Truncated, "refuse", "allow_with_trailer", f.trailerProves)
	b.document(key+".document", c.Document, f)
	b.doubles(key+".columns", f, s)
}

// columns sets headings and fixed values.
func (b *builder) columns(key string, c FeedConfig, f *feedFormat, s *schema) {
	for _, name := range slices.Sorted(maps.Keys(c.Columns)) {
		i := b.index(key+".columns", name, s)
		heading := strings.TrimSpace(c.Columns[name])
		switch {
		case i < 0:
		case heading == "" || hasControl(heading):
			b.fault(key+".columns."+name, "%q is not a heading", c.Columns[name])
		default:
			f.headings[i], f.fixed[i] = heading, ""
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Fixed)) {
		i := b.index(key+".fixed", name, s)
		if i < 0 {
			continue
		}
		if _, both := c.Columns[name]; both {
			b.fault(key+".fixed."+name, "the column has a heading too; give one of both")
		}
		b.fixed(key+".fixed."+name, c.Fixed[name], i, f, s)
	}
}

// fixed sets a value, in canonical notation, of every row.
func (b *builder) fixed(key, value string, i int, f *feedFormat, s *schema) {
	column := &s.columns[i]
	if column.kind == dateCell || column.kind == amountCell || column.kind == documentCell {
		b.fault(key, "a date, an amount or a document number cannot be the same in every row")
		return
	}
	p, t := kontor(), newTarget(s)
	cells := make([]string, len(s.columns))
	cells[i] = strings.TrimSpace(value)
	if fault := p.read(p.feeds[s.feed], column, i, cells, t.fields[i]); fault.code != "" || cells[i] == "" {
		b.fault(key, "%q is not %s", value, cmp.Or(fault.want, wantValue))
		return
	}
	f.headings[i], f.fixed[i], f.values[i] = "", cells[i], nil
}

// values checks that a map leads to values that exist.
func (b *builder) values(key string, values map[string]string, c *column) {
	allowed := c.choices
	if c.kind == yesNoCell {
		allowed = []string{yes, no}
	}
	for _, came := range slices.Sorted(maps.Keys(values)) {
		if strings.TrimSpace(came) != came || came == "" {
			b.fault(key, "%q: a cell is compared without blanks around it", came)
		}
		if len(allowed) > 0 && !slices.Contains(allowed, values[came]) {
			b.fault(key+"."+came, "%q is not one of %s", values[came], strings.Join(allowed, ", "))
		}
	}
}

func (b *builder) document(key string, c DocumentConfig, f *feedFormat) {
	if c.Column != "" {
		f.document = strings.TrimSpace(c.Column)
	}
	if len(c.Codes) > 0 {
		f.codes = slices.Clone(c.Codes)
	}
	if f.document != "" && len(f.codes) == 0 {
		b.fault(key+".codes", "give the codes that belong to the feed")
	}
}

// doubles refuses one heading for two columns.
func (b *builder) doubles(key string, f *feedFormat, s *schema) {
	owner := map[string]string{f.document: DocumentColumn}
	for i, h := range f.headings {
		if h == "" {
			continue
		}
		if other, double := owner[h]; double {
			b.fault(key+"."+s.columns[i].name, "heading %q is that of column %s too", h, other)
		}
		owner[h] = s.columns[i].name
	}
}

func (b *builder) index(key, name string, s *schema) int {
	i := s.index(name)
	if i < 0 {
		b.fault(key+"."+name, "no such column; there are %s", strings.Join(s.names(), ", "))
	}
	return i
}

// either reads one of two words.
func (b *builder) either(key, value, off, on string, before bool) bool {
	switch value {
	case "":
		return before
	case off, on:
		return value == on
	}
	b.fault(key, "%q is neither %s nor %s", value, off, on)
	return before
}
