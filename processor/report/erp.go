package report

import (
	"io"

	"github.com/kontor-exchange/kontor/formats"
)

// A profile may say how the ERP wants a report; see [formats.OutConfig]. Payouts
// and dunning, which are for people otherwise, are then tables for a machine:
// codes instead of words, nothing altered for spreadsheets. The workbook and the
// statement beside a payout stay for people.

// forERP reports whether the profile describes a report.
func (r Renderer) forERP(rep formats.Report) bool {
	return r.Profile != nil && r.Profile.Describes(rep)
}

// forPeople starts a table in the style, or as the profile describes it.
func (r Renderer) forPeople(w io.Writer, rep formats.Report) *formats.Table {
	if r.forERP(rep) {
		return r.Profile.NewReport(w, rep)
	}
	return r.Style.NewTable(w, rep.Columns())
}

// asItIs prints a text of others for a machine.
func asItIs(s string) string { return s }

// Place is the folder and the name of the table of a report. canonical is its
// name unless the profile gives another one; facts fill the placeholders of that,
// such as "<run>".
func (r Renderer) Place(rep formats.Report, canonical string, facts map[string]string) (folder, name string) {
	all := map[string]string{"<merchant>": r.Merchant}
	for place, fact := range facts {
		all[place] = fact
	}
	return r.Profile.Place(rep, canonical, all)
}
