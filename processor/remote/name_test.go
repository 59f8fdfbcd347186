package remote_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
)

func countingDial(dial func(context.Context, string, string) (net.Conn, error), n *int) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		*n++
		return dial(ctx, network, address)
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"orders_1.csv", "x.csv.done", "x.csv.sha256", "Aufträge.csv", "a b.csv", "x.tmp.csv", strings.Repeat("x", 255)} {
		if err := remote.CheckName(name); err != nil {
			t.Errorf("CheckName(%q) = %v; want nil", name, err)
		}
	}
	for _, name := range remotetest.RefusedNames() {
		if err := remote.CheckName(name); !errors.Is(err, remote.ErrName) {
			t.Errorf("CheckName(%q) = %v; want ErrName", name, err)
		}
	}
}

// A name that passes can be made in any folder, and stays in it.
func FuzzCheckName(f *testing.F) {
	for _, name := range append(remotetest.RefusedNames(), "orders.csv", "x.csv.done", "ä", "CON", "a:b") {
		f.Add(name)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, name string) {
		if remote.CheckName(name) != nil {
			return
		}
		if !utf8.ValidString(name) || remote.Temporary(name) || filepath.Base(name) != name || !filepath.IsLocal(name) {
			t.Fatalf("CheckName(%q) = nil", name)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatalf("the name %q passed and cannot be made: %v", name, err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	})
}
