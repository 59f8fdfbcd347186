package formats

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// said is an answer with its long parts in memory, to compare.
type said struct {
	Answer    Answer
	Receipt   *purchase.Receipt
	Payout    *purchase.Payout
	OpenItems *purchase.OpenItems
	Dunning   *purchase.Dunning
	States    *purchase.States
	Results   []purchase.Result
	Decisions []purchase.Decision
	Lines     []purchase.Line
	Items     []purchase.OpenItem
	Notices   []purchase.Notice
	Claims    []purchase.ClaimState
	Handovers []purchase.Handover
}

// listen takes an answer apart.
func listen(t require, a Answer) said {
	t.Helper()
	s := said{Answer: a}
	d := a.Document
	if d.Receipt != nil {
		r := *d.Receipt
		for _, p := range drain(t, r.Parts) {
			s.Results, s.Decisions = append(s.Results, p.Results...), append(s.Decisions, p.Decisions...)
		}
		r.Parts, s.Receipt = nil, &r
	}
	if d.Payout != nil {
		p := *d.Payout
		s.Lines = drain(t, p.Lines)
		if p.OpenItems != nil {
			o := *p.OpenItems
			s.Items = drain(t, o.Items)
			o.Items, s.OpenItems = nil, &o
		}
		p.Lines, p.OpenItems, s.Payout = nil, nil, &p
	}
	if d.Dunning != nil {
		n := *d.Dunning
		s.Notices, s.Handovers = drain(t, n.Notices), drain(t, n.Handovers)
		n.Notices, n.Handovers, s.Dunning = nil, nil, &n
	}
	if d.States != nil {
		c := *d.States
		s.Claims = drain(t, c.Claims)
		c.Claims, s.States = nil, &c
	}
	s.Answer.Document = purchase.Document{Position: d.Position, At: d.At.UTC()}
	return s
}

// require is what tests and rapid have in common.
type require interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func drain[T any](t require, all func(context.Context) iter.Seq2[T, error]) (list []T) {
	t.Helper()
	for v, err := range all(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

func listed[T any](all []T) func(context.Context) iter.Seq2[T, error] {
	return func(context.Context) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			for _, v := range all {
				if !yield(v, nil) {
					return
				}
			}
		}
	}
}

func opener(text []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
}

func written(t require, a Answer) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteAnswer(context.Background(), &b, a); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Times compare as instants with their offset: a cutoff is printed in its zone.
var sameTimes = cmp.Comparer(func(x, y time.Time) bool { return x.Format(time.RFC3339) == y.Format(time.RFC3339) })

// What is written is read back as the same in all that a renderer uses, and
// written again as the same bytes.
func TestAnswerRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAnswer(t)
		text := written(t, a)
		got, err := ReadAnswer(opener(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		want := listen(t, a)
		want.Answer.Format, want.Answer.Kind = AnswerFormat, KindOf(a.Document)
		want.Answer.Document.Position = a.Number
		want.Handovers = nil
		if want.Answer.Kind == AnswerDecisions {
			want.Results = nil
		}
		if diff := cmp.Diff(want, listen(t, got), sameTimes); diff != "" {
			t.Fatalf("%s\n(-want +got):\n%s", text, diff)
		}
		if again := written(t, got); !bytes.Equal(again, text) {
			t.Fatalf("%s\nis written again as\n%s", text, again)
		}
		if merchant, n, kind, ok := ParseAnswerName(got.Name()); !ok || merchant != a.Merchant || kind != got.Kind || n < 1 {
			t.Fatalf("ParseAnswerName(%q) = %q, %d, %q, %v", got.Name(), merchant, n, kind, ok)
		}
	})
}

// fill draws every field of a struct by its type, so that a field that is added
// later is drawn, and must survive, too.
func fill[T any](t *rapid.T, name string) T {
	var v T
	fillValue(t, name, &v)
	return v
}

