package report_test

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

func feeInvoice() report.FeeInvoiceDocument {
	return report.FeeInvoiceDocument{
		Invoice:  purchase.FeeInvoice{Number: "KF-2026-000005", Date: schedules.NewDate(2026, 11, 2), Net: 1_250, Rate: 1_900, VAT: 238, Gross: 1_488},
		Provider: provider(), Merchant: merchant(), PayoutID: "P-acme-2026W44",
		PeriodFrom: schedules.NewDate(2026, 10, 26), PeriodTo: schedules.NewDate(2026, 11, 1), Currency: "EUR", Claims: 4,
	}
}

func TestEInvoiceGolden(t *testing.T) {
	golden(t, "einvoice.de.xml", func(w *bytes.Buffer) error { return german(t).EInvoice(w, feeInvoice()) })
	d := feeInvoice()
	d.Corrects, d.Invoice.Rate, d.Invoice.VAT, d.Invoice.Gross, d.Exemption = "KF-2026-000004", 0, 0, d.Invoice.Net, "Exempt: § 4 No. 8 UStG <test>"
	d.Provider.VATID, d.Provider.TaxNo, d.Merchant.VATID, d.Merchant.Email = "", "30/123/45678", "", ""
	d.Merchant.TaxNo = "46/123/45678"
	golden(t, "einvoice_corrected.en.xml", func(w *bytes.Buffer) error { return english(t).EInvoice(w, d) })
}

// The schema of UN/CEFACT accepts what is written.
func TestEInvoicesAreValid(t *testing.T) {
	for _, name := range []string{"einvoice.de.xml", "einvoice_corrected.en.xml"} {
		validate(t, "CrossIndustryInvoice_100pD16B.xsd", name)
	}
}

// A cii is what the rules of EN 16931 ask about; the numbers are its terms.
type cii struct {
	BT1   string `xml:"ExchangedDocument>ID"`
	BT3   string `xml:"ExchangedDocument>TypeCode"`
	BT2   string `xml:"ExchangedDocument>IssueDateTime>DateTimeString"`
	BT24  string `xml:"ExchangedDocumentContext>GuidelineSpecifiedDocumentContextParameter>ID"`
	Lines []struct {
		BT126 string `xml:"AssociatedDocumentLineDocument>LineID"`
		BT129 string `xml:"SpecifiedLineTradeDelivery>BilledQuantity"`
		BT131 string `xml:"SpecifiedLineTradeSettlement>SpecifiedTradeSettlementLineMonetarySummation>LineTotalAmount"`
		BT146 string `xml:"SpecifiedLineTradeAgreement>NetPriceProductTradePrice>ChargeAmount"`
		BT151 string `xml:"SpecifiedLineTradeSettlement>ApplicableTradeTax>CategoryCode"`
		BT152 string `xml:"SpecifiedLineTradeSettlement>ApplicableTradeTax>RateApplicablePercent"`
		BT153 string `xml:"SpecifiedTradeProduct>Name"`
	} `xml:"SupplyChainTradeTransaction>IncludedSupplyChainTradeLineItem"`
	Seller     ciiSide `xml:"SupplyChainTradeTransaction>ApplicableHeaderTradeAgreement>SellerTradeParty"`
	Buyer      ciiSide `xml:"SupplyChainTradeTransaction>ApplicableHeaderTradeAgreement>BuyerTradeParty"`
	Settlement struct {
		BT5  string `xml:"InvoiceCurrencyCode"`
		BT20 string `xml:"SpecifiedTradePaymentTerms>Description"`
		BT81 string `xml:"SpecifiedTradeSettlementPaymentMeans>TypeCode"`
		BT73 string `xml:"BillingSpecifiedPeriod>StartDateTime>DateTimeString"`
		BT74 string `xml:"BillingSpecifiedPeriod>EndDateTime>DateTimeString"`
		BG23 []struct {
			BT116 string `xml:"BasisAmount"`
			BT117 string `xml:"CalculatedAmount"`
			BT118 string `xml:"CategoryCode"`
			BT119 string `xml:"RateApplicablePercent"`
			BT120 string `xml:"ExemptionReason"`
		} `xml:"ApplicableTradeTax"`
		BG22 struct {
			BT106 string `xml:"LineTotalAmount"`
			BT109 string `xml:"TaxBasisTotalAmount"`
			BT110 struct {
				Currency string `xml:"currencyID,attr"`
				Amount   string `xml:",chardata"`
			} `xml:"TaxTotalAmount"`
			BT112 string `xml:"GrandTotalAmount"`
			BT113 string `xml:"TotalPrepaidAmount"`
			BT115 string `xml:"DuePayableAmount"`
		} `xml:"SpecifiedTradeSettlementHeaderMonetarySummation"`
	} `xml:"SupplyChainTradeTransaction>ApplicableHeaderTradeSettlement"`
}

