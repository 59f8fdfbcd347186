package formats

import (
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/schedules"
)

// exampleDate is shown in messages, in the notation of the profile.
const exampleDate schedules.Date = 739890

// What was wanted, in English, as it stands in [RowError.Want] and
// [FileError.Want]. Those that end in a blank are followed by a word or number
// of the profile.
const (
	wantValue       = "a value"
	wantAmount      = "an amount such as "
	wantUpTo        = "an amount up to "
	wantPositive    = "an amount above 0"
	wantNotNegative = "an amount of 0 or more"
	wantNotZero     = "an amount other than 0"
	wantDate        = "a date such as "
	wantYears       = "a date in the years 1900 to 2199"
	wantDue         = "a date on or after the invoice date"
	wantDays        = "a number of days such as 14"
	wantDaysRange   = "a number of days from 0 to 999"
	wantCurrency    = "a currency code such as EUR"
	wantCountry     = "a country code such as DE"
	wantNumber      = "a number without = + - @ at its beginning"
	wantDebtor      = "a debtor account of 5 to 9 digits such as 10001"
	wantPlain       = "text without control characters"
	wantOneOf       = "one of "
	wantAtMost      = "at most "

	wantSame = "the same in all lines of the row, or empty"

	wantQuotes      = "quotes around whole cells only, doubled or escaped inside"
	wantClosedQuote = "a closing quote on the same line"

	wantColumn      = "the column"
	wantOnce        = "the column once"
	wantHeaderLine  = "a header line"
	wantDelimiter   = "columns separated by "
	wantLineFeeds   = "lines that end with LF or CRLF"
	wantLineEnd     = "a line end at the end of the file"
	wantReadable    = "a file that can be read to its end"
	wantCharset     = "text in "
	wantLine        = "lines of at most 1 MiB"
	wantColumns     = "at most 200 columns"
	wantField       = "cells of at most 64 KiB"
	wantTrailer     = "a last row #TRAILER;<rows>;<sum>"
	wantTrailerForm = "one trailer such as #TRAILER;<rows>;<sum>"
	wantTrailerLast = "the trailer as the last row"
	wantSum         = "the sum "

	wantStatement   = "a statement of an account, camt.053 or camt.054"
	wantAccount     = "the account of each statement (Acct/Id)"
	wantXML         = "well-formed XML"
	wantWholeXML    = "XML up to its last element"
	wantNoDoctype   = "XML without DOCTYPE"
	wantOneDocument = "one XML document in a file"
	wantFlat        = "elements in at most 64 levels"
	wantElement     = "elements of at most 1 MiB"
	wantEntry       = "entries of at most 64 MiB"
	wantBalances    = "balances such as 1234.56, at most 1000 of a statement"
	wantCharsets    = "text in UTF-8, ISO-8859-1 or Windows-1252, as the XML declaration says"
	wantDetails     = "the transactions of a batch booking (TxDtls)"
	wantDetailSum   = "transactions (TxDtls) that sum to the entry, "
	wantClosing     = "a closing balance of "
	wantMembers     = "a ZIP of at most 1000 files"
	wantXMLInZIP    = "a ZIP with at least one XML file"
	wantOpenZIP     = "a ZIP without password, stored or deflated"
	wantPacked      = "a file that unpacks to at most 250 times its size"

	wantCSVInZIP   = "a ZIP with at least one CSV file"
	wantSameHeader = "the same header line in all files of a ZIP"
	wantKind       = "a file as its ending says, "
	wantKey        = "a key in the configuration (erp.decrypt) for what is encrypted with "
	wantOurKey     = "a file encrypted for our key of "
	wantUndamaged  = "an undamaged file of "
	wantTwoLayers  = "at most two containers in one another, such as .csv.gz.age"
)

func wantSize(limit int64) string {
	return "a file of at most " + strconv.FormatInt(limit, 10) + " bytes"
}

