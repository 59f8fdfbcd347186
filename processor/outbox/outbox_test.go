package outbox_test

import (
	"errors"
	"testing"

	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// X9: a name has one hash for ever.
func TestAddAgain(t *testing.T) {
	each(t, func(b *bench) {
		b.mustAdd(ack("a.csv"), "one")
		b.mustAdd(ack("a.csv"), "one")
		if err := b.add(ack("a.csv"), "two"); !errors.Is(err, outbox.ErrOtherBytes) {
			b.t.Errorf("Add of other bytes = %v; want ErrOtherBytes", err)
		}
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		b.mustAdd(ack("a.csv"), "one") // also when it has left
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		b.wantBooked("a.csv")
		b.wantFile(outbox.ERP, "out/ack/a.csv", "one")
	})
}

func TestAddRefuses(t *testing.T) {
	each(t, func(b *bench) {
		other := func(change func(*outbox.File)) outbox.File {
			f := ack("a.csv")
			change(&f)
			return f
		}
		tests := []struct {
			name string
			file outbox.File
		}{
			{"name with a folder", ack("../a.csv")},
			{"hidden name", ack(".a.csv")},
			{"name of an unfinished file", ack("a.csv.part")},
			{"no name", ack("")},
			{"unknown target", other(func(f *outbox.File) { f.Target = "home" })},
			{"no merchant", other(func(f *outbox.File) { f.Merchant = "" })},
			{"no kind", other(func(f *outbox.File) { f.Kind = "" })},
		}
		for _, tt := range tests {
			if err := b.add(tt.file, "x"); err == nil {
				b.t.Errorf("%s: Add(%+v) = nil; want an error", tt.name, tt.file)
			}
		}
		if entries, err := b.box.List(b.t.Context(), "acme", outbox.Filter{}); err != nil || len(entries) != 0 {
			b.t.Errorf("List = %v, %v; want none", entries, err)
		}
	})
}

func TestDeliverInOrder(t *testing.T) {
	each(t, func(b *bench) {
		for _, name := range []string{"c.csv", "a.csv", "b.csv"} {
			b.mustAdd(ack(name), name)
		}
		other := ack("z.csv")
		other.Merchant = "other"
		b.mustAdd(other, "not yours")
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		b.wantBooked("c.csv a.csv b.csv")
		b.wantGone(outbox.ERP, "out/ack/z.csv")
		e := b.entry("a.csv")
		if e.Waits || e.Deliveries != 1 || !e.Delivered.Equal(b.now) || e.Seq != 2 || e.Run != 1 || e.Subject != "7" {
			b.t.Errorf("entry %+v; want it delivered once, now, as the second", e)
		}
	})
}

// More files than are held in memory at once.
func TestDeliverManyPages(t *testing.T) {
	each(t, func(b *bench) {
		fs := &faulty{Remote: b.remote[outbox.ERP], before: func(string) error { return remote.ErrExists }}
		b.remote[outbox.ERP] = fs
		stored, err := b.spool.Bytes([]byte("x"))
		if err != nil {
			b.t.Fatal(err)
		}
		b.addMany(1201, stored)
		if err := b.deliver(); !errors.Is(err, remote.ErrExists) {
			b.t.Errorf("Deliver = %.80v; want the error of each file", err)
		}
		if len(fs.put) != 1201 {
			b.t.Errorf("%d files were tried; want 1201, each once", len(fs.put))
		}
	})
}

// Bytes that are missing in the spool are told, and stop no other file.
func TestDeliverWithoutBytes(t *testing.T) {
	each(t, func(b *bench) {
		lost := spool.Stored{SHA256: "00000000000000000000000000000000000000000000000000000000000000ff", Size: 3}
		b.addStored(ack("lost.csv"), lost)
		b.mustAdd(ack("there.csv"), "x")
		if err := b.deliver(); err == nil {
			b.t.Error("Deliver = nil; want the missing file")
		}
		b.wantBooked("there.csv")
		if e := b.entry("lost.csv"); !e.Waits || e.Tries != 1 || e.Error == "" {
			b.t.Errorf("entry %+v; want it waiting with one failed try", e)
		}
	})
}
