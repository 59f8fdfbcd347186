package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest/quirktest"
)

// A gathering remote opens no file before as many are asked for as wanted.
type gathering struct {
	remote.Remote
	mu     sync.Mutex
	wanted int
	all    chan struct{} // closed when they are
	broken map[string]error
}

func (g *gathering) Open(ctx context.Context, folder, name string) (io.ReadCloser, error) {
	g.mu.Lock()
	if g.wanted--; g.wanted == 0 {
		close(g.all)
	}
	g.mu.Unlock()
	if strings.HasSuffix(name, sumEnd) {
		return g.Remote.Open(ctx, folder, name)
	}
	select {
	case <-g.all:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := g.broken[name]; err != nil {
		return nil, err
	}
	return g.Remote.Open(ctx, folder, name)
}

// Sixteen small files are fetched at once; they are registered, and so
// acknowledged, in the order of their names, and one that fails stops no other.
func TestManyAtOnce(t *testing.T) {
	w := sqlite(t)
	box, cut := w.boxes[1], errors.New("connection lost")
	box.Remote = &gathering{
		Remote: box.Remote, wanted: 16, all: make(chan struct{}),
		broken: map[string]error{"orders_05.csv": cut, "orders_18.csv": cut},
	}
	want := []string{}
	for i := range 20 {
		name := fmt.Sprintf("orders_%02d.csv", i)
		w.drop(name, csv(ordersHeader, orderRow(fmt.Sprintf("A%d", i))))
		if i != 5 && i != 18 {
			want = append(want, name+" ACCEPTED 1=1+0+0+0+0")
		}
	}
	w.run = 1
	run := w.at("acme", "2026-10-01T12-00")
	if err := w.in.Collect(t.Context(), run, box); !errors.Is(err, cut) || strings.Count(err.Error(), "connection lost") != 2 {
		t.Errorf("Collect = %v; want the two that could not be fetched", err)
	}
	must(t, w.exchange(t.Context(), run))
	must(t, w.in.Close(t.Context(), run))
	w.want(want...)
}

// A file that is no whole one, on a server that removes what is read, is told:
// it comes never again.
func TestIncompleteAndGone(t *testing.T) {
	w := sqlite(t)
	c, dir := quirktest.Start(t, quirktest.Quirks{VanishOnRead: true})
	r, err := remote.Open(t.Context(), c)
	must(t, err)
	defer func() { must(t, r.Close()) }()
	must(t, os.Mkdir(filepath.Join(dir, "in"), 0o755))
	text := csv(ordersHeader, orderRow("A1"))
	for name, content := range map[string]string{"orders_1.csv": text, "orders_2.csv": text[:30], "orders_2.csv.sha256": "00"} {
		must(t, os.WriteFile(filepath.Join(dir, "in", name), []byte(content), 0o644))
	}
	box := w.boxes[1]
	box.Remote = r
	w.run = 1
	run := w.at("acme", "2026-10-01T12-00")
	err = w.in.Collect(t.Context(), run, box)
	if err == nil || !strings.Contains(err.Error(), "take orders_2.csv: the file was not complete when it was read, and is gone from the inbox: ask for it again (30 of 30 bytes are in the archive as ") {
		t.Errorf("Collect = %v; want that orders_2.csv is gone", err)
	}
	must(t, w.exchange(t.Context(), run))
	must(t, w.in.Close(t.Context(), run))
	must(t, w.in.Tidy(t.Context(), box))
	w.want("orders_1.csv ACCEPTED 1=1+0+0+0+0")
}
