package formats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Caps of an answer that comes from elsewhere.
const (
	maxAnswer       = 4 << 30 // bytes
	decisionsOfPart = 2000
)

// errEnough ends reading when the caller wants no more.
var errEnough = errors.New("enough")

// ReadAnswer reads an answer once to its end, checks it, and returns it. The
// long parts of its document are read again from what open gives whenever they
// are ranged over. Every error of the content wraps [ErrAnswer].
func ReadAnswer(open func() (io.ReadCloser, error)) (a Answer, err error) {
	err = readAnswer(context.Background(), open, func(r *answerReader) error {
		if err := r.head(&a); err != nil {
			return err
		}
		if err := r.document(&a, open); err != nil {
			return err
		}
		return r.end()
	})
	if err != nil {
		return Answer{}, err
	}
	return a, nil
}

// readAnswer opens an answer and reads it with read.
func readAnswer(ctx context.Context, open func() (io.ReadCloser, error), read func(*answerReader) error) (err error) {
	f, err := open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	budget := &answerBudget{r: io.LimitReader(f, maxAnswer)}
	r := &answerReader{ctx: ctx, budget: budget, json: json.NewDecoder(budget)}
	r.json.DisallowUnknownFields()
	switch err := read(r); {
	case err == nil || errors.Is(err, errEnough):
		return nil
	case budget.failed != nil:
		return budget.failed
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: it is cut off at byte %d", ErrAnswer, r.json.InputOffset())
	default:
		return fmt.Errorf("%w: at byte %d: %w", ErrAnswer, r.json.InputOffset(), err)
	}
}

// An answerBudget caps what is read for one element.
type answerBudget struct {
	r      io.Reader
	left   int
	failed error // the disk's, not the content's
}

func (b *answerBudget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("an element is longer than %d bytes", maxAnswerElement)
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	if err != nil && !errors.Is(err, io.EOF) {
		b.failed = err
	}
	return n, err
}

// An answerReader reads the keys of an answer in their order.
type answerReader struct {
	ctx    context.Context
	budget *answerBudget
	json   *json.Decoder
}

func (r *answerReader) token() (json.Token, error) {
	r.budget.left = maxAnswerElement
	return r.json.Token()
}

func (r *answerReader) decode(v any) error {
	r.budget.left = maxAnswerElement
	return r.json.Decode(v)
}

func (r *answerReader) expect(want json.Token) error {
	got, err := r.token()
	if err == nil && got != want {
		err = fmt.Errorf("%v came, %v was wanted", got, want)
	}
	return err
}

