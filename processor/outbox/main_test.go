package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

// A bench is an outbox over folders, and what the tests need around it.
type bench struct {
	t        *testing.T
	db       *database.DB
	spool    *spool.Spool
	spoolDir string
	box      *outbox.Outbox
	now      time.Time
	dirs     map[string]string // target → folder
	remote   map[string]remote.Remote
	booked   []string // by the callback of Deliver, in its transactions
}

func each(t *testing.T, f func(b *bench)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		leaks := goleak.IgnoreCurrent()
		if err := db.Migrate(t.Context(), outbox.Migrations()); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "spool")
		s, err := spool.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closed(t, s) })
		b := &bench{
			t: t, db: db, spool: s, spoolDir: dir, now: time.Date(2026, 10, 2, 10, 0, 0, 0, time.UTC),
			dirs: map[string]string{}, remote: map[string]remote.Remote{},
		}
		b.box = outbox.New(db, s, func() time.Time { return b.now })
		for _, target := range []string{outbox.ERP, outbox.Letters, outbox.Bank, outbox.Reports} {
			b.open(target)
		}
		f(b)
		if err := goleak.Find(leaks, goleak.IgnoreAnyFunction("database/sql.(*DB).connectionOpener")); err != nil {
			t.Error(err)
		}
	})
}

func closed(t *testing.T, c io.Closer) {
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func (b *bench) open(target string) {
	b.dirs[target] = b.t.TempDir()
	r, err := remote.Open(b.t.Context(), remote.Config{URL: "dir:" + b.dirs[target]})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { closed(b.t, r) })
	b.remote[target] = r
}

// to is what Deliver and Expire get.
func (b *bench) to(target string) (remote.Remote, error) {
	r, ok := b.remote[target]
	if !ok {
		return nil, errors.New("no such target")
	}
	return r, nil
}

func ack(name string) outbox.File {
	return outbox.File{Merchant: "acme", Target: outbox.ERP, Folder: "out/ack", Name: name, Run: 1, Kind: outbox.Ack, Subject: "7"}
}

func letter(name string) outbox.File {
	return outbox.File{Merchant: "acme", Target: outbox.Letters, Name: name, Run: 1, Kind: outbox.Letter, Subject: "2026-10-26"}
}

func (b *bench) add(f outbox.File, content string) error {
	stored, err := b.spool.Bytes([]byte(content))
	if err != nil {
		b.t.Fatal(err)
	}
	return b.db.Write(b.t.Context(), func(tx *database.Tx) error { return b.box.Add(b.t.Context(), tx, f, stored) })
}

func (b *bench) mustAdd(f outbox.File, content string) {
	b.t.Helper()
	if err := b.add(f, content); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) deliver() error {
	return b.box.Deliver(b.t.Context(), "acme", b.to, func(_ context.Context, _ *database.Tx, d outbox.Delivered) error {
		b.booked = append(b.booked, d.Name)
		return nil
	})
}

// wantFile fails unless a target has the file with the content.
func (b *bench) wantFile(target, name, want string) {
	b.t.Helper()
	got, err := os.ReadFile(filepath.Join(b.dirs[target], filepath.FromSlash(name)))
	if err != nil || string(got) != want {
		b.t.Errorf("%s:%s holds %q, %v; want %q", target, name, got, err, want)
	}
}

func (b *bench) wantGone(target, name string) {
	b.t.Helper()
	if _, err := os.Stat(filepath.Join(b.dirs[target], filepath.FromSlash(name))); !errors.Is(err, os.ErrNotExist) {
		b.t.Errorf("%s:%s is there (%v); want none", target, name, err)
	}
}

// entry returns the only entry of a name.
func (b *bench) entry(name string) outbox.Entry {
	b.t.Helper()
	entries, err := b.box.List(b.t.Context(), "acme", outbox.Filter{Name: name})
	if err != nil || len(entries) != 1 {
		b.t.Fatalf("List(%s) = %d entries, %v; want one", name, len(entries), err)
	}
	return entries[0]
}

func (b *bench) wantBooked(want string) {
	b.t.Helper()
	if got := strings.Join(b.booked, " "); got != want {
		b.t.Errorf("booked as delivered: %q; want %q", got, want)
	}
}

// faulty fails some puts, before or after they took effect, and remembers what
// it was asked to put.
type faulty struct {
	remote.Remote
	mu     sync.Mutex
	before func(name string) error
	after  func(name string) error
	dead   bool
	put    map[string][][]byte
}

func (f *faulty) Put(ctx context.Context, folder, name string, size int64, content io.Reader) error {
	b, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	f.mu.Lock()
	if f.put == nil {
		f.put = map[string][][]byte{}
	}
	f.put[name] = append(f.put[name], b)
	f.mu.Unlock()
	if f.dead {
		return errors.New("no route to host")
	}
	if f.before != nil {
		if err := f.before(name); err != nil {
			return err
		}
	}
	if err := f.Remote.Put(ctx, folder, name, size, bytes.NewReader(b)); err != nil {
		return err
	}
	if f.after != nil {
		return f.after(name)
	}
	return nil
}

func (f *faulty) List(ctx context.Context, folder string) ([]remote.File, error) {
	if f.dead {
		return nil, errors.New("no route to host")
	}
	return f.Remote.List(ctx, folder)
}

func (f *faulty) Remove(ctx context.Context, folder, name string) error {
	if f.dead {
		return errors.New("no route to host")
	}
	if f.before != nil {
		if err := f.before(name); err != nil {
			return err
		}
	}
	return f.Remote.Remove(ctx, folder, name)
}
