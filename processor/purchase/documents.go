package purchase

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Batch is a numbered zip of accepted records of one merchant. The same
// number is always the same bytes.
type Batch struct {
	Merchant string
	Number   int64 // gapless, from 1
	SHA256   string
	Created  time.Time // nominal time of the transmit slot: booked_at of what it carries
	Size     int64
	Own      bool // of the provider's own series: payments and what its operator decided
	// Open reads the zip; may be called again.
	Open func() (ReadAtCloser, error)
}

// A ReadAtCloser is an open file.
type ReadAtCloser interface {
	io.ReaderAt
	io.Closer
}

// A Document is something that the provider has said; exactly one of the
// pointers is set.
type Document struct {
	Position  int64 // rising per merchant; where to go on after it
	At        time.Time
	Receipt   *Receipt
	Payout    *Payout
	Dunning   *Dunning
	States    *States
	Unmatched *Unmatched
	Refund    *Refund
}

// A Refund (Rückerstattung) is what is paid back to a debtor.
type Refund struct {
	ID        string         `json:"refund_id"` // end-to-end id of the transfer
	InvoiceNo string         `json:"invoice_no"`
	Amount    money.Amount   `json:"amount_cents"`
	Name      string         `json:"name"`
	IBAN      string         `json:"iban"`
	Day       schedules.Date `json:"date"`
}

// A Receipt closes a batch: what was taken, what refused, what was decided.
type Receipt struct {
	Merchant string    `json:"merchant"`
	Number   int64     `json:"number"`
	SHA256   string    `json:"sha256"`
	Taken    time.Time `json:"taken"`
	Own      bool      `json:"own,omitempty"` // of a batch of the provider's own series, see [Batch]
	// Parts are read while they are ranged over: a long receipt has many, of some
	// thousand records each.
	Parts func(context.Context) iter.Seq2[ReceiptPart, error] `json:"-"`
}

// A ReceiptPart is what a receipt says of some records, in their order.
type ReceiptPart struct {
	Results   []Result   `json:"results"`
	Decisions []Decision `json:"decisions"`
}

// In returns a receipt that has these parts, in memory.
func (r Receipt) In(parts ...ReceiptPart) Receipt {
	r.Parts = func(context.Context) iter.Seq2[ReceiptPart, error] {
		return func(yield func(ReceiptPart, error) bool) {
			for _, p := range parts {
				if !yield(p, nil) {
					return
				}
			}
		}
	}
	return r
}

// A Result says what became of one record of a batch.
type Result struct {
	Feed   string `json:"feed"`
	Record int64  `json:"record"` // position in the feed's file, from 1
	Number string `json:"number"`
	Result string `json:"result"` // "taken" or "refused"
	Code   Code   `json:"code,omitempty"`
}

// Results of records.
const (
	Taken   = "taken"
	Refused = "refused"
)

// Outcomes of a credit decision (Bonitätsprüfung).
const (
	DecisionAccepted = "ACCEPTED"
	DecisionDeclined = "DECLINED"
	DecisionReview   = "REVIEW"
)

// A Decision is the provider's word on an order, with the payment instruction
// that the ERP prints on the invoice.
type Decision struct {
	OrderNo    string         `json:"order_no"`
	Decision   string         `json:"decision"` // ACCEPTED, DECLINED or REVIEW
	Code       Code           `json:"code"`
	Approved   money.Amount   `json:"approved_cents"`
	ValidUntil schedules.Date `json:"valid_until"`
	Recipient  string         `json:"recipient"`
	IBAN       string         `json:"iban"`
	BIC        string         `json:"bic"`
	BankName   string         `json:"bank_name"`
	Reference  string         `json:"reference"` // ISO 11649
	Amount     money.Amount   `json:"amount_cents"`
}

// A LineType says what caused a payout line.
type LineType string

// Types of payout lines.
const (
	LineOpening        LineType = "OPENING"
	LineCollection     LineType = "COLLECTION"
	LineGuarantee      LineType = "GUARANTEE"
	LineAfterGuarantee LineType = "AFTER_GUARANTEE"
	LineReturn         LineType = "RETURN"
	LineCredit         LineType = "CREDIT"
	LineReinstated     LineType = "REINSTATED"
	LineDirectPayment  LineType = "DIRECT_PAYMENT"
	LineChargeback     LineType = "CHARGEBACK"
	LineReversal       LineType = "REVERSAL"
	LinePayoutReturned LineType = "PAYOUT_RETURNED" // a transfer to the merchant that the bank gave back
	LineFee            LineType = "FEE"
	LineVAT            LineType = "VAT_ON_FEE"
	LinePayout         LineType = "PAYOUT"
	LineClosing        LineType = "CLOSING"
)

