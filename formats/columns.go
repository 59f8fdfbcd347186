package formats

import (
	"reflect"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A cellKind says how a cell is read and checked.
type cellKind int

const (
	textCell     cellKind = iota // at most 255 characters
	numberCell                   // a foreign key such as customer_no, at most 64 characters
	documentCell                 // a document number: as numberCell, and never begins with = + - @
	accountCell                  // IBAN: upper case, blanks removed, else as it is
	dateCell
	amountCell
	currencyCell
	countryCell
	daysCell
	choiceCell
	yesNoCell
	debtorCell // account of a customer in the merchant's own books
)

// A column of a feed. The table of a feed has the order of the fields of its
// record in package purchase, which is the order of the specification too: it
// decides which code a row with several bad cells gets.
type column struct {
	name    string
	kind    cellKind
	need    func(cells []string) bool // nil: the cell may be empty
	always  bool                      // required in every row, so in the header too
	choices []string
	dflt    string
	zero    func(cells []string) bool // amounts: 0 is allowed; nil: never
	minus   bool                      // amounts: negative is allowed
	inside  bool                      // no file of an ERP or bank has it, only batches
	later   bool                      // a last column that batches of older versions lack
}

// A schema is the table of one feed.
type schema struct {
	feed    purchase.Feed
	columns []column
	record  reflect.Type                                 // of package purchase
	raw     any                                          // pointer to the string-only struct for gocsv
	header  func(has func(string) bool) (missing string) // beyond the required columns
	after   func(record any) (column, want string)       // rules over several columns
	sum     string                                       // column of the trailer's sum
}

func (s *schema) index(name string) int {
	for i := range s.columns {
		if s.columns[i].name == name {
			return i
		}
	}
	return -1
}

// headings are the canonical names as headings of a file, "" for what stands in
// batches only.
func (s *schema) headings() []string {
	names := s.names()
	for i, c := range s.columns {
		if c.inside {
			names[i] = ""
		}
	}
	return names
}

func (s *schema) names() []string {
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = c.name
	}
	return names
}

func required([]string) bool { return true }

func allowed([]string) bool { return true }

func text(name string) column     { return column{name: name} }
func number(name string) column   { return column{name: name, kind: numberCell} }
func document(name string) column { return column{name: name, kind: documentCell} }
func date(name string) column     { return column{name: name, kind: dateCell} }
func amount(name string) column   { return column{name: name, kind: amountCell} }
func currency() column            { return column{name: "currency", kind: currencyCell} }
func country(name string) column  { return column{name: name, kind: countryCell} }
func days(name string) column     { return column{name: name, kind: daysCell} }

// tax may be 0, for goods without tax.
func tax() column { return column{name: "tax_amount", kind: amountCell, zero: allowed} }

func choice(name string, of ...string) column {
	return column{name: name, kind: choiceCell, choices: of}
}

// debtor is the account of a customer in the merchant's own books
// (Debitorenkonto).
func debtor() column { return column{name: "debtor_account", kind: debtorCell, later: true} }

// consent says that a debtor takes letters by mail.
func consent() column { return column{name: "email_consent", kind: yesNoCell, later: true} }

// must makes a column required in every row.
func must(c column) column {
	c.need, c.always = required, true
	return c
}

// when makes a column required in rows that need it.
func when(c column, need func(cells []string) bool) column {
	c.need = need
	return c
}

// inside keeps a column out of files of ERPs and banks.
func inside(c column) column {
	c.inside = true
	return c
}

// or gives the value of an empty cell.
func or(c column, value string) column {
	c.dflt = value
	return c
}
