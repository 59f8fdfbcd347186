package formats

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	answerEnding = ".json"
	turnTime     = "20060102T150405Z"
)

var (
	merchantForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,19}$`)
	sha256Form   = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func isMerchant(id string) bool { return merchantForm.MatchString(id) }
func isSHA256(text string) bool { return sha256Form.MatchString(text) }

// ParseBatchName is the inverse of [BatchName].
func ParseBatchName(name string) (merchant string, number int64, ok bool) {
	number, merchant, ok = parseNumbered(strings.TrimSuffix(name, ".zip"), 'B')
	return merchant, number, ok && name == BatchName(merchant, number)
}

// AnswerName is the name under which an answer travels: A000017_acme.payout.json.
// What is said of a batch has the batch's number: B000042_acme.receipt.json,
// B000042_acme.refused.json.
func AnswerName(merchant string, number int64, kind string) string {
	letter := 'A'
	if ofBatch(kind) {
		letter = 'B'
	}
	return fmt.Sprintf("%c%06d_%s.%s%s", letter, number, merchant, kind, answerEnding)
}

func ofBatch(kind string) bool { return kind == AnswerReceipt || kind == AnswerRefused }

// ParseAnswerName is the inverse of [AnswerName]; number is that of the batch for
// receipts and refusals.
func ParseAnswerName(name string) (merchant string, number int64, kind string, ok bool) {
	base, kind, _ := strings.Cut(strings.TrimSuffix(name, answerEnding), ".")
	switch kind {
	case AnswerReceipt, AnswerDecisions, AnswerPayout, AnswerDunning, AnswerStates, AnswerRefused:
	default:
		return "", 0, "", false
	}
	letter := byte('A')
	if ofBatch(kind) {
		letter = 'B'
	}
	number, merchant, ok = parseNumbered(base, letter)
	return merchant, number, kind, ok && name == AnswerName(merchant, number, kind)
}

// parseNumbered reads B000042_acme.
func parseNumbered(base string, letter byte) (number int64, merchant string, ok bool) {
	digits, merchant, found := strings.Cut(base, "_")
	if !found || len(digits) < 7 || digits[0] != letter || !isMerchant(merchant) {
		return 0, "", false
	}
	number, err := strconv.ParseInt(digits[1:], 10, 64)
	return number, merchant, err == nil && number > 0
}

// TurnName is the name under which a turn travels that is made at a time:
// T20261126T120500Z_acme.json.
func TurnName(merchant string, at time.Time) string {
	return fmt.Sprintf("T%s_%s%s", at.UTC().Format(turnTime), merchant, answerEnding)
}

// ParseTurnName is the inverse of [TurnName].
func ParseTurnName(name string) (merchant string, at time.Time, ok bool) {
	stamp, merchant, found := strings.Cut(strings.TrimSuffix(name, answerEnding), "_")
	if !found || stamp == "" || stamp[0] != 'T' || !isMerchant(merchant) {
		return "", time.Time{}, false
	}
	at, err := time.Parse(turnTime, stamp[1:])
	return merchant, at, err == nil && name == TurnName(merchant, at)
}
