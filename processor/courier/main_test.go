package courier_test

import (
	"bytes"
	"context"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
	"github.com/kontor-exchange/kontor/schedules"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

const merchant = "acme"

// slot is a transmit slot, the n-th of the day.
func slot(n int) time.Time { return time.Date(2026, 10, 2, 10, 5*n, 0, 0, time.UTC) }

// day is that of the records.
var day = schedules.DateOf(slot(0))

// A bench is one side's courier, and the merchant's home at the provider.
type bench struct {
	t    *testing.T
	db   *database.DB
	now  time.Time
	c    *courier.Courier
	home string
	r    remote.Remote
}

func each(t *testing.T, f func(b *bench)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		if err := db.Migrate(t.Context(), courier.Migrations()); err != nil {
			t.Fatal(err)
		}
		s, err := spool.Open(filepath.Join(t.TempDir(), "spool"))
		if err != nil {
			t.Fatal(err)
		}
		b := &bench{t: t, db: db, now: slot(0), home: t.TempDir()}
		b.c = courier.New(db, s, func() time.Time { return b.now }, 2*time.Minute)
		if b.r, err = remote.Open(t.Context(), remote.Config{URL: "dir:" + b.home}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			for _, c := range []io.Closer{b.r, s} {
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			}
		})
		f(b)
	})
}

// put lets the other side put a file.
func (b *bench) put(folder, name string, content []byte) {
	b.t.Helper()
	if err := b.r.Put(b.t.Context(), folder, name, int64(len(content)), bytes.NewReader(content)); err != nil {
		b.t.Fatal(err)
	}
}

// lose takes a file away.
func (b *bench) lose(folder, name string) {
	b.t.Helper()
	if err := os.Remove(filepath.Join(b.home, folder, name)); err != nil {
		b.t.Fatal(err)
	}
}

// lies lists what lies in a folder.
func (b *bench) lies(folder string) string {
	b.t.Helper()
	files, err := b.r.List(b.t.Context(), folder)
	if err != nil {
		b.t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

// alarms are the kinds and numbers of what is wrong.
func (b *bench) alarms(at time.Time) (all []courier.Alarm) {
	b.t.Helper()
	told, err := b.c.Alarms(b.t.Context(), merchant, at)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, a := range told {
		if a.Text == "" || a.Since.IsZero() {
			b.t.Errorf("alarm %+v does not say what it is", a)
		}
		all = append(all, courier.Alarm{Kind: a.Kind, Number: a.Number, Code: a.Code})
	}
	return all
}

func (b *bench) turn(folder string, t formats.Turn) {
	b.t.Helper()
	var w bytes.Buffer
	t.Merchant = merchant
	if err := formats.WriteTurn(&w, t); err != nil {
		b.t.Fatal(err)
	}
	b.put(folder, formats.TurnName(merchant, t.Through), w.Bytes())
}

func (b *bench) link() courier.Link {
	b.t.Helper()
	l, err := b.c.Link(b.t.Context(), merchant)
	if err != nil {
		b.t.Fatal(err)
	}
	return l
}

// zip is a batch that carries records.
func zip(t *testing.T, whose string, number int64, records ...purchase.Record) []byte {
	t.Helper()
	var w bytes.Buffer
	z := formats.NewBatchZip(&w, formats.Manifest{Merchant: whose, Number: number, Created: slot(int(number))})
	for _, r := range records {
		if err := z.Write(r, purchase.Source{SHA256: strings.Repeat("0", 64), Name: "x.csv", Row: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func cancellation(number string) purchase.Record {
	return purchase.Cancellation{CancelNo: number, OrderNo: "A-1", CancelledOn: day}
}

// states is an answer with one claim.
func states(t *testing.T, number int64, invoice string) (name string, content []byte) {
	t.Helper()
	return answer(t, formats.Answer{Merchant: merchant, Number: number, Document: purchase.Document{At: slot(1), States: &purchase.States{
		Merchant: merchant, Currency: "EUR",
		Claims: func(context.Context) iter.Seq2[purchase.ClaimState, error] {
			return func(yield func(purchase.ClaimState, error) bool) {
				yield(purchase.ClaimState{InvoiceNo: invoice, State: "OPEN"}, nil)
			}
		},
	}}})
}

// receipt is the answer to a batch.
func receipt(t *testing.T, number, batch int64) (name string, content []byte) {
	t.Helper()
	r := purchase.Receipt{Merchant: merchant, Number: batch, SHA256: strings.Repeat("a", 64), Taken: slot(1)}.In(purchase.ReceiptPart{
		Results: []purchase.Result{{Feed: "cancellations", Record: 1, Number: "C-1", Result: purchase.Taken}}, Decisions: []purchase.Decision{},
	})
	return answer(t, formats.Answer{Merchant: merchant, Number: number, Document: purchase.Document{At: slot(1), Receipt: &r}})
}

func answer(t *testing.T, a formats.Answer) (name string, content []byte) {
	t.Helper()
	var w bytes.Buffer
	if err := formats.WriteAnswer(t.Context(), &w, a); err != nil {
		t.Fatal(err)
	}
	return a.Name(), w.Bytes()
}
