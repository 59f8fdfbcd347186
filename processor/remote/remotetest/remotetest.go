// Package remotetest holds what every remote promises, as tests that run
// against each implementation, and what such tests need: keys, a connection that
// is cut. OpenSSH's server for them is in package opensshtest.
package remotetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/remote"
)

// folder is the one that the suite uses; a remote may have it already, empty.
const folder = "in"

// A Lack is what a server cannot do, so that a remote cannot keep each promise;
// what it does then is tested instead.
type Lack int

// Lacks, which can be added.
const (
	Rename  Lack = 1 << iota // there is no rename of any kind
	Keeping                  // a file does not stay when it was read
)

// Run tests the promises. Each call of open gives a fresh, empty remote, which
// the suite closes.
func Run(t *testing.T, open func(t *testing.T) remote.Remote) { RunLacking(t, 0, open) }

// RunLacking tests the promises that can be kept by a server with these lacks,
// and that the others are not broken in silence.
func RunLacking(t *testing.T, lacks Lack, open func(t *testing.T) remote.Remote) {
	for _, promise := range []struct {
		name  string
		test  func(t *testing.T, r remote.Remote)
		needs Lack
		lacks Lack // which makes it a promise
	}{
		{"a missing folder is an empty one", missingFolder, 0, 0},
		{"what is put is listed and read", putListOpen, Rename, 0},
		{"put again", putAgain, Rename | Keeping, 0},
		{"content that is not as announced", wrongSize, Rename, 0},
		{"content that cannot be read", brokenContent, 0, 0},
		{"names that are refused", refusedNames, 0, 0},
		{"files that are gone", gone, Rename, 0},
		{"only what was listed is removed", onlyListed, Rename, 0},
		{"a context that is done", cancelled, Rename | Keeping, 0},
		{"many at once", manyAtOnce, Rename | Keeping, 0},
		{"two who want one name", sameName, Rename | Keeping, 0},
		{"what waits for its turn", inTurn, Rename, 0},
		{"nothing is put without a rename", noRename, 0, Rename},
		{"what vanished is told and put again", vanished, Rename, Keeping},
	} {
		if promise.needs&lacks != 0 || promise.lacks&^lacks != 0 {
			continue
		}
		t.Run(promise.name, func(t *testing.T) {
			r := open(t)
			defer func() {
				if err := r.Close(); err != nil {
					t.Errorf("Close() = %v", err)
				}
			}()
			promise.test(t, r)
		})
	}
}

// Put puts the bytes and fails the test when it cannot.
func Put(t testing.TB, r remote.Remote, folder, name string, content []byte) {
	t.Helper()
	if err := r.Put(t.Context(), folder, name, int64(len(content)), bytes.NewReader(content)); err != nil {
		t.Fatalf("Put(%q, %q, %d bytes) = %v", folder, name, len(content), err)
	}
}

// Read reads a file as a whole.
func Read(ctx context.Context, r remote.Remote, folder, name string) ([]byte, error) {
	f, err := r.Open(ctx, folder, name)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(f)
	return content, errors.Join(err, f.Close())
}

// List is the folder as "name size", for comparison.
func List(t *testing.T, r remote.Remote, folder string) []string {
	t.Helper()
	files, err := r.List(t.Context(), folder)
	if err != nil {
		t.Fatalf("List(%q) = %v", folder, err)
	}
	lines := []string{}
	for _, f := range files {
		lines = append(lines, fmt.Sprintf("%s %d", f.Name, f.Size))
	}
	return lines
}

func want[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func missingFolder(t *testing.T, r remote.Remote) {
	for _, missing := range []string{folder, folder + "/none", "out/never"} {
		want(t, "List("+missing+")", List(t, r, missing), []string{})
	}
}

func putListOpen(t *testing.T, r remote.Remote) {
	contents := map[string][]byte{
		"b.csv":               []byte("number;amount\n1;2.00\n"),
		"a.csv":               []byte("x"),
		"A.csv":               []byte("upper case comes first"),
		"empty.csv":           {},
		"b.csv.done":          {},
		"b.csv.sha256":        []byte("0123"),
		"Aufträge 2026-10.cs": []byte("umlaut and blank"),
		"large.csv":           bytes.Repeat([]byte("0123456789abcde\n"), 3<<20/16+1),
		"packet.csv":          bytes.Repeat([]byte("p"), 32<<10),
	}
	for name, content := range contents {
		Put(t, r, folder, name, content)
	}
	want(t, "List", List(t, r, folder), []string{
		"A.csv 22", "Aufträge 2026-10.cs 16", "a.csv 1", "b.csv 21", "b.csv.done 0", "b.csv.sha256 4",
		"empty.csv 0", "large.csv 3145744", "packet.csv 32768",
	})
	for name, content := range contents {
		got, err := Read(t.Context(), r, folder, name)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("Open(%q) gives %d bytes, %v; want the %d that were put", name, len(got), err, len(content))
		}
	}
}