func (r *answerReader) field(name string, v any) error {
	if err := r.expect(name); err != nil {
		return err
	}
	if err := r.decode(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// head reads to whom, when and what is said.
func (r *answerReader) head(a *Answer) error {
	if err := r.expect(json.Delim('{')); err != nil {
		return err
	}
	if err := r.field("format", &a.Format); err != nil {
		return err
	}
	if a.Format != AnswerFormat {
		return fmt.Errorf("format %d, this program reads %d", a.Format, AnswerFormat)
	}
	for _, f := range []struct {
		name string
		to   any
	}{{"merchant", &a.Merchant}, {"answer", &a.Number}, {"kind", &a.Kind}, {"at", &a.Document.At}} {
		if err := r.field(f.name, f.to); err != nil {
			return err
		}
	}
	if !isMerchant(a.Merchant) || a.Number < 1 || !isInstant(a.Document.At) {
		return errors.New("merchant, answer or at is missing, or none that can be")
	}
	a.Document.Position = a.Number
	return nil
}

// isInstant reports whether a time is one that a slot has.
func isInstant(t time.Time) bool { return t.Unix() > 0 && t.UTC().Year() < 9999 }

// end wants the end of the document, and nothing after it.
func (r *answerReader) end() error {
	if err := r.expect(json.Delim('}')); err != nil {
		return err
	}
	switch got, err := r.token(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	default:
		return fmt.Errorf("%v came after the end", got)
	}
}

// document reads what is said.
func (r *answerReader) document(a *Answer, open func() (io.ReadCloser, error)) error {
	switch a.Kind {
	case AnswerReceipt, AnswerDecisions:
		return r.receipt(a, open)
	case AnswerPayout:
		return r.payout(a, open)
	case AnswerDunning:
		return r.dunning(a, open)
	case AnswerStates:
		return r.states(a, open)
	}
	return fmt.Errorf("an answer of kind %q is unknown", a.Kind)
}

func (r *answerReader) receipt(a *Answer, open func() (io.ReadCloser, error)) error {
	var receipt purchase.Receipt
	if err := r.field(a.Kind, &receipt); err != nil {
		return err
	}
	own := a.Kind == AnswerDecisions
	if receipt.Merchant != a.Merchant || receipt.Number < 1 || !isSHA256(receipt.SHA256) || !isInstant(receipt.Taken) || receipt.Own != own {
		return errors.New("merchant, number, sha256 or taken of the receipt is missing or another's")
	}
	receipt.Parts = elements(open, "parts", 0, checkPart)
	if own {
		receipt.Parts = inParts(elements(open, "list", 0, checkDecision))
	}
	a.Document.Receipt = &receipt
	if own {
		return readList(r, "list", checkDecision)
	}
	return readList(r, "parts", checkPart)
}

func (r *answerReader) dunning(a *Answer, open func() (io.ReadCloser, error)) error {
	var text dunningText
	if err := r.field(a.Kind, &text); err != nil {
		return err
	}
	if text.Merchant != a.Merchant || text.RunDate.IsZero() {
		return errors.New("merchant or run_date of the dunning run is missing or another's")
	}
	a.Document.Dunning = &purchase.Dunning{
		Merchant: text.Merchant, RunDate: text.RunDate, Currency: text.Currency,
		Notices: elements(open, "notices", 0, checkNotice),
		Handovers: func(context.Context) iter.Seq2[purchase.Handover, error] {
			return func(func(purchase.Handover, error) bool) {}
		},
	}
	return readList(r, "notices", checkNotice)
}

func (r *answerReader) states(a *Answer, open func() (io.ReadCloser, error)) error {
	var text statesText
	if err := r.field(a.Kind, &text); err != nil {
		return err
	}
	if text.Merchant != a.Merchant {
		return errors.New("merchant of the states is missing or another's")
	}
	a.Document.States = &purchase.States{Merchant: text.Merchant, Currency: text.Currency, Claims: elements(open, "claims", 0, checkState)}
	return readList(r, "claims", checkState)
}

func (r *answerReader) payout(a *Answer, open func() (io.ReadCloser, error)) error {
	var p payoutText
	if err := r.field(a.Kind, &p); err != nil {
		return err
	}
	if p.Merchant != a.Merchant || p.ID == "" || !isInstant(p.Cutoff) {
		return errors.New("merchant, payout_id or cutoff of the payout is missing or another's")
	}
	a.Document.Payout = &purchase.Payout{
		ID: p.ID, Merchant: p.Merchant, Seq: p.Seq, Version: p.Version, PeriodFrom: p.PeriodFrom, PeriodTo: p.PeriodTo,
		Cutoff: p.Cutoff, Date: p.Date, Currency: p.Currency, Opening: p.Opening, Amount: p.Amount, Closing: p.Closing,
		Totals: p.Totals, LedgerHead: p.LedgerHead, Upcoming: p.Upcoming, Invoice: p.Invoice, Parties: p.Parties,
		Lines: func(ctx context.Context) iter.Seq2[purchase.Line, error] {
			return func(yield func(purchase.Line, error) bool) {
				for l, err := range elements(open, "lines", 0, checkLine)(ctx) {
					if !yield(l.line(), err) {
						return
					}
				}
			}
		},
	}
	if err := readList(r, "lines", checkLine); err != nil || p.OpenItems == nil {
		return err
	}
	o := p.OpenItems
	if o.Merchant != a.Merchant {
		return errors.New("the open items are another merchant's")
	}
	a.Document.Payout.OpenItems = &purchase.OpenItems{
		Merchant: o.Merchant, Day: o.Day, Currency: o.Currency, Count: o.Count, Receivable: o.Receivable,
		Items: elements(open, "items", 1, checkItem),
	}
	return readList(r, "items", checkItem)
}

// readList reads a list and gives each element to see, until that says no.
func readList[T any](r *answerReader, name string, see func(T) error) error {
	if err := r.begin(name); err != nil {
		return err
	}
	for n := 1; r.more(); n++ {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		var v T
		err := r.decode(&v)
		if err == nil {
			err = see(v)
		}
		if err != nil {
			return fmt.Errorf("%s: element %d: %w", name, n, err)
		}
	}
	return r.expect(json.Delim(']'))
}

// begin reads up to the first element of a list.
func (r *answerReader) begin(name string) error {
	if err := r.expect(name); err != nil {
		return err
	}
	return r.expect(json.Delim('['))
}

func (r *answerReader) more() bool {
	r.budget.left = maxAnswerElement
	return r.json.More()
}

// elements yields the elements of one list of an answer that was read before;
// skip is the number of lists before it.
func elements[T any](open func() (io.ReadCloser, error), name string, skip int, check func(T) error) func(context.Context) iter.Seq2[T, error] {
	return func(ctx context.Context) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			stopped := false
			err := readAnswer(ctx, open, func(r *answerReader) error {
				if err := r.skip(skip); err != nil {
					return err
				}
				return readList(r, name, func(v T) error {
					if err := check(v); err != nil {
						return err
					}
					if stopped = !yield(v, nil); stopped {
						return errEnough
					}
					return nil
				})
			})
			if err != nil && !stopped {
				var none T
				yield(none, err)
			}
		}
	}
}

