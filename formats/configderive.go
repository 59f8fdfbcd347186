package formats

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// derive sets columns that are made of other cells.
func (b *builder) derive(key string, c FeedConfig, f *feedFormat, s *schema) {
	for _, name := range slices.Sorted(maps.Keys(c.Derive)) {
		i, at := b.index(key+".derive", name, s), key+".derive."+name
		if i < 0 {
			continue
		}
		_, heading := c.Columns[name]
		_, fixed := c.Fixed[name]
		if heading || fixed {
			b.fault(at, "the column has a heading or a fixed value too; give one of them")
		}
		d := derivedFrom{i, strings.TrimSpace(c.Derive[name].From), cmp.Or(c.Derive[name].Take, takeAll), c.Derive[name].Filled, c.Derive[name].Empty}
		if d.heading == "" || hasControl(d.heading) {
			b.fault(at+".from", "%q is not a heading", c.Derive[name].From)
		}
		if !slices.Contains(takes(), d.take) {
			b.fault(at+".take", "%q is none of %s", d.take, strings.Join(takes(), ", "))
		}
		b.word(at+".filled", d.filled, &s.columns[i])
		b.word(at+".empty", d.empty, &s.columns[i])
		f.headings[i], f.fixed[i] = "", ""
		f.underived(i)
		f.derived = append(f.derived, d)
	}
}

// word checks a canonical value of a column of few words.
func (b *builder) word(key, value string, c *column) {
	allowed := c.choices
	if c.kind == yesNoCell {
		allowed = []string{yes, no}
	}
	if value != "" && len(allowed) > 0 && !slices.Contains(allowed, value) {
		b.fault(key, "%q is not one of %s", value, strings.Join(allowed, ", "))
	}
}

// underived drops what a column was made of so far.
func (f *feedFormat) underived(column int) {
	f.derived = slices.DeleteFunc(slices.Clone(f.derived), func(d derivedFrom) bool { return d.column == column })
}

// group sets the column by which lines make up rows. It is one that every row
// has, so that no line belongs to two.
func (b *builder) group(key, name string, f *feedFormat, s *schema) {
	switch {
	case name == "":
	case name == none:
		f.group = ""
	case s.index(name) < 0 || !s.columns[s.index(name)].always:
		var there []string
		for _, c := range s.columns {
			if c.always && c.kind == documentCell {
				there = append(there, c.name)
			}
		}
		b.fault(key, "%q is not a column that every row has, such as %s", name, strings.Join(there, ", "))
	default:
		f.group = name
	}
	if i := s.index(f.group); i >= 0 && f.headings[i] == "" {
		b.fault(key, "%q has no heading of its own", f.group)
	}
}
