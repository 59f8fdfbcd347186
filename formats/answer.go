package formats

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// An answer is one JSON document: first who says it to whom, then the document
// itself, last its long part as a list with one element a line, which is written
// and read one element at a time. The order of the keys is fixed.
//
//	{"format":1,"merchant":"acme","answer":17,"kind":"states","at":"2026-11-23T05:05:00Z",
//	"states":{"merchant":"acme","currency":"EUR"},
//	"claims":[
//	{"order_no":"A-1",…},
//	{"order_no":"A-2",…}
//	]}
//
// What is for a bank, a printer, an agency or the provider's own operator is no
// answer: transfers, letters, hand-overs, refunds, unmatched payments.

// AnswerFormat is the version of the layout of answers, turns and refusals that
// we write and read.
const AnswerFormat = 1

// Kinds of answers.
const (
	AnswerReceipt   = "receipt"   // of a batch of the merchant
	AnswerDecisions = "decisions" // what the provider's operator decided
	AnswerPayout    = "payout"
	AnswerDunning   = "dunning"
	AnswerStates    = "states"
	AnswerRefused   = "refused" // a batch that is not taken, see [Refused]; has no number of its own
)

// maxAnswerElement is the most bytes that one element of a list has.
const maxAnswerElement = 16 << 20

// ErrAnswer says that a file is not what an answer, a turn or a refusal looks
// like.
var ErrAnswer = errors.New("not a valid answer")

// An Answer carries a document of the provider to the merchant's side.
type Answer struct {
	Format   int    // [AnswerFormat]; filled in by [WriteAnswer]
	Merchant string // to whom it is said
	Number   int64  // gapless per merchant, from 1, over all kinds
	Kind     string // filled in by [WriteAnswer]
	// Document is a receipt, payout, dunning run or states. A receipt of the
	// provider's own batch comes with its decisions only, and a dunning run
	// without hand-overs. When read, its position is the number of the answer.
	Document purchase.Document
}

// KindOf is the kind of answer that a document is; "" of those that stay at the
// provider.
func KindOf(d purchase.Document) string {
	switch {
	case d.Receipt != nil && d.Receipt.Own:
		return AnswerDecisions
	case d.Receipt != nil:
		return AnswerReceipt
	case d.Payout != nil:
		return AnswerPayout
	case d.Dunning != nil:
		return AnswerDunning
	case d.States != nil:
		return AnswerStates
	}
	return ""
}

// Name is the file name of an answer.
func (a Answer) Name() string {
	if kind := KindOf(a.Document); kind == AnswerReceipt {
		return AnswerName(a.Merchant, a.Document.Receipt.Number, kind)
	}
	return AnswerName(a.Merchant, a.Number, KindOf(a.Document))
}

// WriteAnswer writes an answer in constant memory. The same answer gives the
// same bytes.
func WriteAnswer(ctx context.Context, w io.Writer, a Answer) error {
	out := &answerWriter{w: bufio.NewWriter(w), ctx: ctx}
	kind := KindOf(a.Document)
	out.field("format", AnswerFormat)
	out.field("merchant", a.Merchant)
	out.field("answer", a.Number)
	out.field("kind", kind)
	out.field("at", a.Document.At.UTC())
	switch kind {
	case AnswerReceipt:
		out.field(kind, a.Document.Receipt)
		writeList(out, "parts", a.Document.Receipt.Parts)
	case AnswerDecisions:
		out.field(kind, a.Document.Receipt)
		writeList(out, "list", decisionsIn(a.Document.Receipt.Parts))
	case AnswerPayout:
		out.payout(*a.Document.Payout)
	case AnswerDunning:
		d := a.Document.Dunning
		out.field(kind, dunningText{d.Merchant, d.RunDate, d.Currency})
		writeList(out, "notices", d.Notices)
	case AnswerStates:
		s := a.Document.States
		out.field(kind, statesText{s.Merchant, s.Currency})
		writeList(out, "claims", s.Claims)
	default:
		return fmt.Errorf("answer %d to %s: a document of this kind stays at the provider", a.Number, a.Merchant)
	}
	if err := out.close(); err != nil {
		return fmt.Errorf("answer %s: %w", a.Name(), err)
	}
	return nil
}

// decisionsIn are the decisions of a receipt.
func decisionsIn(parts func(context.Context) iter.Seq2[purchase.ReceiptPart, error]) func(context.Context) iter.Seq2[purchase.Decision, error] {
	return func(ctx context.Context) iter.Seq2[purchase.Decision, error] {
		return func(yield func(purchase.Decision, error) bool) {
			for part, err := range parts(ctx) {
				if err != nil {
					yield(purchase.Decision{}, err)
					return
				}
				for _, d := range part.Decisions {
					if !yield(d, nil) {
						return
					}
				}
			}
		}
	}
}

// A dunningText is a dunning run without its notices.
type dunningText struct {
	Merchant string         `json:"merchant"`
	RunDate  schedules.Date `json:"run_date"`
	Currency string         `json:"currency"`
}

// A statesText is a report of states without the claims.
type statesText struct {
	Merchant string `json:"merchant"`
	Currency string `json:"currency"`
}

