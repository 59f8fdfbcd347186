package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
)

func (b *bench) addStored(f outbox.File, stored spool.Stored) {
	b.t.Helper()
	err := b.db.Write(b.t.Context(), func(tx *database.Tx) error { return b.box.Add(b.t.Context(), tx, f, stored) })
	if err != nil {
		b.t.Fatal(err)
	}
}

// addMany adds n acknowledgements in one transaction.
func (b *bench) addMany(n int, stored spool.Stored) {
	b.t.Helper()
	err := b.db.Write(b.t.Context(), func(tx *database.Tx) error {
		for i := range n {
			if err := b.box.Add(b.t.Context(), tx, ack(fmt.Sprintf("%d.csv", i)), stored); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// A put that fails, before or after it took effect, is made again with the same
// bytes, and then booked once.
func TestFault055DeliverAfterAFailedPut(t *testing.T) {
	cut := errors.New("connection lost")
	tests := []struct {
		name string
		set  func(f *faulty, failing func(string) error)
	}{
		{"before the effect", func(f *faulty, failing func(string) error) { f.before = failing }},
		{"after the effect", func(f *faulty, failing func(string) error) { f.after = failing }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(b *bench) {
				f := &faulty{Remote: b.remote[outbox.ERP]}
				b.remote[outbox.ERP] = f
				tt.set(f, func(name string) error {
					if name == "b.csv" && len(f.put[name]) < 3 {
						return cut
					}
					return nil
				})
				for _, name := range []string{"a.csv", "b.csv", "c.csv"} {
					b.mustAdd(ack(name), "bytes of "+name)
				}
				for range 2 {
					if err := b.deliver(); !errors.Is(err, cut) {
						b.t.Errorf("Deliver = %v; want %v", err, cut)
					}
				}
				b.wantBooked("a.csv c.csv")
				if e := b.entry("b.csv"); e.Tries != 2 || !e.Waits || e.Error != cut.Error() || !e.Tried.Equal(b.now) {
					b.t.Errorf("entry %+v; want two failed tries with their error", e)
				}
				for range 2 {
					if err := b.deliver(); err != nil {
						b.t.Fatal(err)
					}
				}
				b.wantBooked("a.csv c.csv b.csv")
				b.wantFile(outbox.ERP, "out/ack/b.csv", "bytes of b.csv")
				for i, got := range f.put["b.csv"] {
					if string(got) != "bytes of b.csv" {
						b.t.Errorf("try %d put %q; want the same bytes on every repeat", i+1, got)
					}
				}
				if len(f.put["b.csv"]) != 3 {
					b.t.Errorf("b.csv was put %d times; want 3", len(f.put["b.csv"]))
				}
			})
		})
	}
}

// What follows from a delivery is booked with its mark or not at all.
func TestDeliverCallbackFails(t *testing.T) {
	each(t, func(b *bench) {
		ctx := b.t.Context()
		b.mustAdd(ack("a.csv"), "x")
		full := errors.New("disk full")
		err := b.box.Deliver(ctx, "acme", b.to, func(context.Context, *database.Tx, outbox.Delivered) error { return full })
		if !errors.Is(err, full) {
			b.t.Errorf("Deliver = %v; want %v", err, full)
		}
		if e := b.entry("a.csv"); !e.Waits || e.Deliveries != 0 {
			b.t.Errorf("entry %+v; want it waiting", e)
		}
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		b.wantBooked("a.csv")
		b.wantFile(outbox.ERP, "out/ack/a.csv", "x")
	})
}

// A target that does not answer is asked once, and stops no other target.
func TestDeliverDeadTarget(t *testing.T) {
	each(t, func(b *bench) {
		dead := &faulty{Remote: b.remote[outbox.Letters], dead: true}
		b.remote[outbox.Letters] = dead
		for i := range 5 {
			b.mustAdd(letter(fmt.Sprintf("l%d.json", i)), "letter")
			b.mustAdd(ack(fmt.Sprintf("a%d.csv", i)), "ack")
		}
		if err := b.deliver(); err == nil {
			b.t.Error("Deliver = nil; want that the letters could not be delivered")
		}
		b.wantBooked("a0.csv a1.csv a2.csv a3.csv a4.csv")
		if len(dead.put) != 1 {
			b.t.Errorf("the dead target was tried with %d files; want 1", len(dead.put))
		}
		dead.dead = false
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		b.wantBooked("a0.csv a1.csv a2.csv a3.csv a4.csv l0.json l1.json l2.json l3.json l4.json")
	})
}

// A target that cannot even be opened stays with its error.
func TestDeliverTargetNotOpened(t *testing.T) {
	each(t, func(b *bench) {
		delete(b.remote, outbox.Bank)
		transfer := letter("t.xml")
		transfer.Target = outbox.Bank
		b.mustAdd(transfer, "x")
		b.mustAdd(ack("a.csv"), "x")
		if err := b.deliver(); err == nil {
			b.t.Error("Deliver = nil; want an error")
		}
		b.wantBooked("a.csv")
		if e := b.entry("t.xml"); e.Error != "no such target" || e.Tries != 1 {
			b.t.Errorf("entry %+v; want its error", e)
		}
	})
}

// Fault 59: a name in use by somebody else is never overwritten.
func TestFault059DeliverOntoAnother(t *testing.T) {
	each(t, func(b *bench) {
		folder := filepath.Join(b.dirs[outbox.ERP], "out", "ack")
		if err := os.MkdirAll(folder, 0o755); err != nil {
			b.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "a.csv"), []byte("theirs"), 0o600); err != nil {
			b.t.Fatal(err)
		}
		b.mustAdd(ack("a.csv"), "ours")
		b.mustAdd(ack("b.csv"), "ours")
		if err := b.deliver(); !errors.Is(err, remote.ErrExists) {
			b.t.Errorf("Deliver = %v; want ErrExists", err)
		}
		b.wantFile(outbox.ERP, "out/ack/a.csv", "theirs")
		b.wantBooked("b.csv")
	})
}

// When time is up, nothing more is begun and nothing is lost.
func TestDeliverCancelled(t *testing.T) {
	each(t, func(b *bench) {
		ctx, cancel := context.WithCancel(b.t.Context())
		defer cancel()
		f := &faulty{Remote: b.remote[outbox.ERP], after: func(string) error { cancel(); return ctx.Err() }}
		b.remote[outbox.ERP] = f
		b.mustAdd(ack("a.csv"), "a")
		b.mustAdd(ack("b.csv"), "b")
		err := b.box.Deliver(ctx, "acme", b.to, func(context.Context, *database.Tx, outbox.Delivered) error { return nil })
		if !errors.Is(err, context.Canceled) {
			b.t.Errorf("Deliver = %v; want that it was cancelled", err)
		}
		if len(f.put) != 1 {
			b.t.Errorf("%d files were put; want 1", len(f.put))
		}
		f.after = nil
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		b.wantBooked("a.csv b.csv")
	})
}
