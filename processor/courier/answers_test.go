package courier_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// kinds are the documents after a position, as number:kind.
func (b *bench) kinds(after int64) string {
	b.t.Helper()
	var all []string
	for d, err := range (courier.Far{Courier: b.c}).Documents(b.t.Context(), merchant, after) {
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, string(rune('0'+d.Position))+":"+formats.KindOf(d))
	}
	return strings.Join(all, " ")
}

func (b *bench) tell(through time.Time) {
	b.t.Helper()
	l := b.link()
	if err := b.c.Tell(b.t.Context(), merchant, formats.Turn{Merchant: merchant, Through: through, Next: through.Add(5 * time.Minute), Have: l.Told.Have}); err != nil {
		b.t.Fatal(err)
	}
}

// Answers are taken in the order of their numbers, whatever their names, and stay
// in out/ until our turn says that they came.
func TestAnswersInOrder(t *testing.T) {
	each(t, func(b *bench) {
		t := b.t
		first, one := receipt(t, 1, 1)
		second, two := states(t, 2, "R-1")
		third, three := receipt(t, 3, 2)
		b.put(courier.Out, third, three)
		b.put(courier.Out, second, two)
		if err := b.c.TakeAnswers(t.Context(), merchant, b.r); err != nil || b.kinds(0) != "" {
			t.Fatalf("TakeAnswers = %v, documents %q; want none before the first", err, b.kinds(0))
		}
		if diff := cmp.Diff([]courier.Alarm{{Kind: courier.AlarmGap, Number: 1}}, b.alarms(slot(0))); diff != "" {
			t.Errorf("alarms differ (-want +got):\n%s", diff)
		}
		b.put(courier.Out, first, one)
		if err := b.c.TakeAnswers(t.Context(), merchant, b.r); err != nil || b.kinds(0) != "1:receipt 2:states 3:receipt" || b.kinds(2) != "3:receipt" {
			t.Fatalf("TakeAnswers = %v, documents %q; want all three", err, b.kinds(0))
		}
		if got := b.alarms(slot(0)); len(got) != 0 || b.lies(courier.Out) == "" {
			t.Errorf("alarms %v, in out/ %q; want none, and all there before our first turn", got, b.lies(courier.Out))
		}
		b.tell(slot(1))
		if err := b.c.TakeAnswers(t.Context(), merchant, b.r); err != nil || b.lies(courier.Out) != "" {
			t.Errorf("TakeAnswers = %v, in out/ %q; want nothing when our turn says what came", err, b.lies(courier.Out))
		}
		if l := b.link(); l.Told.Have != 3 || !l.Put || b.lies(courier.In) != "T20261002T100500Z_acme.json" {
			t.Errorf("our turn is %+v, in in/ %q; want 3 answers, and put", l.Told, b.lies(courier.In))
		}
		b.put(courier.Out, first, one)
		if err := b.c.TakeAnswers(t.Context(), merchant, b.r); err != nil || b.lies(courier.Out) != "" || b.kinds(3) != "" {
			t.Errorf("an answer that comes again: %v, in out/ %q, documents %q; want no effect", err, b.lies(courier.Out), b.kinds(3))
		}
	})
}

func TestAnswersWrong(t *testing.T) {
	second, two := states(t, 2, "R-1")
	tests := []struct {
		name    string
		file    string
		content []byte
		kind    string
		number  int64
	}{
		{"cut off", second, two[:len(two)-9], courier.AlarmDamaged, 2},
		{"under another number", "A000002_acme.states.json", func() []byte { _, c := states(t, 5, "R-1"); return c }(), courier.AlarmDamaged, 2},
		{"with a number that was taken", "A000001_acme.states.json", func() []byte { _, c := states(t, 1, "R-1999"); return c }(), courier.AlarmReused, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(b *bench) {
				t := b.t
				name, content := states(t, 1, "R-1")
				b.put(courier.Out, name, content)
				b.tell(slot(1))
				if err := b.c.TakeAnswers(t.Context(), merchant, b.r); err != nil {
					t.Fatal(err)
				}
				b.put(courier.Out, tt.file, tt.content)
				if err := b.c.TakeAnswers(t.Context(), merchant, b.r); err == nil {
					t.Error("TakeAnswers says nothing")
				}
				if diff := cmp.Diff([]courier.Alarm{{Kind: tt.kind, Number: tt.number}}, b.alarms(slot(0))); diff != "" || b.kinds(1) != "" {
					t.Errorf("documents %q, alarms differ (-want +got):\n%s", b.kinds(1), diff)
				}
				if tt.kind == courier.AlarmReused {
					return // only a person can mend it
				}
				b.lose(courier.Out, tt.file)
				b.put(courier.Out, second, two)
				if err := b.c.TakeAnswers(t.Context(), merchant, b.r); err != nil || b.kinds(1) != "2:states" || len(b.alarms(slot(0))) != 0 {
					t.Errorf("the right one: %v, documents %q, alarms %v; want it taken", err, b.kinds(1), b.alarms(slot(0)))
				}
			})
		})
	}
}

