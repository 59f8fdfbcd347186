package courier_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// take takes batches, and returns those that came again.
func (b *bench) take() []int64 {
	b.t.Helper()
	again, err := b.c.TakeBatches(b.t.Context(), merchant, "EUR", b.r)
	if err != nil {
		b.t.Fatal(err)
	}
	return again
}

// next is the number of the batch that the provider is to get; 0 for none.
func (b *bench) next() int64 {
	b.t.Helper()
	batch, found, err := b.c.NextBatch(b.t.Context(), merchant)
	if err != nil {
		b.t.Fatal(err)
	}
	if found && !batch.Created.Equal(slot(int(batch.Number))) {
		b.t.Errorf("batch %d was created at %v; want the time of its manifest", batch.Number, batch.Created)
	}
	return batch.Number
}

// Batches are taken in the order of their numbers; what comes after a gap waits
// where it is, and the gap is told until it is filled.
func TestBatchesInOrder(t *testing.T) {
	each(t, func(b *bench) {
		t := b.t
		b.put(courier.In, "B000002_acme.zip", zip(t, merchant, 2, cancellation("C-2")))
		b.put(courier.In, "B000001_beta.zip", zip(t, "beta", 1, cancellation("C-1")))
		b.take()
		if diff := cmp.Diff([]courier.Alarm{{Kind: courier.AlarmGap, Number: 1}}, b.alarms(slot(0))); diff != "" || b.next() != 0 {
			t.Errorf("with a gap the next batch is %d and the alarms differ (-want +got):\n%s", b.next(), diff)
		}
		b.put(courier.In, "B000001_acme.zip", zip(t, merchant, 1, cancellation("C-1")))
		b.take()
		for _, want := range []int64{1, 2, 0} {
			if got := b.next(); got != want {
				t.Fatalf("the next batch is %d; want %d", got, want)
			}
			if err := b.c.HandedOver(t.Context(), purchase.Batch{Merchant: merchant, Number: want}); err != nil {
				t.Fatal(err)
			}
		}
		if got := b.alarms(slot(0)); len(got) != 0 {
			t.Errorf("alarms %v when the gap is filled; want none", got)
		}
	})
}

// A batch lies in in/ until its receipt can be seen. One that comes again after
// that asks for the receipt, and one with other bytes is refused.
func TestBatchAgain(t *testing.T) {
	each(t, func(b *bench) {
		t := b.t
		first := zip(t, merchant, 1, cancellation("C-1"))
		b.put(courier.In, "B000001_acme.zip", first)
		b.take()
		if again := b.take(); len(again) != 0 || b.lies(courier.In) != "B000001_acme.zip" {
			t.Errorf("before its receipt the batch came again as %v, and there lies %q", again, b.lies(courier.In))
		}
		if err := b.c.HandedOver(t.Context(), purchase.Batch{Merchant: merchant, Number: 1}); err != nil {
			t.Fatal(err)
		}
		if err := b.c.Clear(t.Context(), merchant, 1, b.r); err != nil || b.lies(courier.In) != "" {
			t.Fatalf("Clear: %v, there lies %q; want nothing", err, b.lies(courier.In))
		}
		b.put(courier.In, "B000001_acme.zip", first)
		if again := b.take(); !slices.Equal(again, []int64{1}) || b.lies(courier.In) != "" {
			t.Errorf("the same batch came again as %v, and there lies %q; want 1 and nothing", again, b.lies(courier.In))
		}
		b.put(courier.In, "B000001_acme.zip", zip(t, merchant, 1, cancellation("C-9")))
		if again := b.take(); len(again) != 0 {
			t.Errorf("a batch with other bytes came again as %v", again)
		}
		b.refused(1, purchase.ConflictRow)
	})
}

