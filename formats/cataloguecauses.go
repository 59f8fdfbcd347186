package formats

// Why a row is not booked, or booked with a warning.
const (
	WhyDuplicate          Why = "DUPLICATE"           // Number, the row before
	WhyDuplicateWaits     Why = "DUPLICATE_WAITS"     // the row before is PARKED
	WhyDuplicateUndecided Why = "DUPLICATE_UNDECIDED" // and Order
	WhyConflict           Why = "CONFLICT"            // Number, the row before, Differences
	WhyConflictWaits      Why = "CONFLICT_WAITS"      // the row before is PARKED
	WhyConflictUndecided  Why = "CONFLICT_UNDECIDED"  // and Order
	WhyConflictInvoice    Why = "CONFLICT_INVOICE"    // Invoice, the row that made it, Differences
	WhyChangedImmaterial  Why = "CHANGED_IMMATERIAL"  // the row before, Differences
	WhyReturnAssumed      Why = "RETURN_ASSUMED"      // Credit, Return, Amount

	WhyWaitsOrder     Why = "WAITS_ORDER"      // Order, Limit: the day of the rejection
	WhyWaitsDecision  Why = "WAITS_DECISION"   // Order
	WhyWaitsReview    Why = "WAITS_REVIEW"     // Order, Limit
	WhyWaitsData      Why = "WAITS_DATA"       // Order, Limit
	WhyWaitsInvoice   Why = "WAITS_INVOICE"    // Invoice, Limit
	WhyWaitsInvoiceOf Why = "WAITS_INVOICE_OF" // Order, Limit
	WhyWaitsPayment   Why = "WAITS_PAYMENT"    // Number, Limit

	WhyMissedOrder     Why = "MISSED_ORDER"      // Order, Date: since when the row waited
	WhyMissedReview    Why = "MISSED_REVIEW"     // Order, Date
	WhyMissedData      Why = "MISSED_DATA"       // Order, Date
	WhyMissedInvoice   Why = "MISSED_INVOICE"    // Invoice, Date
	WhyMissedInvoiceOf Why = "MISSED_INVOICE_OF" // Order, Date
	WhyMissedPayment   Why = "MISSED_PAYMENT"    // Number, Date

	WhyDeclined        Why = "DECLINED"         // Order, Code of the decision
	WhyCancelled       Why = "CANCELLED"        // Order
	WhyOverApproved    Why = "OVER_APPROVED"    // Order, Amount, Approved, Invoiced, Left
	WhyOverCredit      Why = "OVER_CREDIT"      // Invoice, Amount, Gross, Credited, Direct, Left
	WhyTooLate         Why = "TOO_LATE"         // Order, Date of the invoice, Limit: valid_until
	WhyCancelledBefore Why = "CANCELLED_BEFORE" // Order
	WhyNothingLeft     Why = "NOTHING_LEFT"     // Order, Approved, Invoiced
	WhyCurrency        Why = "CURRENCY"         // Column, Value, Wanted
	WhyDueBefore       Why = "DUE_BEFORE"       // Column, Date, Limit: the date of the invoice
	WhyWhichInvoice    Why = "WHICH_INVOICE"    // Column, Order
	WhyAmountNeeded    Why = "AMOUNT_NEEDED"    // Column, Invoice
	WhyOtherOrder      Why = "OTHER_ORDER"      // Column, Invoice, Order: of the invoice, Value: that the row names
	WhyReturnedMore    Why = "RETURNED_MORE"    // Column, Number, Amount, Gross
	WhyReturnedEarly   Why = "RETURNED_EARLY"   // Column, Number, Date, Limit
	WhyUnknownAccount  Why = "UNKNOWN_ACCOUNT"  // Value
	WhyRefused         Why = "REFUSED"          // Code
)

