// Package purchase is the vocabulary of purchase on invoice (Kauf auf
// Rechnung): the documents that an ERP books, the batches that carry them to
// the provider, and what the provider says about them.
//
// Everything here is a plain value. The two pure functions on which the books
// rest live here too, because both sides of the exchange compute them: the sum
// of credits and returns of an invoice ([Fold]) and the entitlement of the
// merchant for a claim ([Claim]).
package purchase

import "github.com/kontor-exchange/kontor/schedules"

// A Feed is one kind of inbound file. The order of the constants is the order
// in which rows are tried and in which a batch is applied.
type Feed int

// The feeds.
const (
	Orders Feed = 1 + iota
	Invoices
	Shipments
	Returns
	Credits
	Cancellations
	Payments
	Instructions
	// Commands are no feed of files: what an operator decided (operator.csv).
	Commands
)

var feedNames = [...]string{"", "orders", "invoices", "shipments", "returns", "credits", "cancellations", "payments", "instructions", "operator"}

// Feeds lists the feeds that come as files, in their order.
func Feeds() []Feed {
	return []Feed{Orders, Invoices, Shipments, Returns, Credits, Cancellations, Payments, Instructions}
}

// String returns the canonical name, "orders" for [Orders].
func (f Feed) String() string {
	if f < 1 || int(f) >= len(feedNames) {
		return "unknown"
	}
	return feedNames[f]
}

// ParseFeed returns the feed of a canonical name.
func ParseFeed(name string) (Feed, bool) {
	for f := Orders; f <= Commands; f++ {
		if feedNames[f] == name {
			return f, true
		}
	}
	return 0, false
}

// A Code says why a row or file was not booked, or why an order was declined.
// The catalogue of sentences for each is in package formats.
type Code string

// Codes of files.
const (
	FileEncoding  Code = "FILE_ENCODING"
	FileHeader    Code = "FILE_HEADER"
	FileTrailer   Code = "FILE_TRAILER"
	FileTruncated Code = "FILE_TRUNCATED"
	FileEmpty     Code = "FILE_EMPTY"
	FileTooLarge  Code = "FILE_TOO_LARGE"
	FileDialect   Code = "FILE_DIALECT"
	FileNotYours  Code = "FILE_NOT_YOURS"
)

// Codes of rows.
const (
	RowColumns        Code = "ROW_COLUMNS"
	FieldRequired     Code = "FIELD_REQUIRED"
	FieldFormat       Code = "FIELD_FORMAT"
	FieldRange        Code = "FIELD_RANGE"
	FieldLength       Code = "FIELD_LENGTH"
	WrongCurrency     Code = "CURRENCY" // also a decision
	UnknownOrder      Code = "UNKNOWN_ORDER"
	UnknownInvoice    Code = "UNKNOWN_INVOICE"
	UnknownAccount    Code = "UNKNOWN_ACCOUNT"
	NotAccepted       Code = "NOT_ACCEPTED"
	OverApproved      Code = "OVER_APPROVED"
	OverCredit        Code = "OVER_CREDIT"
	DuplicateRow      Code = "DUPLICATE"
	ConflictRow       Code = "CONFLICT"
	Closed            Code = "CLOSED"
	UnknownColumn     Code = "UNKNOWN_COLUMN"     // warning
	ReturnAssumed     Code = "RETURN_ASSUMED"     // warning
	ChangedImmaterial Code = "CHANGED_IMMATERIAL" // warning
)

// Codes of credit decisions.
const (
	OK              Code = "OK"
	DataMissing     Code = "DATA_MISSING"
	Country         Code = "COUNTRY"
	AgeLimit        Code = "AGE"
	LimitOrder      Code = "LIMIT_ORDER"
	AddressMismatch Code = "ADDRESS_MISMATCH"
	OverdueExists   Code = "OVERDUE_EXISTS"
	LimitOpenSum    Code = "LIMIT_OPEN_SUM"
	Reviewed        Code = "REVIEWED" // a person decided (Art. 22 GDPR)
)

// A Verdict is what became of a row, or of a file.
type Verdict string

// Verdicts. A file is ACCEPTED, PARTIAL, REJECTED, DUPLICATE or HELD; a row is
// BOOKED, DUPLICATE, CONFLICT, REJECTED or PARKED.
const (
	Accepted  Verdict = "ACCEPTED"
	Partial   Verdict = "PARTIAL"
	Held      Verdict = "HELD"
	Booked    Verdict = "BOOKED"
	Duplicate Verdict = "DUPLICATE"
	Conflict  Verdict = "CONFLICT"
	Rejected  Verdict = "REJECTED"
	Parked    Verdict = "PARKED"
)

// A Source is where a record came from: a row of an archived file.
type Source struct {
	SHA256 string // of the file's bytes, hex
	Name   string // as it was dropped
	Row    int64  // data rows count from 1
}

// A Record is one row of a feed, typed: an [Order], [Invoice], [Shipment],
// [Return], [Credit], [Cancellation], [Payment] or [Instruction].
type Record interface {
	Feed() Feed
	// Number is the document's own number.
	Number() string
	// Key is the business key inside (merchant, feed).
	Key() string
	// Date is the business date: rows are tried in (date, number) order.
	Date() schedules.Date
	// Material joins the columns that make a further row with the same key
	// a conflict; equal strings mean equal content.
	Material() string
	// Content joins all columns.
	Content() string
}
