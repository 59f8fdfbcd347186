package formats

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// An OutConfig describes one report that leaves: ack, rejected, decisions,
// states, dunning or payouts. What is left out is as always; of the dialect, as
// the profile reads. With anything but file and folder, dunning and payouts are
// tables for the ERP, no longer in the style for accountants. JSON twins stay as
// they are, under their own names.
type OutConfig struct {
	// File is the name, with <run>, <file> and <run>, <date>, or <payout_id> or
	// <seq> in it, so that it is never used twice; <merchant>, <year> and <week>
	// may stand there too.
	File    string                       `yaml:"file"`
	Folder  string                       `yaml:"folder"`  // below out/
	Columns OutColumns                   `yaml:"columns"` // canonical name → heading; these, in this order; empty: all
	Values  map[string]map[string]string `yaml:"values"`  // canonical name → our word → that of the ERP

	Delimiter string `yaml:"delimiter"`
	Quote     string `yaml:"quote"`
	Escape    string `yaml:"escape"`
	Charset   string `yaml:"charset"`
	LineEnd   string `yaml:"line_end"`
	Decimal   string `yaml:"decimal"`
	Date      string `yaml:"date"`
	BOM       string `yaml:"bom"`    // yes | no: a byte order mark before UTF-8
	Header    string `yaml:"header"` // yes | no: a line with the headings
}

// OutColumns are the columns of a report in their order.
type OutColumns []OutColumn

// An OutColumn is a column and its heading.
type OutColumn struct{ Name, Heading string }

// UnmarshalYAML reads a map in the order in which it is written; without a value
// the heading is the name.
func (c *OutColumns) UnmarshalYAML(decode func(any) error) error {
	var m yaml.MapSlice
	if err := decode(&m); err != nil {
		return err
	}
	*c = OutColumns{}
	for _, item := range m {
		name := fmt.Sprint(item.Key)
		heading := name
		if item.Value != nil {
			heading = fmt.Sprint(item.Value)
		}
		*c = append(*c, OutColumn{name, heading})
	}
	return nil
}

// describes reports whether more than the name is set.
func (c OutConfig) describes() bool {
	return len(c.Columns) > 0 || len(c.Values) > 0 || c.Delimiter+c.Quote+c.Escape+c.Charset+c.LineEnd+c.Decimal+c.Date+c.BOM+c.Header != ""
}

// reports builds what a profile says of reports, on top of what its base says.
func (b *builder) reports(all map[string]OutConfig, p *Profile, base map[Report]*outFormat) {
	p.out = map[Report]*outFormat{}
	for r, o := range base {
		copied := *o
		sub := builder{key: b.key + ".out." + string(r)}
		sub.dialect(p.dialect, &copied)
		p.out[r] = &copied
		if _, again := all[string(r)]; !again {
			b.faults = append(b.faults, sub.faults...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(Reports(), Report(name)) {
			b.fault("out."+name, "no such report; there are %v", Reports())
			continue
		}
		r := Report(name)
		sub := builder{key: b.key + ".out." + name}
		p.out[r] = sub.report(r, all[name], p.dialect, p.out[r])
		b.faults = append(b.faults, sub.faults...)
	}
	b.collisions(p)
}

func (b *builder) report(r Report, c OutConfig, d dialect, base *outFormat) *outFormat {
	o := &outFormat{}
	if base != nil {
		copied := *base
		o = &copied
	}
	b.place(r, c, o)
	if !c.describes() {
		return o
	}
	if r == RejectedReport {
		b.fault("file", "rejected rows leave as they came; only file and folder can be set")
		return o
	}
	o.table = true
	o.signs = Config{
		Delimiter: cmp.Or(c.Delimiter, o.signs.Delimiter), Quote: cmp.Or(c.Quote, o.signs.Quote), Escape: cmp.Or(c.Escape, o.signs.Escape),
		Charset: cmp.Or(c.Charset, o.signs.Charset), LineEnd: cmp.Or(c.LineEnd, o.signs.LineEnd), Decimal: cmp.Or(c.Decimal, o.signs.Decimal),
		Date: cmp.Or(c.Date, o.signs.Date),
	}
	o.mark = b.either("bom", c.BOM, "no", "yes", o.mark)
	o.headless = b.either("header", c.Header, "yes", "no", o.headless)
	b.dialect(d, o)
	b.outColumns(r, c.Columns, o)
	b.outValues(r, c.Values, o)
	return o
}

// dialect is that of the profile with what the report wants otherwise.
func (b *builder) dialect(d dialect, o *outFormat) {
	o.dialect = d
	b.signs(o.signs, &o.dialect)
	b.notation(o.signs, &o.dialect)
	if o.mark && o.dialect.charset.name != utf8Charset.name {
		b.fault("bom", "only utf-8 has one to choose, not %s", o.dialect.charset.name)
	}
}

// outColumns chooses and names the columns.
func (b *builder) outColumns(r Report, chosen OutColumns, o *outFormat) {
	columns := r.Columns()
	if len(chosen) == 0 && o.columns != nil {
		return
	}
	if len(chosen) == 0 {
		for _, c := range columns {
			chosen = append(chosen, OutColumn{c.Name, c.Name})
		}
	}
	o.columns, o.headings = nil, nil
	owner := map[string]string{}
	for _, c := range chosen {
		i, heading := columnNamed(columns, c.Name), strings.TrimSpace(c.Heading)
		other, double := owner[heading]
		switch {
		case i < 0:
			b.fault("columns."+c.Name, "no such column; there are %s", columnNames(columns))
			continue
		case heading == "" || hasControl(heading):
			b.fault("columns."+c.Name, "%q is not a heading", c.Heading)
		case slices.Contains(o.columns, i):
			b.fault("columns."+c.Name, "the column comes twice")
		case double:
			b.fault("columns."+c.Name, "heading %q is that of column %s too", heading, other)
		}
		owner[heading] = c.Name
		o.columns, o.headings = append(o.columns, i), append(o.headings, heading)
	}
}

// outValues sets the ERP's words.
func (b *builder) outValues(r Report, values map[string]map[string]string, o *outFormat) {
	columns := r.Columns()
	o.values = slices.Clone(o.values)
	if o.values == nil {
		o.values = make([]map[string]string, len(columns))
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i := columnNamed(columns, name)
		switch {
		case i < 0:
			b.fault("values."+name, "no such column; there are %s", columnNames(columns))
			continue
		case columns[i].Values == nil:
			b.fault("values."+name, "the column holds any text; only columns of fixed words can be mapped")
			continue
		}
		o.values[i] = maps.Clone(o.values[i])
		if o.values[i] == nil {
			o.values[i] = map[string]string{}
		}
		for _, word := range slices.Sorted(maps.Keys(values[name])) {
			if !slices.Contains(columns[i].Values, word) {
				b.fault("values."+name+"."+word, "the column has no such word; there are %s", strings.Join(columns[i].Values, ", "))
			}
			if hasControl(values[name][word]) {
				b.fault("values."+name+"."+word, "%q is not text without control characters", values[name][word])
			}
			o.values[i][word] = values[name][word]
		}
	}
}
