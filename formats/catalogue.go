package formats

import "github.com/kontor-exchange/kontor/processor/purchase"

// sentences is the catalogue of codes of rows and files; [Message] says what
// the arguments are.
var sentences = map[purchase.Code]sentence{
	purchase.FieldRequired:  {"Spalte {0}: leer, ein Wert ist nötig", "column {0}: empty, a value is required"},
	purchase.FieldFormat:    {"Spalte {0}: {1}, erwartet: {2}", "column {0}: {1} is not {2}"},
	purchase.FieldRange:     {"Spalte {0}: {1}, erwartet: {2}", "column {0}: {1} is not {2}"},
	purchase.FieldLength:    {"Spalte {0}: {1} ist zu lang, erlaubt sind {2}", "column {0}: {1} is too long, allowed are {2}"},
	purchase.RowColumns:     {"Zeile nicht lesbar: erwartet: {0}", "row cannot be read: wanted {0}"},
	purchase.WrongCurrency:  {"die Währung ist nicht die des Kontos", "the currency is not that of the account"},
	purchase.UnknownOrder:   {"der Auftrag ist nicht bekannt", "the order is not known"},
	purchase.UnknownInvoice: {"die Rechnung oder Zahlung ist nicht bekannt", "the invoice or payment is not known"},
	purchase.UnknownAccount: {"das Konto gehört zu keinem Händler", "the account belongs to no merchant"},
	purchase.NotAccepted:    {"der Auftrag ist nicht angenommen oder storniert", "the order is not accepted, or cancelled"},
	purchase.OverApproved: {
		"der Betrag ist höher, als für den Auftrag noch frei ist", "the amount is more than is left of the order",
	},
	purchase.OverCredit: {
		"der Betrag ist höher, als von der Rechnung noch übrig ist", "the amount is more than is left of the invoice",
	},
	purchase.DuplicateRow: {"schon gebucht; ohne Wirkung", "booked before; no effect"},
	purchase.ConflictRow: {
		"unter dieser Nummer schon mit anderen Werten gebucht", "booked before with other values under this number",
	},
	purchase.Closed: {
		"der Auftrag ist abgelaufen, oder es ist nichts mehr zu stornieren", "the order has expired, or nothing is left to cancel",
	},
	purchase.UnknownColumn: {
		"Spalte {0} ist nicht bekannt und wird nicht gelesen; wird sie gebraucht, bitte im Profil zuordnen",
		"column {0} is not known and not read; if it is needed, map it in the profile",
	},
	purchase.ReturnAssumed: {
		"eine Gutschrift ohne Retoure ersetzt die Retoure mit ihrem Betrag", "a credit that names no return replaces the return of its amount",
	},
	purchase.ChangedImmaterial: {"gebucht bleibt die erste Fassung", "the first version stays booked"},
	purchase.FileEncoding:      {"Zeichensatz falsch: erwartet: {0}", "wrong charset: wanted {0}"},
	purchase.FileHeader:        {"Kopfzeile nicht lesbar", "the header cannot be read"},
	purchase.FileTrailer:       {"Schlusszeile passt nicht: erwartet: {0}", "the trailer does not fit: wanted {0}"},
	purchase.FileTruncated:     {"Datei unvollständig: erwartet: {0}", "the file is incomplete: wanted {0}"},
	purchase.FileEmpty:         {"Datei leer: erwartet: {0}", "the file is empty: wanted {0}"},
	purchase.FileTooLarge:      {"Datei zu groß: erlaubt: {0}", "the file is too large: allowed {0}"},
	purchase.FileDialect:       {"nicht das Format des Profils: erwartet: {0}", "not the format of the profile: wanted {0}"},
	purchase.FileNotYours: {
		"Dateien dieser Art nimmt kontor nur von der Bank", "kontor takes files of this kind from the bank only",
	},
}