// refused checks that a batch is refused with a code: told here and to the merchant,
// out of in/, and never handed to the provider.
func (b *bench) refused(number int64, code purchase.Code) {
	b.t.Helper()
	if diff := cmp.Diff([]courier.Alarm{{Kind: courier.AlarmRefused, Number: number, Code: code}}, b.alarms(slot(0))); diff != "" {
		b.t.Errorf("alarms differ (-want +got):\n%s", diff)
	}
	text, err := os.ReadFile(filepath.Join(b.home, courier.Out, formats.AnswerName(merchant, number, formats.AnswerRefused)))
	if err != nil {
		b.t.Fatal(err)
	}
	note, err := formats.ReadRefused(bytes.NewReader(text))
	if err != nil || note.Code != code || note.Number != number {
		b.t.Errorf("the merchant is told %+v, %v; want code %s", note, err, code)
	}
	if lies := b.lies(courier.In); lies != "" || b.next() != 0 {
		b.t.Errorf("%q lies in in/ and batch %d is next; want neither", lies, b.next())
	}
}

func TestBatchesRefused(t *testing.T) {
	invoice := purchase.Invoice{InvoiceNo: "R-1", OrderNo: "A-1", InvoiceDate: day, Currency: "CHF", Gross: 100}
	payment := purchase.Payment{PaymentID: "P-1", Account: "DE02120300000000202051", BookedOn: day, Amount: 100, Currency: "EUR"}
	whole := zip(t, merchant, 1, cancellation("C-1"))
	tests := []struct {
		name    string
		content []byte
		code    purchase.Code
	}{
		{"of another merchant", zip(t, "beta", 1, cancellation("C-1")), purchase.FileNotYours},
		{"of another number", zip(t, merchant, 7, cancellation("C-1")), purchase.FileNotYours},
		{"with payments", zip(t, merchant, 1, payment), purchase.FileNotYours},
		{"with commands", zip(t, merchant, 1, purchase.Command{CommandNo: "O-1", Kind: purchase.Decide, Subject: "A-1", Argument: "ACCEPTED", Day: day}), purchase.FileNotYours},
		{"in another currency", zip(t, merchant, 1, invoice), purchase.WrongCurrency},
		{"cut off", whole[:len(whole)-30], purchase.FileTruncated},
		{"no zip", []byte("orders"), purchase.FileTruncated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(b *bench) {
				t := b.t
				b.put(courier.In, "B000001_acme.zip", tt.content)
				b.take()
				b.refused(1, tt.code)
				// A mended one takes its place.
				b.put(courier.In, "B000001_acme.zip", whole)
				b.take()
				if got := b.alarms(slot(0)); b.next() != 1 || len(got) != 0 {
					t.Errorf("after a right batch the next one is %d with alarms %v; want 1 and none", b.next(), got)
				}
			})
		})
	}
}

// A batch without receipt that lies no longer in in/ was lost; a refused one is
// put again after a while only.
func TestLost(t *testing.T) {
	each(t, func(b *bench) {
		t := b.t
		batch := purchase.Batch{Merchant: merchant, Number: 1, Created: slot(1)}
		lost := func(want bool) {
			t.Helper()
			if got, err := b.c.Lost(t.Context(), batch, slot(0), b.r); got != want || err != nil {
				t.Errorf("Lost = %t, %v; want %t", got, err, want)
			}
		}
		b.put(courier.In, "B000001_acme.zip", []byte("zip"))
		lost(false)
		b.lose(courier.In, "B000001_acme.zip")
		lost(true)
		var note bytes.Buffer
		sum := "00000000000000000000000000000000000000000000000000000000000000aa"
		if err := formats.WriteRefused(&note, formats.Refused{Merchant: merchant, Number: 1, SHA256: sum, Code: purchase.ConflictRow, Text: "other bytes"}); err != nil {
			t.Fatal(err)
		}
		b.put(courier.Out, "B000001_acme.refused.json", note.Bytes())
		if err := b.c.TakeAnswers(t.Context(), merchant, b.r); err != nil || b.lies(courier.Out) != "" {
			t.Fatalf("TakeAnswers = %v, there lies %q; want nothing", err, b.lies(courier.Out))
		}
		lost(false)
		b.now = slot(1)
		lost(true)
	})
}
