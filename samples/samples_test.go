package samples

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/schedules"
)

var update = flag.Bool("update", false, "rewrite golden files and exports")

// golden compares with a golden file, or rewrites it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func profile(t *testing.T, name string) *formats.Profile {
	t.Helper()
	p, ok := formats.Lookup(name)
	if !ok {
		t.Fatalf("no profile %s", name)
	}
	return p
}

// A fileOf is a generated file.
type fileOf struct {
	bytes.Buffer
	day    schedules.Date
	bank   bool
	name   string
	closed bool
}

func (f *fileOf) Close() error {
	f.closed = true
	return nil
}

// generate keeps all files in memory.
func generate(t *testing.T, o Options) []*fileOf {
	t.Helper()
	var files []*fileOf
	err := Generate(t.Context(), o, func(day schedules.Date, bank bool, name string) (io.WriteCloser, error) {
		for _, f := range files {
			if f.day != day && !f.closed {
				t.Errorf("%s of %s is still open on %s", f.name, f.day, day)
			}
		}
		files = append(files, &fileOf{day: day, bank: bank, name: name})
		return files[len(files)-1], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sum is the hash over names and contents of all files.
func sum(files []*fileOf) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s %t %s %d\n", f.day, f.bank, f.name, f.Len())
		h.Write(f.Bytes())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// everything is a small shop in which everything happens.
func everything(p *formats.Profile, seed uint64) Options {
	s := Typical()
	s.Messy, s.Again = 60, 100
	return Options{Orders: 900, Days: 70, Seed: seed, Profile: p, Shares: s}
}

// The same seed gives the same bytes for ever: users compare with what they
// got from an earlier version.
func TestGolden(t *testing.T) {
	var got bytes.Buffer
	for _, name := range []string{"kontor", "actindo"} {
		files := generate(t, everything(profile(t, name), 7))
		fmt.Fprintf(&got, "%s %d files %s\n", name, len(files), sum(files))
	}
	golden(t, "testdata/generate.golden", got.Bytes())
}

func TestSeed(t *testing.T) {
	o := everything(profile(t, "kontor"), 1)
	first, again := sum(generate(t, o)), sum(generate(t, o))
	if first != again {
		t.Errorf("seed 1 gave %s, then %s; want the same bytes", first, again)
	}
	o.Seed = 2
	if other := sum(generate(t, o)); other == first {
		t.Error("seed 2 gives the files of seed 1")
	}
}

// Nothing is kept per order: 3 bytes for each would be seen.
func TestMemory(t *testing.T) {
	few, many := live(t, 2_000), live(t, 200_000)
	if many > few+512<<10 {
		t.Errorf("200,000 orders hold %d bytes; want no more than 2,000 do, %d", many, few)
	}
}

// live returns the most memory that was in use when a file was opened, beyond
// what was in use before.
func live(t *testing.T, orders int) int64 {
	t.Helper()
	inUse := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before, most := inUse(), int64(0)
	o := Options{Orders: orders, Days: 4, Seed: 3, Profile: profile(t, "kontor")}
	err := Generate(t.Context(), o, func(schedules.Date, bool, string) (io.WriteCloser, error) {
		most = max(most, inUse()-before)
		return nowhere{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d orders hold %d bytes", orders, most)
	return most
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) Close() error                { return nil }

func TestOptions(t *testing.T) {
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"no days", Options{Orders: 1}, "days is 0, want 1 to 36500"},
		{"too many orders", Options{Orders: 2e9, Days: 1}, "orders is 2000000000, want 0 to 1000000000"},
		{"only quiet days", Options{Orders: 1, Days: 3, Quiet: 3}, "quiet days is 3, want 0 to less than the days"},
		{"long term", Options{Orders: 1, Days: 3, TermDays: 60}, "term days is 60, want 3 to 30"},
		{"share", Options{Orders: 1, Days: 3, Shares: Shares{Late: 1001}}, "share Late is 1001, want 0 to 1000 thousandths"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Generate(t.Context(), tt.o, nil)
			if err == nil || err.Error() != tt.want {
				t.Errorf("Generate(%+v) = %v; want %s", tt.o, err, tt.want)
			}
		})
	}
}

// Every day has its bank statement, if the bank was open, also without orders.
func TestNoOrders(t *testing.T) {
	var names []string
	for _, f := range generate(t, Options{Days: 5, Start: schedules.NewDate(2026, 12, 23)}) {
		names = append(names, f.name)
		if !f.bank || bytes.Count(f.Bytes(), []byte("\n")) != 1 {
			t.Errorf("%s: bank %t, %q; want a header in the bank's folder", f.name, f.bank, f.String())
		}
	}
	if diff := cmp.Diff([]string{"payments_20261223.csv", "payments_20261224.csv"}, names); diff != "" {
		t.Errorf("files over Christmas (-want +got):\n%s", diff)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	o := Options{Orders: 30, Days: 2, Seed: 5}
	if err := Write(t.Context(), o, dir); err != nil {
		t.Fatal(err)
	}
	for _, f := range generate(t, o) {
		folder := map[bool]string{true: "bank", false: "in"}[f.bank]
		got, err := os.ReadFile(filepath.Join(dir, f.day.String(), folder, f.name))
		if err != nil {
			t.Error(err)
		}
		if !bytes.Equal(got, f.Bytes()) {
			t.Errorf("%s/%s differs from what Generate gives", folder, f.name)
		}
	}
}

// What Write leaves behind when it stops are complete days.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "2026-10-02"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := Write(t.Context(), Options{Orders: 30, Days: 2}, dir)
	if err == nil || !strings.HasPrefix(err.Error(), "samples of 2026-10-02: ") {
		t.Errorf("Write over a file = %v; want the day at which it stopped", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "2026-10-01", "in", "orders_20261001.csv")); err != nil {
		t.Error(err)
	}
}

func TestCancelled(t *testing.T) {
	dir, reason := t.TempDir(), errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	if err := Write(ctx, Options{Orders: 30, Days: 2}, dir); !errors.Is(err, reason) {
		t.Errorf("Write with a cancelled context = %v; want %v", err, reason)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", "*", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
