package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// A gathering remote gives no file its name before as many are under way as
// wanted, or one that fails is.
type gathering struct {
	remote.Remote
	mu     sync.Mutex
	wanted int
	all    chan struct{} // closed when they are
	broken string
	dead   bool
	named  []string
}

func (g *gathering) PutInTurn(ctx context.Context, folder, name string, size int64, content io.Reader, turn <-chan struct{}) error {
	g.mu.Lock()
	if g.wanted--; g.wanted == 0 {
		close(g.all)
	}
	g.mu.Unlock()
	select {
	case <-g.all:
	case <-ctx.Done():
		return ctx.Err()
	}
	if name == g.broken {
		return errors.New("connection lost")
	}
	err := g.Remote.(remote.Orderly).PutInTurn(ctx, folder, name, size, content, turn)
	if err == nil {
		g.mu.Lock()
		g.named = append(g.named, name)
		g.mu.Unlock()
	}
	return err
}

func (g *gathering) List(ctx context.Context, folder string) ([]remote.File, error) {
	if g.dead {
		return nil, errors.New("no route to host")
	}
	return g.Remote.List(ctx, folder)
}

// Sixteen files are under way at once, appear and are booked in their order. One
// that fails stops no other, unless the target is down: then what was under way
// behind it has not appeared, and was not tried.
func TestDeliverManyInOrder(t *testing.T) {
	tests := []struct {
		name, broken string
		dead         bool
		booked       int // in the first call
	}{
		{"all well", "", false, 20},
		{"one fails", "f05.csv", false, 19},
		{"down from the sixth on", "f05.csv", true, 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(b *bench) {
				g := &gathering{Remote: b.remote[outbox.ERP], wanted: 16, all: make(chan struct{}), broken: tt.broken, dead: tt.dead}
				b.remote[outbox.ERP] = g
				var names []string
				for i := range 20 {
					names = append(names, fmt.Sprintf("f%02d.csv", i))
					b.mustAdd(ack(names[i]), names[i])
				}
				if err := b.deliver(); (err != nil) != (tt.broken != "") || err != nil && strings.Count(err.Error(), "deliver ") != 1 {
					b.t.Errorf("Deliver = %v; want an error for %q alone", err, tt.broken)
				}
				want := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == tt.broken })[:tt.booked]
				b.wantBooked(strings.Join(want, " "))
				if !slices.Equal(g.named, want) {
					b.t.Errorf("appeared: %q; want %q", g.named, want)
				}
				if e := b.entry("f06.csv"); e.Tries != 0 {
					b.t.Errorf("entry %+v; want it not tried", e)
				}
				g.broken, g.dead = "", false
				if err := b.deliver(); err != nil {
					b.t.Fatal(err)
				}
				if slices.Sort(b.booked); !slices.Equal(b.booked, names) {
					b.t.Errorf("booked in both calls: %q; want each once", b.booked)
				}
			})
		})
	}
}
