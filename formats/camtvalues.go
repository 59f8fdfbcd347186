package formats

// A bankStatement is what a file says of one account: a statement (camt.053) or
// a notification (camt.054). Its entries are not kept.
type bankStatement struct {
	span
	account  string
	currency string
	id       string
	sequence string // electronic sequence number
	page     string
	lastPage string
	balances []bankBalance

	sums  sums           // of this page
	pages sums           // and of those before it
	torn  bool           // a page before it is not in the file
	twins map[string]int // entries without a reference, by their content
}

// A bankBalance is one balance of a statement, as it stands in the file.
type bankBalance struct {
	code   string // OPBD, CLBD, …
	amount bankAmount
	sign   string // CRDT or DBIT
	date   string
}

// A bankAmount is an amount as it stands in the file.
type bankAmount struct{ value, currency string }

// A bankEntry is one entry of an account (Umsatz), with its details if the bank
// gives any.
type bankEntry struct {
	span
	reference string // of the entry (NtryRef)
	servicer  string // of the bank (AcctSvcrRef)
	amount    bankAmount
	sign      string // CRDT or DBIT
	status    string // BOOK, PDNG, INFO
	reversal  string
	booked    string
	valued    string
	batch     string // how many transactions a batch has
	elsewhere string // the message that has the details
	info      string
	details   []bankDetail

	references map[string]int // of the details, how often
}

// A bankDetail is one transaction of an entry.
type bankDetail struct {
	span
	servicer    string
	endToEnd    string
	transaction string
	amount      bankAmount
	inside      bankAmount // of AmtDtls
	sign        string
	debtor      bankParty
	creditor    bankParty
	structured  []string // creditor references
	free        []string // unstructured remittance
	documents   []string // numbers of referred documents
	more        []string // additional remittance
	info        string
	returned    bool // it has return information
	reason      []string
}

// A bankParty is who stands on the other side.
type bankParty struct{ name, ultimate, account string }

func (p bankParty) called() string {
	if p.name != "" {
		return p.name
	}
	return p.ultimate
}

// A span is where an element stands in the file.
type span struct{ line, offset, length int64 }
