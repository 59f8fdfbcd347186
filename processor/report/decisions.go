package report

import (
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A decision is one line of the decisions report.
type decision struct {
	OrderNo      string         `json:"order_no"`
	Decision     string         `json:"decision"`
	Code         purchase.Code  `json:"code"`
	TextMerchant string         `json:"text_merchant"`
	TextCustomer string         `json:"text_customer"`
	Approved     money.Amount   `json:"approved_amount_cents"`
	ValidUntil   schedules.Date `json:"valid_until"`
	Recipient    string         `json:"recipient"`
	IBAN         string         `json:"iban"`
	BIC          string         `json:"bic"`
	BankName     string         `json:"bank_name"`
	Reference    string         `json:"reference"`
	Amount       money.Amount   `json:"amount_cents"`
	Note         string         `json:"note"`
}

// decision adds the sentences. Only an accepted order has a payment
// instruction, so that no ERP prints the provider's account on an invoice that
// the provider has not bought.
func (r Renderer) decision(d purchase.Decision) decision {
	line := decision{
		OrderNo: d.OrderNo, Decision: d.Decision, Code: d.Code,
		TextMerchant: formats.MerchantText(r.Language, d.Code), TextCustomer: formats.CustomerText(r.Language, d.Decision),
		Approved: d.Approved, ValidUntil: d.ValidUntil,
	}
	if d.Decision != purchase.DecisionAccepted {
		return line
	}
	line.Recipient, line.IBAN, line.BIC, line.BankName = d.Recipient, d.IBAN, d.BIC, d.BankName
	line.Reference, line.Amount = d.Reference, d.Amount
	line.Note = r.paymentNote(d)
	return line
}

// paymentNote is what the ERP prints on the invoice: the claim was assigned,
// and paying anybody else does not discharge the debtor (§§ 398, 407 BGB).
func (r Renderer) paymentNote(d purchase.Decision) string {
	return fmt.Sprintf(r.say(
		"Die Forderung aus dieser Rechnung ist an %s abgetreten. Bitte zahlen Sie nur dorthin: IBAN %s, BIC %s, %s, Verwendungszweck %s.",
		"The claim of this invoice has been assigned to %s. Please pay only there: IBAN %s, BIC %s, %s, reference %s."),
		d.Recipient, inFours(d.IBAN), d.BIC, d.BankName, inFours(d.Reference))
}

// inFours prints an IBAN or RF reference as people read it.
func inFours(s string) string {
	var groups []string
	for len(s) > 4 {
		groups = append(groups, s[:4])
		s = s[4:]
	}
	return strings.Join(append(groups, s), " ")
}

// DecisionsCSV writes the credit decisions for the merchant's ERP.
func (r Renderer) DecisionsCSV(w io.Writer, decisions iter.Seq2[purchase.Decision, error]) error {
	t := r.Profile.NewReport(w, formats.DecisionsReport)
	for d, err := range decisions {
		if err != nil {
			return err
		}
		l := r.decision(d)
		var amount any // empty where nothing is to be paid
		if l.Decision == purchase.DecisionAccepted {
			amount = l.Amount
		}
		err = t.Row(l.OrderNo, l.Decision, string(l.Code), l.TextMerchant, l.TextCustomer, l.Approved, l.ValidUntil,
			l.Recipient, l.IBAN, l.BIC, l.BankName, l.Reference, amount, l.Note)
		if err != nil {
			return err
		}
	}
	return t.Flush()
}

// DecisionsJSON writes the twin of [Renderer.DecisionsCSV]. run is that of the
// file names, see [Run].
func (r Renderer) DecisionsJSON(w io.Writer, run string, decisions iter.Seq2[purchase.Decision, error]) error {
	t := r.twin(w, "run", run)
	t.list("decisions")
	for d, err := range decisions {
		if err != nil {
			return err
		}
		t.item(r.decision(d))
	}
	t.endList()
	return t.close()
}
