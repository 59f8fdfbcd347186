package report

import (
	"errors"
	"fmt"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// check says what keeps a document from being a statement and a fee invoice.
// The lines are checked while they are drawn.
func (d StatementDocument) check() error {
	fees, vat := -d.Payout.Totals[purchase.LineFee].Cents, -d.Payout.Totals[purchase.LineVAT].Cents
	var errs []error
	if d.Payout.Amount > 0 && d.Merchant.IBAN != "" && !purchase.ValidIBAN(d.Merchant.IBAN) {
		errs = append(errs, fmt.Errorf("%q is not an IBAN that a payout can go to", d.Merchant.IBAN))
	}
	i := d.Invoice
	if i.Number == "" {
		if fees != 0 || vat != 0 {
			errs = append(errs, fmt.Errorf("fees of %s and VAT of %s need a fee invoice with a number", fees, vat))
		}
		return errors.Join(errs...)
	}
	gross, err := i.Net.Add(i.VAT)
	if err != nil || gross != i.Gross || i.Net != fees || i.VAT != vat {
		errs = append(errs, fmt.Errorf("fee invoice %s: net %s, VAT %s, gross %s; the lines have fees of %s and VAT of %s", i.Number, i.Net, i.VAT, i.Gross, fees, vat), err)
	}
	return errors.Join(append(errs, d.mandatory())...)
}

// mandatory is what § 14 (4) UStG asks for beside numbers.
func (d StatementDocument) mandatory() error {
	var errs []error
	missing := func(what, value string) {
		if value == "" {
			errs = append(errs, fmt.Errorf("fee invoice %s: %s is missing, which § 14 UStG asks for: add it to the configuration", d.Invoice.Number, what))
		}
	}
	address := func(who string, p purchase.Party) {
		missing("name of the "+who, p.Name)
		missing("street of the "+who, p.Street)
		missing("postcode of the "+who, p.Postcode)
		missing("city of the "+who, p.City)
	}
	address("provider", d.Provider)
	address("merchant", d.Merchant)
	missing("VAT id or tax number of the provider", d.Provider.VATID+d.Provider.TaxNo)
	if d.Invoice.Date.IsZero() {
		missing("date", "")
	}
	return errors.Join(errs...)
}