// skip reads over the head, the document and some lists.
func (r *answerReader) skip(lists int) error {
	var a Answer
	if err := r.head(&a); err != nil {
		return err
	}
	var over json.RawMessage
	if err := r.field(a.Kind, &over); err != nil {
		return err
	}
	for range lists {
		if _, err := r.token(); err != nil {
			return err
		}
		if err := r.expect(json.Delim('[')); err != nil {
			return err
		}
		for r.more() {
			if err := r.decode(&over); err != nil {
				return err
			}
		}
		if err := r.expect(json.Delim(']')); err != nil {
			return err
		}
	}
	return nil
}

// inParts puts decisions together as parts of a receipt.
func inParts(all func(context.Context) iter.Seq2[purchase.Decision, error]) func(context.Context) iter.Seq2[purchase.ReceiptPart, error] {
	return func(ctx context.Context) iter.Seq2[purchase.ReceiptPart, error] {
		return func(yield func(purchase.ReceiptPart, error) bool) {
			var part purchase.ReceiptPart
			for d, err := range all(ctx) {
				if err != nil {
					yield(purchase.ReceiptPart{}, err)
					return
				}
				if part.Decisions = append(part.Decisions, d); len(part.Decisions) == decisionsOfPart {
					if !yield(part, nil) {
						return
					}
					part.Decisions = nil
				}
			}
			if len(part.Decisions) > 0 {
				yield(part, nil)
			}
		}
	}
}

func checkPart(p purchase.ReceiptPart) error {
	for _, r := range p.Results {
		if _, known := purchase.ParseFeed(r.Feed); !known || r.Record < 1 {
			return fmt.Errorf("a result of record %d of feed %q", r.Record, r.Feed)
		}
		if r.Result != purchase.Taken && (r.Result != purchase.Refused || r.Code == "") {
			return fmt.Errorf("result %q with code %q", r.Result, r.Code)
		}
	}
	for _, d := range p.Decisions {
		if err := checkDecision(d); err != nil {
			return err
		}
	}
	return nil
}

func checkDecision(d purchase.Decision) error {
	switch d.Decision {
	case purchase.DecisionAccepted, purchase.DecisionDeclined, purchase.DecisionReview:
		return missing(d.OrderNo, "order_no of a decision")
	}
	return fmt.Errorf("decision %q", d.Decision)
}

func checkLine(l lineText) error { return missing(string(l.Type), "line_type") }

func checkItem(i purchase.OpenItem) error { return missing(i.InvoiceNo, "invoice_no of an open item") }

func checkNotice(n purchase.Notice) error {
	return errors.Join(missing(n.InvoiceNo, "invoice_no of a notice"), missing(n.Status, "status of a notice"))
}

func checkState(s purchase.ClaimState) error {
	return errors.Join(missing(s.InvoiceNo, "invoice_no of a claim"), missing(s.State, "state of a claim"))
}

func missing(value, what string) error {
	if value == "" {
		return fmt.Errorf("%s is missing", what)
	}
	return nil
}
