package purchase

import (
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Handover is all that a collection agency (Inkassounternehmen) must know of
// a claim that it takes over: enough to apply for a payment order
// (Mahnbescheid, § 690 ZPO), and the whole history behind it. It is told as the
// claim stands after the notice of that day.
type Handover struct {
	ID         string         `json:"handover_id"` // that of the last notice
	Day        schedules.Date `json:"date"`
	CustomerNo string         `json:"customer_no"`
	OrderNo    string         `json:"order_no"`
	Reference  string         `json:"reference"` // that payments name
	Debtor     Debtor         `json:"debtor"`

	InvoiceNo   string         `json:"invoice_no"`
	InvoiceDate schedules.Date `json:"invoice_date"`
	DueDate     schedules.Date `json:"due_date"`
	AssignedOn  schedules.Date `json:"assigned_on"` // when the provider bought the claim (§ 398 BGB)
	Invoiced    money.Amount   `json:"invoiced_cents"`
	Credited    money.Amount   `json:"credited_cents"` // credits and returns
	Direct      money.Amount   `json:"direct_payments_cents"`
	Paid        money.Amount   `json:"paid_cents"` // on the principal
	WrittenOff  money.Amount   `json:"written_off_cents"`
	Principal   money.Amount   `json:"principal_cents"` // what is left of it

	Fees         money.Amount `json:"fees_cents"` // of the notices
	Flat         money.Amount `json:"flat_cents"` // § 288 (5) BGB
	Interest     money.Amount `json:"interest_cents"`
	ChargesPaid  money.Amount `json:"charges_paid_cents"`
	ChargesGiven money.Amount `json:"charges_given_up_cents"`
	Charges      money.Amount `json:"charges_cents"` // what is left of the three
	Total        money.Amount `json:"total_cents"`

	// Interest up to the day before Day is in Segments; from Day on it runs at
	// Rate = BaseRate + Points on the principal, Daily each day.
	Segments     []Segment      `json:"interest_segments"`
	InterestFrom schedules.Date `json:"interest_from"`
	Points       money.Rate     `json:"points_bp"`
	BaseRate     money.Rate     `json:"base_rate_bp"`
	Rate         money.Rate     `json:"rate_bp"`
	Daily        int64          `json:"daily_interest_e4"` // in ten-thousandths of the currency, commercially rounded
	BaseRates    []UsedRate     `json:"base_rates"`

	Events []HandoverEvent `json:"events"`
}

// A UsedRate is a base rate (§ 247 BGB) that the interest was computed with.
type UsedRate struct {
	From schedules.Date `json:"valid_from"`
	Rate money.Rate     `json:"rate_bp"`
}

// A HandoverEvent is one line of the history of a claim, by business date; that
// of a due change is the new due date.
type HandoverEvent struct {
	Date           schedules.Date `json:"date"`
	Kind           EventKind      `json:"kind"`
	DocumentNo     string         `json:"document_no"`
	Amount         money.Amount   `json:"amount_cents"` // of the document; of a booking what it moves in all
	Principal      money.Amount   `json:"principal_cents"`
	Charges        money.Amount   `json:"charges_cents"`
	PrincipalAfter money.Amount   `json:"principal_after_cents"`
	ChargesAfter   money.Amount   `json:"charges_after_cents"`
	Level          int            `json:"level"`   // of a notice
	SentOn         schedules.Date `json:"sent_on"` // of a notice; none while it waits
	Entry          int64          `json:"entry"`   // of the books; 0 when nothing moved
}

// An EventKind says what happened to a claim.
type EventKind string

// The kinds of events; instructions and announced returns have those of their
// records.
const (
	EventInvoice       EventKind = "INVOICE"
	EventPayment       EventKind = "PAYMENT"
	EventReturned      EventKind = "PAYMENT_RETURNED"
	EventReturn        EventKind = "RETURN"
	EventCredit        EventKind = "CREDIT"
	EventReinstated    EventKind = "REINSTATED"
	EventDirectPayment EventKind = "DIRECT_PAYMENT"
	EventNotice        EventKind = "NOTICE"
	EventWaiver        EventKind = "CHARGES_WAIVED"
	EventWriteOff      EventKind = "WRITTEN_OFF"
	EventAnnounced     EventKind = "RETURN_ANNOUNCED"
	EventBooking       EventKind = "BOOKING" // any other
)
