package provider

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

// tb is what the world needs of a test, so that rapid's tests can have one too.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

const settlement = "DE02120300000000202051"

// testTerms are the defaults of the domain.
func testTerms() purchase.Terms {
	return purchase.Terms{
		Merchant: "acme", Currency: "EUR", Zone: "Europe/Berlin", SettlementAccount: settlement,
		Recipient: "Muster Rechnungskauf GmbH", BIC: "BYLADEM1001", BankName: "Deutsche Kreditbank",
		AssumeReturn: true, TermDays: 14, ParkDays: 14,
		Credit: purchase.CreditTerms{
			Countries: []string{"DE"}, MinAge: 18, OrderMin: 100, OrderMax: 150_000, OpenSumMax: 250_000,
			AddressMismatch: "allow", AddressAllowUpTo: 30_000, OverdueLevel: 2, ValidDays: 60,
		},
		Fees:      purchase.FeeTerms{Percent: 250, Fixed: 50, VAT: 1900},
		Guarantee: purchase.GuaranteeTerms{Days: 30, Anchor: "activation", AnnouncedHoldDays: 21},
		PayoutMin: 1,
		Dunning: purchase.DunningTerms{
			After: []int{7, 7, 10, 14}, Fee: []money.Amount{0, 250, 250, 0}, Min: 500, StatementBankDays: 3,
			LetterDays: 3, B2BFlat: 4000, B2CPoints: 500, B2BPoints: 900,
		},
	}
}

// testRates: the last one holds until the end of 2026.
func testRates(t tb) []purchase.BaseRate {
	return []purchase.BaseRate{{From: date(t, "2026-01-01"), Rate: 127}, {From: date(t, "2026-07-01"), Rate: 152}}
}

func date(t tb, s string) schedules.Date {
	t.Helper()
	d, err := schedules.ParseDate(s)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return d
}

// A world is a provider with one merchant, and a clock. Every batch and every
// slot is followed by Verify.
type world struct {
	tb
	ctx    context.Context
	db     *database.DB
	p      *Provider
	terms  purchase.Terms
	zone   *time.Location
	now    time.Time
	number int64 // of the last batch
	row    int64 // of the last record
	seen   int64 // lines and documents that were looked at
	last   purchase.Batch
	apart  bool  // batches of two series, see series_test.go
	own    int64 // number of the last of the provider's own batches
}

// each runs f in a fresh world on both engines; edit changes the terms.
func each(t *testing.T, edit func(*purchase.Terms), f func(w *world)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		migrate(t, db)
		terms := testTerms()
		if edit != nil {
			edit(&terms)
		}
		f(newWorld(t, t.Context(), db, terms))
	})
}

func migrate(t *testing.T, db *database.DB) {
	t.Helper()
	own, err := Migrations()
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context(), ledger.Migrations, own); err != nil {
		t.Fatal(err)
	}
}

func newWorld(t tb, ctx context.Context, db *database.DB, terms purchase.Terms) *world {
	t.Helper()
	zone, err := time.LoadLocation(terms.Zone)
	if err != nil {
		t.Fatalf("%v", err)
	}
	w := &world{tb: t, ctx: ctx, db: db, terms: terms, zone: zone}
	w.p = New(db, map[string]purchase.Terms{terms.Merchant: terms}, testRates(t))
	w.at("2026-10-01 12:00")
	return w
}

// retake makes a provider with changed terms over the same books.
func (w *world) retake(edit func(*purchase.Terms)) {
	edit(&w.terms)
	w.p = New(w.db, map[string]purchase.Terms{w.terms.Merchant: w.terms}, testRates(w))
}

// at sets the clock.
func (w *world) at(s string) {
	w.Helper()
	now, err := time.ParseInLocation("2006-01-02 15:04", s, w.zone)
	if err != nil {
		w.Fatalf("%v", err)
	}
	w.now = now
}

func (w *world) day(s string) schedules.Date { w.Helper(); return date(w, s) }

