package remote_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest/quirktest"
)

// cuts is how many places of a session are tried: one in 70 bytes with the
// built-in server; OpenSSH takes longer to start, and of the others there are
// several.
func cuts(t *testing.T) int64 {
	switch {
	case strings.HasSuffix(t.Name(), "/openssh"):
		return 24
	case strings.HasSuffix(t.Name(), "/sftpd"):
		return 120
	}
	return 40
}

// eachCut calls f with connections that break after every n-th byte of what the
// same work moves on a connection that holds.
func eachCut(t *testing.T, c remote.Config, work func(remote.Remote) error, f func(cut int64, r remote.Remote, heal func())) {
	t.Helper()
	through := c.Dial
	whole := remotetest.CutAfter(math.MaxInt64)
	whole.Through = through
	c.Dial = whole.Dial
	r := open(t, c)
	if err := work(r); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	step := max(whole.Moved()/cuts(t), 1)
	for cut := int64(0); cut < whole.Moved(); cut += step {
		cutter := remotetest.CutAfter(cut)
		cutter.Through = through
		c.Dial = cutter.Dial
		r := open(t, c)
		f(cut, r, cutter.Heal)
		if err := r.Close(); err != nil {
			t.Errorf("cut at %d: Close = %v", cut, err)
		}
	}
}

// servers are those with a connection to cut, also the ones whose rename replaces.
func servers(t *testing.T, f func(t *testing.T, c remote.Config, dir string)) {
	all := implementations()[1:]
	for _, s := range foreign {
		if s.name == "rename replaces, no posix-rename" || s.name == "posix-rename only" {
			all = append(all, implementation{s.name, func(t *testing.T) (remote.Config, string) { return quirktest.Start(t, s.quirks) }})
		}
	}
	for _, i := range all {
		t.Run(i.name, func(t *testing.T) {
			c, dir := i.fresh(t)
			f(t, c, dir)
		})
	}
}

// The connection breaks at any byte of a Put: the file is there as a whole or
// not at all, and the same Put then succeeds on the same remote.
func TestFault051CutPut(t *testing.T) {
	content := bytes.Repeat([]byte("1;2;3\n"), 300)
	servers(t, func(t *testing.T, c remote.Config, dir string) {
		put := func(r remote.Remote, name string) error {
			return r.Put(t.Context(), "in", name, int64(len(content)), bytes.NewReader(content))
		}
		eachCut(t, c, func(r remote.Remote) error { return put(r, "first.csv") }, func(cut int64, r remote.Remote, heal func()) {
			file := filepath.Join(dir, "in", "x.csv")
			first := put(r, "x.csv")
			heal()
			got, err := os.ReadFile(file)
			if err == nil && !bytes.Equal(got, content) {
				t.Errorf("cut at %d: %d bytes of the file appeared; want %d or none", cut, len(got), len(content))
			}
			if first == nil && err != nil {
				t.Errorf("cut at %d: Put = nil, but %v", cut, err)
			}
			err = put(r, "x.csv")
			if err != nil && first == nil {
				err = put(r, "x.csv") // the cut came right behind the first one, and the second has met it
			}
			if err != nil {
				t.Errorf("cut at %d: first Put = %v, then %v; want nil", cut, first, err)
			}
			if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, content) {
				t.Errorf("cut at %d: after the second Put %d bytes, %v", cut, len(got), err)
			}
			if err := os.Remove(file); err != nil {
				t.Error(err)
			}
		})
	})
}

// The connection breaks at any byte of a listing and a download: an error or all
// of it, and then it works.
func TestFault051CutListOpen(t *testing.T) {
	content := bytes.Repeat([]byte("1;2;3\n"), 300)
	servers(t, func(t *testing.T, c remote.Config, dir string) {
		setUp := open(t, c)
		for _, name := range []string{"a.csv", "b.csv", "c.csv"} {
			remotetest.Put(t, setUp, "in", name, content)
		}
		if err := setUp.Close(); err != nil {
			t.Fatal(err)
		}
		work := func(r remote.Remote) error {
			files, err := r.List(t.Context(), "in")
			if err == nil && len(files) != 3 {
				t.Errorf("List = %d files; want 3 or an error", len(files))
			}
			if err != nil {
				return err
			}
			got, err := remotetest.Read(t.Context(), r, "in", "b.csv")
			if err == nil && !bytes.Equal(got, content) {
				t.Errorf("Open gives %d bytes without an error; want %d", len(got), len(content))
			}
			return err
		}
		eachCut(t, c, work, func(cut int64, r remote.Remote, heal func()) {
			first := work(r)
			heal()
			err := work(r)
			if err != nil && first == nil {
				err = work(r) // the cut came right behind the first
			}
			if err != nil {
				t.Errorf("cut at %d: first %v, then %v; want nil", cut, first, err)
			}
		})
	})
}

// What cut uploads left on the built-in server is gone when it starts again.
func TestCutUploadsLeaveNothing(t *testing.T) {
	c, dir := freshServer(t)
	content := bytes.Repeat([]byte("x"), 100_000)
	put := func(r remote.Remote) error {
		return r.Put(t.Context(), "in", "x.csv", int64(len(content)), bytes.NewReader(content))
	}
	eachCut(t, c, put, func(cut int64, r remote.Remote, _ func()) {
		if err := put(r); err == nil && cut == 0 {
			t.Error("Put over a connection that is cut at once = nil")
		}
		if err := os.Remove(filepath.Join(dir, "in", "x.csv")); err != nil && !os.IsNotExist(err) {
			t.Error(err)
		}
	})
	entries, err := os.ReadDir(filepath.Join(dir, "in"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".kontor-") {
			t.Errorf("%s is left in in", e.Name())
		}
	}
}