type ciiSide struct {
	ID      string `xml:"ID"`
	Name    string `xml:"Name"`
	Country string `xml:"PostalTradeAddress>CountryID"`
	Taxes   []struct {
		Scheme string `xml:"schemeID,attr"`
		ID     string `xml:",chardata"`
	} `xml:"SpecifiedTaxRegistration>ID"`
}

// wantRules names each rule of EN 16931 that the invoice breaks.
func wantRules(t rapid.TB, d report.FeeInvoiceDocument) (got cii) {
	t.Helper()
	var b bytes.Buffer
	if err := (report.Renderer{}).EInvoice(&b, d); err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	rule := func(holds bool, name string) {
		if !holds {
			t.Errorf("%s is broken by %+v in %s", name, d, b.String())
		}
	}
	amount := func(s string) money.Amount {
		a, err := money.Parse(s)
		rule(err == nil && a.String() == s, "BR-DEC (two decimals) in "+s)
		return a
	}
	s := got.Settlement
	rule(got.BT24 == "urn:cen.eu:en16931:2017", "BR-01")
	rule(got.BT1 == d.Invoice.Number, "BR-02")
	rule(got.BT2 == d.Invoice.Date.Format("20060102"), "BR-03")
	rule(got.BT3 == "380" || got.BT3 == "384" && d.Corrects != "", "BR-04")
	rule(s.BT5 == d.Currency && s.BG22.BT110.Currency == d.Currency, "BR-05, BR-53")
	rule(got.Seller.Name == d.Provider.Name && got.Buyer.Name == d.Merchant.Name, "BR-06, BR-07")
	rule(got.Seller.Country == d.Provider.Country && got.Buyer.Country == d.Merchant.Country, "BR-09, BR-11")
	rule(len(got.Lines) == 1 && len(s.BG23) == 1, "BR-16, BR-CO-18")
	line, tax := got.Lines[0], s.BG23[0]
	rule(line.BT126 != "" && line.BT129 == "1" && line.BT153 != "" && line.BT146 == line.BT131, "BR-21 to BR-26")
	rule(s.BT73 <= s.BT74 && s.BT73 != "", "BR-29, BR-CO-19")
	rule(s.BT81 == "97", "BR-49")
	net, vat, gross, prepaid, due := amount(s.BG22.BT109), amount(s.BG22.BT110.Amount), amount(s.BG22.BT112), amount(s.BG22.BT113), amount(s.BG22.BT115)
	rule(amount(s.BG22.BT106) == amount(line.BT131), "BR-CO-10")
	rule(net == amount(s.BG22.BT106), "BR-CO-13")
	rule(vat == amount(tax.BT117), "BR-CO-14")
	rule(gross == net+vat, "BR-CO-15")
	rule(due == gross-prepaid, "BR-CO-16")
	rate, err := money.ParseRate(tax.BT119)
	rule(err == nil && amount(tax.BT117) == amount(tax.BT116).Times(rate), "BR-CO-17, BR-S-09")
	rule(due == 0 || s.BT20 != "", "BR-CO-25")
	rule(tax.BT118 == line.BT151 && tax.BT119 == line.BT152 && amount(tax.BT116) == amount(line.BT131), "BR-S-01, BR-S-08")
	rule(len(got.Seller.Taxes) > 0, "BR-S-02, BR-E-02")
	rule(got.Seller.ID != "" || got.Seller.Taxes[0].Scheme == "VA", "BR-CO-26")
	rule((tax.BT118 == "S") == (rate > 0) && (tax.BT120 == "") == (tax.BT118 == "S"), "BR-S-05, BR-S-10, BR-E-05, BR-E-10")
	rule(net == d.Invoice.Net && vat == d.Invoice.VAT && gross == d.Invoice.Gross && due == 0, "what the payout says")
	return got
}

func TestEInvoiceRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := feeInvoice()
		d.Invoice.Net = money.Amount(rapid.Int64Range(1, 1e12).Draw(t, "net"))
		d.Invoice.Rate = money.Rate(rapid.SampledFrom([]int64{0, 1, 700, 1_900, 2_550}).Draw(t, "rate"))
		d.Invoice.VAT = d.Invoice.Net.Times(d.Invoice.Rate)
		d.Invoice.Gross = d.Invoice.Net + d.Invoice.VAT
		d.Claims = rapid.Int64Range(0, 1e6).Draw(t, "claims")
		d.Exemption = "§ 4 UStG"
		if rapid.Bool().Draw(t, "tax number only") {
			d.Provider.VATID, d.Provider.TaxNo = "", "30/123/45678"
		}
		wantRules(t, d)
	})
}

func TestEInvoiceRefuses(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(d *report.FeeInvoiceDocument)
		want  string
	}{
		{"no number", func(d *report.FeeInvoiceDocument) { d.Invoice.Number = " " }, "its number is missing"},
		{"no date", func(d *report.FeeInvoiceDocument) { d.Invoice.Date = 0 }, "its date"},
		{"a period that ends before it begins", func(d *report.FeeInvoiceDocument) { d.PeriodTo = d.PeriodFrom - 1 }, "its period"},
		{"no tax number of the provider", func(d *report.FeeInvoiceDocument) { d.Provider.VATID = "" }, "provider: VAT id or tax number"},
		{"no address of the merchant", func(d *report.FeeInvoiceDocument) { d.Merchant.Street = "" }, "merchant: street is missing"},
		{"a country in words", func(d *report.FeeInvoiceDocument) { d.Merchant.Country = "Deutschland" }, `country "Deutschland"`},
		{"nothing charged", func(d *report.FeeInvoiceDocument) { d.Invoice.Net, d.Invoice.VAT, d.Invoice.Gross = 0, 0, 0 }, "net 0.00"},
		{"VAT a cent off", func(d *report.FeeInvoiceDocument) { d.Invoice.VAT--; d.Invoice.Gross-- }, "VAT is 2.37; 19.00 % of 12.50 are 2.38"},
		{"gross a cent off", func(d *report.FeeInvoiceDocument) { d.Invoice.Gross++ }, "gross is 14.89; net 12.50 and VAT 2.38 are 14.88"},
		{"no VAT without a reason", func(d *report.FeeInvoiceDocument) {
			d.Invoice.Rate, d.Invoice.VAT, d.Invoice.Gross = 0, 0, d.Invoice.Net
		}, "reason why there is no VAT"},
	}
	for _, tt := range tests {
		d := feeInvoice()
		tt.spoil(&d)
		var b bytes.Buffer
		if err := (report.Renderer{}).EInvoice(&b, d); err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() > 0 {
			t.Errorf("%s: EInvoice = %v and %d bytes; want an error with %q and nothing written", tt.name, err, b.Len(), tt.want)
		}
	}
}

// Names that are long, or look like markup, come through as they are.
func TestEInvoiceNames(t *testing.T) {
	d := feeInvoice()
	d.Merchant.Name = `Müller & Söhne <"GmbH"> €` + strings.Repeat(" und Partner", 40)
	if got := wantRules(t, d); got.Buyer.Name != d.Merchant.Name {
		t.Errorf("buyer is %q; want %q", got.Buyer.Name, d.Merchant.Name)
	}
}

func TestEInvoiceName(t *testing.T) {
	p := purchase.Payout{Merchant: "acme", PeriodTo: schedules.NewDate(2026, 11, 1), Seq: 5}
	if got, want := report.EInvoiceName(p), "payout_acme_2026W44_000005.xml"; got != want {
		t.Errorf("EInvoiceName = %q; want %q", got, want)
	}
}
