package intake

import (
	"context"
	"crypto/sha256"
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
	"github.com/kontor-exchange/kontor/processor/spool"
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

// vanishing is the merchant's inbox on a server that removes what is read.
func (w *world) vanishing(files map[string]string) Inbox {
	w.t.Helper()
	c, dir := quirktest.Start(w.t, quirktest.Quirks{VanishOnRead: true})
	r, err := remote.Open(w.t.Context(), c)
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, r.Close()) })
	must(w.t, os.Mkdir(filepath.Join(dir, "in"), 0o755))
	for name, content := range files {
		must(w.t, os.WriteFile(filepath.Join(dir, "in", name), []byte(content), 0o644))
	}
	box := w.boxes[1]
	box.Remote = r
	return box
}

// A file that is no whole one, on a server that removes what is read, is told:
// it comes never again.
func TestIncompleteAndGone(t *testing.T) {
	w := sqlite(t)
	text := csv(ordersHeader, orderRow("A1"))
	box := w.vanishing(map[string]string{"orders_1.csv": text, "orders_2.csv": text[:30], "orders_2.csv.sha256": "00"})
	w.run = 1
	run := w.at("acme", "2026-10-01T12-00")
	err := w.in.Collect(t.Context(), run, box)
	if err == nil || !strings.Contains(err.Error(), "take orders_2.csv: the file was not complete when it was read, and is gone from the inbox: ask for it again (30 of 30 bytes are in the archive as ") {
		t.Errorf("Collect = %v; want that orders_2.csv is gone", err)
	}
	must(t, w.exchange(t.Context(), run))
	must(t, w.in.Close(t.Context(), run))
	must(t, w.in.Tidy(t.Context(), box))
	w.want("orders_1.csv ACCEPTED 1=1+0+0+0+0")
}

// A dry run loses nothing of such a server: each file is in the archive that
// outlives it, and is named. One that stays in its inbox is no news, even if the
// dry run ends early.
func TestDryRunKeepsWhatVanishes(t *testing.T) {
	w := sqlite(t)
	text := csv(ordersHeader, orderRow("A1"))
	box := w.vanishing(map[string]string{"orders_1.csv": text, "orders_2.csv": text[:30], "orders_2.csv.sha256": "00"})
	archive, err := spool.Open(t.TempDir())
	must(t, err)
	defer func() { must(t, archive.Close()) }()
	w.spool.Over(archive)
	box.Archive = archive
	w.run = 1
	err = w.in.Collect(t.Context(), w.at("acme", "2026-10-01T12-00"), box)
	for name, bytes := range map[string]string{"orders_1.csv": text, "orders_2.csv": text[:30]} {
		sum := fmt.Sprintf("%x", sha256.Sum256([]byte(bytes)))
		want := fmt.Sprintf("take %s: %v: put it back, %s/%s of the archive is the whole file", name, ErrGone, sum[:2], sum)
		if !errors.Is(err, ErrGone) || !strings.Contains(err.Error(), want) {
			t.Errorf("Collect = %v; want %s", err, want)
		}
		f, err := archive.Open(sum)
		must(t, err)
		kept, err := io.ReadAll(f)
		if must(t, errors.Join(err, f.Close())); string(kept) != bytes {
			t.Errorf("the archive has %q of %s; want %q", kept, name, bytes)
		}
	}
	stays := w.boxes[1]
	stays.Archive = archive
	w.drop("orders_3.csv", csv(ordersHeader, orderRow("A3")))
	ctx, stop := context.WithCancel(t.Context())
	stays.Remote = &stopping{Remote: stays.Remote, stop: stop}
	if err := w.in.Collect(ctx, w.at("acme", "2026-10-01T12-00"), stays); errors.Is(err, ErrGone) {
		t.Errorf("Collect of what stays, cut off = %v; want no file that is gone", err)
	}
}

// A dry run that is cut off while it reads keeps what it reads, and names it.
func TestDryRunCutOff(t *testing.T) {
	w := sqlite(t)
	box := w.vanishing(map[string]string{"orders_1.csv": csv(ordersHeader, orderRow("A1"))})
	box.Archive = w.spool
	ctx, stop := context.WithCancel(t.Context())
	box.Remote = &stopping{Remote: box.Remote, stop: stop}
	w.run = 1
	err := w.in.Collect(ctx, w.at("acme", "2026-10-01T12-00"), box)
	if !errors.Is(err, ErrGone) || !strings.Contains(err.Error(), "take orders_1.csv: ") || !strings.Contains(err.Error(), "of the archive is the whole file") {
		t.Errorf("Collect = %v; want that orders_1.csv is in the archive", err)
	}
}

// A stopping remote ends the context of the run when a file is opened.
type stopping struct {
	remote.Remote
	stop func()
}

func (s *stopping) Open(ctx context.Context, folder, name string) (io.ReadCloser, error) {
	s.stop()
	return s.Remote.Open(ctx, folder, name)
}
