package formats

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"
)

// feed overrides one feed.
func (b *builder) feed(key string, c FeedConfig, f *feedFormat, s *schema) {
	b.columns(key, c, f, s)
	b.derive(key, c, f, s)
	f.ignored = append(f.ignored, c.Ignore...)
	b.group(key+".group_by", c.GroupBy, f, s)
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
			f.underived(i)
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
	f.underived(i)
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
	if i < 0 || s.columns[i].inside {
		there := slices.DeleteFunc(s.headings(), func(h string) bool { return h == "" })
		b.fault(key+"."+name, "no such column; there are %s", strings.Join(there, ", "))
		return -1
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
