package provider

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// What a payment's reference text may name. Nothing here guesses: a number is
// named when it stands in the text as a whole word, with no letter or digit
// beside it, in any case.

const (
	shortest       = 4  // characters of a number that is ever matched by text
	shortestDigits = 6  // the same, for a number made of digits only
	longest        = 64 // characters of a document number
)

func alphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// matchKey returns the form under which a document number is looked up: upper
// case, without signs at its ends. It is "" for a number that is too short to
// be matched by text.
func matchKey(number string) string {
	n := utf8.RuneCountInString(number)
	if n < shortest || n < shortestDigits && digitsOnly(number) {
		return ""
	}
	return strings.ToUpper(strings.TrimFunc(number, func(r rune) bool { return !alphanumeric(r) }))
}

func digitsOnly(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// A word is a run of letters and digits in a text, as byte positions.
type word struct{ from, to int }

func wordsOf(text string) []word {
	var all []word
	from := -1
	for i, r := range text {
		switch {
		case alphanumeric(r) && from < 0:
			from = i
		case !alphanumeric(r) && from >= 0:
			all = append(all, word{from, i})
			from = -1
		}
	}
	if from >= 0 {
		all = append(all, word{from, len(text)})
	}
	return all
}

// numberCandidates returns every stretch of whole words of a text that a
// document number may be, as match keys.
func numberCandidates(text string) []string {
	text = strings.ToUpper(text)
	words := wordsOf(text)
	var keys []string
	for i, first := range words {
		for _, last := range words[i:] {
			key := text[first.from:last.to]
			if utf8.RuneCountInString(key) > longest {
				break
			}
			keys = append(keys, key)
		}
	}
	return keys
}

// names reports whether text contains a number as a whole word, in any case.
func names(text, number string) bool { return spelled(text, number) != "" }

// spelled returns a number as it stands in text, as a whole word and in any
// case; "" when it does not.
func spelled(text, number string) string {
	written := text
	text, number = strings.ToUpper(text), strings.ToUpper(number)
	for from := 0; ; {
		i := strings.Index(text[from:], number)
		if i < 0 {
			return ""
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(number):])
		switch {
		case alphanumeric(before) || alphanumeric(after):
			from = i + 1
		case len(written) == len(text):
			return written[i : i+len(number)]
		default: // upper case is longer or shorter in some alphabets
			return text[i : i+len(number)]
		}
	}
}

// creditorReferences returns the ISO 11649 references of a text, blanks inside
// allowed, whose check digits are right.
func creditorReferences(text string) []string {
	text = strings.ToUpper(text)
	words := wordsOf(text)
	var found []string
	for i, first := range words {
		if !strings.HasPrefix(text[first.from:], "RF") {
			continue
		}
		joined, end := "", first.from
		for _, w := range words[i:] {
			if strings.Trim(text[end:w.from], " ") != "" || len(joined) > 25 {
				break
			}
			joined, end = joined+text[w.from:w.to], w.to
			if purchase.ValidReference(joined) {
				found = append(found, joined)
			}
		}
	}
	return found
}
