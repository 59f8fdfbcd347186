package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/spool"
	"github.com/kontor-exchange/kontor/schedules"
)

// A shop has accepted records, by row.
type shop struct {
	t       *testing.T
	db      *database.DB
	b       *Batches
	records map[purchase.RowRef]purchase.Record
}

func newShop(t *testing.T, db *database.DB) *shop {
	t.Helper()
	must(t, db.Migrate(t.Context(), Migrations()))
	s, err := spool.Open(filepath.Join(t.TempDir(), "spool"))
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return &shop{t: t, db: db, b: New(db, s), records: map[purchase.RowRef]purchase.Record{}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// accept queues records; each gets the next row.
func (s *shop) accept(records ...purchase.Record) {
	s.t.Helper()
	var ready []purchase.Ready
	for _, r := range records {
		ref := purchase.RowRef{Feed: r.Feed(), Row: int64(len(s.records) + 1)}
		s.records[ref] = r
		p, payment := r.(purchase.Payment)
		ready = append(ready, purchase.Ready{RowRef: ref, Date: r.Date(), Number: r.Number(), Returned: payment && p.Amount < 0})
	}
	must(s.t, s.db.Write(s.t.Context(), func(tx *database.Tx) error {
		return errors.Join(s.b.Queue(s.t.Context(), tx, "acme", ready), s.b.Queue(s.t.Context(), tx, "acme", ready))
	}))
}

func (s *shop) lookup(_ context.Context, _ string, refs []purchase.RowRef) (all []formats.BatchRecord, _ error) {
	for _, ref := range refs {
		all = append(all, formats.BatchRecord{Record: s.records[ref], Source: purchase.Source{SHA256: "ab", Name: "f.csv", Row: ref.Row}})
	}
	return all, nil
}

var slot = time.Date(2026, 10, 2, 10, 0, 0, 0, time.UTC)

func (s *shop) cut(limit int) (purchase.Batch, bool) {
	s.t.Helper()
	b, found, err := s.b.Cut(s.t.Context(), Cut{Merchant: "acme", Run: 7, Created: slot, Max: limit}, s.lookup)
	must(s.t, err)
	return b, found
}

func (s *shop) answer(b purchase.Batch, results ...purchase.Result) (refusals []purchase.Refusal, err error) {
	receipt := purchase.Receipt{Merchant: "acme", Number: b.Number, SHA256: b.SHA256, Taken: slot}.In(purchase.ReceiptPart{Results: results})
	err = s.db.Write(s.t.Context(), func(tx *database.Tx) (err error) {
		refusals, err = s.b.Answered(s.t.Context(), tx, "acme", receipt)
		return err
	})
	return refusals, err
}

// contents returns the numbers in a batch, feed by feed.
func contents(t *testing.T, b purchase.Batch) (all []string) {
	t.Helper()
	r, err := b.Open()
	must(t, err)
	defer r.Close()
	f, err := formats.OpenBatch(r, b.Size)
	must(t, err)
	must(t, f.Verify())
	for _, feed := range f.Feeds() {
		for record, err := range f.Records(feed) {
			must(t, err)
			all = append(all, fmt.Sprintf("%s %s", feed, record.Record.Number()))
		}
	}
	return all
}

func order(no string, day schedules.Date) purchase.Order {
	return purchase.Order{OrderNo: no, OrderDate: day, Currency: "EUR", Gross: 1000, CustomerNo: "K1", CustomerType: purchase.B2C}
}

func payment(id string, day schedules.Date, amount money.Amount) purchase.Payment {
	return purchase.Payment{PaymentID: id, Account: "DE02120300000000202051", BookedOn: day, Amount: amount, Currency: "EUR"}
}

const day = schedules.Date(739891)

func TestBusinessOrder(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newShop(t, db)
		s.accept(payment("Z0", day, -100), payment("Z1", day, 100), payment("Z0", day-1, 100), order("A9", day), order("B1", day-1), order("A10", day))
		must(t, db.Write(t.Context(), func(tx *database.Tx) error {
			c := purchase.Command{CommandNo: "C1", Kind: purchase.Decide, Day: day, Subject: "A9", Argument: "ACCEPTED", Operator: "ada", Reason: "known"}
			return errors.Join(Command(t.Context(), tx, "acme", c), Command(t.Context(), tx, "acme", c))
		}))
		b, _ := s.cut(100)
		want := []string{"orders B1", "orders A10", "orders A9", "payments Z0", "payments Z1", "payments Z0", "operator C1"}
		if diff := cmp.Diff(want, contents(t, b)); diff != "" {
			t.Error(diff)
		}
		places, err := s.b.Places(t.Context(), "acme", 6)
		must(t, err)
		if diff := cmp.Diff([]Place{{Batch: 1, Feed: purchase.Orders, Position: 2}}, places); diff != "" {
			t.Error(diff)
		}
	})
}

