package opensshtest_test

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest/opensshtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A server that is cut, switched off and on again: the same remote fails, and
// then goes on.
func TestStopAndRestart(t *testing.T) {
	s := opensshtest.Start(t)
	dir := s.Folder("drops/out")
	r, err := remote.Open(t.Context(), s.Config("drops"))
	if err != nil {
		t.Fatal(err)
	}
	remotetest.Put(t, r, "out", "a.csv", []byte("a"))
	if got, err := os.ReadFile(filepath.Join(dir, "a.csv")); string(got) != "a" {
		t.Errorf("in the folder stands %q, %v; want what was put", got, err)
	}
	s.Stop()
	for range 2 {
		if files, err := r.List(t.Context(), "out"); err == nil {
			t.Errorf("List after Stop = %v, nil; want an error", files)
		}
	}
	s.Restart()
	remotetest.Put(t, r, "out", "b.csv", []byte("bb"))
	s.Cut()
	if _, err := r.List(t.Context(), "out"); err == nil {
		t.Error("List after Cut = nil; want an error")
	}
	remotetest.Put(t, r, "out", "c.csv", []byte("ccc"))
	if got := remotetest.List(t, r, "out"); len(got) != 3 {
		t.Errorf("List = %q; want three files", got)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
