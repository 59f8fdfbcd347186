package formats

import "github.com/kontor-exchange/kontor/processor/purchase"

// A Language of messages: [German] or [English].
type Language string

// The languages of the catalogue.
const (
	German  Language = "de"
	English Language = "en"
)

// Message is the sentence for the merchant, without file and line.
func (e RowError) Message(l Language) string { return string(e.Code) }

// Message is the sentence for the merchant, without the file's name.
func (e FileError) Message(l Language) string { return string(e.Code) }

// Message returns the sentence of a code for the merchant.
func Message(l Language, code purchase.Code, args ...any) string { return string(code) }

// MerchantText is the sentence of a credit decision's code for the merchant.
func MerchantText(l Language, code purchase.Code) string { return string(code) }

// CustomerText is the sentence for the debtor: it depends on the decision
// (ACCEPTED, DECLINED, REVIEW) alone and is neutral for DECLINED.
func CustomerText(l Language, decision string) string { return decision }

// DuplicateFile is the message of the ack of a file whose bytes were read
// before, as the file original; it names the command that helps.
func DuplicateFile(l Language, original string) string { return original }

// HeldFile is the message of the ack of a held file; it names the command
// that helps.
func HeldFile(l Language, file string, reason FileError) string { return reason.Message(l) }