// zip makes the next batch of records, feed by feed.
func (w *world) zip(records ...purchase.Record) purchase.Batch {
	w.Helper()
	w.number++
	records = slices.SortedStableFunc(slices.Values(records), func(a, b purchase.Record) int { return int(a.Feed() - b.Feed()) })
	rows := make([]int64, len(records))
	for i := range records {
		w.row++
		rows[i] = w.row
	}
	return w.pack(w.number, records, rows)
}

// pack makes a batch of records that came from some rows.
func (w *world) pack(number int64, records []purchase.Record, rows []int64) purchase.Batch {
	w.Helper()
	var file bytes.Buffer
	z := formats.NewBatchZip(&file, formats.Manifest{Merchant: w.terms.Merchant, Number: number, Created: w.now})
	for i, r := range records {
		sum := sha256.Sum256([]byte(r.Feed().String()))
		source := purchase.Source{SHA256: hex.EncodeToString(sum[:]), Name: r.Feed().String() + ".csv", Row: rows[i]}
		if err := z.Write(r, source); err != nil {
			w.Fatalf("Write(%v) = %v", r, err)
		}
	}
	if err := z.Close(); err != nil {
		w.Fatalf("Close = %v", err)
	}
	return batchOf(w.terms.Merchant, number, w.now, file.Bytes())
}

func batchOf(merchant string, number int64, created time.Time, file []byte) purchase.Batch {
	sum := sha256.Sum256(file)
	return purchase.Batch{
		Merchant: merchant, Number: number, SHA256: hex.EncodeToString(sum[:]), Created: created, Size: int64(len(file)),
		Open: func() (purchase.ReadAtCloser, error) { return memory{bytes.NewReader(file)}, nil },
	}
}

type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// batch submits records and returns the receipt's codes: one word a record,
// "-" for one that was taken.
func (w *world) batch(records ...purchase.Record) string {
	w.Helper()
	w.last = w.zip(records...)
	if err := w.p.Submit(w.ctx, w.last); err != nil {
		w.Fatalf("Submit = %v", err)
	}
	w.verify()
	return codes(w.receipt(w.number))
}

func codes(r purchase.ReceiptPart) string {
	words := make([]string, len(r.Results))
	for i, x := range r.Results {
		words[i] = "-"
		if x.Result == purchase.Refused {
			words[i] = string(x.Code)
		}
	}
	return strings.Join(words, " ")
}

// taken submits records all of which must be taken.
func (w *world) taken(records ...purchase.Record) {
	w.Helper()
	if got := w.batch(records...); strings.Trim(got, "- ") != "" {
		w.Fatalf("Submit(%v): the receipt says %s; want all taken", records, got)
	}
}

func (w *world) receipt(number int64) (all purchase.ReceiptPart) {
	w.Helper()
	var before int64
	w.scalar(&before, "SELECT MIN(position) - 1 FROM provider_documents WHERE merchant_id = ? AND kind = 'receipt' AND ref = ?", w.terms.Merchant, strconv.FormatInt(number, 10))
	for d, err := range w.p.Documents(w.ctx, w.terms.Merchant, before) {
		if err != nil {
			w.Fatalf("Documents = %v", err)
		}
		if d.Receipt == nil || d.Receipt.Number != number {
			continue
		}
		for part, err := range d.Receipt.Parts(w.ctx) {
			if err != nil {
				w.Fatalf("Parts = %v", err)
			}
			all.Results, all.Decisions = append(all.Results, part.Results...), append(all.Decisions, part.Decisions...)
		}
		return all
	}
	w.Fatalf("no receipt of batch %d", number)
	return all
}

// advance runs a job at the clock's time, twice: the second time has no effect.
func (w *world) advance(job schedules.Job) {
	w.Helper()
	slot := schedules.Slot{Job: job, At: w.now}
	if err := w.p.Advance(w.ctx, w.terms.Merchant, slot); err != nil {
		w.Fatalf("Advance(%v) = %v", slot, err)
	}
	w.verify()
	before := w.documents()
	if err := w.p.Advance(w.ctx, w.terms.Merchant, slot); err != nil {
		w.Fatalf("Advance(%v) again = %v", slot, err)
	}
	if after := w.documents(); after != before {
		w.Errorf("Advance(%v) again said something new: %d documents; want %d", slot, after, before)
	}
}

