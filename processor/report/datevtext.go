package report

import (
	"cmp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// datevColumns are the headings, in DATEV's order and words.
func datevColumns() []string {
	var c []string
	add := func(names ...string) { c = append(c, names...) }
	pairs := func(name string, n int) {
		for i := range n {
			number := strconv.Itoa(i + 1)
			add(name+" - Art "+number, name+" - Inhalt "+number)
		}
	}
	add("Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz", "WKZ Basis-Umsatz",
		"Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum", "Belegfeld 1", "Belegfeld 2", "Skonto", "Buchungstext",
		"Postensperre", "Diverse Adressnummer", "Geschäftspartnerbank", "Sachverhalt", "Zinssperre", "Beleglink")
	pairs("Beleginfo", 8)
	add("KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "Kost-Menge", "EU-Land u. UStID (Bestimmung)", "EU-Steuersatz (Bestimmung)",
		"Abw. Versteuerungsart", "Sachverhalt L+L", "Funktionsergänzung L+L", "BU 49 Hauptfunktionstyp", "BU 49 Hauptfunktionsnummer",
		"BU 49 Funktionsergänzung")
	pairs("Zusatzinformation", 20)
	add("Stück", "Gewicht", "Zahlweise", "Forderungsart", "Veranlagungsjahr", "Zugeordnete Fälligkeit", "Skontotyp", "Auftragsnummer",
		"Buchungstyp (Anzahlungen)", "USt-Schlüssel (Anzahlungen)", "EU-Land (Anzahlungen)", "Sachverhalt L+L (Anzahlungen)",
		"EU-Steuersatz (Anzahlungen)", "Erlöskonto (Anzahlungen)", "Herkunft-Kz", "Buchungs GUID", "KOST-Datum", "SEPA-Mandatsreferenz",
		"Skontosperre", "Gesellschaftername", "Beteiligtennummer", "Identifikationsnummer", "Zeichnernummer", "Postensperre bis",
		"Bezeichnung SoBil-Sachverhalt", "Kennzeichen SoBil-Buchung", "Festschreibung", "Leistungsdatum", "Datum Zuord. Steuerperiode",
		"Fälligkeit", "Generalumkehr (GU)", "Steuersatz", "Land", "Abrechnungsreferenz", "BVV-Position", "EU-Land u. UStID (Ursprung)",
		"EU-Steuersatz (Ursprung)", "Abw. Skontokonto")
	return c
}

// datevEmpty is a row without values, in f where that is long enough: fields
// of text are empty quotes, numbers and dates nothing at all.
func datevEmpty(f datevFields) datevFields {
	if len(f) == 0 {
		f = make(datevFields, 125)
	}
	clear(f)
	for _, span := range [...][2]int{ // columns of text, both count
		{2, 3},
		{6, 6},
		{9, 9},
		{11, 12},
		{14, 14},
		{16, 16},
		{20, 38},
		{40, 40},
		{42, 42},
		{48, 87},
		{91, 91},
		{95, 96},
		{98, 98},
		{102, 103},
		{105, 105},
		{107, 107},
		{109, 110},
		{112, 112},
		{118, 118},
		{120, 121},
		{123, 123},
	} {
		for column := span[0]; column <= span[1]; column++ {
			f.set(column, `""`)
		}
	}
	return f
}

// datevText is a field of text of at most most characters: control characters
// are blanks, and what Windows-1252 has not is written without its accents, or
// as a question mark.
func datevText(s string, most int) string {
	var b strings.Builder
	n := 0
	for _, r := range foldTo1252(s) {
		if n == most {
			break
		}
		n++
		if r == '"' {
			b.WriteByte('"')
		}
		b.WriteRune(r)
	}
	return `"` + b.String() + `"`
}

// foldTo1252 replaces what Windows-1252 cannot say.
func foldTo1252(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		_, known := charmap.Windows1252.EncodeRune(r)
		switch {
		case unicode.IsControl(r):
			b.WriteByte(' ')
		case known:
			b.WriteRune(r)
		default:
			b.WriteString(plainest(r))
		}
	}
	return b.String()
}

// plainest is a character without its accents and ligatures, or a question mark.
func plainest(r rune) string {
	switch r {
	case 'Ł':
		return "L"
	case 'ł':
		return "l"
	case 'Đ':
		return "D"
	case 'đ':
		return "d"
	}
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, norm.NFKD.String(string(r)))
	return cmp.Or(ascii, "?")
}

// windows1252 encodes what [foldTo1252] has left.
func windows1252(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			c = '?'
		}
		b = append(b, c)
	}
	return string(b)
}

// datevDocument is a number as Belegfeld 1 may have it: letters, digits and
// _ $ & % * + - /, at most 36. The rest is left out, as programs that hand over
// invoices do it, so that both sides of the clearing meet; the number in full
// stands in the slips of the row.
func datevDocument(number string) string {
	keep := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_$&%*+-/", r)) {
			return r
		}
		return -1
	}, norm.NFD.String(germanLetters.Replace(norm.NFC.String(number))))
	return keep[:min(len(keep), 36)]
}

// germanLetters are written out where only ASCII is allowed.
var germanLetters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss", "ẞ", "SS")
