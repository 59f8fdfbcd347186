package formats

import (
	"fmt"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Language of messages: [German], and [English] for all else.
type Language string

// The languages of the catalogue.
const (
	German  Language = "de"
	English Language = "en"
)

// A sentence in both languages; {0}, {1}, … stand for arguments.
type sentence struct{ de, en string }

func (l Language) say(s sentence, args ...any) string {
	text := s.en
	if l == German {
		text = s.de
	}
	pairs := make([]string, 0, 2*maxArgs)
	for i := range maxArgs {
		shown := "?"
		if i < len(args) {
			shown = l.print(args[i])
		}
		pairs = append(pairs, fmt.Sprintf("{%d}", i), shown)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// maxArgs is the largest number of arguments of a sentence.
const maxArgs = 3

// print writes an argument as people of the language do.
func (l Language) print(arg any) string {
	switch arg := arg.(type) {
	case money.Amount:
		if l == German {
			return arg.Format(',')
		}
	case schedules.Date:
		if l == German {
			return arg.Format("02.01.2006")
		}
	}
	return fmt.Sprint(arg)
}

// Message returns the sentence of a code of a row or file for the merchant. Why
// a row has its code is told by its [Cause]; what is left here says so much as a
// code alone says. The arguments, in this order, printed by fmt (amounts and
// dates as the language writes them); what is missing shows as "?":
//
//	FIELD_REQUIRED                            column
//	FIELD_FORMAT FIELD_RANGE FIELD_LENGTH     column, value, want (English)
//	ROW_COLUMNS                               want (English)
//	UNKNOWN_COLUMN                            heading
//	FILE_NOT_YOURS and other codes of rows    –
//	FILE_…                                    want (English); see [FileError.Message]
func Message(l Language, code purchase.Code, args ...any) string {
	s, ok := sentences[code]
	if !ok {
		return string(code)
	}
	args = append([]any(nil), args...)
	for _, i := range wantArgument(code) {
		if i < len(args) {
			args[i] = l.wanted(fmt.Sprint(args[i]))
		}
	}
	return l.say(s, args...)
}

// wantArgument is the argument of a code that is an English want.
func wantArgument(code purchase.Code) []int {
	switch code {
	case purchase.FieldFormat, purchase.FieldRange, purchase.FieldLength:
		return []int{2}
	case purchase.RowColumns, purchase.FileEncoding, purchase.FileTrailer, purchase.FileTruncated,
		purchase.FileEmpty, purchase.FileTooLarge, purchase.FileDialect:
		return []int{0}
	}
	return nil
}

// Message is the sentence for the merchant, without file and line.
func (e RowError) Message(l Language) string {
	switch {
	case e.Code == purchase.RowColumns && e.Value != "":
		return l.say(rowColumnsCame, l.wanted(e.Want), e.Value)
	case e.Code == purchase.RowColumns:
		return Message(l, e.Code, e.Want)
	}
	name := e.Column
	if l == German && e.Heading != "" {
		name = e.Heading // the word that the merchant's file has
	}
	return Message(l, e.Code, name, fmt.Sprintf("%q", e.Value), e.Want)
}

// Messages joins the sentences of all bad columns of a row.
func Messages(l Language, errs []RowError) string {
	parts := make([]string, len(errs))
	for i, e := range errs {
		parts[i] = e.Message(l)
	}
	return strings.Join(parts, "; ")
}

// Message is the sentence for the merchant, without the file's name.
func (e FileError) Message(l Language) string {
	switch {
	case e.Code == purchase.FileHeader && e.Column != "" && e.Want == wantOnce:
		return l.say(headerTwice, e.Column)
	case e.Code == purchase.FileHeader && e.Column != "":
		return l.say(headerMissing, e.Column)
	case e.Code == purchase.FileHeader:
		return l.say(headerGarbled, l.wanted(e.Want))
	case e.Code == purchase.FileTrailer && e.Column != "":
		return l.say(balancesWrong, e.Column, l.wanted(e.Want), e.Value)
	}
	text := Message(l, e.Code, e.Want)
	if e.closed() {
		text = l.say(fileClosed, l.wanted(e.Want))
	}
	if e.Value != "" {
		text += l.say(fileCame, e.Value)
	}
	return text
}

// MerchantText is the sentence of a credit decision's code for the merchant.
func MerchantText(l Language, code purchase.Code) string {
	s, ok := merchantTexts[code]
	if !ok {
		return string(code)
	}
	return l.say(s)
}

// CustomerText is the sentence for the debtor: it depends on the decision
// (ACCEPTED, DECLINED, REVIEW) alone and is neutral for DECLINED.
func CustomerText(l Language, decision string) string { return l.say(customerTexts[decision]) }

// DuplicateFile is the message of the ack of a file whose bytes were read
// before, as the file original; it names the command that helps.
func DuplicateFile(l Language, original string) string { return l.say(duplicateFile, original) }

// RefusedFile is the message of the ack of a file that is not read: why, and
// what is to be done.
func RefusedFile(l Language, reason FileError) string {
	next, ok := nextSteps[reason.Code]
	if reason.closed() {
		next = openable
	}
	if !ok {
		return reason.Message(l)
	}
	return l.say(refusedFile, reason.Message(l), l.say(next))
}

// HeldFile is the message of the ack of a held file; it names the command
// that helps.
func HeldFile(l Language, file string, reason FileError) string {
	return l.say(heldFile, reason.Message(l), file)
}