func (w *world) documents() (n int64) {
	w.scalar(&n, "SELECT COUNT(*) FROM provider_documents WHERE merchant_id = ?", w.terms.Merchant)
	return n
}

func (w *world) scalar(into any, query string, args ...any) {
	w.Helper()
	err := w.db.Read(w.ctx, func(tx *database.Tx) error { return tx.QueryRow(w.ctx, query, args...).Scan(into) })
	if err != nil {
		w.Fatalf("%s: %v", query, err)
	}
}

func (w *world) broken() []string {
	w.Helper()
	broken, err := w.p.Verify(w.ctx, w.terms.Merchant)
	if err != nil {
		w.Fatalf("Verify = %v", err)
	}
	return broken
}

func (w *world) verify() {
	w.Helper()
	if broken := w.broken(); len(broken) > 0 {
		w.Fatalf("Verify on %s:\n%s", w.now, strings.Join(broken, "\n"))
	}
}

// write runs f in a transaction of the test's own.
func (w *world) write(f func(tx *database.Tx) error) {
	w.Helper()
	if err := w.db.Write(w.ctx, f); err != nil {
		w.Fatalf("%v", err)
	}
}

// statement says that the bank has spoken on the clock's day.
func (w *world) statement() {
	w.Helper()
	w.write(func(tx *database.Tx) error {
		return w.p.Statement(w.ctx, tx, w.terms.Merchant, schedules.DateOf(w.now))
	})
}

// sent says that the notices of the clock's day have left on that day.
func (w *world) sent() {
	w.Helper()
	day := schedules.DateOf(w.now)
	w.write(func(tx *database.Tx) error { return w.p.Sent(w.ctx, tx, w.terms.Merchant, day, day) })
}

