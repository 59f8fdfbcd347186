// Package report is what the files say that leave: acknowledgements, rejected
// rows, decisions, states, payouts, dunning, letters, unmatched payments.
//
// It computes no money. It prints what others have booked, and before a payout
// leaves it proves that the printed numbers agree with each other
// ([CheckPayout]). All reports are written as a stream; how many lines there
// are does not matter.
//
// There are two sorts of tables. Those that the merchant's ERP reads (ack,
// rejected rows, decisions, states) are in the dialect of its profile and are
// never altered. Those that people open in a spreadsheet (payouts, dunning,
// unmatched) follow a [formats.Style], and no cell of them does anything or
// changes when it is opened there, see cell.go. Each table has a JSON twin with
// the same names, amounts in cents as "…_cents", and codes where the table has
// words.
package report

import (
	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Renderer knows how one merchant wants its files.
type Renderer struct {
	Merchant string           // id
	Name     string           // of the merchant, as debtors know it
	Currency string           // ISO 4217
	Profile  *formats.Profile // dialect of the files that the ERP reads
	Style    formats.Style    // of the tables that people read
	Language formats.Language // of sentences
	// Version is which one of a report is written; 0 and 1 are the first. A
	// payout says so itself.
	Version int
}

// say picks the sentence of the renderer's language.
func (r Renderer) say(german, english string) string {
	if r.Language == formats.English {
		return english
	}
	return german
}

// date prints a date inside a sentence.
func (r Renderer) date(d schedules.Date) string {
	return d.Format(r.say("02.01.2006", "2006-01-02"))
}

// amount prints an amount inside a sentence, without currency.
func (r Renderer) amount(a money.Amount) string {
	return a.Format(r.say(",", ".")[0])
}
