package purchase

import (
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// Terms are what a merchant and the provider agreed (domain § 6, 7, 9, 10),
// and the merchant's own switches. They are stored with the first run that saw
// them: a claim keeps the fees of its activation, a notice the terms of its day.
type Terms struct {
	Merchant             string         `json:"merchant"`
	Currency             string         `json:"currency"`
	Zone                 string         `json:"zone"`               // IANA name
	SettlementAccount    string         `json:"settlement_account"` // IBAN
	Recipient            string         `json:"recipient"`
	BIC                  string         `json:"bic"`
	BankName             string         `json:"bank_name"`
	InvoiceFromShipments bool           `json:"invoice_from_shipments"`
	AssumeReturn         bool           `json:"assume_return"`
	TermDays             int            `json:"term_days"`
	ParkDays             int            `json:"park_days"`
	Credit               CreditTerms    `json:"credit"`
	Fees                 FeeTerms       `json:"fees"`
	Guarantee            GuaranteeTerms `json:"guarantee"`
	PayoutMin            money.Amount   `json:"payout_min"`
	Dunning              DunningTerms   `json:"dunning"`
	// Allocation is what payments pay first; the zero value is the law's order.
	Allocation AllocationTerms `json:"allocation,omitzero"`
}

// CreditTerms are the limits of the credit decision (§ 6).
type CreditTerms struct {
	Countries        []string     `json:"countries"`
	MinAge           int          `json:"min_age"`
	OrderMin         money.Amount `json:"order_min"`
	OrderMax         money.Amount `json:"order_max"`
	OpenSumMax       money.Amount `json:"open_sum_max"`
	AddressMismatch  string       `json:"address_mismatch"` // decline, review or allow
	AddressAllowUpTo money.Amount `json:"address_allow_upto"`
	OverdueLevel     int          `json:"overdue_level"`
	ValidDays        int          `json:"valid_days"`
}

// FeeTerms: fee per claim = round(I × Percent) + Fixed; VAT per payout.
type FeeTerms struct {
	Percent money.Rate   `json:"percent"`
	Fixed   money.Amount `json:"fixed"`
	VAT     money.Rate   `json:"vat"`
}

// GuaranteeTerms say when the merchant is paid in every case (§ 7).
type GuaranteeTerms struct {
	Days              int    `json:"days"`
	Anchor            string `json:"anchor"` // activation, invoice or due
	AnnouncedHoldDays int    `json:"announced_hold_days"`
}

// DunningTerms are levels, fees and interest (§ 10).
type DunningTerms struct {
	After             []int          `json:"after"` // days to each level; the last one is the hand-over to collection
	Fee               []money.Amount `json:"fee"`
	Min               money.Amount   `json:"min"`
	StatementBankDays int            `json:"statement_bank_days"`
	LetterDays        int            `json:"letter_days"`
	B2BFlat           money.Amount   `json:"b2b_flat"`
	B2CPoints         money.Rate     `json:"b2c_points"`
	B2BPoints         money.Rate     `json:"b2b_points"`
	Mail              bool           `json:"mail,omitempty"` // notices leave by mail where the debtor has consented
}

// What a claim owes, in the words of § 367 (1) BGB: Kosten, Zinsen,
// Hauptleistung.
const (
	PayCharges   = "charges"   // dunning fees and the flat sum of § 288 (5) BGB
	PayInterest  = "interest"  // default interest
	PayPrincipal = "principal" // the invoice
)

// What a payment that names an order pays, where several of its claims are open
// (§ 366 BGB).
const (
	ExactThenOldest = "exact-then-oldest" // the one claim that owes exactly the amount, else the oldest due first
	OldestFirst     = "oldest"            // the oldest due first
)

// AllocationTerms (Tilgungsbestimmung) say which claims a payment pays, and
// what of each claim first. They hold for bookings from then on: what was
// allocated stays as it is.
type AllocationTerms struct {
	Within []string `json:"within"` // all of charges, interest, principal; nil: in this order
	Across string   `json:"across"` // "": exact-then-oldest
}

// Order returns what a payment pays first within a claim.
func (t AllocationTerms) Order() []string {
	if len(t.Within) == 0 {
		return []string{PayCharges, PayInterest, PayPrincipal}
	}
	return t.Within
}

// A BaseRate (Basiszinssatz, § 247 BGB) holds from a day on, in basis points.
type BaseRate struct {
	From schedules.Date
	Rate money.Rate
}