// A payoutText is a payout without its lines and open items.
type payoutText struct {
	ID         string                               `json:"payout_id"`
	Merchant   string                               `json:"merchant"`
	Seq        int64                                `json:"seq"`
	Version    int                                  `json:"version"`
	PeriodFrom schedules.Date                       `json:"period_from"`
	PeriodTo   schedules.Date                       `json:"period_to"`
	Cutoff     time.Time                            `json:"cutoff"` // in the merchant's zone: its offset is told
	Date       schedules.Date                       `json:"payout_date"`
	Currency   string                               `json:"currency"`
	Opening    money.Amount                         `json:"opening_cents"`
	Amount     money.Amount                         `json:"payout_cents"`
	Closing    money.Amount                         `json:"closing_cents"`
	Totals     map[purchase.LineType]purchase.Total `json:"totals"`
	LedgerHead string                               `json:"ledger_head"`
	Upcoming   []purchase.Maturity                  `json:"upcoming"`
	Invoice    *purchase.FeeInvoice                 `json:"invoice"`
	OpenItems  *openItemsText                       `json:"open_items"`
	Parties    *purchase.Parties                    `json:"parties,omitempty"`
}

// An openItemsText are open items without the items.
type openItemsText struct {
	Merchant   string         `json:"merchant"`
	Day        schedules.Date `json:"day"`
	Currency   string         `json:"currency"`
	Count      int64          `json:"count"`
	Receivable money.Amount   `json:"receivable_cents"`
}

// A lineText is a payout line with what its twin for machines leaves out.
type lineText struct {
	purchase.Line
	InvoiceDate   schedules.Date `json:"invoice_date"`
	DueDate       schedules.Date `json:"due_date"`
	DebtorAccount string         `json:"debtor_account"`
}

func textOf(l purchase.Line) lineText {
	return lineText{l, l.InvoiceDate, l.DueDate, l.DebtorAccount}
}

func (l lineText) line() purchase.Line {
	l.Line.InvoiceDate, l.Line.DueDate, l.Line.DebtorAccount = l.InvoiceDate, l.DueDate, l.DebtorAccount
	return l.Line
}

func (w *answerWriter) payout(p purchase.Payout) {
	text := payoutText{
		ID: p.ID, Merchant: p.Merchant, Seq: p.Seq, Version: p.Version, PeriodFrom: p.PeriodFrom, PeriodTo: p.PeriodTo,
		Cutoff: p.Cutoff, Date: p.Date, Currency: p.Currency, Opening: p.Opening, Amount: p.Amount, Closing: p.Closing,
		Totals: p.Totals, LedgerHead: p.LedgerHead, Upcoming: p.Upcoming, Invoice: p.Invoice, Parties: p.Parties,
	}
	if o := p.OpenItems; o != nil {
		text.OpenItems = &openItemsText{o.Merchant, o.Day, o.Currency, o.Count, o.Receivable}
	}
	w.field(AnswerPayout, text)
	writeList(w, "lines", func(ctx context.Context) iter.Seq2[lineText, error] {
		return func(yield func(lineText, error) bool) {
			for l, err := range p.Lines(ctx) {
				if !yield(textOf(l), err) {
					return
				}
			}
		}
	})
	if p.OpenItems != nil {
		writeList(w, "items", p.OpenItems.Items)
	}
}

// An answerWriter writes the keys of an answer; the first error stays.
type answerWriter struct {
	ctx    context.Context
	w      *bufio.Writer
	fields int
	err    error
}

// key begins a field: those of the head stand in one line, each later one begins
// a line.
func (w *answerWriter) key(name string) {
	const head = 5
	before := ",\n"
	switch {
	case w.fields == 0:
		before = "{"
	case w.fields < head:
		before = ","
	}
	w.fields++
	w.text(before + `"` + name + `":`)
}

func (w *answerWriter) text(s string) {
	if w.err == nil {
		_, w.err = w.w.WriteString(s)
	}
}

func (w *answerWriter) field(name string, v any) {
	w.key(name)
	w.value(v)
}

func (w *answerWriter) value(v any) {
	if w.err != nil {
		return
	}
	text, err := jsonText(v)
	switch {
	case err != nil:
		w.err = err
	case len(text) > maxAnswerElement:
		w.err = fmt.Errorf("an element of %d bytes, at most %d are read", len(text), maxAnswerElement)
	default:
		w.text(text)
	}
}

// jsonText is JSON in one line, with < > & as they are.
func jsonText(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// writeList writes a list whose elements exist one at a time only.
func writeList[T any](w *answerWriter, name string, all func(context.Context) iter.Seq2[T, error]) {
	w.key(name)
	w.text("[")
	before := "\n"
	if w.err == nil && all != nil {
		for v, err := range all(w.ctx) {
			w.err = errors.Join(w.err, err)
			w.text(before)
			w.value(v)
			if w.err != nil {
				return
			}
			before = ",\n"
		}
	}
	w.text("\n]")
}

func (w *answerWriter) close() error {
	w.text("}\n")
	return errors.Join(w.err, w.w.Flush())
}
