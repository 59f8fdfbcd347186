package remote_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/remote"
)

// As many items are under way as may be, results come in order, and a turn comes
// when all before it were taken.
func TestAhead(t *testing.T) {
	const mib = 1 << 20
	tests := []struct {
		name  string
		sizes []int64
		most  int // under way at once
	}{
		{"nothing", nil, 0},
		{"one", []int64{1}, 1},
		{"many small ones", slices.Repeat([]int64{1000}, 50), 16},
		{"as many as fit into 16 MiB", slices.Repeat([]int64{5 * mib}, 9), 3},
		{"large ones alone", []int64{100 * mib, 1, 1, 100 * mib, 100 * mib, 1}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { synctest.Test(t, func(t *testing.T) { testAhead(t, tt.sizes, tt.most) }) })
	}
}

func testAhead(t *testing.T, sizes []int64, most int) {
	var taken, flying, peak atomic.Int64
	items := make([]int, len(sizes))
	for i := range items {
		items[i] = i
	}
	work := func(_ context.Context, i int, turn <-chan struct{}) int {
		peak.Store(max(peak.Load(), flying.Add(1)))
		time.Sleep(time.Duration(len(items)-i) * time.Second) // of the test's clock: the last ends first
		flying.Add(-1)
		<-turn
		if n := int(taken.Load()); n != i {
			t.Errorf("the turn of %d came after %d were taken", i, n)
		}
		return -i
	}
	next := 0
	for i, result := range remote.Ahead(t.Context(), items, func(i int) int64 { return sizes[i] }, work) {
		if i != next || result != -i {
			t.Errorf("item %d with result %d; want item %d", i, result, next)
		}
		next++
		taken.Add(1)
	}
	if next != len(items) || peak.Load() != int64(most) {
		t.Errorf("%d results, %d under way at once; want %d and %d", next, peak.Load(), len(items), most)
	}
}

// Who stops taking ends what is under way, and what waits for its turn.
func TestAheadStops(t *testing.T) {
	var ended atomic.Int64
	down := errors.New("down")
	work := func(ctx context.Context, item error, turn <-chan struct{}) error {
		defer ended.Add(1)
		select {
		case <-turn:
			return item
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	items, taken := make([]error, 30), 0
	items[2] = down
	for _, err := range remote.Ahead(t.Context(), items, func(error) int64 { return 1 }, work) {
		if taken++; err != nil {
			break
		}
	}
	if taken != 3 || ended.Load() != 18 {
		t.Errorf("%d were taken, %d begun and ended; want 3 and 18", taken, ended.Load())
	}
}

// Many at once on a server that is dead wait for it once, not one after the other.
func TestFault052DeadServerManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := newEvil(t, packet.honest)
		dials := 0
		c.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			dials++
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}
		r := open(t, c)
		began := time.Now()
		var all sync.WaitGroup
		errs := make([]string, 16)
		for i := range errs {
			all.Go(func() {
				if err := putOnly(t, r); err != nil && strings.Contains(err.Error(), "no connection to evil.example:22 within 30s") {
					errs[i] = "no connection"
				}
			})
		}
		all.Wait()
		if diff := cmp.Diff(slices.Repeat([]string{"no connection"}, 16), errs); diff != "" {
			t.Errorf("errors of Put (-want +got):\n%s", diff)
		}
		if waited := time.Since(began); waited != 30*time.Second || dials != 1 {
			t.Errorf("waited %s for %d connections; want 30 s for one", waited, dials)
		}
		closed(t, r)
	})
}
