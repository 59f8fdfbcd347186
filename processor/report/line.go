package report

import (
	"fmt"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// lineType is the type of a line as the style writes it.
func (r Renderer) lineType(t purchase.LineType) string {
	if r.Style == formats.ExcelEN || r.Style == formats.RFC4180 {
		return string(t)
	}
	switch t {
	case purchase.LineOpening:
		return "Vortrag"
	case purchase.LineCollection:
		return "Zahlungseingang"
	case purchase.LineGuarantee:
		return "Garantie"
	case purchase.LineAfterGuarantee:
		return "Zahlung nach Garantie"
	case purchase.LineReturn:
		return "Retoure"
	case purchase.LineCredit:
		return "Rechnungskorrektur"
	case purchase.LineReinstated:
		return "Wiederauflebung"
	case purchase.LineDirectPayment:
		return "Direktzahlung"
	case purchase.LineChargeback:
		return "Rücküberweisung"
	case purchase.LineReversal:
		return "Rückgriff"
	case purchase.LinePayoutReturned:
		return "Auszahlung zurück"
	case purchase.LineFee:
		return "Gebühr"
	case purchase.LineVAT:
		return "Umsatzsteuer"
	case purchase.LinePayout:
		return "Auszahlung"
	case purchase.LineClosing:
		return "Übertrag"
	}
	return string(t)
}

// lineText says in a sentence what a line is. It never begins with a foreign
// word, so it is never a formula.
func (r Renderer) lineText(p purchase.Payout, l purchase.Line) string {
	switch l.Type {
	case purchase.LineOpening:
		return r.say("Vortrag aus der vorigen Abrechnung", "Brought forward from the previous payout")
	case purchase.LinePayout:
		return r.payoutText(p)
	case purchase.LineClosing:
		return r.say("Übertrag in die nächste Abrechnung", "Carried forward to the next payout")
	case purchase.LineFee:
		return fmt.Sprintf(r.say("Gebühr für den Ankauf der Rechnung %s über %s %s", "Fee for the purchase of invoice %s of %s %s"),
			l.InvoiceNo, r.amount(l.GrossClaim), p.Currency)
	case purchase.LinePayoutReturned:
		return fmt.Sprintf(r.say("Auszahlung %s kam von Ihrer Bank zurück", "Payout %s was given back by your bank"), l.DocumentNo)
	case purchase.LineVAT:
		return fmt.Sprintf(r.say("Umsatzsteuer auf die Gebühren dieser Abrechnung von %s %s", "VAT on the fees of this payout, %s %s"),
			r.amount(feeSum(p)), p.Currency)
	case purchase.LineGuarantee:
		return fmt.Sprintf(r.say("Garantie: offener Betrag der Rechnung %s, vom Kunden bis %s nicht bezahlt", "Guarantee: what is open of invoice %s, not paid by the customer until %s"),
			l.InvoiceNo, r.date(l.GuaranteeDate))
	}
	return r.documentText(l) + r.withoutEffect(l)
}

func (r Renderer) payoutText(p purchase.Payout) string {
	switch {
	case p.Amount > 0:
		return fmt.Sprintf(r.say("Auszahlung auf Ihr Konto am %s", "Paid out to your account on %s"), r.date(p.Date))
	case p.Closing < 0:
		return r.say("Keine Auszahlung, da der Saldo negativ ist", "No payout, since the balance is negative")
	case p.Closing > 0:
		return r.say("Keine Auszahlung, da der Saldo unter dem Mindestbetrag liegt", "No payout, since the balance is below the minimum")
	}
	return r.say("Keine Auszahlung, da der Saldo null ist", "No payout, since the balance is zero")
}

// documentText is the sentence of a line that a document of a claim has caused.
func (r Renderer) documentText(l purchase.Line) string {
	var german, english string
	switch l.Type {
	case purchase.LineCollection:
		german, english = "Zahlung %s des Kunden auf Rechnung %s", "Payment %s of the customer for invoice %s"
	case purchase.LineAfterGuarantee:
		german, english = "Zahlung %s des Kunden auf Rechnung %s nach der Garantie", "Payment %s of the customer for invoice %s after the guarantee"
	case purchase.LineReturn:
		german, english = "Retoure %s zu Rechnung %s", "Return %s of invoice %s"
	case purchase.LineCredit:
		german, english = "Rechnungskorrektur %s zu Rechnung %s", "Credit note %s to invoice %s"
	case purchase.LineReinstated:
		german, english = "Rechnungskorrektur %s ersetzt eine Retoure: Rechnung %s gilt wieder höher", "Credit note %s replaces a return: invoice %s is worth more again"
	case purchase.LineDirectPayment:
		german, english = "Meldung %s: Kunde hat Rechnung %s direkt an Sie bezahlt", "Notice %s: the customer paid invoice %s directly to you"
	case purchase.LineChargeback:
		german, english = "Zahlung %s auf Rechnung %s wurde von der Bank zurückgegeben", "Payment %s for invoice %s was returned by the bank"
	case purchase.LineReversal:
		german, english = "Rückgriff %s: Garantie für Rechnung %s zurückgenommen", "Recourse %s: guarantee of invoice %s taken back"
	default:
		german, english = "Beleg %s zu Rechnung %s", "Document %s of invoice %s"
	}
	return fmt.Sprintf(r.say(german, english), l.DocumentNo, l.InvoiceNo)
}

// withoutEffect explains a line that changes nothing for the merchant.
func (r Renderer) withoutEffect(l purchase.Line) string {
	if l.Amount != 0 {
		return ""
	}
	switch l.Type {
	case purchase.LineAfterGuarantee:
		return r.say(" (Ihnen bereits gutgeschrieben)", " (credited to you before)")
	case purchase.LineChargeback:
		return r.say(" (Ihre Gutschrift bleibt)", " (your credit stays)")
	}
	return r.say(" (ohne Wirkung auf Ihr Guthaben)", " (no effect on your balance)")
}
