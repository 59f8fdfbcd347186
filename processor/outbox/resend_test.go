package outbox_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
)

func (b *bench) resend(name string, dryRun bool) error {
	_, err := b.box.Resend(b.t.Context(), "acme", name, outbox.Request{Operator: "eva", Reason: "lost", DryRun: dryRun})
	return err
}

func TestResend(t *testing.T) {
	each(t, func(b *bench) {
		b.mustAdd(ack("a.csv"), "bytes")
		if err := b.resend("a.csv", false); !errors.Is(err, outbox.ErrWaits) {
			b.t.Errorf("Resend before delivery = %v; want ErrWaits", err)
		}
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(b.dirs[outbox.ERP], "out", "ack", "a.csv")); err != nil {
			b.t.Fatal(err)
		}
		if err := b.resend("out/ack/a.csv", true); err != nil {
			b.t.Fatal(err)
		}
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		b.wantGone(outbox.ERP, "out/ack/a.csv") // that was a dry run
		for n := int64(2); n <= 3; n++ {
			if err := b.resend("erp:out/ack/a.csv", false); err != nil {
				b.t.Fatal(err)
			}
			if err := b.deliver(); err != nil {
				b.t.Fatal(err)
			}
			b.wantFile(outbox.ERP, "out/ack/a.csv", "bytes")
			if e := b.entry("a.csv"); e.Deliveries != n || e.Waits {
				b.t.Errorf("entry %+v; want %d deliveries", e, n)
			}
		}
		if got := b.count("SELECT COUNT(*) FROM outbox_resend WHERE merchant = 'acme' AND operator = 'eva' AND reason = 'lost'"); got != 2 {
			b.t.Errorf("%d orders to resend are recorded; want 2", got)
		}
	})
}

func (b *bench) count(query string) (n int) {
	b.t.Helper()
	err := b.db.Read(b.t.Context(), func(tx *database.Tx) error { return tx.QueryRow(b.t.Context(), query).Scan(&n) })
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func TestResendRefuses(t *testing.T) {
	each(t, func(b *bench) {
		b.mustAdd(ack("a.csv"), "x")
		twice := ack("a.csv")
		twice.Folder = "out/payouts"
		b.mustAdd(twice, "y")
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		tests := []struct {
			name string
			want error
		}{
			{"a.csv", outbox.ErrAmbiguous},
			{"b.csv", outbox.ErrUnknown},
			{"", outbox.ErrUnknown},
			{"out/ack/", outbox.ErrUnknown},
			{"letters:out/ack/a.csv", outbox.ErrUnknown},
			{"out/ack/a.csv", nil},
		}
		for _, tt := range tests {
			if err := b.resend(tt.name, false); !errors.Is(err, tt.want) {
				b.t.Errorf("Resend(%q) = %v; want %v", tt.name, err, tt.want)
			}
		}
		if _, err := b.box.Resend(b.t.Context(), "acme", "out/payouts/a.csv", outbox.Request{Operator: "eva"}); err == nil {
			b.t.Error("Resend without a reason = nil; want an error")
		}
	})
}

func TestDeliveredAgain(t *testing.T) {
	each(t, func(b *bench) {
		var again []bool
		deliver := func() {
			b.t.Helper()
			err := b.box.Deliver(b.t.Context(), "acme", b.to, func(_ context.Context, _ *database.Tx, d outbox.Delivered) error {
				again = append(again, d.Again)
				return nil
			})
			if err != nil {
				b.t.Fatal(err)
			}
		}
		b.mustAdd(ack("a.csv"), "x")
		deliver()
		if err := b.resend("a.csv", false); err != nil {
			b.t.Fatal(err)
		}
		deliver()
		if len(again) != 2 || again[0] || !again[1] {
			b.t.Errorf("Delivered.Again was %v; want false, true", again)
		}
	})
}

func TestExpire(t *testing.T) {
	each(t, func(b *bench) {
		expire := func() error { return b.box.Expire(b.t.Context(), "acme", 90, b.to) }
		b.mustAdd(ack("old.csv"), "x")
		b.mustAdd(letter("old.json"), "x")
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		b.now = b.now.Add(time.Hour)
		b.mustAdd(ack("new.csv"), "x")
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		b.now = b.now.AddDate(0, 0, 90).Add(-time.Minute)
		f := &faulty{Remote: b.remote[outbox.ERP], dead: true}
		b.remote[outbox.ERP] = f
		if err := expire(); err == nil {
			b.t.Error("Expire on a dead target = nil; want an error")
		}
		f.dead = false
		if err := expire(); err != nil { // the dead one is tried again
			b.t.Fatal(err)
		}
		b.wantGone(outbox.ERP, "out/ack/old.csv")
		b.wantFile(outbox.ERP, "out/ack/new.csv", "x")
		b.wantFile(outbox.Letters, "old.json", "x")
		if err := b.resend("old.csv", false); err != nil {
			b.t.Fatal(err)
		}
		if err := errors.Join(b.deliver(), expire()); err != nil {
			b.t.Fatal(err)
		}
		b.wantFile(outbox.ERP, "out/ack/old.csv", "x") // for another 90 days
	})
}

// Fault 13: a removal that is refused is told once.
func TestFault013ExpireRefused(t *testing.T) {
	each(t, func(b *bench) {
		b.mustAdd(ack("a.csv"), "x")
		b.mustAdd(ack("b.csv"), "x")
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		b.now = b.now.AddDate(0, 0, 91)
		f := &faulty{Remote: b.remote[outbox.ERP], before: func(name string) error {
			if name == "a.csv" {
				return os.ErrPermission
			}
			return nil
		}}
		b.remote[outbox.ERP] = f
		if err := b.box.Expire(b.t.Context(), "acme", 90, b.to); !errors.Is(err, os.ErrPermission) {
			b.t.Errorf("Expire = %v; want the refusal", err)
		}
		b.wantGone(outbox.ERP, "out/ack/b.csv")
		if err := b.box.Expire(b.t.Context(), "acme", 90, b.to); err != nil {
			b.t.Errorf("Expire again = %v; want silence", err)
		}
		if e := b.entry("a.csv"); e.Error == "" || e.Removed.IsZero() {
			b.t.Errorf("entry %+v; want it given up with its error", e)
		}
	})
}