// At most max records each, gapless numbers, and no batch before the receipt of
// the one before.
func TestCutAndAnswer(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newShop(t, db)
		if b, found := s.cut(2); found {
			t.Errorf("Cut = batch %d, want none: nothing waits", b.Number)
		}
		s.accept(order("A1", day), order("A2", day), order("A3", day))
		first, _ := s.cut(2)
		s.accept(order("A0", day))
		again, _ := s.cut(2)
		if first.SHA256 != again.SHA256 || first.Number != 1 || again.Number != 1 {
			t.Errorf("Cut again = batch %d %s, want batch 1 %s", again.Number, again.SHA256, first.SHA256)
		}
		if _, err := s.answer(purchase.Batch{Number: 1, SHA256: "other"}); !errors.Is(err, ErrOtherBytes) {
			t.Errorf("receipt for other bytes: %v, want ErrOtherBytes", err)
		}
		if _, err := s.answer(purchase.Batch{Number: 2}); !errors.Is(err, ErrUnknown) {
			t.Errorf("receipt of an unknown batch: %v, want ErrUnknown", err)
		}
		for range 2 {
			refusals, err := s.answer(first,
				purchase.Result{Feed: "orders", Record: 1, Number: "A1", Result: purchase.Taken},
				purchase.Result{Feed: "orders", Record: 2, Number: "A2", Result: purchase.Refused, Code: purchase.ConflictRow})
			must(t, err)
			want := []purchase.Refusal{{RowRef: purchase.RowRef{Feed: purchase.Orders, Row: 2}, Code: purchase.ConflictRow}}
			if diff := cmp.Diff(want, refusals); diff != "" {
				t.Error(diff)
			}
		}
		second, _ := s.cut(2)
		if diff := cmp.Diff([]string{"orders A0", "orders A3"}, contents(t, second)); diff != "" || second.Number != 2 {
			t.Errorf("batch %d: %s", second.Number, diff)
		}
		if _, err := s.answer(second, purchase.Result{Feed: "orders", Record: 3, Result: purchase.Refused}); err == nil {
			t.Error("a receipt that refuses record 3 of 2 was taken")
		}
		entries, err := s.b.List(t.Context(), "acme", 0, 10)
		must(t, err)
		want := []Entry{
			{Number: 1, Created: slot, Run: 7, Records: 2, Taken: 1, Refused: 1, SHA256: first.SHA256, Size: first.Size, Answered: true, Answer: slot},
			{Number: 2, Created: slot, Run: 7, Records: 2, SHA256: second.SHA256, Size: second.Size},
		}
		if diff := cmp.Diff(want, entries); diff != "" {
			t.Error(diff)
		}
	})
}

// Cut off after its records were chosen, a batch is made of the same ones.
func TestCutOff(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := newShop(t, db)
		s.accept(order("A2", day), order("A3", day))
		broken := func(context.Context, string, []purchase.RowRef) ([]formats.BatchRecord, error) {
			return nil, io.ErrUnexpectedEOF
		}
		_, _, err := s.b.Cut(t.Context(), Cut{Merchant: "acme", Created: slot, Max: 10}, broken)
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("Cut = %v, want the error of the lookup", err)
		}
		s.accept(order("A1", day))
		b, found, err := s.b.Cut(t.Context(), Cut{Merchant: "acme", Created: slot.Add(time.Hour), Max: 10}, s.lookup)
		must(t, err)
		if diff := cmp.Diff([]string{"orders A2", "orders A3"}, contents(t, b)); diff != "" || !found || !b.Created.Equal(slot) {
			t.Errorf("batch %d of %s: %s", b.Number, b.Created, diff)
		}
	})
}

// The number of statements does not grow with the records of a page, and the
// bytes of a batch depend on nothing but its records.
func TestStatements(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		var counts []int64
		for _, n := range []int{1, page - 1} {
			s := newShop(t, databasetest.Open(t, db.Engine()))
			var orders []purchase.Record
			for i := range n {
				orders = append(orders, order(fmt.Sprintf("A%05d", i), day))
			}
			s.accept(orders...)
			before := s.db.Statements()
			b, _ := s.cut(50_000)
			counts = append(counts, s.db.Statements()-before)
			if got := len(contents(t, b)); got != n {
				t.Errorf("%d records in the batch, want %d", got, n)
			}
		}
		if counts[0] != counts[1] {
			t.Errorf("%d statements for one record, %d for %d", counts[0], counts[1], page-1)
		}
	})
}
