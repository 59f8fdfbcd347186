package provider

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
)

// Rules that decided where a payment went. The first four book it, the next
// four leave it in suspense.
const (
	RuleOneClaim = "ONE_CLAIM"    // the invoice that was named, or that the IBAN and the amount lead to
	RuleExact    = "EXACT"        // the one claim of the order that owes exactly the amount (§ 366 (1) BGB)
	RuleOldest   = "OLDEST_FIRST" // the order's open claims, oldest due first (§ 366 (2) BGB)
	RuleLastDue  = "NOTHING_OPEN" // the order's claim due last takes what is owed back

	RuleNothing  = "NOTHING_NAMED"   // no number that is known, and the IBAN leads to no claim
	RuleSeveral  = "SEVERAL_NAMED"   // more than one
	RuleDigits   = "DIGITS_ONLY"     // a number of digits, which neither amount nor IBAN confirms
	RuleNoActive = "NO_ACTIVE_CLAIM" // the order has none, or its goods are not shipped
	RuleOther    = "NOT_A_DEBTOR"    // the bank's entry is no debtor's payment

	RuleReturned = "RETURNED" // the bank took it back
)

// A PaymentStep is one decision about a payment, kept as it was made.
type PaymentStep struct {
	At        int64        `json:"at"`                  // seconds since 1970, of the slot
	By        string       `json:"by,omitempty"`        // RF, SHORT, INVOICE, ORDER, IBAN or OPERATOR; "" when nothing was found
	Text      string       `json:"text,omitempty"`      // what decided, as it stands in the reference; IBAN, operator, source of a return
	Found     []string     `json:"found,omitempty"`     // order or invoice; of several all
	Rule      string       `json:"rule"`                // how it was booked, or why it was not
	Principal bool         `json:"principal,omitempty"` // exactly the principal that was owed: charges were left open
	Why       string       `json:"why,omitempty"`       // an operator's reason
	Amount    money.Amount `json:"amount_cents,omitempty"`
}

// note keeps a step.
func (p *payment) note(step PaymentStep) {
	text, err := json.Marshal(step)
	if err != nil {
		return // a struct of texts and numbers has a JSON
	}
	before := strings.TrimSuffix(p.Steps, "]")
	if before == "" {
		before = "["
	} else {
		before += ","
	}
	p.Steps = before + string(text) + "]"
}

// steps returns what was kept of a payment.
func (p *payment) steps() (all []PaymentStep, err error) {
	if p.Steps == "" {
		return nil, nil
	}
	return all, json.Unmarshal([]byte(p.Steps), &all)
}

// settled is the step of a payment that was booked.
func (s *session) settled(h hit, rule string, parts []part) PaymentStep {
	return PaymentStep{At: s.at.Unix(), By: h.by, Text: h.text, Found: []string{h.number()}, Rule: rule, Why: h.why, Principal: parts[0].exact}
}

func (h hit) number() string {
	if h.claim != nil {
		return h.claim.InvoiceNo
	}
	return h.order.OrderNo
}

// missed is the step of a payment that goes to suspense, with the reason.
func (s *session) missed(l *lookup, p *payment) PaymentStep {
	step := PaymentStep{At: s.at.Unix(), Rule: RuleNothing}
	found := s.hits(l, p)
	switch {
	case len(found) == 1:
		step.Rule = RuleNoActive
	case len(found) > 1:
		step.Rule = RuleSeveral
	default:
		if found = s.numbers(l, p, true); len(found) > 0 {
			step.Rule = RuleDigits
		}
	}
	var texts []string
	for _, h := range found {
		step.By = h.by
		texts, step.Found = append(texts, h.text), append(step.Found, h.number())
	}
	slices.Sort(step.Found)
	step.Text = strings.Join(texts, ", ")
	return step
}
