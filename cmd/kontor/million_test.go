package main

import (
	"context"
	"flag"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/samples"
	"github.com/kontor-exchange/kontor/schedules"
)

// orders is how many orders TestMemory runs; .ci/long says a million.
var orders = flag.Int("orders", 0, "how many `orders` TestMemory lets one run take (default 10000, short 1000)")

// maxResident is what a run may hold in memory, whatever the number of rows.
const maxResident = 256 << 20

const millionRun = "2026-10-01T20-00"

// simple drops that many orders with their shipments, all of one day.
func (g *stage) simple(t *testing.T, orders int) {
	t.Helper()
	o := samples.Options{Orders: orders, Days: 1, Seed: 1, Simple: true}
	err := samples.Generate(t.Context(), o, func(_ schedules.Date, _ bool, name string) (io.WriteCloser, error) {
		return os.Create(g.inbox(name))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func bulk() scenario {
	return scenario{Merchant: "acme", Settings: map[string]any{"invoice_from_shipments": true}, profile: "kontor"}
}

// A run of many orders with their shipments stays small.
func TestMemory(t *testing.T) {
	n, limit := *orders, int64(maxResident)
	switch {
	case n > 0:
	case testing.Short(): // which may be with the race detector, that needs several times as much
		n, limit = 1000, 8*maxResident
	default:
		n = 10_000
	}
	onBoth(t, func(t *testing.T, url string) {
		g := newStage(t, bulk(), url)
		g.simple(t, n)
		g.leave()
		used := g.command(t, "run", "--as-of", millionRun)
		t.Logf("%d orders: %v of processor time, %d MiB resident", n, used.UserTime()+used.SystemTime(), resident(used)>>20)
		if got := resident(used); got > limit {
			t.Errorf("run of %d orders held %d MiB in memory; want at most %d", n, got>>20, limit>>20)
		}
		g.open()
		if got := g.count(t, "intake_verdicts WHERE status = 'BOOKED'"); got != 2*int64(n) {
			t.Errorf("%d rows are booked; want %d", got, 2*n)
		}
		if got := g.count(t, "provider_claims WHERE activated_on <> ''"); got != int64(n) {
			t.Errorf("%d claims are active; want %d", got, n)
		}
	})
}

// resident is the peak of memory in bytes; Linux tells KiB.
func resident(s *os.ProcessState) int64 { return s.SysUsage().(*syscall.Rusage).Maxrss << 10 }

// command runs the program as a process of its own, which must end well.
func (g *stage) command(t *testing.T, args ...string) *os.ProcessState {
	t.Helper()
	c := exec.CommandContext(t.Context(), "kontor", append(args, "--config", g.config)...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("kontor %v: %v\n%s", args, err, out)
	}
	return c.ProcessState
}

// leave closes the exchange, for a process that wants it.
func (g *stage) leave() {
	g.t.Helper()
	if err := g.x.close(); err != nil {
		g.t.Fatal(err)
	}
	g.x = &exchange{}
}

func (g *stage) count(t *testing.T, from string) (n int64) {
	t.Helper()
	err := g.x.db.Read(context.Background(), func(tx *database.Tx) error {
		return tx.QueryRow(context.Background(), "SELECT COUNT(*) FROM "+from).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The number of statements depends on the number of chunks, not on their rows:
// twenty orders take as many as two thousand, which are one chunk everywhere.
func TestStatements(t *testing.T) {
	const chunk, chunks = 2000, 5
	// perChunk is what a further chunk of orders and one of shipments may take: on
	// PostgreSQL it is 104, with what is counted for metrics and statistics.
	const perChunk = 110
	onBoth(t, func(t *testing.T, url string) {
		few, one := statements(t, url, 20), statements(t, another(t, url), chunk)
		if one > few+perChunk/10 {
			t.Errorf("%d orders take %d statements, 20 take %d; want as many", chunk, one, few)
		}
		if testing.Short() {
			return
		}
		if all := statements(t, another(t, url), chunk*chunks); all > one+(chunks-1)*perChunk {
			t.Errorf("%d chunks take %d statements, one takes %d; want at most %d for each further one", chunks, all, one, perChunk)
		}
	})
}

func statements(t *testing.T, url string, orders int) int64 {
	t.Helper()
	g := newStage(t, bulk(), url)
	g.simple(t, orders)
	before := g.x.db.Statements()
	g.run(millionRun)
	return g.x.db.Statements() - before
}