// causes says in both languages what has happened, and what is to be done.
var causes = map[Why]sentence{
	WhyDuplicate: {
		"schon gebucht aus {place}; diese Zeile bleibt ohne Wirkung, zu tun ist nichts",
		"booked before from {place}; this row has no effect, there is nothing to do",
	},
	WhyDuplicateWaits: {
		"kam schon mit {place} und wartet dort; diese Zeile bleibt ohne Wirkung, zu tun ist nichts",
		"came before with {place} and waits there; this row has no effect, there is nothing to do",
	},
	WhyDuplicateUndecided: {
		"schon gebucht aus {place}, Auftrag {order} war aber noch nicht entschieden; diese Zeile bleibt ohne Wirkung, Änderungen bitte nach der Entscheidung noch einmal senden",
		"booked before from {place}, but order {order} was not decided yet; this row has no effect, send changes again after the decision",
	},
	WhyConflict: {
		"Nummer {number} ist schon anders gebucht aus {place}: {differences}; diese Zeile bleibt ohne Wirkung. Bitte klären, was gilt; ein anderer Beleg braucht eine eigene Nummer",
		"number {number} is booked with other values from {place}: {differences}; this row has no effect. Clear up which is right; another document needs a number of its own",
	},
	WhyConflictWaits: {
		"Nummer {number} wartet schon mit anderen Werten aus {place}: {differences}; diese Zeile bleibt ohne Wirkung. Bitte klären, was gilt; ein anderer Beleg braucht eine eigene Nummer",
		"number {number} waits with other values from {place}: {differences}; this row has no effect. Clear up which is right; another document needs a number of its own",
	},
	WhyConflictUndecided: {
		"Auftrag {order} ist schon anders gebucht aus {place}: {differences}; er war noch nicht entschieden, diese Zeile bleibt ohne Wirkung. Änderungen bitte nach der Entscheidung noch einmal senden",
		"order {order} is booked with other values from {place}: {differences}; it was not decided yet, this row has no effect. Send changes again after the decision",
	},
	WhyConflictInvoice: {
		"Rechnung {invoice} ist schon anders gebucht aus {place}: {differences}; bitte die Lieferung mit den Werten der Rechnung oder ohne sie senden",
		"invoice {invoice} is booked with other values from {place}: {differences}; send the shipment with the values of the invoice, or without them",
	},
	WhyChangedImmaterial: {
		"gebucht bleibt die Fassung aus {place}; hier anders, aber ohne Wirkung: {columns}",
		"the version from {place} stays booked; different here, but without effect: {columns}",
	},
	WhyReturnAssumed: {
		"Gutschrift {credit} nennt keine Retoure und hat den Betrag von Retoure {return}, {amount}: sie ersetzt diese und wird nicht noch einmal abgezogen. Damit nichts angenommen werden muss, bitte in Gutschriften die Retoure nennen",
		"credit {credit} names no return and has the amount of return {return}, {amount}: it replaces it and is not deducted once more. Name the return in credits, so that nothing must be assumed",
	},
	WhyWaitsOrder: {
		"wartet auf Auftrag {order}, der noch nicht gekommen ist; folgt er bald, ist nichts zu tun. Fehlt er am {limit} noch, wird diese Zeile abgewiesen",
		"waits for order {order}, which has not come yet; if it follows soon, there is nothing to do. If it is still missing on {limit}, this row is rejected",
	},
	WhyWaitsDecision: {
		"wartet auf die Entscheidung über Auftrag {order}; zu tun ist nichts",
		"waits for the decision on order {order}; there is nothing to do",
	},
	WhyWaitsReview: {
		"wartet auf Auftrag {order}, den der Anbieter noch prüft; zu tun ist nichts. Ist er am {limit} nicht entschieden, wird diese Zeile abgewiesen",
		"waits for order {order}, which the provider still reviews; there is nothing to do. If it is not decided on {limit}, this row is rejected",
	},
	WhyWaitsData: {
		"wartet auf Auftrag {order}, in dem Angaben zum Kunden fehlen; bitte den Auftrag vollständig noch einmal senden. Ist er am {limit} nicht angenommen, wird diese Zeile abgewiesen",
		"waits for order {order}, in which data of the customer are missing; send the order again, complete. If it is not accepted on {limit}, this row is rejected",
	},
	WhyWaitsInvoice: {
		"wartet auf Rechnung {invoice}, die noch nicht gebucht ist; folgt sie bald, ist nichts zu tun. Fehlt sie am {limit} noch, wird diese Zeile abgewiesen",
		"waits for invoice {invoice}, which is not booked yet; if it follows soon, there is nothing to do. If it is still missing on {limit}, this row is rejected",
	},
	WhyWaitsInvoiceOf: {
		"wartet auf die Rechnung zu Auftrag {order}, die noch nicht gebucht ist; folgt sie bald, ist nichts zu tun. Fehlt sie am {limit} noch, wird diese Zeile abgewiesen",
		"waits for the invoice of order {order}, which is not booked yet; if it follows soon, there is nothing to do. If it is still missing on {limit}, this row is rejected",
	},
	WhyWaitsPayment: {
		"Rückgabe der Zahlung {number}, die noch nicht gebucht ist; folgt sie bald, ist nichts zu tun. Fehlt sie am {limit} noch, wird diese Zeile abgewiesen",
		"returns payment {number}, which is not booked yet; if it follows soon, there is nothing to do. If it is still missing on {limit}, this row is rejected",
	},
	WhyMissedOrder: {
		"seit dem {date} auf Auftrag {order} gewartet, der nicht kam; bitte den Auftrag und danach diese Zeile noch einmal senden",
		"waited since {date} for order {order}, which did not come; send the order, and after it this row again",
	},
	WhyMissedReview: {
		"seit dem {date} auf Auftrag {order} gewartet, der noch nicht entschieden ist; bitte diese Zeile nach der Entscheidung noch einmal senden",
		"waited since {date} for order {order}, which is not decided yet; send this row again after the decision",
	},
	WhyMissedData: {
		"seit dem {date} auf Auftrag {order} gewartet, in dem Angaben zum Kunden fehlen; bitte den Auftrag vollständig und danach diese Zeile noch einmal senden",
		"waited since {date} for order {order}, in which data of the customer are missing; send the order again, complete, and after it this row",
	},
	WhyMissedInvoice: {
		"seit dem {date} auf Rechnung {invoice} gewartet, die nicht gebucht wurde; bitte die Rechnung und danach diese Zeile noch einmal senden",
		"waited since {date} for invoice {invoice}, which was not booked; send the invoice, and after it this row again",
	},
	WhyMissedInvoiceOf: {
		"seit dem {date} auf die Rechnung zu Auftrag {order} gewartet, die nicht gebucht wurde; bitte die Rechnung und danach diese Zeile noch einmal senden",
		"waited since {date} for the invoice of order {order}, which was not booked; send the invoice, and after it this row again",
	},
	WhyMissedPayment: {
		"Rückgabe der Zahlung {number}, die seit dem {date} nicht gekommen ist; bitte mit der Bank klären",
		"returns payment {number}, which has not come since {date}; clear it up with the bank",
	},
	WhyDeclined: {
		"Auftrag {order} ist abgelehnt und wird nicht angekauft; bitte mit dem Kunden eine andere Zahlungsart vereinbaren. Grund: {decision}",
		"order {order} is declined and not bought; agree another way to pay with the customer. Reason: {decision}",
	},
	WhyCancelled: {
		"Auftrag {order} ist storniert, davon wird nichts mehr angekauft; wird doch geliefert, bitte einen neuen Auftrag senden",
		"order {order} is cancelled, no more of it is bought; if it is delivered all the same, send a new order",
	},
	WhyOverApproved: {
		"{amount} sind mehr, als für Auftrag {order} noch frei ist: genehmigt {approved}, schon berechnet {invoiced}, frei {left}; bitte den Betrag berichtigen oder den Rest als neuen Auftrag senden",
		"{amount} is more than is left of order {order}: approved {approved}, invoiced before {invoiced}, left {left}; correct the amount, or send the rest as a new order",
	},
	WhyOverCredit: {
		"{amount} sind mehr, als von Rechnung {invoice} noch übrig ist: Rechnungsbetrag {gross}, schon gutgeschrieben {credited}, an den Shop bezahlt {direct}, übrig {left}; bitte Betrag und Rechnungsnummer prüfen",
		"{amount} is more than is left of invoice {invoice}: invoiced {gross}, credited before {credited}, paid to the shop {direct}, left {left}; check amount and invoice number",
	},
	WhyTooLate: {
		"Rechnungsdatum {date} liegt nach dem {limit}, bis zu dem Auftrag {order} berechnet werden konnte; bitte einen neuen Auftrag senden",
		"invoice date {date} is after {limit}, until which order {order} could be invoiced; send a new order",
	},
	WhyCancelledBefore: {
		"Auftrag {order} ist schon storniert; zu tun ist nichts",
		"order {order} is cancelled already; there is nothing to do",
	},
	WhyNothingLeft: {
		"von Auftrag {order} ist nichts mehr zu stornieren: genehmigt {approved}, berechnet {invoiced}; bitte stattdessen eine Gutschrift zur Rechnung senden",
		"nothing of order {order} is left to cancel: approved {approved}, invoiced {invoiced}; send a credit on the invoice instead",
	},
	WhyCurrency: {
		"Spalte {column}: {value}, das Konto wird aber in {wanted} geführt; andere Währungen werden nicht gebucht",
		"column {column}: {value}, but the account is kept in {wanted}; other currencies are not booked",
	},
	WhyDueBefore: {
		"Spalte {column}: {date} liegt vor dem Rechnungsdatum; erwartet: ein Tag ab {limit}",
		"column {column}: {date} is before the invoice date; wanted: a day from {limit} on",
	},
	WhyWhichInvoice: {
		"Spalte {column}: leer, zu Auftrag {order} gibt es aber mehrere Rechnungen; bitte die Nummer der gemeinten eintragen",
		"column {column}: empty, but order {order} has several invoices; enter the number of the one that is meant",
	},
	WhyAmountNeeded: {
		"Spalte {column}: leer; Rechnung {invoice} entsteht aus dieser Lieferung, dafür ist ihr Betrag nötig",
		"column {column}: empty; invoice {invoice} is made from this shipment, so its amount is required",
	},
	WhyOtherOrder: {
		"Spalte {column}: Rechnung {invoice} gehört zu Auftrag {order}, die Zeile nennt Auftrag {value}; bitte eine der Nummern berichtigen",
		"column {column}: invoice {invoice} belongs to order {order}, the row names order {value}; correct one of the numbers",
	},
	WhyReturnedMore: {
		"Spalte {column}: {amount} zurückgegeben, Zahlung {number} war aber nur {gross}; bitte mit der Bank klären",
		"column {column}: {amount} returned, but payment {number} was only {gross}; clear it up with the bank",
	},
	WhyReturnedEarly: {
		"Spalte {column}: Rückgabe am {date}, Zahlung {number} kam aber erst am {limit}; bitte mit der Bank klären",
		"column {column}: returned on {date}, but payment {number} came on {limit} only; clear it up with the bank",
	},
	WhyUnknownAccount: {
		"Konto {value} ist das Abwicklungskonto keines Händlers; bitte in der Konfiguration eintragen oder mit der Bank klären",
		"account {value} is no merchant's settlement account; enter it in the configuration, or clear it up with the bank",
	},
	WhyRefused: {
		"war gebucht, der Anbieter hat die Zeile aber nicht angenommen: {refusal}. Die Buchung ist zurückgenommen; bitte berichtigen und noch einmal senden",
		"was booked, but the provider did not take the row: {refusal}. The booking is taken back; correct the row and send it again",
	},
}

var (
	placeOfRow = sentence{"{0}, Zeile {1}", "{0}, line {1}"}
	differs    = sentence{"{0} dort {1}, hier {2}", "{0} there {1}, here {2}"}
	emptyCell  = sentence{"leer", "empty"}
)