// wantLines compares the lines that were booked since the last call.
func (w *world) wantLines(want ...string) {
	w.Helper()
	var got []string
	err := w.db.Read(w.ctx, func(tx *database.Tx) error {
		all, err := lines.find(w.ctx, tx, "merchant_id = ? AND n > ? ORDER BY n", w.terms.Merchant, w.seen)
		for _, l := range all {
			w.seen = l.N
			got = append(got, fmt.Sprintf("%s %s %s %s", l.Type, l.InvoiceNo, l.DocumentNo, l.Amount))
		}
		return err
	})
	if err != nil {
		w.Fatalf("%v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("lines (-want +got):\n%s", diff)
	}
}

// wantBalances compares the accounts that are not zero.
func (w *world) wantBalances(want string) {
	w.Helper()
	if got := w.balances(); got != want {
		w.Errorf("balances are %s\nwant %s", got, want)
	}
}

func (w *world) balances() string {
	w.Helper()
	var all map[ledger.Class]money.Amount
	err := w.db.Read(w.ctx, func(tx *database.Tx) (err error) {
		all, err = ledger.Balances(w.ctx, tx, w.terms.Merchant)
		return err
	})
	if err != nil {
		w.Fatalf("%v", err)
	}
	var got []string
	for _, class := range ledger.Classes() {
		if all[class] != 0 {
			got = append(got, fmt.Sprintf("%s %s", class, all[class]))
		}
	}
	return strings.Join(got, ", ")
}

func (w *world) claim(invoice string) *claim {
	w.Helper()
	var found []*claim
	err := w.db.Read(w.ctx, func(tx *database.Tx) (err error) {
		found, err = claims.find(w.ctx, tx, "merchant_id = ? AND invoice_no = ?", w.terms.Merchant, invoice)
		return err
	})
	if err != nil || len(found) != 1 {
		w.Fatalf("claim %s: %d rows, %v", invoice, len(found), err)
	}
	return found[0]
}

// wantClaim compares the letters of the one formula.
func (w *world) wantClaim(invoice, want string) {
	w.Helper()
	c := w.claim(invoice)
	v := c.values()
	got := fmt.Sprintf("K %s D %s P %s E %s outstanding %s refund %s charges %s", v.K, v.D, v.P, v.Entitlement(), v.Outstanding(), v.Refund(), c.Charges)
	if got != want {
		w.Errorf("claim %s: %s\nwant %s", invoice, got, want)
	}
}

// wantWaiting compares the payments in suspense.
func (w *world) wantWaiting(want string) {
	w.Helper()
	all, err := w.p.Payments(w.ctx, w.terms.Merchant, true)
	if err != nil {
		w.Fatalf("Payments = %v", err)
	}
	var got []string
	for _, p := range all {
		got = append(got, fmt.Sprintf("%s %s", p.PaymentID, p.Waiting))
	}
	if s := strings.Join(got, ", "); s != want {
		w.Errorf("in suspense: %s; want %s", s, want)
	}
}

// The documents of the tests, complete and simple.

func (w *world) order(number, customer string, gross money.Amount) purchase.Order {
	return purchase.Order{
		OrderNo: number, OrderDate: schedules.DateOf(w.now), Currency: "EUR", Gross: gross, CustomerNo: customer, CustomerType: purchase.B2C,
		FirstName: "Erika", LastName: "Muster" + customer, BirthDate: date(w, "1980-05-06"), Phone: "030 1", Street: "Hauptstraße", HouseNo: "1",
		Postcode: "10115", City: "Berlin", Country: "DE",
	}
}

func (w *world) invoice(number, order string, gross money.Amount) purchase.Invoice {
	return purchase.Invoice{InvoiceNo: number, OrderNo: order, InvoiceDate: schedules.DateOf(w.now), Currency: "EUR", Gross: gross}
}

func (w *world) shipment(number, order, invoice string) purchase.Shipment {
	return purchase.Shipment{ShipmentNo: number, OrderNo: order, InvoiceNo: invoice, ShippedOn: schedules.DateOf(w.now)}
}

// sale is an order, its invoice and its shipment: A<n>, RE<n>, L<n>.
func (w *world) sale(n, customer string, gross money.Amount) []purchase.Record {
	return []purchase.Record{w.order("A"+n, customer, gross), w.invoice("RE"+n, "A"+n, gross), w.shipment("L"+n, "A"+n, "RE"+n)}
}

func (w *world) payment(id string, amount money.Amount, reference string) purchase.Payment {
	return purchase.Payment{PaymentID: id, Account: settlement, BookedOn: schedules.DateOf(w.now), Amount: amount, Currency: "EUR", Reference: reference}
}

func (w *world) received(number, invoice string, gross money.Amount) purchase.Return {
	return purchase.Return{ReturnNo: number, Kind: purchase.ReturnReceived, InvoiceNo: invoice, ReturnedOn: schedules.DateOf(w.now), Currency: "EUR", Gross: gross}
}

func (w *world) announced(number, invoice string) purchase.Return {
	return purchase.Return{ReturnNo: number, Kind: purchase.ReturnAnnounced, InvoiceNo: invoice, ReturnedOn: schedules.DateOf(w.now)}
}

func (w *world) credit(number, kind, invoice string, gross money.Amount, names string) purchase.Credit {
	return purchase.Credit{CreditNo: number, Kind: kind, InvoiceNo: invoice, CreditedOn: schedules.DateOf(w.now), Currency: "EUR", Gross: gross, ReturnNo: names}
}

func (w *world) instruction(number, kind, invoice string, amount money.Amount) purchase.Instruction {
	return purchase.Instruction{InstructionNo: number, Kind: kind, InvoiceNo: invoice, Day: schedules.DateOf(w.now), Amount: amount}
}

func (w *world) command(number, kind, subject, argument string) purchase.Command {
	return purchase.Command{CommandNo: number, Kind: kind, Day: schedules.DateOf(w.now), Subject: subject, Argument: argument, Operator: "kim", Reason: "asked"}
}
