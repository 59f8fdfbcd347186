package purchase

import (
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
)

// A Reversal says what a REVERSE command takes back: a document by its feed, kind
// and number; of an invoice the amount of the correction that takes it back.
type Reversal struct {
	Feed   Feed
	Kind   string // "" where the feed has no kinds
	Number string
	Amount money.Amount // of an invoice
}

// String is the argument of the command.
func (r Reversal) String() string {
	kind, what := r.Kind, r.Number
	if kind == "" {
		kind = "-"
	}
	if r.Feed == Invoices {
		what = r.Amount.String()
	}
	return r.Feed.String() + " " + kind + " " + what
}

// ParseReversal undoes [Reversal.String]; false says that an argument is none.
func ParseReversal(argument string) (r Reversal, ok bool) {
	feed, rest, _ := strings.Cut(argument, " ")
	kind, what, ok := strings.Cut(rest, " ")
	if r.Feed, _ = ParseFeed(feed); !ok || what == "" {
		return r, false
	}
	if kind != "-" {
		r.Kind = kind
	}
	switch r.Feed {
	case Invoices:
		var err error
		r.Amount, err = money.Parse(what)
		return r, err == nil && r.Amount > 0
	case Orders, Returns, Credits, Cancellations, Instructions:
		r.Number = what
		return r, true
	}
	return r, false
}