func putAgain(t *testing.T, r remote.Remote) {
	content := bytes.Repeat([]byte("same\n"), 1000)
	Put(t, r, folder, "x.csv", content)
	Put(t, r, folder, "x.csv", content)
	other := bytes.Clone(content)
	other[777] = 'X'
	for _, other := range [][]byte{other, content[1:], {}, append(bytes.Clone(content), '\n')} {
		err := r.Put(t.Context(), folder, "x.csv", int64(len(other)), bytes.NewReader(other))
		if !errors.Is(err, remote.ErrExists) {
			t.Errorf("Put of other bytes = %v; want ErrExists", err)
		}
	}
	got, err := Read(t.Context(), r, folder, "x.csv")
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("after them the file has %d bytes, %v; want it untouched", len(got), err)
	}
	want(t, "List", List(t, r, folder), []string{"x.csv 5000"})
}

func wrongSize(t *testing.T, r remote.Remote) {
	for _, announced := range []int64{0, 4, 6, 5000, -1} {
		if err := r.Put(t.Context(), folder, "x.csv", announced, strings.NewReader("12345")); err == nil {
			t.Errorf("Put of 5 bytes announced as %d = nil; want an error", announced)
		}
		want(t, "List", List(t, r, folder), []string{})
	}
	Put(t, r, folder, "x.csv", []byte("12345"))
}

func brokenContent(t *testing.T, r remote.Remote) {
	broken := errors.New("disk gone")
	for _, before := range []int{0, 10, 1 << 20} {
		content := io.MultiReader(bytes.NewReader(make([]byte, before)), iotest.ErrReader(broken))
		if err := r.Put(t.Context(), folder, "x.csv", 2<<20, content); !errors.Is(err, broken) {
			t.Errorf("Put that breaks after %d bytes = %v; want the reader's error", before, err)
		}
		want(t, "List", List(t, r, folder), []string{})
	}
}

func refusedNames(t *testing.T, r remote.Remote) {
	for _, name := range RefusedNames() {
		err := r.Put(t.Context(), folder, name, 1, strings.NewReader("x"))
		if !errors.Is(err, remote.ErrName) {
			t.Errorf("Put(%q) = %v; want ErrName", name, err)
		}
		if _, err := r.Open(t.Context(), folder, name); !errors.Is(err, remote.ErrName) {
			t.Errorf("Open(%q) = %v; want ErrName", name, err)
		}
		if err := r.Remove(t.Context(), folder, name); !errors.Is(err, remote.ErrName) {
			t.Errorf("Remove(%q) = %v; want ErrName", name, err)
		}
	}
	for _, folder := range []string{"..", "in/..", "/in", "in/", "in//x", ".hidden", "in/\n", "in\\x"} {
		if _, err := r.List(t.Context(), folder); !errors.Is(err, remote.ErrName) {
			t.Errorf("List(%q) = %v; want ErrName", folder, err)
		}
	}
}

// RefusedNames are names that no remote takes or makes.
func RefusedNames() []string {
	return []string{
		"", ".", "..", ".x.csv", "../x.csv", "a/x.csv", "/x.csv", `a\x.csv`, "x.csv.tmp", "x.TMP", "x.part",
		"x.csv.partial", "x.csv.filepart", "x.writing", "x\x00.csv", "x\n.csv", "x\x1b[2J.csv", "x\u202e.csv",
		"x\xe4.csv", strings.Repeat("x", 256),
	}
}

func gone(t *testing.T, r remote.Remote) {
	Put(t, r, folder, "stays.csv", []byte("1"))
	Put(t, r, folder, "x.csv", []byte("1"))
	for range 2 {
		if err := r.Remove(t.Context(), folder, "x.csv"); err != nil {
			t.Errorf("Remove = %v; want nil, also when it is gone", err)
		}
	}
	if err := r.Remove(t.Context(), "never", "x.csv"); err != nil {
		t.Errorf("Remove in a folder that is missing = %v; want nil", err)
	}
	for _, name := range []string{"x.csv", "never.csv"} {
		if _, err := r.Open(t.Context(), folder, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open(%q) = %v; want fs.ErrNotExist", name, err)
		}
	}
	want(t, "List", List(t, r, folder), []string{"stays.csv 1"})
}