// Our answers have numbers without gaps; what the merchant does not have and does
// not lie in out/ is missing.
func TestSentAndMissing(t *testing.T) {
	each(t, func(b *bench) {
		t := b.t
		send := func(number int64) error {
			name, content := states(t, number, "R-1")
			b.put(courier.Out, name, content)
			return b.db.Write(t.Context(), func(tx *database.Tx) error {
				a := formats.Answer{Merchant: merchant, Number: number, Document: purchase.Document{States: &purchase.States{}}}
				return b.c.Sent(t.Context(), tx, a, spool.Stored{SHA256: strings.Repeat("b", 64)}, slot(1))
			})
		}
		if err := errors.Join(send(1), send(2)); err != nil {
			t.Fatal(err)
		}
		if err := send(4); err == nil {
			t.Error("answer 4 follows answer 2 without an error")
		}
		missing := func(want string) {
			t.Helper()
			names, err := b.c.Missing(t.Context(), merchant, b.r)
			if got := strings.Join(names, " "); got != want || err != nil {
				t.Errorf("Missing = %q, %v; want %q", got, err, want)
			}
		}
		missing("")
		b.lose(courier.Out, "A000001_acme.states.json")
		b.lose(courier.Out, "A000002_acme.states.json")
		missing("A000001_acme.states.json A000002_acme.states.json")
		b.turn(courier.In, formats.Turn{Through: slot(1), Next: slot(2), Have: 1})
		b.take()
		missing("A000002_acme.states.json")
	})
}

// The latest turn counts, whatever lies beside it, and one of ours that was lost
// is put again.
func TestTurns(t *testing.T) {
	each(t, func(b *bench) {
		t := b.t
		b.turn(courier.In, formats.Turn{Through: slot(2), Next: slot(3), Last: 4, Have: 2})
		b.turn(courier.In, formats.Turn{Through: slot(1), Next: slot(2), Last: 3, Have: 1})
		b.take()
		want := formats.Turn{Merchant: merchant, Through: slot(2), Next: slot(3), Last: 4, Have: 2}
		if diff := cmp.Diff(want, b.link().Heard); diff != "" {
			t.Errorf("heard differs (-want +got):\n%s", diff)
		}
		for n := 1; n <= 2; n++ {
			b.tell(slot(n))
			b.take()
		}
		if got := b.lies(courier.Out); got != "T20261002T101000Z_acme.json" {
			t.Errorf("in out/ lies %q; want our last turn only", got)
		}
		b.lose(courier.Out, "T20261002T101000Z_acme.json")
		b.take()
		if got := b.lies(courier.Out); got != "T20261002T101000Z_acme.json" {
			t.Errorf("in out/ lies %q; want our turn again", got)
		}
		b.tell(slot(1))
		if l := b.link(); !l.Told.Through.Equal(slot(2)) {
			t.Errorf("our turn went back to %v", l.Told.Through)
		}
	})
}

// A run waits as long as agreed, and no longer until the other side is heard.
func TestWaits(t *testing.T) {
	each(t, func(b *bench) {
		t := b.t
		waits := func(want bool) {
			t.Helper()
			if got, err := b.c.Waits(t.Context(), merchant); got != want || err != nil {
				t.Errorf("at %v Waits = %t, %v; want %t", b.now, got, err, want)
			}
		}
		waits(true)
		b.now = b.now.Add(2*time.Minute - time.Second)
		waits(true)
		b.now = b.now.Add(time.Second)
		waits(false)
		if diff := cmp.Diff([]courier.Alarm{{Kind: courier.AlarmSilent}}, b.alarms(slot(0))); diff != "" {
			t.Errorf("alarms differ (-want +got):\n%s", diff)
		}
		b.now = b.now.Add(time.Hour)
		waits(false)
		b.turn(courier.In, formats.Turn{Through: slot(1), Next: slot(2)})
		b.take()
		waits(true)
		if got := b.alarms(slot(2).Add(2 * time.Minute)); len(got) != 0 {
			t.Errorf("alarms %v though its next slot is not overdue", got)
		}
		if got := b.alarms(slot(2).Add(2*time.Minute + time.Second)); len(got) != 1 || got[0].Kind != courier.AlarmSilent {
			t.Errorf("alarms %v; want SILENT when the promised slot is overdue", got)
		}
	})
}

// What cannot be read as a turn is told, and changes nothing.
func TestTurnWrong(t *testing.T) {
	each(t, func(b *bench) {
		t := b.t
		b.put(courier.In, "T20261002T100500Z_acme.json", bytes.Repeat([]byte("x"), 20))
		if _, err := b.c.TakeBatches(t.Context(), merchant, "EUR", b.r); !errors.Is(err, formats.ErrAnswer) {
			t.Errorf("TakeBatches = %v; want %v", err, formats.ErrAnswer)
		}
		if l := b.link(); !l.Heard.Through.IsZero() {
			t.Errorf("heard %+v of it", l.Heard)
		}
	})
}

func TestVerify(t *testing.T) {
	each(t, func(b *bench) {
		t := b.t
		b.put(courier.In, "B000001_acme.zip", zip(t, merchant, 1, cancellation("C-1")))
		b.take()
		if broken, err := b.c.Verify(t.Context(), merchant); err != nil || len(broken) != 0 {
			t.Errorf("Verify = %q, %v; want nothing", broken, err)
		}
		err := b.db.Write(t.Context(), func(tx *database.Tx) error {
			_, err := tx.Exec(t.Context(), "UPDATE courier_files SET number = 3, sha256 = ? WHERE number = 1", strings.Repeat("c", 64))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if broken, err := b.c.Verify(t.Context(), merchant); err != nil || len(broken) != 2 {
			t.Errorf("Verify = %q, %v; want a gap and missing bytes", broken, err)
		}
	})
}
