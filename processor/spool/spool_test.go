package spool_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/spool"
)

const sumOfHello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

func open(t *testing.T) (*spool.Spool, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data", "spool")
	s, err := spool.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, dir
}

// tree lists what is in the spool, with its permissions.
func tree(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		all = append(all, info.Mode().String()+" "+filepath.ToSlash(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func content(t *testing.T, s *spool.Spool, sum string) string {
	t.Helper()
	f, err := s.Open(sum)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The same bytes are one file, however often they come; nobody else may read it.
func TestStore(t *testing.T) {
	s, dir := open(t)
	for range 2 {
		stored, err := s.Bytes([]byte("hello"))
		if want := (spool.Stored{SHA256: sumOfHello, Size: 5}); stored != want || err != nil {
			t.Fatalf("Bytes(hello) = %+v, %v; want %+v", stored, err, want)
		}
	}
	if got := content(t, s, sumOfHello); got != "hello" {
		t.Errorf("the file holds %q", got)
	}
	if diff := cmp.Diff([]string{"drwx------ 2c", "-rw------- 2c/" + sumOfHello}, tree(t, dir)); diff != "" {
		t.Errorf("the spool (-want +got):\n%s", diff)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the spool has mode %v, %v; want 0700", info.Mode(), err)
	}
}

func TestStoreEmpty(t *testing.T) {
	s, _ := open(t)
	stored, err := s.Bytes(nil)
	if err != nil || stored.Size != 0 || content(t, s, stored.SHA256) != "" {
		t.Errorf("Bytes(nil) = %+v, %v", stored, err)
	}
}

// A source that breaks leaves nothing behind.
func TestStoreBroken(t *testing.T) {
	s, dir := open(t)
	broken := errors.New("the line went dead")
	if _, err := s.Store(io.MultiReader(strings.NewReader("hel"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("Store = %v; want %v", err, broken)
	}
	if left := tree(t, dir); len(left) > 0 {
		t.Errorf("the spool holds %v; want nothing", left)
	}
}

func TestAbort(t *testing.T) {
	s, dir := open(t)
	w, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "hello"); err != nil || w.Size() != 5 {
		t.Fatalf("Write = %v, Size = %d; want 5", err, w.Size())
	}
	if _, err := s.Open(sumOfHello); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open before Commit = %v; want that it is not there", err)
	}
	if err := w.Abort(); err != nil {
		t.Errorf("Abort = %v", err)
	}
	if left := tree(t, dir); len(left) > 0 {
		t.Errorf("after Abort the spool holds %v; want nothing", left)
	}
}

// What is not there is named, and nothing outside the spool can be.
func TestOpenMissing(t *testing.T) {
	s, _ := open(t)
	_, err := s.Open(sumOfHello)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), sumOfHello+" is missing; restore it from a backup") {
		t.Errorf("Open of what is not there = %v", err)
	}
	for _, sum := range []string{"", "2cf2", strings.ToUpper(sumOfHello), "../" + sumOfHello[3:], strings.Repeat("../", 21) + "x", strings.Repeat("é", 32)} {
		if _, err := s.Open(sum); err == nil || !strings.Contains(err.Error(), "is not a SHA-256 in lower-case hex") {
			t.Errorf("Open(%q) = %v; want that it is no hash", sum, err)
		}
	}
}

// What interrupted writers left goes, what was stored stays.
func TestClean(t *testing.T) {
	s, dir := open(t)
	if _, err := s.Bytes([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	w, err := s.Create()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "half"); err != nil {
		t.Fatal(err)
	}
	if len(tree(t, dir)) != 3 {
		t.Errorf("before Clean the spool holds %v; want a file, its folder and half a file", tree(t, dir))
	}
	for range 2 {
		if err := s.Clean(); err != nil {
			t.Errorf("Clean = %v", err)
		}
	}
	if diff := cmp.Diff([]string{"drwx------ 2c", "-rw------- 2c/" + sumOfHello}, tree(t, dir)); diff != "" {
		t.Errorf("after Clean (-want +got):\n%s", diff)
	}
	// The writer that was taken for dead says so, and gives no name away.
	if _, err := w.Commit(); err == nil {
		t.Error("Commit after Clean = nil; want an error")
	}
}

// A spool that was opened anew has what was stored.
func TestReopen(t *testing.T) {
	s, dir := open(t)
	if _, err := s.Bytes([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	again, err := spool.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}()
	if got := content(t, again, sumOfHello); got != "hello" {
		t.Errorf("the file holds %q", got)
	}
}

// Many writers of the same and of other bytes do not disturb each other.
func TestStoreAtOnce(t *testing.T) {
	s, dir := open(t)
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			if _, err := s.Bytes(bytes.Repeat([]byte{byte(i / 4)}, 1000)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	files := 0
	for _, line := range tree(t, dir) {
		if strings.HasPrefix(line, "-") {
			files++
		}
	}
	if files != 4 {
		t.Errorf("%d files; want 4: %v", files, tree(t, dir))
	}
}

// A spool over another one reads from both and writes into its own folder.
func TestOver(t *testing.T) {
	base, err := spool.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	top, err := spool.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	top.Over(base)
	for text, s := range map[string]*spool.Spool{"below": base, "above": top} {
		stored, err := s.Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		f, err := top.Open(stored.SHA256)
		if err != nil {
			t.Fatalf("Open of what lies %s: %v", text, err)
		}
		got, err := io.ReadAll(f)
		if err != nil || string(got) != text {
			t.Errorf("Open of what lies %s = %q, %v", text, got, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if f, err := base.Open(stored.SHA256); (err == nil) != (s == base) {
			t.Errorf("the base has what was written above it: %v, %v", f, err)
		}
	}
}
