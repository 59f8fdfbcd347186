package outbox_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/spool"
)

func TestVerify(t *testing.T) {
	each(t, func(b *bench) {
		b.mustAdd(ack("good.csv"), "good")
		b.mustAdd(ack("bad.csv"), "bad")
		if err := b.box.Verify(b.t.Context(), "acme"); err != nil {
			b.t.Errorf("Verify = %v; want nil", err)
		}
		b.addStored(ack("lost.csv"), spool.Stored{SHA256: strings.Repeat("0", 64), Size: 3})
		sum := b.entry("bad.csv").SHA256
		if err := os.WriteFile(filepath.Join(b.spoolDir, sum[:2], sum), []byte("BAD"), 0o600); err != nil {
			b.t.Fatal(err)
		}
		err := b.box.Verify(b.t.Context(), "acme")
		if err == nil || !strings.Contains(err.Error(), "out/ack/bad.csv") || !strings.Contains(err.Error(), "out/ack/lost.csv") || strings.Contains(err.Error(), "good.csv") {
			b.t.Errorf("Verify = %v; want it to name bad.csv and lost.csv", err)
		}
	})
}