func drawAnswer(t *rapid.T) Answer {
	a := Answer{Merchant: "acme", Number: rapid.Int64Range(1, 9_999_999).Draw(t, "number")}
	a.Document.At = time.Unix(rapid.Int64Range(1, 1<<33).Draw(t, "at"), 0).UTC()
	switch kind := rapid.SampledFrom([]string{AnswerReceipt, AnswerDecisions, AnswerPayout, AnswerDunning, AnswerStates}).Draw(t, "kind"); kind {
	case AnswerReceipt, AnswerDecisions:
		r := purchase.Receipt{Merchant: "acme", Number: a.Number%77 + 1, SHA256: strings.Repeat("0af", 22)[:64], Taken: a.Document.At, Own: kind == AnswerDecisions}
		r = r.In(rapid.SliceOfN(rapid.Custom(drawPart), 0, 3).Draw(t, "parts")...)
		a.Document.Receipt = &r
	case AnswerPayout:
		a.Document.Payout = drawPayout(t)
	case AnswerDunning:
		a.Document.Dunning = &purchase.Dunning{
			Merchant: "acme", RunDate: schedules.NewDate(2026, 11, 23), Currency: "EUR",
			Notices:   listed(draws[purchase.Notice](t, "notices")),
			Handovers: listed([]purchase.Handover{{ID: "stays at the provider"}}),
		}
	case AnswerStates:
		a.Document.States = &purchase.States{Merchant: "acme", Currency: "EUR", Claims: listed(draws[purchase.ClaimState](t, "claims"))}
	}
	return a
}

func drawPart(t *rapid.T) purchase.ReceiptPart {
	p := purchase.ReceiptPart{Results: draws[purchase.Result](t, "results"), Decisions: draws[purchase.Decision](t, "decisions")}
	for i := range p.Results {
		r := &p.Results[i]
		r.Feed = rapid.SampledFrom(purchase.Feeds()).Draw(t, "feed").String()
		r.Record = int64(i + 1)
		r.Result, r.Code = purchase.Taken, ""
		if rapid.Bool().Draw(t, "refused") {
			r.Result, r.Code = purchase.Refused, purchase.Closed
		}
	}
	for i := range p.Decisions {
		p.Decisions[i].Decision = rapid.SampledFrom([]string{purchase.DecisionAccepted, purchase.DecisionDeclined, purchase.DecisionReview}).Draw(t, "decision")
	}
	return p
}

func draws[T any](t *rapid.T, name string) []T {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) T { return fill[T](t, name) }), 0, 4).Draw(t, name)
}

func drawPayout(t *rapid.T) *purchase.Payout {
	p := fill[purchase.Payout](t, "payout")
	p.Merchant = "acme"
	zone := time.FixedZone("", rapid.SampledFrom([]int{0, 3600, 7200, -12600}).Draw(t, "offset"))
	p.Cutoff = time.Unix(rapid.Int64Range(1, 1<<33).Draw(t, "cutoff"), 0).In(zone)
	p.Lines = listed(draws[purchase.Line](t, "lines"))
	if p.OpenItems != nil {
		p.OpenItems.Merchant = "acme"
		p.OpenItems.Items = listed(draws[purchase.OpenItem](t, "items"))
	}
	return &p
}

// An answer is written while its parts come, and read so: neither holds more
// than one element.
func TestAnswerIsStreamed(t *testing.T) {
	const lines = 20_000
	read, write := io.Pipe()
	a := Answer{Merchant: "acme", Number: 1, Document: purchase.Document{At: time.Unix(1, 0), States: &purchase.States{Merchant: "acme"}}}
	at := 0
	a.Document.States.Claims = func(context.Context) iter.Seq2[purchase.ClaimState, error] {
		return func(yield func(purchase.ClaimState, error) bool) {
			for at = range lines {
				if !yield(purchase.ClaimState{InvoiceNo: "R-1", State: "OPEN", Outstanding: money.Amount(at)}, nil) {
					return
				}
			}
		}
	}
	wrote := make(chan error)
	go func() { wrote <- errors.Join(WriteAnswer(t.Context(), write, a), write.Close()) }()
	if _, err := ReadAnswer(func() (io.ReadCloser, error) { return read, nil }); err != nil {
		t.Error(err)
	}
	if err := <-wrote; err != nil || at != lines-1 {
		t.Errorf("WriteAnswer = %v after %d claims; want %d", err, at, lines-1)
	}
}

