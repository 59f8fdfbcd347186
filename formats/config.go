package formats

import (
	"cmp"
	"errors"
	"maps"
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
	Time      string                `yaml:"time"`      // such as hh:mm:ss, or hh:mm:ss.fZ with fraction and offset from UTC: may follow a date, read and dropped; or none
	Zone      string                `yaml:"zone"`      // such as Europe/Berlin: in which a time with an offset gives the date; empty or none: the date as it is written
	Guard     string                `yaml:"guard"`     // ' or none: one apostrophe before a cell, which keeps spreadsheets from changing it, is dropped
	Feeds     map[string]FeedConfig `yaml:"feeds"`
	Out       map[string]OutConfig  `yaml:"out"` // by report: ack, rejected, decisions, states, dunning, payouts
}

// A FeedConfig describes one feed of a profile.
type FeedConfig struct {
	Columns   map[string]string            `yaml:"columns"`   // canonical name → heading
	Values    map[string]map[string]string `yaml:"values"`    // canonical name → what comes → canonical value
	Fixed     map[string]string            `yaml:"fixed"`     // canonical name → value of every row; the file needs no such column
	Derive    map[string]DeriveConfig      `yaml:"derive"`    // canonical name → how it is made of a cell under any heading
	GroupBy   string                       `yaml:"group_by"`  // canonical name: lines one after the other with the same value there are one row; or none
	Ignore    []string                     `yaml:"ignore"`    // headings of no use, or their beginning and *: no warning
	Files     string                       `yaml:"files"`     // glob, such as orders_*.csv
	Trailer   string                       `yaml:"trailer"`   // optional | required
	Truncated string                       `yaml:"truncated"` // refuse | allow_with_trailer
	Document  DocumentConfig               `yaml:"document"`  // column with the kind of document (Belegart)
}

// A DeriveConfig makes a column of a cell that may be a column itself.
type DeriveConfig struct {
	From   string `yaml:"from"`   // heading
	Take   string `yaml:"take"`   // all, first_name, last_name, street, house_no, lower
	Filled string `yaml:"filled"` // value where that is not empty; left out: that itself
	Empty  string `yaml:"empty"`  // value where it is
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
		b.fault("base", "%q is no profile; shipped are %s", c.Base, strings.Join(Shipped(), ", "))
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
	b.reports(c.Out, p, base.out)
	if len(b.faults) > 0 {
		return nil, errors.Join(b.faults...)
	}
	return p, nil
}

func (f *feedFormat) clone() *feedFormat {
	c := *f
	c.headings, c.fixed = slices.Clone(f.headings), slices.Clone(f.fixed)
	c.values, c.codes = slices.Clone(f.values), slices.Clone(f.codes)
	c.derived, c.ignored = slices.Clone(f.derived), slices.Clone(f.ignored)
	return &c
}
