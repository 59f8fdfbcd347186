package formats

import (
	"io"
	"strings"
)

// An outFormat is how a profile wants one report.
type outFormat struct {
	table    bool   // the table too, not only its name
	signs    Config // what its dialect has otherwise than the profile
	dialect  dialect
	mark     bool // begins with a byte order mark
	headless bool // no header line
	columns  []int
	headings []string
	values   []map[string]string // by column of the report: our word → the ERP's

	file, folder string // "" as always
}

// Describes reports whether the profile says what the table of a report looks
// like. It is then for the ERP: codes where people would read words, and no cell
// altered against formulas.
func (p *Profile) Describes(r Report) bool {
	o := p.out[r]
	return o != nil && o.table
}

// NewReport starts a report as the profile describes it; one that it does not
// describe is a table for machines, see [Profile.NewTable].
func (p *Profile) NewReport(w io.Writer, r Report) *Table {
	o := p.out[r]
	if o == nil || !o.table {
		return p.NewTable(w, r.Columns())
	}
	t := &Table{dialect: o.dialect, columns: r.Columns(), order: o.columns, words: o.values, headless: o.headless}
	if o.mark {
		_, t.err = io.WriteString(w, markUTF8)
	}
	return t.start(w, o.headings)
}

// Place is the folder and name of a report's table. facts fill the placeholders
// of a name, such as "<run>"; canonical is the name unless the profile says
// otherwise.
func (p *Profile) Place(r Report, canonical string, facts map[string]string) (folder, name string) {
	folder, name = r.Folder(), canonical
	o := p.out[r]
	if o == nil {
		return folder, name
	}
	if o.folder != "" {
		folder = o.folder
	}
	if o.file != "" {
		var pairs []string
		for place, fact := range facts {
			pairs = append(pairs, place, fact)
		}
		name = strings.NewReplacer(pairs...).Replace(o.file)
	}
	return folder, name
}

// Inbound returns the profile without what it says of reports: for those that
// go to nobody's ERP.
func (p *Profile) Inbound() *Profile {
	other := *p
	other.out = nil
	return &other
}