// goldenAnswers are one answer of each kind.
func goldenAnswers() map[string]Answer {
	at := time.Date(2026, 11, 23, 5, 5, 0, 0, time.UTC)
	berlin := time.FixedZone("CET", 3600)
	day := schedules.NewDate(2026, 11, 23)
	sum := strings.Repeat("ab", 32)
	receipt := purchase.Receipt{Merchant: "acme", Number: 42, SHA256: sum, Taken: at}.In(
		purchase.ReceiptPart{
			Results: []purchase.Result{
				{Feed: "orders", Record: 1, Number: "A-1", Result: purchase.Taken},
				{Feed: "invoices", Record: 1, Number: "R-1", Result: purchase.Refused, Code: purchase.NotAccepted},
			},
			Decisions: []purchase.Decision{{OrderNo: "A-1", Decision: purchase.DecisionAccepted, Code: purchase.OK, Approved: 4990, ValidUntil: day, Recipient: "Mehl & Söhne <GmbH>", Reference: "RF18A1", Amount: 4990}},
		},
	)
	own := receipt
	own.Own, own.Number = true, 7
	payout := purchase.Payout{
		ID: "P-acme-2026W47", Merchant: "acme", Seq: 3, Version: 1, PeriodFrom: schedules.NewDate(2026, 11, 16), PeriodTo: schedules.NewDate(2026, 11, 22),
		Cutoff: time.Date(2026, 11, 23, 6, 0, 0, 0, berlin), Date: day, Currency: "EUR", Opening: -100, Amount: 4715, Totals: map[purchase.LineType]purchase.Total{purchase.LineCollection: {Count: 1, Cents: 4815}},
		LedgerHead: sum, Upcoming: []purchase.Maturity{{Week: day, Claims: 1, Amount: 4990}},
		Invoice:   &purchase.FeeInvoice{Number: "2026-000003", Date: day, Net: 175, Rate: 1900, VAT: 33, Gross: 208},
		OpenItems: &purchase.OpenItems{Merchant: "acme", Day: day, Currency: "EUR", Count: 1, Receivable: 4990, Items: listed([]purchase.OpenItem{{CustomerNo: "K-1", OrderNo: "A-2", InvoiceNo: "R-2", Amount: 4990, Outstanding: 4990, State: "OPEN", Holds: []string{purchase.HoldDispute}}})},
		Lines:     listed([]purchase.Line{{LineNo: 1, Type: purchase.LineCollection, BookedOn: day, OrderNo: "A-1", InvoiceNo: "R-1", DocumentNo: "Z-1", CustomerNo: "K-1", GrossClaim: 4815, Amount: 4815, Balance: 4715, Source: "bank.csv:1", InvoiceDate: day, DueDate: day + 14, DebtorAccount: "10001"}}),
	}
	notice := purchase.Notice{ID: "D-acme-R-2-1", RunDate: day, Level: 1, InvoiceNo: "R-2", Status: purchase.NoticeSent, Outstanding: 4990, Segments: []purchase.Segment{{From: day, To: day + 1, Outstanding: 4990, BasisPoints: 627, Days: 2}}, Debtor: purchase.Debtor{LastName: "Groß"}}
	return map[string]Answer{
		AnswerReceipt:   {Merchant: "acme", Number: 17, Document: purchase.Document{At: at, Receipt: &receipt}},
		AnswerDecisions: {Merchant: "acme", Number: 18, Document: purchase.Document{At: at, Receipt: &own}},
		AnswerPayout:    {Merchant: "acme", Number: 19, Document: purchase.Document{At: at, Payout: &payout}},
		AnswerDunning:   {Merchant: "acme", Number: 20, Document: purchase.Document{At: at, Dunning: &purchase.Dunning{Merchant: "acme", RunDate: day, Currency: "EUR", Notices: listed([]purchase.Notice{notice})}}},
		AnswerStates:    {Merchant: "acme", Number: 21, Document: purchase.Document{At: at, States: &purchase.States{Merchant: "acme", Currency: "EUR", Claims: listed([]purchase.ClaimState{{OrderNo: "A-2", InvoiceNo: "R-2", State: "OPEN", Outstanding: 4990, DueDate: day}, {OrderNo: "A-1", InvoiceNo: "R-1", State: "PAID", Paid: 4815}})}}},
	}
}

