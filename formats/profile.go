package formats

import (
	"maps"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A Profile (Dialekt) is how one ERP writes its files. It does not change
// after it was built and may be shared.
type Profile struct {
	Name string

	dialect dialect
	feeds   map[purchase.Feed]*feedFormat
	out     map[Report]*outFormat
}

// A feedFormat is how the files of one feed look. Slices are by column of the
// feed's schema.
type feedFormat struct {
	headings []string
	values   []map[string]string // what comes → canonical; nil: as it comes
	fixed    []string            // value of every row, where heading is ""

	group   string        // canonical name of the column whose cell is equal in all lines of a row; "": each line is a row
	derived []derivedFrom // columns that are made of a cell of another heading
	ignored []string      // headings of no use, or their beginning and *; no warning

	document string   // heading of the document code (Belegart), "" for none
	codes    []string // document codes of the feed

	files         string // globs, braces allowed
	trailer       bool   // required
	trailerProves bool   // a trailer makes up for a missing last line end
}

// globs expands one pair of braces: a_*.{csv,txt} is a_*.csv and a_*.txt.
func globs(s string) []string {
	before, rest, open := strings.Cut(s, "{")
	within, after, closed := strings.Cut(rest, "}")
	if !open || !closed {
		return []string{s}
	}
	var all []string
	for _, alternative := range strings.Split(within, ",") {
		all = append(all, before+alternative+after)
	}
	return all
}

// WithFiles returns a copy of the profile with other globs for some feeds.
func (p *Profile) WithFiles(globs map[purchase.Feed]string) *Profile {
	other := *p
	other.feeds = maps.Clone(p.feeds)
	for feed, glob := range globs {
		if f, ok := other.feeds[feed]; ok {
			changed := *f
			changed.files = glob
			other.feeds[feed] = &changed
		}
	}
	return &other
}
