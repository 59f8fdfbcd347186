package outbox_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
)

// A further version stands beside the one before, says what it supersedes and
// why, and is registered once.
func TestAddVersion(t *testing.T) {
	each(t, func(b *bench) {
		first, second := ack("a.csv"), ack("a_v2.csv")
		b.mustAdd(first, "one")
		stored, err := b.spool.Store(strings.NewReader("two"))
		if err != nil {
			b.t.Fatal(err)
		}
		want := outbox.Version{Number: 2, Supersedes: "a.csv", Operator: "eva", Reason: "a wrong address"}
		for range 2 {
			err := b.db.Write(b.t.Context(), func(tx *database.Tx) error { return b.box.AddVersion(b.t.Context(), tx, second, want, stored) })
			if err != nil {
				b.t.Fatal(err)
			}
		}
		if got, err := b.box.Version(b.t.Context(), second); got != want || err != nil {
			b.t.Errorf("Version(a_v2.csv) = %+v, %v; want %+v", got, err, want)
		}
		if got, err := b.box.Version(b.t.Context(), first); got != (outbox.Version{Number: 1}) || err != nil {
			b.t.Errorf("Version(a.csv) = %+v, %v; want the first", got, err)
		}
		if got := b.count("SELECT COUNT(*) FROM outbox_versions"); got != 1 {
			b.t.Errorf("%d versions are recorded; want 1", got)
		}
		if err := b.deliver(); err != nil {
			b.t.Fatal(err)
		}
		b.wantFile(outbox.ERP, "out/ack/a.csv", "one")
		b.wantFile(outbox.ERP, "out/ack/a_v2.csv", "two")
		other, err := b.spool.Store(strings.NewReader("three"))
		if err != nil {
			b.t.Fatal(err)
		}
		err = b.db.Write(b.t.Context(), func(tx *database.Tx) error { return b.box.AddVersion(b.t.Context(), tx, second, want, other) })
		if !errors.Is(err, outbox.ErrOtherBytes) {
			b.t.Errorf("AddVersion of other bytes under its name = %v; want ErrOtherBytes", err)
		}
	})
}
