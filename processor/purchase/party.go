package purchase

import (
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Party is one side of a fee invoice, a letter or a transfer.
type Party struct {
	Name     string `json:"name"`
	Street   string `json:"street,omitempty"` // with house number
	Postcode string `json:"postcode,omitempty"`
	City     string `json:"city,omitempty"`
	Country  string `json:"country,omitempty"` // ISO 3166-1 alpha-2
	VATID    string `json:"vat_id,omitempty"`  // Umsatzsteuer-Identifikationsnummer
	TaxNo    string `json:"tax_no,omitempty"`  // Steuernummer
	Email    string `json:"email,omitempty"`
	IBAN     string `json:"iban,omitempty"`
	BIC      string `json:"bic,omitempty"`
}

// Complete reports whether an invoice can name the party (§ 14 (4) no. 1 UStG).
func (p Party) Complete() bool {
	return p.Name != "" && p.Street != "" && p.Postcode != "" && p.City != "" && p.Country != ""
}

// Taxable reports whether an invoice can name the party as the one who issues
// it (§ 14 (4) no. 2 UStG).
func (p Party) Taxable() bool { return p.Complete() && (p.VATID != "" || p.TaxNo != "") }

// Parties are both sides of a fee invoice.
type Parties struct {
	Provider     Party  `json:"provider"`
	Merchant     Party  `json:"merchant"`
	VATExemption string `json:"vat_exemption,omitempty"` // what the invoice says without VAT
}

// A FeeInvoice (Gebührenrechnung, § 14 UStG) is the provider's invoice for the
// fees of one payout; numbers are gapless per provider and year.
type FeeInvoice struct {
	Number string         `json:"number"`
	Date   schedules.Date `json:"date"`
	Net    money.Amount   `json:"net_cents"`
	Rate   money.Rate     `json:"rate_bp"`
	VAT    money.Amount   `json:"vat_cents"`
	Gross  money.Amount   `json:"gross_cents"`
}
