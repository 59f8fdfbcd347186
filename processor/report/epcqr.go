package report

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Limits of EPC069-12, version 2.
const (
	epcName       = 70             // characters of the recipient; the rest is cut, as banks do
	epcRemittance = 140            // characters of a free reference
	epcPayload    = 331            // bytes in all
	epcMost       = 999_999_999_99 // cents
)

// EPCPayload is what the QR code of a credit transfer says (EPC069-12,
// "Quick Response Code Guidelines", version 002): service tag BCD, UTF-8, SCT,
// with the reference as structured one if it is an ISO 11649 creditor
// reference. All text is transliterated to the letters that every bank takes.
//
// An error names what a code cannot carry: another currency than EUR, an amount
// that is not between 0.01 and 999,999,999.99, a wrong IBAN or BIC, an empty
// name, a free reference of more than 140 characters.
func EPCPayload(advice purchase.PaymentAdvice, currency string) (string, error) {
	name := cut(transliterate(advice.Recipient), epcName)
	iban := strings.ReplaceAll(advice.IBAN, " ", "")
	switch {
	case currency != "EUR":
		return "", fmt.Errorf("EPC QR code: currency %q; only EUR can be paid by it", currency)
	case advice.Amount < 1 || advice.Amount > epcMost:
		return "", fmt.Errorf("EPC QR code: amount %s is not between 0.01 and 999999999.99", advice.Amount)
	case name == "":
		return "", fmt.Errorf("EPC QR code: the recipient has no name")
	case !purchase.ValidIBAN(iban):
		return "", fmt.Errorf("EPC QR code: %q is not an IBAN", advice.IBAN)
	case !validBIC(advice.BIC):
		return "", fmt.Errorf("EPC QR code: BIC %q has not 8 or 11 letters and digits; leave it empty if it is not known", advice.BIC)
	}
	structured, free, err := epcReference(advice.Reference)
	if err != nil {
		return "", err
	}
	return epcLines(advice.BIC, name, iban, advice.Amount, structured, free)
}

// epcLines leaves out the empty elements at the end, as the guidelines want it.
func epcLines(bic, name, iban string, a money.Amount, structured, free string) (string, error) {
	const version, utf8Charset, purpose = "002", "1", ""
	text := strings.TrimRight(strings.Join([]string{
		"BCD", version, utf8Charset, "SCT", bic, name, iban, "EUR" + a.String(), purpose, structured, free,
	}, "\n"), "\n")
	if len(text) > epcPayload {
		return "", fmt.Errorf("EPC QR code: %d bytes; it can have %d", len(text), epcPayload)
	}
	return text, nil
}

// epcReference tells a creditor reference from a free text.
func epcReference(reference string) (structured, free string, err error) {
	if r := strings.ReplaceAll(reference, " ", ""); purchase.ValidReference(r) {
		return r, "", nil
	}
	free = transliterate(reference)
	if len(free) > epcRemittance {
		return "", "", fmt.Errorf("EPC QR code: the reference has %d characters; it can have %d", len(free), epcRemittance)
	}
	return "", free, nil
}

func validBIC(s string) bool {
	const head = 6 // letters of bank and country
	if s == "" {
		return true
	}
	for i := range len(s) {
		letter, digit := s[i] >= 'A' && s[i] <= 'Z', s[i] >= '0' && s[i] <= '9'
		if !letter && (!digit || i < head) {
			return false
		}
	}
	return len(s) == 8 || len(s) == 11
}

// transliterate writes a text with the SEPA character set (EPC217-08): letters
// without accents, digits, blank and / - ? : ( ) . , ' +; any other character
// is a full stop.
func transliterate(s string) string {
	s = norm.NFD.String(spelled().Replace(norm.NFC.String(s)))
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(" /-?:().,'+", r):
			return r
		case r >= 0x300 && r <= 0x36F: // accents
			return -1
		case r == '\t', r == '\n', r == '\r', r == 0xA0:
			return ' '
		}
		return '.'
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// spelled writes letters that have no base letter under an accent.
func spelled() *strings.Replacer {
	return strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ß", "ss", "ẞ", "SS",
		"æ", "ae", "Æ", "Ae", "ø", "o", "Ø", "O", "œ", "oe", "Œ", "Oe", "đ", "d", "Đ", "D", "ł", "l", "Ł", "L", "ı", "i", "&", "+",
		"–", "-", "—", "-", "‐", "-", "’", "'", "‘", "'", "_", "-", "€", "EUR")
}

// cut shortens an ASCII text.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.TrimRight(s[:n], " ")
}
