package provider_test

import (
	"maps"
	"slices"
)

// The model is a second provider, written from the description of the domain
// and nothing else: slow, obvious, in memory. It imports nothing of the program
// (TestModelStandsAlone), keeps whole lists, and works everything out anew each
// time it is asked. TestModel lets both live the same histories.

type cents = int64

// A record is one document of a batch, with the fields that its feed uses.
type record struct {
	feed     string // the names of the feeds, and "operator"
	no       string
	kind     string // of returns, credits, instructions and commands; purpose of a payment
	order    string
	invoice  string
	day      day // the document's date; booked_on of a payment
	other    day // value_on, due_date, birth_date
	amount   cents
	text     string // reference of a payment; the return that a credit names; argument of a command
	iban     string
	transfer string // end-to-end id
	currency string
	term     int // −1: none given
	notice   bool
	customer string
	business bool
	first    string
	last     string
	company  string
	phone    string
	postcode string
	country  string
	shipTo   string // street
	shipLand string
}

type rate struct {
	from   day
	points int64 // hundredths of a percent
}

type terms struct {
	merchant                                string
	term                                    int
	feePercent, vat                         int64
	feeFixed, payoutMin                     cents
	anchor                                  string
	guaranteeDays, announcedDays            int
	assume                                  bool
	after                                   []int
	fees                                    []cents
	dunningMin, flat                        cents
	letterDays, statementDays               int
	consumerPoints, businessPoints          int64
	orderMin, orderMax, openMax, mismatchTo cents
	mismatch                                string
	rates                                   []rate
	within                                  []string // what a payment pays first
	oldest                                  bool     // whatever is exactly owed
}

// A claim is an invoice; what it is worth follows from its documents and from
// the parts of payments that it took.
type claim struct {
	no, order, customer string
	date, dueGiven      day
	term                int
	notice, business    bool
	invoiced            cents
	active              bool
	activated, due      day
	docs                []record // in the order in which they came
	booked              int      // how many of docs are in the books
	guaranteed          bool
	recourse            bool
	writtenOff          cents // of the principal
	chargesOff          cents
	fees, flat          cents // booked and not waived
	interest            cents
	feesEver, flatEver  cents
	waived              day
	level               int
	sent, firstSent     day // 0 while the notice has not left
}

// A part is what one claim took of one payment or transfer, and in which order.
type part struct {
	payment                      string
	claim                        *claim
	charges, interest, principal cents
	order                        []string
}

// of is the share of a part that paid one of charges, interest and principal.
func (x *part) of(what string) *cents {
	return map[string]*cents{"charges": &x.charges, "interest": &x.interest, "principal": &x.principal}[what]
}

type payment struct {
	record
	waiting  cents
	returned bool
}

type posting struct {
	account, claim string
	date           day
	amount         cents
}

type line struct {
	kind, order, invoice, document, customer string
	booked, guarantee, due                   day
	gross, amount                            cents
}

type payout struct {
	id                                 string
	from, to, date                     day
	opening, amount, closing, net, vat cents
	lines                              []line
}

type transfer struct {
	id, purpose    string
	amount         cents
	claim          *claim
	left, returned bool
}

type segment struct {
	from, to  day
	principal cents
	points    int64
}

type notice struct {
	run                                               day
	claim                                             *claim
	level                                             int
	hold, status                                      string
	outstanding, fee, flat, booked, total, open, owed cents
	next                                              day
	segments                                          []segment
}

// A model is the books of one merchant.
type model struct {
	terms
	today     day // of the slot
	orders    map[string]*order
	claims    map[string]*claim
	payments  map[string]*payment
	paidFor   map[string]map[string]bool // IBAN → customers
	parts     []*part
	postings  []posting
	lines     []line
	paidLines int // lines that are in a payout
	payouts   []payout
	transfers []*transfer
	notices   []*notice
	dunned    day // the last run that said something
	statement day // the bank's last word
}

func newModel(t terms) *model {
	return &model{
		terms: t, orders: map[string]*order{}, claims: map[string]*claim{}, payments: map[string]*payment{}, paidFor: map[string]map[string]bool{},
	}
}

func inOrder[T any](m map[string]T) []T {
	var all []T
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all = append(all, m[k])
	}
	return all
}