// onlyListed: what replaced a file after it was listed stays.
func onlyListed(t *testing.T, r remote.Remote) {
	listed := func() remote.File {
		t.Helper()
		files, err := r.List(t.Context(), folder)
		if err != nil || len(files) != 1 {
			t.Fatalf("List = %v, %v; want one file", files, err)
		}
		return files[0]
	}
	Put(t, r, folder, "x.csv", []byte("old"))
	old := listed()
	if err := r.Remove(t.Context(), folder, "x.csv"); err != nil {
		t.Fatal(err)
	}
	Put(t, r, folder, "x.csv", []byte("newer"))
	if err := remote.RemoveIf(t.Context(), r, folder, old); !errors.Is(err, remote.ErrChanged) {
		t.Errorf("RemoveIf of a file that was replaced = %v; want ErrChanged", err)
	}
	want(t, "List", List(t, r, folder), []string{"x.csv 5"})
	newer := listed()
	for range 2 {
		if err := remote.RemoveIf(t.Context(), r, folder, newer); err != nil {
			t.Errorf("RemoveIf = %v", err)
		}
		want(t, "List", List(t, r, folder), []string{})
	}
}

func cancelled(t *testing.T, r remote.Remote) {
	Put(t, r, folder, "x.csv", make([]byte, 2<<20))
	ctx, cancel := context.WithCancel(t.Context())
	f, err := r.Open(ctx, folder, "x.csv")
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	cancel()
	if n, err := io.Copy(io.Discard, f); !errors.Is(err, context.Canceled) {
		t.Errorf("reading after cancel = %d bytes, %v; want context.Canceled", n, err)
	}
	if err := f.Close(); err != nil {
		t.Errorf("Close after cancel = %v", err)
	}
	if _, err := r.List(ctx, folder); !errors.Is(err, context.Canceled) {
		t.Errorf("List = %v; want context.Canceled", err)
	}
	if _, err := r.Open(ctx, folder, "x.csv"); !errors.Is(err, context.Canceled) {
		t.Errorf("Open = %v; want context.Canceled", err)
	}
	if err := r.Put(ctx, folder, "y.csv", 1, strings.NewReader("1")); !errors.Is(err, context.Canceled) {
		t.Errorf("Put = %v; want context.Canceled", err)
	}
	if err := r.Remove(ctx, folder, "x.csv"); !errors.Is(err, context.Canceled) {
		t.Errorf("Remove = %v; want context.Canceled", err)
	}
	want(t, "List", List(t, r, folder), []string{"x.csv 2097152"})
	cancelledMidway(t, r)
}

// cancelledMidway stops a Put while it sends.
func cancelledMidway(t *testing.T, r remote.Remote) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rest := readerFunc(func(b []byte) (int, error) { cancel(); return len(b), nil })
	content := io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), rest)
	if err := r.Put(ctx, folder, "y.csv", 3<<20, content); !errors.Is(err, context.Canceled) {
		t.Errorf("Put that is cancelled = %v; want context.Canceled", err)
	}
	want(t, "List", List(t, r, folder), []string{"x.csv 2097152"})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func manyAtOnce(t *testing.T, r remote.Remote) {
	var all sync.WaitGroup
	wanted := []string{}
	for i := range 16 {
		name := fmt.Sprintf("f%02d.csv", i)
		content := bytes.Repeat([]byte{byte('a' + i)}, 1000*i)
		wanted = append(wanted, fmt.Sprintf("%s %d", name, len(content)))
		all.Go(func() {
			if err := r.Put(t.Context(), folder, name, int64(len(content)), bytes.NewReader(content)); err != nil {
				t.Errorf("Put(%q) = %v", name, err)
			}
			if got, err := Read(t.Context(), r, folder, name); err != nil || !bytes.Equal(got, content) {
				t.Errorf("Open(%q) gives %d bytes, %v; want %d", name, len(got), err, len(content))
			}
		})
	}
	all.Wait()
	want(t, "List", List(t, r, folder), wanted)
}

// sameName lets writers race for a name: one wins, the others are told.
func sameName(t *testing.T, r remote.Remote) {
	const writers, size = 8, 100_000
	errs := make([]error, writers)
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			content := bytes.Repeat([]byte{byte('a' + i)}, size)
			errs[i] = r.Put(t.Context(), folder, "x.csv", size, bytes.NewReader(content))
		})
	}
	all.Wait()
	got, err := Read(t.Context(), r, folder, "x.csv")
	if err != nil || len(got) != size {
		t.Fatalf("Open gives %d bytes, %v; want %d", len(got), err, size)
	}
	for i, err := range errs {
		won := got[0] == byte('a'+i)
		if won && err != nil || !won && !errors.Is(err, remote.ErrExists) {
			t.Errorf("writer %d (its bytes are there: %t): Put = %v; want nil for it and ErrExists for the others", i, won, err)
		}
	}
	if !bytes.Equal(got, bytes.Repeat(got[:1], size)) {
		t.Error("the file is a mixture")
	}
	want(t, "List", List(t, r, folder), []string{fmt.Sprintf("x.csv %d", size)})
}
