package remotetest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kontor-exchange/kontor/processor/remote"
)

// RunPlanted tests what a remote makes of entries that it would not write
// itself. open gives a fresh remote and the local folder behind it.
func RunPlanted(t *testing.T, open func(t *testing.T) (r remote.Remote, dir string)) {
	r, dir := open(t)
	in := filepath.Join(dir, folder)
	secret := filepath.Join(t.TempDir(), "secret.csv")
	for _, err := range []error{
		os.MkdirAll(in, 0o777), os.WriteFile(secret, []byte("secret"), 0o666),
		os.WriteFile(filepath.Join(in, "good.csv"), []byte("good"), 0o666),
		os.Mkdir(filepath.Join(in, "folder.csv"), 0o777),
		os.Symlink(secret, filepath.Join(in, "absolute.csv")),
		os.Symlink("good.csv", filepath.Join(in, "relative.csv")),
		os.Symlink("nowhere", filepath.Join(in, "dangling.csv")),
		os.Symlink("../../../../../../etc/passwd", filepath.Join(in, "escaping.csv")),
		syscall.Mkfifo(filepath.Join(in, "pipe.csv"), 0o666),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range RefusedNames() {
		if len(name) <= 255 && strings.Trim(name, ".") != "" && !strings.ContainsAny(name, "/\x00") {
			if err := os.WriteFile(filepath.Join(in, name), []byte("bad"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	want(t, "List", List(t, r, folder), []string{"good.csv 4"})
	for _, name := range []string{"folder.csv", "absolute.csv", "relative.csv", "dangling.csv", "escaping.csv", "pipe.csv"} {
		notTouched(t, r, in, name)
	}
	if got, err := os.ReadFile(secret); err != nil || string(got) != "secret" {
		t.Errorf("the file outside has %q, %v; want it untouched", got, err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("Close() = %v", err)
	}
}

// notTouched tries all that could follow, open, replace or remove the entry.
func notTouched(t *testing.T, r remote.Remote, in, name string) {
	if got, err := Read(t.Context(), r, folder, name); err == nil {
		t.Errorf("Open(%q) gives %q; want an error", name, got)
	}
	err := r.Put(t.Context(), folder, name, 6, strings.NewReader("secret"))
	if err == nil {
		t.Errorf("Put(%q) = nil; want an error", name)
	}
	// A server that hides the entry may say that it is gone already.
	err = r.Remove(t.Context(), folder, name)
	if _, missing := os.Lstat(filepath.Join(in, name)); errors.Is(missing, os.ErrNotExist) {
		t.Errorf("Remove(%q) = %v; and the entry is gone", name, err)
	}
}
