package formats

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Why names a sentence about a row. One code can have several: an order that
// is cancelled and one that was declined are both NOT_ACCEPTED, and what is to
// be done next is not the same.
type Why string

// A Cause says why a row has its verdict: a sentence and the facts that it
// tells, as they were at that moment. It is stored as JSON with the verdict, so
// that it can be told again later and in either language. A sentence uses some
// of the facts; [Cause.Message] shows a text that is missing as "?".
type Cause struct {
	Why      Why            `json:"why,omitempty"`
	Order    string         `json:"order,omitempty"`
	Invoice  string         `json:"invoice,omitempty"`
	Credit   string         `json:"credit,omitempty"`
	Return   string         `json:"return,omitempty"`
	Number   string         `json:"number,omitempty"`   // of the row's document
	Column   string         `json:"column,omitempty"`   // canonical name
	Value    string         `json:"value,omitempty"`    // what the column says
	Wanted   string         `json:"wanted,omitempty"`   // what it should say
	Code     purchase.Code  `json:"code,omitempty"`     // of the order's decision, or of a refusal
	Amount   money.Amount   `json:"amount,omitempty"`   // of the row
	Approved money.Amount   `json:"approved,omitempty"` // of the order
	Invoiced money.Amount   `json:"invoiced,omitempty"` // of the order, by earlier rows
	Gross    money.Amount   `json:"gross,omitempty"`    // of the invoice, or of a payment that is returned
	Credited money.Amount   `json:"credited,omitempty"` // of the invoice, by earlier rows
	Direct   money.Amount   `json:"direct,omitempty"`   // paid to the shop, by earlier rows
	Left     money.Amount   `json:"left,omitempty"`
	Date     schedules.Date `json:"date,omitzero"`
	Limit    schedules.Date `json:"limit,omitzero"`

	// What is looked up when the sentence is told.
	File        string            `json:"-"` // with the row that came before
	Line        int64             `json:"-"` // of that row
	Differences []Difference      `json:"-"` // from that row
	Headings    map[string]string `json:"-"` // of the file by canonical name, see [Profile.Headings]
}

// A Difference is a column in which two rows with one number differ.
type Difference struct {
	Column  string // canonical name
	Was, Is any    // as they are in the record
}

// Message tells the cause to the merchant.
func (c Cause) Message(l Language) string {
	s, ok := causes[c.Why]
	if !ok {
		return Message(l, purchase.Code(c.Why))
	}
	text := s.en
	if l == German {
		text = s.de
	}
	return strings.NewReplacer(c.facts(l)...).Replace(text)
}

// facts pairs the placeholders of sentences with what they stand for.
func (c Cause) facts(l Language) []string {
	return []string{
		"{order}", shown(c.Order), "{invoice}", shown(c.Invoice), "{credit}", shown(c.Credit), "{return}", shown(c.Return),
		"{number}", shown(c.Number), "{column}", c.heading(l, c.Column), "{value}", shown(c.Value), "{wanted}", shown(c.Wanted),
		"{decision}", MerchantText(l, c.Code), "{refusal}", Message(l, c.Code),
		"{amount}", l.print(c.Amount), "{approved}", l.print(c.Approved), "{invoiced}", l.print(c.Invoiced),
		"{gross}", l.print(c.Gross), "{credited}", l.print(c.Credited), "{direct}", l.print(c.Direct), "{left}", l.print(c.Left),
		"{date}", l.print(c.Date), "{limit}", l.print(c.Limit),
		"{place}", l.say(placeOfRow, shown(c.File), c.Line), "{differences}", c.differences(l), "{columns}", c.columns(l),
	}
}

func shown(text string) string {
	if text == "" {
		return "?"
	}
	return text
}

// heading is the word that the merchant's file has for a column.
func (c Cause) heading(l Language, column string) string {
	if h := c.Headings[column]; l == German && h != "" {
		return h
	}
	return shown(column)
}

// differences tells each column that differs with what is booked and what came.
func (c Cause) differences(l Language) string {
	parts := make([]string, len(c.Differences))
	for i, d := range c.Differences {
		parts[i] = l.say(differs, c.heading(l, d.Column), l.cell(d.Was), l.cell(d.Is))
	}
	return shown(strings.Join(parts, ", "))
}

// columns lists the columns that differ, without what they say.
func (c Cause) columns(l Language) string {
	parts := make([]string, len(c.Differences))
	for i, d := range c.Differences {
		parts[i] = c.heading(l, d.Column)
	}
	return shown(strings.Join(parts, ", "))
}

// cell shows what a column of a record says.
func (l Language) cell(value any) string {
	switch v := value.(type) {
	case schedules.Date:
		if v.IsZero() {
			return l.say(emptyCell)
		}
	case fmt.Stringer:
		if v.String() == "" {
			return l.say(emptyCell)
		}
	case string:
		if v == "" {
			return l.say(emptyCell)
		}
	}
	return l.print(value)
}

// Headings returns what the files of a profile call the columns of a feed, by
// canonical name, as far as it is another word.
func (p *Profile) Headings(feed purchase.Feed) map[string]string {
	all := map[string]string{}
	f := p.feeds[feed]
	if f == nil {
		return all
	}
	for i, c := range schemas[feed].columns {
		if h := f.headings[i]; h != "" && h != c.name {
			all[c.name] = h
		}
	}
	return all
}

// TooLarge refuses a file of size bytes that is over the limit unread.
func TooLarge(file string, size, limit int64) FileError {
	return FileError{File: file, Code: purchase.FileTooLarge, Value: strconv.FormatInt(size, 10), Want: wantSize(limit)}
}
