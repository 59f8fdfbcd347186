package report

import (
	"encoding/xml"
	"strconv"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// What of a Cross Industry Invoice the fee invoice needs, in the order of its
// schema; BT- and BG-numbers are those of EN 16931-1.

type ciiInvoice struct {
	XMLName     xml.Name       `xml:"rsm:CrossIndustryInvoice"`
	RSM         string         `xml:"xmlns:rsm,attr"`
	RAM         string         `xml:"xmlns:ram,attr"`
	UDT         string         `xml:"xmlns:udt,attr"`
	Guideline   string         `xml:"rsm:ExchangedDocumentContext>ram:GuidelineSpecifiedDocumentContextParameter>ram:ID"` // BT-24
	Document    ciiDocument    `xml:"rsm:ExchangedDocument"`
	Transaction ciiTransaction `xml:"rsm:SupplyChainTradeTransaction"`
}

type ciiDocument struct {
	Number string  `xml:"ram:ID"`       // BT-1
	Type   string  `xml:"ram:TypeCode"` // BT-3
	Date   ciiDate `xml:"ram:IssueDateTime"`
	Note   string  `xml:"ram:IncludedNote>ram:Content"` // BT-22
}

// A ciiDate is a day; 102 is the format CCYYMMDD.
type ciiDate struct {
	Day struct {
		Format string `xml:"format,attr"`
		Text   string `xml:",chardata"`
	} `xml:"udt:DateTimeString"`
}

func ciiDateOf(d schedules.Date) (c ciiDate) {
	c.Day.Format, c.Day.Text = "102", d.Format("20060102")
	return c
}

type ciiPeriod struct {
	From ciiDate `xml:"ram:StartDateTime"` // BT-73, BT-134
	To   ciiDate `xml:"ram:EndDateTime"`   // BT-74, BT-135
}

type ciiTransaction struct {
	Line       ciiLine       `xml:"ram:IncludedSupplyChainTradeLineItem"`
	Agreement  ciiAgreement  `xml:"ram:ApplicableHeaderTradeAgreement"`
	Delivery   struct{}      `xml:"ram:ApplicableHeaderTradeDelivery"`
	Settlement ciiSettlement `xml:"ram:ApplicableHeaderTradeSettlement"`
}

// A ciiLine is the only line: one service, whose price is the net amount. How
// many claims were bought is an attribute of it, since the fee has a part that
// depends on their amounts.
type ciiLine struct {
	Number   string      `xml:"ram:AssociatedDocumentLineDocument>ram:LineID"` // BT-126
	Product  ciiProduct  `xml:"ram:SpecifiedTradeProduct"`
	Price    string      `xml:"ram:SpecifiedLineTradeAgreement>ram:NetPriceProductTradePrice>ram:ChargeAmount"` // BT-146
	Quantity ciiQuantity `xml:"ram:SpecifiedLineTradeDelivery>ram:BilledQuantity"`                              // BT-129
	Tax      ciiTax      `xml:"ram:SpecifiedLineTradeSettlement>ram:ApplicableTradeTax"`                        // BG-30
	Period   ciiPeriod   `xml:"ram:SpecifiedLineTradeSettlement>ram:BillingSpecifiedPeriod"`                    // BG-26
	Net      string      `xml:"ram:SpecifiedLineTradeSettlement>ram:SpecifiedTradeSettlementLineMonetarySummation>ram:LineTotalAmount"`
}

type ciiProduct struct {
	Name        string `xml:"ram:Name"`                                            // BT-153
	Description string `xml:"ram:Description"`                                     // BT-154
	Attribute   string `xml:"ram:ApplicableProductCharacteristic>ram:Description"` // BT-160
	Value       string `xml:"ram:ApplicableProductCharacteristic>ram:Value"`       // BT-161
}

type ciiQuantity struct {
	Unit  string `xml:"unitCode,attr"` // BT-130; C62 is one
	Count string `xml:",chardata"`
}

type ciiAgreement struct {
	Seller  ciiParty       `xml:"ram:SellerTradeParty"`             // BG-4
	Buyer   ciiParty       `xml:"ram:BuyerTradeParty"`              // BG-7
	Payouts []ciiReference `xml:"ram:AdditionalReferencedDocument"` // BT-18
}

type ciiReference struct {
	Number string `xml:"ram:IssuerAssignedID"`
	Type   string `xml:"ram:TypeCode,omitempty"` // 130 is the object of the invoice
}

type ciiParty struct {
	Name     string            `xml:"ram:Name"` // BT-27, BT-44
	Address  ciiAddress        `xml:"ram:PostalTradeAddress"`
	Endpoint *ciiEndpoint      `xml:"ram:URIUniversalCommunication"`
	Taxes    []ciiRegistration `xml:"ram:SpecifiedTaxRegistration"`
}

type ciiAddress struct {
	Postcode string `xml:"ram:PostcodeCode"`
	Street   string `xml:"ram:LineOne"`
	City     string `xml:"ram:CityName"`
	Country  string `xml:"ram:CountryID"` // BT-40, BT-55
}

// A ciiEndpoint is a mail address: EM of the list of electronic addresses.
type ciiEndpoint struct {
	ID ciiSchemed `xml:"ram:URIID"` // BT-34, BT-49
}

type ciiRegistration struct {
	ID ciiSchemed `xml:"ram:ID"` // VA: BT-31, BT-48; FC: BT-32
}

type ciiSchemed struct {
	Scheme string `xml:"schemeID,attr"`
	ID     string `xml:",chardata"`
}

type ciiSettlement struct {
	Reference string         `xml:"ram:PaymentReference"`                                     // BT-83
	Currency  string         `xml:"ram:InvoiceCurrencyCode"`                                  // BT-5
	Means     string         `xml:"ram:SpecifiedTradeSettlementPaymentMeans>ram:TypeCode"`    // BT-81
	MeansText string         `xml:"ram:SpecifiedTradeSettlementPaymentMeans>ram:Information"` // BT-82
	Tax       ciiTax         `xml:"ram:ApplicableTradeTax"`                                   // BG-23
	Period    ciiPeriod      `xml:"ram:BillingSpecifiedPeriod"`                               // BG-14
	Terms     string         `xml:"ram:SpecifiedTradePaymentTerms>ram:Description"`           // BT-20
	Sums      ciiSums        `xml:"ram:SpecifiedTradeSettlementHeaderMonetarySummation"`      // BG-22
	Corrected []ciiReference `xml:"ram:InvoiceReferencedDocument"`                            // BT-25
}

// A ciiTax is a category of VAT; amount and basis are of the breakdown alone.
type ciiTax struct {
	Amount    string `xml:"ram:CalculatedAmount,omitempty"` // BT-117
	Type      string `xml:"ram:TypeCode"`
	Exemption string `xml:"ram:ExemptionReason,omitempty"` // BT-120
	Basis     string `xml:"ram:BasisAmount,omitempty"`     // BT-116
	Category  string `xml:"ram:CategoryCode"`              // BT-118, BT-151
	Rate      string `xml:"ram:RateApplicablePercent"`     // BT-119, BT-152
}

type ciiSums struct {
	Lines   string    `xml:"ram:LineTotalAmount"`     // BT-106
	Net     string    `xml:"ram:TaxBasisTotalAmount"` // BT-109
	VAT     ciiAmount `xml:"ram:TaxTotalAmount"`      // BT-110
	Gross   string    `xml:"ram:GrandTotalAmount"`    // BT-112
	Prepaid string    `xml:"ram:TotalPrepaidAmount"`  // BT-113
	Due     string    `xml:"ram:DuePayableAmount"`    // BT-115
}

type ciiAmount struct {
	Currency string `xml:"currencyID,attr"`
	Amount   string `xml:",chardata"`
}

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
				Seller: ciiPartyOf(d.Provider), Buyer: ciiPartyOf(d.Merchant),
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
	if p.TaxNo != "" {
		party.Taxes = append(party.Taxes, ciiRegistration{ciiSchemed{"FC", p.TaxNo}})
	}
	if p.VATID != "" {
		party.Taxes = append(party.Taxes, ciiRegistration{ciiSchemed{"VA", p.VATID}})
	}
	return party
}