func TestAnswerGolden(t *testing.T) {
	for kind, a := range goldenAnswers() {
		golden(t, "answers/"+a.Name(), written(t, a))
		if got, err := ReadAnswer(opener(written(t, a))); err != nil || got.Kind != kind {
			t.Errorf("ReadAnswer of %s = %q, %v", kind, got.Kind, err)
		}
	}
}

func TestAnswerFaults(t *testing.T) {
	states := string(written(t, goldenAnswers()[AnswerStates]))
	change := func(old, with string) string {
		if !strings.Contains(states, old) {
			t.Fatalf("%q is not in\n%s", old, states)
		}
		return strings.Replace(states, old, with, 1)
	}
	tests := []struct{ name, text, want string }{
		{"nothing", "", "cut off at byte 0"},
		{"no JSON", "B000042", "invalid character"},
		{"a list", "[]", "[ came, { was wanted"},
		{"a later format", change(`"format":1`, `"format":2`), "format 2, this program reads 1"},
		{"no format", change(`"format":1,`, ``), "merchant came, format was wanted"},
		{"an unknown kind", change(`"kind":"states"`, `"kind":"letter"`), `kind "letter" is unknown`},
		{"another kind", change(`"kind":"states"`, `"kind":"dunning"`), "states came, dunning was wanted"},
		{"no merchant", change(`"merchant":"acme"`, `"merchant":""`), "merchant, answer or at is missing"},
		{"a merchant of another form", change(`"merchant":"acme"`, `"merchant":"../acme"`), "merchant, answer or at is missing"},
		{"another merchant inside", change(`{"merchant":"acme"`, `{"merchant":"bolt"`), "another's"},
		{"number 0", change(`"answer":21`, `"answer":0`), "merchant, answer or at is missing"},
		{"a number that is too large", change(`"answer":21`, `"answer":99999999999999999999`), "cannot unmarshal number"},
		{"half a cent", change(`"outstanding_cents":4990`, `"outstanding_cents":4990.5`), "cannot unmarshal number"},
		{"no date", change(`"due_date":"2026-11-23"`, `"due_date":"2026-11-31"`), "2026-11-31"},
		{"an unknown key", change(`"order_no":"A-2"`, `"order_no":"A-2","colour":"red"`), `unknown field "colour"`},
		{"no invoice", change(`"invoice_no":"R-2"`, `"invoice_no":""`), "claims: element 1: invoice_no of a claim is missing"},
		{"cut off", states[:len(states)-10], "cut off"},
		{"something after it", states + "{}", "came after the end"},
		{"an element without an end", change(`"order_no":"A-2"`, `"order_no":"`+strings.Repeat("x", maxAnswerElement+1<<16)+`"`), "an element is longer than"},
	}
	for _, tt := range tests {
		a, err := ReadAnswer(opener([]byte(tt.text)))
		if !errors.Is(err, ErrAnswer) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: ReadAnswer = %+v, %v; want an error with %q", tt.name, a, err, tt.want)
		}
	}
}

// Every cut of an answer is refused by name.
func TestAnswerCut(t *testing.T) {
	for kind, a := range goldenAnswers() {
		text := bytes.TrimSpace(written(t, a))
		for n := range text {
			if _, err := ReadAnswer(opener(text[:n])); !errors.Is(err, ErrAnswer) {
				t.Fatalf("%s: ReadAnswer of the first %d bytes = %v; want %v", kind, n, err, ErrAnswer)
			}
		}
	}
}

// What fails beside the content is not called a bad answer, and passes again.
func TestAnswerInterrupted(t *testing.T) {
	broken := errors.New("disk")
	if _, err := ReadAnswer(func() (io.ReadCloser, error) { return io.NopCloser(iotest.ErrReader(broken)), nil }); !errors.Is(err, broken) || errors.Is(err, ErrAnswer) {
		t.Errorf("ReadAnswer = %v; want %v", err, broken)
	}
	a, err := ReadAnswer(opener(written(t, goldenAnswers()[AnswerStates])))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range a.Document.States.Claims(ctx) {
		if !errors.Is(err, context.Canceled) || errors.Is(err, ErrAnswer) {
			t.Errorf("Claims = %v; want %v", err, context.Canceled)
		}
	}
	for range a.Document.States.Claims(t.Context()) {
		break // a caller that has enough
	}
	if n := len(drain(t, a.Document.States.Claims)); n != 2 {
		t.Errorf("%d claims are read, want 2", n)
	}
}