// A Payout (Auszahlung) is one weekly settlement of a merchant.
// Opening + Σ lines = Amount + Closing.
type Payout struct {
	ID         string // P-<merchant>-<ISO year>W<week>
	Merchant   string
	Seq        int64 // counts the merchant's payouts, from 1
	Version    int
	PeriodFrom schedules.Date // Monday
	PeriodTo   schedules.Date // Sunday
	Cutoff     time.Time      // the slot, in the merchant's zone
	Date       schedules.Date // next TARGET2 day on or after the slot
	Currency   string
	Opening    money.Amount
	Amount     money.Amount
	Closing    money.Amount
	Totals     map[LineType]Total
	LedgerHead string
	Upcoming   []Maturity  // guarantees of the coming weeks, as of the cutoff
	Invoice    *FeeInvoice // for the fees of the payout; nil when there are none
	OpenItems  *OpenItems  // what debtors owe when it was made; nil when that was not noted
	Parties    *Parties    // as the provider knows them, when it is on another machine; nil: those of the configuration
	// Lines yields the merchant's lines in booking order, VAT last; not
	// OPENING, PAYOUT and CLOSING, which are the fields above.
	Lines func(context.Context) iter.Seq2[Line, error]
}

// A Maturity is what the guarantee will pay in one week, if nobody pays before.
type Maturity struct {
	Week   schedules.Date `json:"week"` // its Monday
	Claims int64          `json:"claims"`
	Amount money.Amount   `json:"amount_cents"` // outstanding
}

// A Total counts and sums the lines of one type.
type Total struct {
	Count int64        `json:"count"`
	Cents money.Amount `json:"cents"`
}

// A Line is one booking for the merchant.
type Line struct {
	LineNo        int64          `json:"line_no"`
	Type          LineType       `json:"line_type"`
	BookedOn      schedules.Date `json:"booked_on"`
	OrderNo       string         `json:"order_no"`
	InvoiceNo     string         `json:"invoice_no"`
	DocumentNo    string         `json:"document_no"`
	CustomerNo    string         `json:"customer_no"`
	GrossClaim    money.Amount   `json:"gross_claim_cents"`
	Amount        money.Amount   `json:"amount_cents"`
	Balance       money.Amount   `json:"running_balance_cents"`
	GuaranteeDate schedules.Date `json:"guarantee_date"`
	Source        string         `json:"source"` // file:row, or the slot
	// For the accountants' table only:
	InvoiceDate schedules.Date `json:"-"`
	DueDate     schedules.Date `json:"-"`
	// For the booking batch only: the debtor in the merchant's own books, "" when not known.
	DebtorAccount string `json:"-"`
}

// Statuses of notices.
const (
	NoticeIssued     = "ISSUED"
	NoticeSent       = "SENT"
	NoticeHeld       = "HELD"
	NoticeCollection = "COLLECTION"
)

// A Dunning is one dunning run (Mahnlauf) of a merchant: the notices issued,
// and those that were due but held, with the reason.
type Dunning struct {
	Merchant string
	RunDate  schedules.Date
	Currency string
	// Notices yields them in invoice order; there may be a million.
	Notices func(context.Context) iter.Seq2[Notice, error]
	// Handovers yields what a collection agency is told of the notices of the
	// last level, in invoice order.
	Handovers func(context.Context) iter.Seq2[Handover, error]
}

