package report

import (
	"encoding/xml"
	"strconv"
	"time"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What of pain.001.001.09 (customer credit transfer initiation) a SEPA
// transfer needs, in the order of its schema.

type painDocument struct {
	XMLName  xml.Name    `xml:"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09 Document"`
	Header   painHeader  `xml:"CstmrCdtTrfInitn>GrpHdr"`
	Payments painPayment `xml:"CstmrCdtTrfInitn>PmtInf"`
}

type painHeader struct {
	MessageID string    `xml:"MsgId"`
	Created   string    `xml:"CreDtTm"`
	Count     string    `xml:"NbOfTxs"`
	Sum       string    `xml:"CtrlSum"`
	Initiator painParty `xml:"InitgPty"`
}

type painPayment struct {
	ID        string         `xml:"PmtInfId"`
	Method    string         `xml:"PmtMtd"`
	Batch     bool           `xml:"BtchBookg"`
	Count     string         `xml:"NbOfTxs"`
	Sum       string         `xml:"CtrlSum"`
	Level     string         `xml:"PmtTpInf>SvcLvl>Cd"`
	Date      string         `xml:"ReqdExctnDt>Dt"`
	Debtor    painParty      `xml:"Dbtr"`
	Account   painAccount    `xml:"DbtrAcct"`
	Agent     painAgent      `xml:"DbtrAgt"`
	Charges   string         `xml:"ChrgBr"`
	Transfers []painTransfer `xml:"CdtTrfTxInf"`
}

type painTransfer struct {
	EndToEndID string      `xml:"PmtId>EndToEndId"`
	Amount     painAmount  `xml:"Amt>InstdAmt"`
	Agent      *painAgent  `xml:"CdtrAgt"`
	Creditor   painParty   `xml:"Cdtr"`
	Account    painAccount `xml:"CdtrAcct"`
	Remittance *painText   `xml:"RmtInf"`
}

type painAmount struct {
	Currency string `xml:"Ccy,attr"`
	Amount   string `xml:",chardata"`
}

type painText struct {
	Text string `xml:"Ustrd"`
}

type painAccount struct {
	IBAN string `xml:"Id>IBAN"`
}

// A painAgent is a bank; one without a BIC is found by the IBAN.
type painAgent struct {
	BIC   string     `xml:"FinInstnId>BICFI,omitempty"`
	Other *painOther `xml:"FinInstnId>Othr"`
}

type painOther struct {
	ID string `xml:"Id"`
}

type painParty struct {
	Name    string       `xml:"Nm"`
	Address *painAddress `xml:"PstlAdr"`
}

// A painAddress is structured: banks no longer take lines of text for it.
type painAddress struct {
	Street   string `xml:"StrtNm,omitempty"`
	Building string `xml:"BldgNb,omitempty"`
	Postcode string `xml:"PstCd,omitempty"`
	Town     string `xml:"TwnNm"`
	Country  string `xml:"Ctry"`
}

func (f TransferFile) document(sum money.Amount) painDocument {
	count := strconv.Itoa(len(f.Transfers))
	d := painDocument{
		Header: painHeader{
			MessageID: f.MessageID, Created: f.Created.Format(time.RFC3339), Count: count, Sum: sum.String(),
			Initiator: painParty{Name: purchase.SEPAText(f.Debtor.Name, transferName)},
		},
		Payments: painPayment{
			ID: f.MessageID, Method: "TRF", Batch: f.BatchBooking, Count: count, Sum: sum.String(), Level: "SEPA",
			Date: f.ExecutionDate.String(), Debtor: painPartyOf(f.Debtor), Account: painAccount{f.Debtor.IBAN},
			Agent: painAgent{BIC: f.Debtor.BIC}, Charges: "SLEV",
		},
	}
	if f.Debtor.BIC == "" {
		d.Payments.Agent.Other = &painOther{"NOTPROVIDED"}
	}
	for _, t := range f.Transfers {
		d.Payments.Transfers = append(d.Payments.Transfers, t.element())
	}
	return d
}

func (t Transfer) element() painTransfer {
	e := painTransfer{
		EndToEndID: t.EndToEndID, Amount: painAmount{t.Currency, t.Amount.String()},
		Creditor: painPartyOf(t.Creditor), Account: painAccount{t.Creditor.IBAN},
	}
	if t.Creditor.BIC != "" {
		e.Agent = &painAgent{BIC: t.Creditor.BIC}
	}
	if text := purchase.SEPAText(t.Remittance, transferText); text != "" {
		e.Remittance = &painText{text}
	}
	return e
}

// painPartyOf leaves the address out where town or country are not known: a
// structured one without them is refused.
func painPartyOf(p purchase.Party) painParty {
	party := painParty{Name: purchase.SEPAText(p.Name, transferName)}
	a := painAddress{Postcode: purchase.SEPAText(p.Postcode, transferCode), Town: purchase.SEPAText(p.City, transferTown), Country: p.Country}
	if a.Town == "" || !countries.MatchString(a.Country) {
		return party
	}
	street, number := splitStreet(p.Street)
	a.Street, a.Building = purchase.SEPAText(street, transferStreet), purchase.SEPAText(number, transferCode)
	party.Address = &a
	return party
}
