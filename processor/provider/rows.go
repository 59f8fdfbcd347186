package provider

import (
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// An order is what the provider knows of an order: the decision, and the sums
// that the next decision about the same debtor needs.
type order struct {
	Merchant      string         `db:"merchant_id"`
	OrderNo       string         `db:"order_no"`
	CustomerNo    string         `db:"customer_no"`
	Person        string         `db:"person"` // see [purchase.Order.Person]
	CustomerType  string         `db:"customer_type"`
	Gross         money.Amount   `db:"gross"`
	TermDays      int            `db:"term_days"` // -1: none given
	Decision      string         `db:"decision"`
	Code          purchase.Code  `db:"code"`
	Approved      money.Amount   `db:"approved"`
	Invoiced      money.Amount   `db:"invoiced"`
	Cancelled     bool           `db:"cancelled"`
	ValidUntil    schedules.Date `db:"valid_until"`
	Reference     string         `db:"reference"`
	MatchKey      string         `db:"match_key"`
	ClaimsOpen    money.Amount   `db:"claims_open"`     // Σ exposure of its claims
	Overdue       int            `db:"overdue"`         // claims at the level of rule 7 with outstanding principal
	DebtorAccount string         `db:"debtor_account"`  // in the merchant's books, "" when not given
	Short         string         `db:"short_reference"` // see [purchase.ShortReference]; "" for old orders

	whole bool // all claims of the order are in the session
}

// uninvoiced is what may still be invoiced, and so counts as exposure.
func (o *order) uninvoiced() money.Amount {
	if o.Decision != purchase.DecisionAccepted || o.Cancelled {
		return 0
	}
	return o.Approved - o.Invoiced
}

// A claim is an invoice. It is active when activated_on is set.
type claim struct {
	Merchant        string         `db:"merchant_id"`
	InvoiceNo       string         `db:"invoice_no"`
	OrderNo         string         `db:"order_no"`
	CustomerNo      string         `db:"customer_no"`
	MatchKey        string         `db:"match_key"`
	InvoiceDate     schedules.Date `db:"invoice_date"`
	DueGiven        schedules.Date `db:"due_given"`
	TermDays        int            `db:"term_days"` // the invoice's, else the order's; -1: none
	DefaultNotice   bool           `db:"default_notice"`
	ActivatedOn     schedules.Date `db:"activated_on"`
	DueOn           schedules.Date `db:"due_on"`    // in force
	DueMoved        bool           `db:"due_moved"` // by a DUE_CHANGE
	GuaranteeOn     schedules.Date `db:"guarantee_on"`
	GuaranteeDays   int            `db:"guarantee_days"`
	GuaranteeAnchor string         `db:"guarantee_anchor"`
	Invoiced        money.Amount   `db:"invoiced"`
	Reduced         money.Amount   `db:"reduced"` // K
	Direct          money.Amount   `db:"direct"`  // D
	Paid            money.Amount   `db:"paid"`    // P
	Guaranteed      bool           `db:"guaranteed"`
	Outstanding     money.Amount   `db:"outstanding"`  // of an active claim, less what was written off; else 0
	Fees            money.Amount   `db:"fees"`         // dunning fees booked and not waived
	Flat            money.Amount   `db:"flat"`         // 40.00, booked and not waived
	Interest        money.Amount   `db:"interest"`     // booked and not waived
	ChargesPaid     money.Amount   `db:"charges_paid"` // of the three before
	Charges         money.Amount   `db:"charges"`      // open: fees + flat + interest − charges_paid − charges_off
	FeesCounted     money.Amount   `db:"fees_counted"` // ever booked, waived ones too
	FlatCounted     money.Amount   `db:"flat_counted"`
	WaivedOn        schedules.Date `db:"waived_on"` // the last waiver: interest counts from this day on
	Level           int            `db:"level"`
	LevelOn         schedules.Date `db:"level_on"`  // day the level was really sent
	Level1On        schedules.Date `db:"level1_on"` // day the reminder was really sent
	NextLevelOn     schedules.Date `db:"next_level_on"`
	Exposure        money.Amount   `db:"exposure"`
	Overdue         bool           `db:"overdue"`
	WrittenOff      money.Amount   `db:"written_off"` // principal that is given up; shrinks when money comes after all
	ChargesOff      money.Amount   `db:"charges_off"` // charges that are given up
	Recourse        bool           `db:"recourse"`    // a guarantee was taken back, and is not given again
	ChangedOn       schedules.Date `db:"changed_on"`
	Changed         bool           `db:"changed"`
	Reported        string         `db:"reported"`
	DebtorAccount   string         `db:"debtor_account"` // in the merchant's books: the invoice's, else the order's
	InterestPaid    money.Amount   `db:"interest_paid"`  // of charges_paid

	// AssumeReturn as the terms said when the claim was bought: later ones do not
	// value its documents anew.
	AssumeReturn bool `db:"assume_return"`

	papers []*paper // when loaded
}

func (c *claim) active() bool { return !c.ActivatedOn.IsZero() }

// open is what the debtor owes in all: principal and charges.
func (c *claim) open() money.Amount { return c.Outstanding + c.Charges }

func (c *claim) values() purchase.Claim {
	return purchase.Claim{I: c.Invoiced, K: c.Reduced, D: c.Direct, P: c.Paid, Guaranteed: c.Guaranteed}
}

func (c *claim) set(v purchase.Claim) {
	c.Reduced, c.Direct, c.Paid, c.Guaranteed = v.K, v.D, v.P, v.Guaranteed
}

// A paper is a return, a credit or an instruction on an invoice.
type paper struct {
	Merchant  string         `db:"merchant_id"`
	InvoiceNo string         `db:"invoice_no"`
	Feed      purchase.Feed  `db:"feed"`
	Number    string         `db:"number"`
	Kind      string         `db:"kind"`
	N         int64          `db:"n"` // order of arrival
	Day       schedules.Date `db:"day"`
	Amount    money.Amount   `db:"amount"`
	Names     string         `db:"names"` // the return that a credit names
	Source    string         `db:"source"`
	Cause     string         `db:"cause"`
}

// A payment is money that the bank reported.
type payment struct {
	Merchant   string         `db:"merchant_id"`
	PaymentID  string         `db:"payment_id"`
	Account    string         `db:"account"`
	Amount     money.Amount   `db:"amount"`
	Waiting    money.Amount   `db:"waiting"`  // in suspense
	Returned   money.Amount   `db:"returned"` // by the bank
	BookedOn   schedules.Date `db:"booked_on"`
	ValueOn    schedules.Date `db:"value_on"`
	DebtorName string         `db:"debtor_name"`
	DebtorIBAN string         `db:"debtor_iban"`
	Reference  string         `db:"reference"`
	MatchedBy  string         `db:"matched_by"`
	Source     string         `db:"source"`
	Cause      string         `db:"cause"`
	Steps      string         `db:"steps"` // JSON of []PaymentStep
}

// An allocation is the part of a payment that one claim took.
type allocation struct {
	Merchant  string       `db:"merchant_id"`
	PaymentID string       `db:"payment_id"`
	Account   string       `db:"account"`
	N         int          `db:"n"`
	InvoiceNo string       `db:"invoice_no"`
	Principal money.Amount `db:"principal"`
	Charges   money.Amount `db:"charges"`  // fees and interest
	Interest  money.Amount `db:"interest"` // of charges
	PaidIn    string       `db:"paid_in"`  // order of payment, see [letters]
}

// A payer is a bank account that has paid for a customer.
type payer struct {
	Merchant   string `db:"merchant_id"`
	IBAN       string `db:"iban"`
	CustomerNo string `db:"customer_no"`
}

// A line is one booking for the merchant; see [purchase.Line].
type line struct {
	Merchant    string            `db:"merchant_id"`
	N           int64             `db:"n"`
	Entry       int64             `db:"entry"` // of the ledger
	Type        purchase.LineType `db:"line_type"`
	BookedOn    schedules.Date    `db:"booked_on"`
	OrderNo     string            `db:"order_no"`
	InvoiceNo   string            `db:"invoice_no"`
	DocumentNo  string            `db:"document_no"`
	CustomerNo  string            `db:"customer_no"`
	GrossClaim  money.Amount      `db:"gross_claim"`
	Amount      money.Amount      `db:"amount"`
	GuaranteeOn schedules.Date    `db:"guarantee_on"`
	InvoiceDate schedules.Date    `db:"invoice_date"`
	DueOn       schedules.Date    `db:"due_on"`
	Source      string            `db:"source"`
}

// A decided is one credit decision, kept for ever beside later ones.
type decided struct {
	Merchant   string         `db:"merchant_id"`
	OrderNo    string         `db:"order_no"`
	Own        bool           `db:"own"` // the batch is of the provider's own series
	Batch      int64          `db:"batch"`
	Record     int64          `db:"record"`
	DecidedAt  int64          `db:"decided_at"`
	Decision   string         `db:"decision"`
	Code       purchase.Code  `db:"code"`
	Approved   money.Amount   `db:"approved"`
	ValidUntil schedules.Date `db:"valid_until"`
	Reasons    string         `db:"reasons"` // JSON: what the rules looked at, and who overruled them
}

// A debtor is the address to which letters go, as JSON of [purchase.Debtor].
type debtor struct {
	Merchant string `db:"merchant_id"`
	OrderNo  string `db:"order_no"`
	Debtor   string `db:"debtor"`
}

// A payout is one weekly settlement.
type payout struct {
	Merchant   string         `db:"merchant_id"`
	Seq        int64          `db:"seq"`
	ID         string         `db:"payout_id"`
	PeriodFrom schedules.Date `db:"period_from"`
	PeriodTo   schedules.Date `db:"period_to"`
	Cutoff     int64          `db:"cutoff"`
	Date       schedules.Date `db:"payout_date"`
	Opening    money.Amount   `db:"opening"`
	Amount     money.Amount   `db:"amount"`
	Closing    money.Amount   `db:"closing"`
	FirstLine  int64          `db:"first_line"`
	LastLine   int64          `db:"last_line"`
	LedgerHead string         `db:"ledger_head"`
	Upcoming   string         `db:"upcoming"` // JSON of []purchase.Maturity
}

// A notice is one notice that was issued, or was due and held.
type notice struct {
	Merchant  string         `db:"merchant_id"`
	RunDate   schedules.Date `db:"run_date"`
	InvoiceNo string         `db:"invoice_no"`
	Level     int            `db:"level"`
	Status    string         `db:"status"`
	SentOn    schedules.Date `db:"sent_on"`
	Channel   string         `db:"channel"`
	Notice    string         `db:"notice"` // JSON of [purchase.Notice]
}

// An invoiced payout is the provider's invoice for its fees.
type invoiced struct {
	Merchant string         `db:"merchant_id"` // always [purchase.Provider]
	Year     int            `db:"year"`
	N        int64          `db:"n"`
	Buyer    string         `db:"buyer"`
	PayoutID string         `db:"payout_id"`
	Day      schedules.Date `db:"day"`
	Net      money.Amount   `db:"net"`
	Rate     money.Rate     `db:"rate"`
	VAT      money.Amount   `db:"vat"`
}

// A transfer is money that leaves, by the end-to-end id that the bank gives
// back with its entry.
type transfer struct {
	Merchant   string         `db:"merchant_id"`
	ID         string         `db:"transfer_id"`
	Purpose    string         `db:"purpose"` // PAYOUT or REFUND
	Amount     money.Amount   `db:"amount"`
	InvoiceNo  string         `db:"invoice_no"` // of a refund
	IBAN       string         `db:"iban"`       // of a refund; a payout goes to the merchant's
	Name       string         `db:"name"`
	MadeOn     schedules.Date `db:"made_on"`
	LeftOn     schedules.Date `db:"left_on"`
	ReturnedOn schedules.Date `db:"returned_on"`
}

// A document is what the provider has said; see [purchase.Document].
type document struct {
	Merchant string `db:"merchant_id"`
	Position int64  `db:"position"`
	Kind     string `db:"kind"`
	At       int64  `db:"at"`
	Ref      string `db:"ref"`
	Payload  string `db:"payload"`
}

var (
	orders      = tableOf[order]("provider_orders", "merchant_id", "order_no")
	claims      = tableOf[claim]("provider_claims", "merchant_id", "invoice_no")
	papers      = tableOf[paper]("provider_papers", "merchant_id", "invoice_no", "feed", "number", "kind")
	payments    = tableOf[payment]("provider_payments", "merchant_id", "payment_id", "account")
	allocations = tableOf[allocation]("provider_allocations", "merchant_id", "payment_id", "account", "n")
	payers      = tableOf[payer]("provider_payers", "merchant_id", "iban", "customer_no")
	lines       = tableOf[line]("provider_lines", "merchant_id", "n")
	decisions   = tableOf[decided]("provider_decisions", "merchant_id", "order_no", "own", "batch", "record")
	debtors     = tableOf[debtor]("provider_debtors", "merchant_id", "order_no")
	payouts     = tableOf[payout]("provider_payouts", "merchant_id", "seq")
	notices     = tableOf[notice]("provider_notices", "merchant_id", "run_date", "invoice_no", "level")
	invoices    = tableOf[invoiced]("provider_invoices", "merchant_id", "year", "n")
	transfers   = tableOf[transfer]("provider_transfers", "merchant_id", "transfer_id")
	documents   = tableOf[document]("provider_documents", "merchant_id", "position")
)