// A Notice is one reminder or dunning letter (Mahnung) for one claim.
type Notice struct {
	ID             string         `json:"dunning_id"` // D-<merchant>-<invoice_no>-<level>
	RunDate        schedules.Date `json:"run_date"`
	Level          int            `json:"level"`
	CustomerNo     string         `json:"customer_no"`
	OrderNo        string         `json:"order_no"`
	InvoiceNo      string         `json:"invoice_no"`
	InvoiceDate    schedules.Date `json:"invoice_date"`
	DueDate        schedules.Date `json:"due_date"`
	DaysOverdue    int            `json:"days_overdue"`
	Invoiced       money.Amount   `json:"invoiced_cents"`
	Outstanding    money.Amount   `json:"outstanding_cents"`
	InterestBooked money.Amount   `json:"interest_booked_cents"` // by this notice, may be negative
	InterestTotal  money.Amount   `json:"interest_total_cents"`
	Segments       []Segment      `json:"interest_segments"`
	Fee            money.Amount   `json:"fee_cents"`
	Flat           money.Amount   `json:"flat_cents"`          // 40.00, § 288 (5) BGB
	ChargesTotal   money.Amount   `json:"charges_total_cents"` // open after this notice
	TotalDue       money.Amount   `json:"total_due_cents"`
	PayUntil       schedules.Date `json:"pay_until"`
	NextLevelOn    schedules.Date `json:"next_level_on"`
	Hold           string         `json:"hold"` // reason when HELD: HOLD, DISPUTE, RETURN_ANNOUNCED, PAYMENT_WAITING, STATEMENT_OLD, BASE_RATE
	Status         string         `json:"status"`
	Channel        string         `json:"channel,omitempty"` // "" on paper; else by mail, one mail for each channel and day
	Debtor         Debtor         `json:"debtor"`
	Payment        PaymentAdvice  `json:"payment"`
}

// A Debtor is whom a notice is addressed to.
type Debtor struct {
	CustomerType string `json:"customer_type"`
	Salutation   string `json:"salutation"`
	FirstName    string `json:"first_name"`
	LastName     string `json:"last_name"`
	Company      string `json:"company"`
	Street       string `json:"street"`
	HouseNo      string `json:"house_no"`
	Postcode     string `json:"postcode"`
	City         string `json:"city"`
	Country      string `json:"country"`
	Email        string `json:"email"`
	EmailConsent bool   `json:"email_consent,omitempty"`
}

// PaymentAdvice says where and how a debtor pays.
type PaymentAdvice struct {
	Recipient string       `json:"recipient"`
	IBAN      string       `json:"iban"`
	BIC       string       `json:"bic"`
	BankName  string       `json:"bank_name"`
	Reference string       `json:"reference"`
	Short     string       `json:"short_reference,omitempty"` // the same to type by hand, see [ShortReference]; "" for old orders
	Amount    money.Amount `json:"amount_cents"`
}

// A Segment is a stretch of days with one principal and one rate of default
// interest; both days count.
type Segment struct {
	From        schedules.Date `json:"from"`
	To          schedules.Date `json:"to"`
	Outstanding money.Amount   `json:"outstanding"` // cents
	BasisPoints money.Rate     `json:"bp"`
	Days        int            `json:"days"`
}

// States are the claims whose state changed since the last such document.
type States struct {
	Merchant string
	Currency string
	// Claims yields them in invoice order; there may be a million.
	Claims func(context.Context) iter.Seq2[ClaimState, error]
}

// A ClaimState is one line of the states report.
type ClaimState struct {
	OrderNo      string         `json:"order_no"`
	InvoiceNo    string         `json:"invoice_no"`
	State        string         `json:"state"` // OPEN, PARTIALLY_PAID, PAID, OVERPAID, GUARANTEED, IN_DUNNING, COLLECTION or CREDITED
	Outstanding  money.Amount   `json:"outstanding_cents"`
	Paid         money.Amount   `json:"paid_cents"`
	Credited     money.Amount   `json:"credited_cents"`
	DueDate      schedules.Date `json:"due_date"`
	DunningLevel int            `json:"dunning_level"`
	ChangedOn    schedules.Date `json:"changed_on"`
}

// Unmatched lists the payments that wait in suspense (Klärungskonto).
type Unmatched struct {
	Merchant string
	Currency string
	Day      schedules.Date
	Payments []UnmatchedPayment
}

// An UnmatchedPayment is one line of the operator's unmatched report.
type UnmatchedPayment struct {
	PaymentID  string         `json:"payment_id"`
	Account    string         `json:"account"`
	BookedOn   schedules.Date `json:"booked_on"`
	Amount     money.Amount   `json:"amount_cents"`
	DebtorName string         `json:"debtor_name"`
	Reference  string         `json:"reference"`
	AgeDays    int            `json:"age_days"`
	Candidates []string       `json:"candidates"` // invoices that a person may look at
}