var (
	rowColumnsCame = sentence{"Zeile nicht lesbar: erwartet: {0}, gekommen: {1}", "row cannot be read: wanted {0}, came {1}"}
	headerMissing  = sentence{"Spalte {0} fehlt", "column {0} is missing"}
	headerTwice    = sentence{"Spalte {0} kommt zweimal vor", "column {0} comes twice"}
	headerGarbled  = sentence{"Kopfzeile nicht lesbar: erwartet: {0}", "the header cannot be read: wanted {0}"}
	fileClosed     = sentence{"Datei lässt sich nicht öffnen: erwartet: {0}", "the file cannot be opened: wanted {0}"}
	openable       = sentence{
		"Bitte die Datei für kontors Schlüssel und mit der richtigen Endung packen und noch einmal senden",
		"Pack the file for kontor's key and with the right ending, and send it again",
	}
	fileCame      = sentence{", gekommen: {0}", ", came {0}"}
	balancesWrong = sentence{
		"Salden von Konto {0} passen nicht zu den gebuchten Umsätzen: erwartet: {1}, gekommen: {2}",
		"the balances of account {0} do not fit the booked entries: wanted {1}, came {2}",
	}
	duplicateFile = sentence{
		"schon gelesen als {0}; nichts gebucht. Noch einmal lesen: kontor rerun file {0}",
		"read before as {0}; nothing booked. To read it again: kontor rerun file {0}",
	}
	refusedFile = sentence{"{0}. Nichts ist gebucht. {1}", "{0}. Nothing is booked. {1}"}
	heldFile    = sentence{
		"{0}; nichts gebucht. Trotzdem annehmen: kontor files release {1} --reason GRUND",
		"{0}; nothing booked. To take it all the same: kontor files release {1} --reason REASON",
	}
)

// nextSteps say what is to be done with a file that is refused.
var nextSteps = map[purchase.Code]sentence{
	purchase.FileEncoding: {
		"Bitte im Export den Zeichensatz des Profils einstellen und die Datei noch einmal senden",
		"Set the charset of the profile in the export, and send the file again",
	},
	purchase.FileHeader: {
		"Bitte den Export oder das Profil berichtigen und die Datei noch einmal senden",
		"Correct the export or the profile, and send the file again",
	},
	purchase.FileTruncated: {
		"Bitte die Datei vollständig noch einmal senden", "Send the file again, complete",
	},
	purchase.FileEmpty: {
		"Bitte die Datei noch einmal erzeugen und senden; auch ohne Zeilen braucht sie ihre Kopfzeile",
		"Make the file again and send it; it needs its header even without rows",
	},
	purchase.FileTooLarge: {
		"Bitte die Zeilen auf mehrere Dateien verteilen und senden", "Split the rows into several files and send these",
	},
	purchase.FileDialect: {
		"Bitte im Export das Format des Profils einstellen und die Datei noch einmal senden",
		"Set the format of the profile in the export, and send the file again",
	},
	purchase.FileNotYours: {
		"Bitte den Export abstellen", "Switch off this export",
	},
}

// merchantTexts has one sentence per code of a decision.
var merchantTexts = map[purchase.Code]sentence{
	purchase.OK: {"Der Auftrag ist angenommen.", "The order is accepted."},
	purchase.DataMissing: {
		"Angaben zum Kunden fehlen oder sind abgekürzt; bitte ergänzen und den Auftrag noch einmal senden.",
		"Data of the customer are missing or abbreviated; please complete them and send the order again.",
	},
	purchase.WrongCurrency: {
		"Der Auftrag ist nicht in der Währung des Kontos.", "The order is not in the currency of the account.",
	},
	purchase.Country:  {"In dieses Land gibt es keinen Rechnungskauf.", "There is no purchase on invoice for this country."},
	purchase.AgeLimit: {"Der Kunde ist zu jung.", "The customer is too young."},
	purchase.LimitOrder: {
		"Der Betrag liegt außerhalb der Grenzen je Auftrag.", "The amount is outside the limits of an order.",
	},
	purchase.AddressMismatch: {
		"Liefer- und Rechnungsanschrift weichen ab.", "Shipping and billing address differ.",
	},
	purchase.OverdueExists: {
		"Der Kunde hat eine überfällige Rechnung im Mahnverfahren.", "The customer has an overdue invoice in dunning.",
	},
	purchase.LimitOpenSum: {
		"Die offenen Beträge des Kunden würden die Grenze übersteigen.", "The customer's open amounts would exceed the limit.",
	},
	purchase.Reviewed: {"Eine Person hat über den Auftrag entschieden.", "A person has decided on the order."},
}

// customerTexts are neutral: why an order was declined is not for the shop's
// page.
var customerTexts = map[string]sentence{
	purchase.DecisionAccepted: {
		"Vielen Dank, Sie können auf Rechnung kaufen.", "Thank you, you can pay on invoice.",
	},
	purchase.DecisionDeclined: {
		"Der Kauf auf Rechnung ist für diese Bestellung leider nicht möglich. Bitte wählen Sie eine andere Zahlungsart.",
		"Purchase on invoice is not available for this order. Please choose another way to pay.",
	},
	purchase.DecisionReview: {
		"Ihre Bestellung wird geprüft; wir melden uns in Kürze.", "Your order is being checked; you will hear from us shortly.",
	},
}
