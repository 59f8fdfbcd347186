package report

import (
	"encoding/xml"

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
	ID       string            `xml:"ram:ID,omitempty"` // BT-29, BT-46
	Name     string            `xml:"ram:Name"`         // BT-27, BT-44
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
