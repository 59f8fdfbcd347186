package report

import (
	"strconv"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Codes of UNTDID 1001, of the means of payment 4461, and of the norm.
const (
	ciiInvoiceType    = "380"
	ciiCorrectedType  = "384"
	ciiSetOff         = "97" // clearing between partners
	ciiInvoicedObject = "130"
	ciiGuideline      = "urn:cen.eu:en16931:2017"
	ciiNamespace      = "urn:un:unece:uncefact:data:standard:"
)

func (r Renderer) crossIndustryInvoice(d FeeInvoiceDocument) ciiInvoice {
	document := ciiDocument{
		Number: d.Invoice.Number, Type: ciiInvoiceType, Date: ciiDateOf(d.Invoice.Date),
		Note: r.setOff(d),
	}
	if d.Corrects != "" {
		document.Type = ciiCorrectedType
	}
	return ciiInvoice{
		RSM: ciiNamespace + "CrossIndustryInvoice:100", RAM: ciiNamespace + "ReusableAggregateBusinessInformationEntity:100",
		UDT: ciiNamespace + "UnqualifiedDataType:100", Guideline: ciiGuideline, Document: document,
		Transaction: ciiTransaction{
			Line: r.ciiLine(d),
			Agreement: ciiAgreement{
				Seller: ciiSeller(d.Provider), Buyer: ciiPartyOf(d.Merchant),
				Payouts: []ciiReference{{d.PayoutID, ciiInvoicedObject}},
			},
			Settlement: r.ciiSettlement(d),
		},
	}
}

func (r Renderer) ciiLine(d FeeInvoiceDocument) ciiLine {
	net := d.Invoice.Net.String()
	category, _ := d.taxCategory()
	return ciiLine{
		Number: "1", Price: net, Quantity: ciiQuantity{"C62", "1"}, Net: net,
		Product: ciiProduct{
			Name: r.say("Gebühren für den Ankauf von Rechnungen", "Fees for the purchase of invoices"), Description: r.feeService(d),
			Attribute: r.say("Angekaufte Rechnungen", "Invoices bought"), Value: strconv.FormatInt(d.Claims, 10),
		},
		Tax:    ciiTax{Type: "VAT", Category: category, Rate: d.Invoice.Rate.String()},
		Period: ciiPeriod{ciiDateOf(d.PeriodFrom), ciiDateOf(d.PeriodTo)},
	}
}

func (r Renderer) ciiSettlement(d FeeInvoiceDocument) ciiSettlement {
	i := d.Invoice
	category, exemption := d.taxCategory()
	prepaid, due := d.due()
	s := ciiSettlement{
		Reference: d.PayoutID, Currency: d.Currency, Means: ciiSetOff, MeansText: r.setOff(d), Terms: r.setOff(d),
		Tax: ciiTax{
			Amount: i.VAT.String(), Type: "VAT", Exemption: exemption, Basis: i.Net.String(), Category: category, Rate: i.Rate.String(),
		},
		Period: ciiPeriod{ciiDateOf(d.PeriodFrom), ciiDateOf(d.PeriodTo)},
		Sums: ciiSums{
			Lines: i.Net.String(), Net: i.Net.String(), VAT: ciiAmount{d.Currency, i.VAT.String()}, Gross: i.Gross.String(),
			Prepaid: prepaid.String(), Due: due.String(),
		},
	}
	if d.Corrects != "" {
		s.Corrected = []ciiReference{{Number: d.Corrects}}
	}
	return s
}

func ciiPartyOf(p purchase.Party) ciiParty {
	party := ciiParty{Name: p.Name, Address: ciiAddress{p.Postcode, p.Street, p.City, p.Country}}
	if p.Email != "" {
		party.Endpoint = &ciiEndpoint{ciiSchemed{"EM", p.Email}}
	}
	if p.VATID != "" {
		party.Taxes = []ciiRegistration{{ciiSchemed{"VA", p.VATID}}}
	}
	return party
}

// ciiSeller has a tax number too, which is no term of a buyer. Where it has no
// VAT id the number identifies it.
func ciiSeller(p purchase.Party) ciiParty {
	party := ciiPartyOf(p)
	if p.TaxNo == "" {
		return party
	}
	if p.VATID == "" {
		party.ID = p.TaxNo
	}
	party.Taxes = append(party.Taxes, ciiRegistration{ciiSchemed{"FC", p.TaxNo}})
	return party
}
