package formats

import (
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A Description is a profile in words of the configuration.
type Description struct {
	Name      string              `json:"name"`
	Delimiter string              `json:"delimiter"`
	Quote     string              `json:"quote"`
	Escape    string              `json:"escape"`
	Charset   string              `json:"charset"`
	LineEnd   string              `json:"line_end"`
	Decimal   string              `json:"decimal"`
	Grouping  string              `json:"grouping"`
	Date      string              `json:"date"`
	Time      string              `json:"time"`
	Zone      string              `json:"zone"`
	Guard     string              `json:"guard"`
	Feeds     []FeedDescription   `json:"feeds"`
	Out       []ReportDescription `json:"out"`
}

// A FeedDescription is one feed of a profile.
type FeedDescription struct {
	Feed     string              `json:"feed"`
	Files    string              `json:"files"`
	GroupBy  string              `json:"group_by,omitempty"`
	Document string              `json:"document,omitempty"` // heading of the document code
	Codes    []string            `json:"codes,omitempty"`
	Columns  []ColumnDescription `json:"columns"`
}

// A ColumnDescription says where a column comes from.
type ColumnDescription struct {
	Name     string            `json:"name"`
	Required bool              `json:"required"`
	Heading  string            `json:"heading,omitempty"`
	Take     string            `json:"take,omitempty"`   // part of the cell
	Filled   string            `json:"filled,omitempty"` // value instead of it
	Empty    string            `json:"empty,omitempty"`
	Fixed    string            `json:"fixed,omitempty"`
	Values   map[string]string `json:"values,omitempty"`
}

// A ReportDescription is one report that leaves.
type ReportDescription struct {
	Report  string              `json:"report"`
	Folder  string              `json:"folder"`
	File    string              `json:"file"`
	Table   bool                `json:"table"` // the profile describes the table too
	Columns []ColumnDescription `json:"columns"`
}

// Describe tells all of a profile.
func (p *Profile) Describe() Description {
	d := &p.dialect
	v := Description{
		Name: p.Name, Delimiter: delimiterName(d.delimiter), Quote: none, Charset: d.charset.name, LineEnd: "lf", Decimal: string(rune(d.decimal)),
		Grouping: orNone(d.grouping), Date: d.date.text, Time: orNone(d.time.text), Zone: none, Guard: none, Out: []ReportDescription{},
	}
	if d.quote != 0 {
		v.Quote = string(rune(d.quote))
		v.Escape = v.Quote
	}
	if d.backslash {
		v.Escape = `\`
	}
	if d.crlf {
		v.LineEnd = "crlf"
	}
	if d.zone != nil {
		v.Zone = d.zone.String()
	}
	if d.guarded {
		v.Guard = "'"
	}
	for _, feed := range purchase.Feeds() {
		v.Feeds = append(v.Feeds, p.describeFeed(feed))
	}
	for _, r := range Reports() {
		v.Out = append(v.Out, p.describeReport(r))
	}
	return v
}

func orNone(s string) string {
	if s == "" {
		return none
	}
	return s
}

func (p *Profile) describeFeed(feed purchase.Feed) FeedDescription {
	f := p.feeds[feed]
	v := FeedDescription{Feed: feed.String(), Files: f.files, GroupBy: f.group, Document: f.document, Codes: f.codes}
	for i, c := range schemas[feed].columns {
		if c.inside {
			continue
		}
		d := ColumnDescription{Name: c.name, Required: c.always, Heading: f.headings[i], Fixed: f.fixed[i], Values: f.values[i]}
		for _, from := range f.derived {
			if from.column == i {
				d.Heading, d.Take, d.Filled, d.Empty = from.heading, from.take, from.filled, from.empty
			}
		}
		v.Columns = append(v.Columns, d)
	}
	return v
}

func (p *Profile) describeReport(r Report) ReportDescription {
	folder, file := p.Place(r, r.pattern(), nil)
	v := ReportDescription{Report: string(r), Folder: folder, File: file, Table: p.Describes(r), Columns: []ColumnDescription{}}
	if !v.Table {
		for _, c := range r.Columns() {
			v.Columns = append(v.Columns, ColumnDescription{Name: c.Name, Heading: c.Name})
		}
		return v
	}
	o := p.out[r]
	for i, at := range o.columns {
		v.Columns = append(v.Columns, ColumnDescription{Name: r.Columns()[at].Name, Heading: o.headings[i], Values: o.values[at]})
	}
	return v
}