func TestAnswerStaysAtProvider(t *testing.T) {
	err := WriteAnswer(t.Context(), io.Discard, Answer{Merchant: "acme", Number: 1, Document: purchase.Document{Refund: &purchase.Refund{}}})
	if err == nil {
		t.Error("a refund is written as an answer")
	}
	failed := errors.New("read")
	states := purchase.States{Claims: func(context.Context) iter.Seq2[purchase.ClaimState, error] {
		return func(yield func(purchase.ClaimState, error) bool) { yield(purchase.ClaimState{}, failed) }
	}}
	if err := WriteAnswer(t.Context(), io.Discard, Answer{Merchant: "acme", Number: 1, Document: purchase.Document{States: &states}}); !errors.Is(err, failed) {
		t.Errorf("WriteAnswer = %v; want %v", err, failed)
	}
}

func TestAnswerNames(t *testing.T) {
	tests := []struct {
		merchant string
		number   int64
		kind     string
		want     string
	}{
		{"acme", 17, AnswerPayout, "A000017_acme.payout.json"},
		{"acme", 42, AnswerReceipt, "B000042_acme.receipt.json"},
		{"acme", 42, AnswerRefused, "B000042_acme.refused.json"},
		{"a-1", 1234567, AnswerDecisions, "A1234567_a-1.decisions.json"},
	}
	for _, tt := range tests {
		if got := AnswerName(tt.merchant, tt.number, tt.kind); got != tt.want {
			t.Errorf("AnswerName(%q, %d, %q) = %q; want %q", tt.merchant, tt.number, tt.kind, got, tt.want)
		}
		if m, n, k, ok := ParseAnswerName(tt.want); !ok || m != tt.merchant || n != tt.number || k != tt.kind {
			t.Errorf("ParseAnswerName(%q) = %q, %d, %q, %v", tt.want, m, n, k, ok)
		}
	}
	wrong := []string{
		"", ".json", "A.json", "A000017_acme.json", "A000017_acme.payout", "A000017_acme.letter.json", "B000042_acme.payout.json",
		"A000042_acme.receipt.json", "A17_acme.payout.json", "A0000017_acme.payout.json", "A000000_acme.payout.json", "A-00017_acme.payout.json",
		"A000017_.payout.json", "A000017_Acme.payout.json", "A000017_a/b.payout.json", "a000017_acme.payout.json", "A000017_acme.payout.json.tmp", "A99999999999999999999_acme.payout.json",
	}
	for _, name := range wrong {
		if m, n, k, ok := ParseAnswerName(name); ok {
			t.Errorf("ParseAnswerName(%q) = %q, %d, %q; want no answer", name, m, n, k)
		}
	}
	if m, n, ok := ParseBatchName("B000042_acme.zip"); !ok || m != "acme" || n != 42 {
		t.Errorf("ParseBatchName = %q, %d, %v", m, n, ok)
	}
	for _, name := range []string{"B000042_acme.receipt.json", "B42_acme.zip", "B000042_acme", "A000042_acme.zip", "B000042_acme.zip.zip"} {
		if m, n, ok := ParseBatchName(name); ok {
			t.Errorf("ParseBatchName(%q) = %q, %d; want no batch", name, m, n)
		}
	}
}

// FuzzAnswer: what reads as an answer is written and read back as the same, and
// all its parts can be read.
func FuzzAnswer(f *testing.F) {
	all := goldenAnswers()
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		f.Add(written(f, all[kind]))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := ReadAnswer(opener(text))
		if err != nil {
			if !errors.Is(err, ErrAnswer) {
				t.Fatalf("ReadAnswer = %v; want %v", err, ErrAnswer)
			}
			return
		}
		again := written(t, a)
		b, err := ReadAnswer(opener(again))
		if err != nil {
			t.Fatalf("%v\n%s\nwas written of\n%s", err, again, text)
		}
		if diff := cmp.Diff(listen(t, a), listen(t, b), sameTimes); diff != "" {
			t.Fatalf("%s\nis read back as (-first +again):\n%s", text, diff)
		}
	})
}
