package remote_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
)

// digits is a source of randomness that gives one hex digit.
type digits byte

func (d digits) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(d)<<4 | byte(d)
	}
	return len(b), nil
}

// What an upload that was cut off for good left behind goes, when it is old by
// the clock of the remote: with a listing, and with one Put in sixteen, which
// lists. What is in use, and what is not ours, stays.
func TestLeftoversAreSwept(t *testing.T) {
	const stale, used = ".kontor-00000000000000aa.tmp", ".kontor-00000000000000bb.tmp"
	strangers := []string{".kontor-1.tmp", ".kontor-00000000000000cc.tmp.csv", ".other.tmp"}
	work := map[string]struct {
		digit digits
		do    func(t *testing.T, r remote.Remote)
		swept bool
	}{
		"listing":          {15, func(t *testing.T, r remote.Remote) { remotetest.List(t, r, "in") }, true},
		"one Put":          {15, func(t *testing.T, r remote.Remote) { remotetest.Put(t, r, "in", "y.csv", []byte("y")) }, false},
		"a Put that lists": {0, func(t *testing.T, r remote.Remote) { remotetest.Put(t, r, "in", "y.csv", []byte("y")) }, true},
	}
	for _, i := range implementations() {
		for name, test := range work {
			t.Run(i.name+"/"+name, func(t *testing.T) {
				c, dir := i.fresh(t)
				c.Rand = test.digit
				c.Skipped = func(_, name string, err error) { t.Errorf("skipped %q: %v", name, err) }
				r := open(t, c)
				defer closed(t, r)
				remotetest.Put(t, r, "in", "x.csv", []byte("x")) // makes the folder, now
				old := time.Now().Add(-61 * time.Minute)
				for _, f := range append([]string{stale, used}, strangers...) {
					file := filepath.Join(dir, "in", f)
					if err := os.WriteFile(file, []byte("half"), 0o666); err != nil {
						t.Fatal(err)
					}
					if f == used {
						continue
					}
					if err := os.Chtimes(file, old, old); err != nil {
						t.Fatal(err)
					}
				}
				test.do(t, r)
				entries, err := os.ReadDir(filepath.Join(dir, "in"))
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, e := range entries {
					if strings.HasPrefix(e.Name(), ".") {
						got = append(got, e.Name())
					}
				}
				want := []string{used, strangers[1], strangers[0], strangers[2]}
				if !test.swept {
					want = append([]string{stale}, want...)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("hidden files (-want +got):\n%s", diff)
				}
			})
		}
	}
}