// germanWants translates by the beginning; the longest entry that fits counts.
var germanWants = map[string]string{
	wantValue:       "ein Wert",
	wantAmount:      "ein Betrag wie ",
	wantUpTo:        "ein Betrag bis ",
	wantPositive:    "ein Betrag über 0",
	wantNotNegative: "ein Betrag ab 0",
	wantNotZero:     "ein Betrag ungleich 0",
	wantDate:        "ein Datum wie ",
	wantYears:       "ein Datum der Jahre 1900 bis 2199",
	wantDue:         "ein Datum am oder nach dem Rechnungsdatum",
	wantDays:        "eine Zahl von Tagen wie 14",
	wantDaysRange:   "eine Zahl von Tagen von 0 bis 999",
	wantCurrency:    "ein Währungscode wie EUR",
	wantCountry:     "ein Ländercode wie DE",
	wantNumber:      "eine Nummer ohne = + - @ am Anfang",
	wantDebtor:      "ein Debitorenkonto von 5 bis 9 Ziffern wie 10001",
	wantPlain:       "Text ohne Steuerzeichen",
	wantOneOf:       "eines von ",
	wantAtMost:      "höchstens ",
	wantQuotes:      "Anführungszeichen nur um ganze Felder, innen verdoppelt oder maskiert",
	wantClosedQuote: "ein schließendes Anführungszeichen in derselben Zeile",
	wantSame:        "dasselbe in allen Zeilen des Belegs, oder leer",
	wantColumn:      "die Spalte",
	wantOnce:        "die Spalte nur einmal",
	wantHeaderLine:  "eine Kopfzeile",
	wantDelimiter:   "Spalten, getrennt durch ",
	wantLineFeeds:   "Zeilen, die mit LF oder CRLF enden",
	wantLineEnd:     "ein Zeilenende am Ende der Datei",
	wantReadable:    "eine bis zum Ende lesbare Datei",
	wantCharset:     "Text in ",
	wantLine:        "Zeilen von höchstens 1 MiB",
	wantColumns:     "höchstens 200 Spalten",
	wantField:       "Felder von höchstens 64 KiB",
	wantTrailer:     "eine letzte Zeile #TRAILER;<Zeilen>;<Summe>",
	wantTrailerForm: "eine Schlusszeile wie #TRAILER;<Zeilen>;<Summe>",
	wantTrailerLast: "die Schlusszeile als letzte Zeile",
	wantSum:         "die Summe ",

	"a file of at most ": "eine Datei von höchstens ",

	wantStatement:   "ein Kontoauszug camt.053 oder camt.054",
	wantAccount:     "das Konto zu jedem Auszug (Acct/Id)",
	wantXML:         "wohlgeformtes XML",
	wantWholeXML:    "XML bis zum letzten Element",
	wantNoDoctype:   "XML ohne DOCTYPE",
	wantOneDocument: "ein XML-Dokument je Datei",
	wantFlat:        "Elemente auf höchstens 64 Ebenen",
	wantElement:     "Elemente von höchstens 1 MiB",
	wantEntry:       "Umsätze von höchstens 64 MiB",
	wantBalances:    "Salden wie 1234.56, höchstens 1000 je Auszug",
	wantCharsets:    "Text in UTF-8, ISO-8859-1 oder Windows-1252, wie es die XML-Deklaration sagt",
	wantDetails:     "die Buchungen einer Sammelbuchung (TxDtls)",
	wantDetailSum:   "Buchungen (TxDtls), die den Umsatz ergeben, ",
	wantClosing:     "ein Schlusssaldo von ",
	wantMembers:     "ein ZIP mit höchstens 1000 Dateien",
	wantXMLInZIP:    "ein ZIP mit mindestens einer XML-Datei",
	wantOpenZIP:     "ein ZIP ohne Kennwort, gespeichert oder deflated",
	wantPacked:      "eine Datei, die ausgepackt höchstens 250-mal so groß ist",

	wantCSVInZIP:   "ein ZIP mit mindestens einer CSV-Datei",
	wantSameHeader: "dieselbe Kopfzeile in allen Dateien eines ZIP",
	wantKind:       "eine Datei, wie ihre Endung sagt, ",
	wantKey:        "ein Schlüssel in der Konfiguration (erp.decrypt) für Verschlüsseltes mit ",
	wantOurKey:     "eine Datei, verschlüsselt für unseren Schlüssel von ",
	wantUndamaged:  "eine unbeschädigte Datei von ",
	wantTwoLayers:  "höchstens zwei Hüllen umeinander, etwa .csv.gz.age",
}

// germanUnits are the words after a number in a want.
var germanUnits = strings.NewReplacer(" characters", " Zeichen", " columns", " Spalten", " rows", " Zeilen", " bytes", " Byte")

// wanted translates a want.
func (l Language) wanted(want string) string {
	if l != German {
		return want
	}
	found := ""
	for english := range germanWants {
		if strings.HasPrefix(want, english) && len(english) > len(found) {
			found = english
		}
	}
	return germanWants[found] + germanUnits.Replace(want[len(found):])
}
