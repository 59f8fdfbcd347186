package formats

import "github.com/kontor-exchange/kontor/processor/purchase"

// The columns of the reports, with the words that those hold that hold no
// others. Nobody may change what they return.

func ackColumns() []Column {
	return []Column{
		{Name: "record", Kind: ID, Values: []string{"FILE", "WARNING", "ROW"}},
		{Name: "row", Kind: Int},
		{Name: "line", Kind: Int},
		{Name: "document_no", Kind: ID},
		{Name: "status", Kind: ID, Values: words(purchase.Accepted, purchase.Partial, purchase.Held, purchase.Duplicate, purchase.Conflict, purchase.Rejected, purchase.Parked)},
		{Name: "code", Kind: ID, Values: words(rowCodes()...)},
		{Name: "column", Kind: ID},
		{Name: "value", Kind: Text},
		{Name: "message", Kind: Text},
		{Name: "rows", Kind: Int},
		{Name: "booked", Kind: Int},
		{Name: "duplicate", Kind: Int},
		{Name: "conflict", Kind: Int},
		{Name: "parked", Kind: Int},
		{Name: "rejected", Kind: Int},
		{Name: "sum_gross", Kind: Amount},
		{Name: "sha256", Kind: ID},
		{Name: "received", Kind: ID},
	}
}

func decisionColumns() []Column {
	return []Column{
		{Name: "order_no", Kind: ID},
		{Name: "decision", Kind: ID, Values: []string{purchase.DecisionAccepted, purchase.DecisionDeclined, purchase.DecisionReview}},
		{Name: "code", Kind: ID, Values: words(codesOfDecisions()...)},
		{Name: "text_merchant", Kind: Text},
		{Name: "text_customer", Kind: Text},
		{Name: "approved_amount", Kind: Amount},
		{Name: "valid_until", Kind: Date},
		{Name: "recipient", Kind: Text},
		{Name: "iban", Kind: ID},
		{Name: "bic", Kind: ID},
		{Name: "bank_name", Kind: Text},
		{Name: "reference", Kind: ID},
		{Name: "amount", Kind: Amount},
		{Name: "note", Kind: Text},
	}
}

func stateColumns() []Column {
	return []Column{
		{Name: "order_no", Kind: ID},
		{Name: "invoice_no", Kind: ID},
		{Name: "state", Kind: ID, Values: states()},
		{Name: "outstanding", Kind: Amount},
		{Name: "paid", Kind: Amount},
		{Name: "credited", Kind: Amount},
		{Name: "due_date", Kind: Date},
		{Name: "dunning_level", Kind: Int, Values: []string{"0", "1", "2", "3", "4"}},
		{Name: "changed_on", Kind: Date},
	}
}

func dunningColumns() []Column {
	return []Column{
		{Name: "dunning_id", German: "Mahnvorgang", Kind: ID},
		{Name: "run_date", German: "Mahndatum", Kind: Date},
		{Name: "level", German: "Stufe", Kind: Int, Values: []string{"1", "2", "3", "4"}},
		{Name: "level_name", German: "Bezeichnung", Kind: Text},
		{Name: "customer_no", German: "Kundennummer", Kind: ID},
		{Name: "order_no", German: "Auftragsnummer", Kind: ID},
		{Name: "invoice_no", German: "Rechnungsnummer", Kind: ID},
		{Name: "due_date", German: "Fällig", Kind: Date},
		{Name: "days_overdue", German: "Tage überfällig", Kind: Int},
		{Name: "outstanding", German: "Offen", Kind: Amount},
		{Name: "interest_booked", German: "Zinsen neu", Kind: Amount},
		{Name: "interest_total", German: "Zinsen gesamt", Kind: Amount},
		{Name: "interest_segments", German: "Zinsrechnung", Kind: Text},
		{Name: "fee", German: "Gebühr", Kind: Amount},
		{Name: "flat", German: "Pauschale", Kind: Amount},
		{Name: "charges_total", German: "Kosten offen", Kind: Amount},
		{Name: "total_due", German: "Gesamt", Kind: Amount},
		{Name: "pay_until", German: "Zahlbar bis", Kind: Date},
		{Name: "next_level_on", German: "Nächste Stufe am", Kind: Date},
		{Name: "hold", German: "Grund", Kind: Text, Values: holds()},
		{Name: "status", German: "Status", Kind: ID, Values: []string{purchase.NoticeIssued, purchase.NoticeSent, purchase.NoticeHeld, purchase.NoticeCollection}},
	}
}

func payoutColumns() []Column {
	return []Column{
		{Name: "payout_id", German: "Auszahlung", Kind: ID},
		{Name: "payout_date", German: "Auszahlungsdatum", Kind: Date},
		{Name: "line_no", German: "Zeile", Kind: Int},
		{Name: "line_type", German: "Art", Kind: Text, Values: words(lineTypes()...)},
		{Name: "booked_on", German: "Buchungsdatum", Kind: Date},
		{Name: "order_no", German: "Auftragsnummer", Kind: ID},
		{Name: "invoice_no", German: "Rechnungsnummer", Kind: ID},
		{Name: "invoice_date", German: "Rechnungsdatum", Kind: Date},
		{Name: "due_date", German: "Fällig", Kind: Date},
		{Name: "document_no", German: "Belegnummer", Kind: ID},
		{Name: "customer_no", German: "Kundennummer", Kind: ID},
		{Name: "gross_claim", German: "Forderung brutto", Kind: Amount},
		{Name: "amount", German: "Betrag", Kind: Amount},
		{Name: "currency", German: "Währung", Kind: ID},
		{Name: "running_balance", German: "Saldo", Kind: Amount},
		{Name: "guarantee_date", German: "Garantie ab", Kind: Date},
		{Name: "text", German: "Text", Kind: Text},
		{Name: "source", German: "Herkunft", Kind: Text},
	}
}
