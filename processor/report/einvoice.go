package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// The electronic invoice (E-Rechnung) is the XML twin of the fee invoice that
// the PDF statement is: EN 16931, core, in the syntax Cross Industry Invoice
// D16B. Of the two syntaxes of the norm it is the one that ZUGFeRD puts into a
// PDF, so German accounting programs read it most; UBL would say the same.
//
// The fees were taken from what the provider owes before the invoice is there.
// So the amount is prepaid in full and nothing is due: no program that reads it
// pays it a second time.

// A FeeInvoiceDocument is the fee invoice of a payout with its two sides.
type FeeInvoiceDocument struct {
	Invoice              purchase.FeeInvoice
	Provider             purchase.Party // seller
	Merchant             purchase.Party // buyer
	PayoutID             string
	PeriodFrom, PeriodTo schedules.Date
	Currency             string
	Claims               int64  // whose purchase it invoices: the FEE lines
	Corrects             string // number of the invoice that this one replaces, or ""
	Exemption            string // why there is no VAT, where the rate is 0
}

// EInvoiceName is the name of the electronic invoice of a payout: that of its
// report.
func EInvoiceName(p purchase.Payout) string { return PayoutName(p, ".xml") }

// EInvoice writes the electronic invoice. One that lacks what § 14 (4) UStG and
// EN 16931 ask for, or whose amounts do not agree, is an error; nothing is
// written then.
func (r Renderer) EInvoice(w io.Writer, d FeeInvoiceDocument) error {
	if err := d.check(); err != nil {
		return fmt.Errorf("invoice %s of payout %s: %w", d.Invoice.Number, d.PayoutID, err)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(r.crossIndustryInvoice(d)); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// check reports all that is missing or does not agree.
func (d FeeInvoiceDocument) check() error {
	var errs []error
	missing := func(value, what string) {
		if strings.TrimSpace(value) == "" {
			errs = append(errs, fmt.Errorf("%s is missing", what))
		}
	}
	missing(d.Invoice.Number, "its number")
	missing(d.PayoutID, "the payout's id")
	missing(d.Currency, "the currency")
	for _, side := range []struct {
		name string
		p    purchase.Party
	}{{"provider", d.Provider}, {"merchant", d.Merchant}} {
		missing(side.p.Name, side.name+": name")
		missing(side.p.Street, side.name+": street")
		missing(side.p.Postcode, side.name+": postcode")
		missing(side.p.City, side.name+": city")
		if !countries.MatchString(side.p.Country) {
			errs = append(errs, fmt.Errorf("%s: country %q is not a code such as DE", side.name, side.p.Country))
		}
	}
	missing(d.Provider.VATID+d.Provider.TaxNo, "provider: VAT id or tax number")
	if d.Invoice.Rate == 0 {
		missing(d.Exemption, "the reason why there is no VAT")
	}
	if d.Invoice.Date.IsZero() || d.PeriodFrom.IsZero() || d.PeriodTo < d.PeriodFrom {
		errs = append(errs, fmt.Errorf("its date %q or its period, %q to %q, is not right", d.Invoice.Date, d.PeriodFrom, d.PeriodTo))
	}
	return errors.Join(append(errs, d.checkAmounts())...)
}

// checkAmounts proves what the rules BR-CO-13 to BR-CO-17 will ask.
func (d FeeInvoiceDocument) checkAmounts() error {
	i := d.Invoice
	var errs []error
	if i.Net <= 0 || i.Rate < 0 {
		errs = append(errs, fmt.Errorf("net %s or rate %s is not positive", i.Net, i.Rate))
	}
	if vat := i.Net.Times(i.Rate); i.VAT != vat {
		errs = append(errs, fmt.Errorf("VAT is %s; %s %% of %s are %s", i.VAT, i.Rate, i.Net, vat))
	}
	if gross, err := i.Net.Add(i.VAT); err != nil || i.Gross != gross {
		errs = append(errs, fmt.Errorf("gross is %s; net %s and VAT %s are %s", i.Gross, i.Net, i.VAT, gross), err)
	}
	return errors.Join(errs...)
}

// setOff says how the invoice is paid.
func (r Renderer) setOff(d FeeInvoiceDocument) string {
	return fmt.Sprintf(r.say("Verrechnet in der Abrechnung %s; bitte nicht überweisen.", "Set off in the statement %s; please do not pay."), d.PayoutID)
}

// feeService says what was done and how much of it, in the words of the PDF.
func (r Renderer) feeService(d FeeInvoiceDocument) string {
	if d.Claims == 1 {
		return r.say("Gebühr für den Ankauf einer Rechnung", "Fee for the purchase of one invoice")
	}
	return fmt.Sprintf(r.say("Gebühren für den Ankauf von %d Rechnungen", "Fees for the purchase of %d invoices"), d.Claims)
}

// taxCategory: S is the ordinary rate, E exempt from tax.
func (d FeeInvoiceDocument) taxCategory() (code, reason string) {
	if d.Invoice.Rate == 0 {
		return "E", d.Exemption
	}
	return "S", ""
}

// due is what is left to pay: nothing, since all of it is set off.
func (d FeeInvoiceDocument) due() (prepaid, due money.Amount) {
	return d.Invoice.Gross, 0
}
