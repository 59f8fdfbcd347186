package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/samples"
	"github.com/kontor-exchange/kontor/schedules"
)

// kills is how many instants TestKills tries on each engine; .ci/long says 100.
var kills = flag.Int("kills", 0, "at how many instants TestKills kills a run, on each engine (default 10, short 3)")

// killsPerRun is how often one run is killed before it may end.
const killsPerRun = 3

// A run that is killed at any instant, and done again, leaves the same books
// and the same files as one that was not: after each of them.
func TestKills(t *testing.T) {
	n := *kills
	if n == 0 {
		n = 10
		if testing.Short() {
			n = 3
		}
	}
	s := bulk()
	s.Settings = map[string]any{}
	s.more = "batch_max: 25\n"
	onBoth(t, func(t *testing.T, url string) {
		v := &victim{
			stage: newStage(t, s, url), twin: newStage(t, s, "sqlite"),
			random: rand.New(rand.NewPCG(7, uint64(n))), usual: 500 * time.Millisecond,
		}
		v.leave()
		steps := history(t, max(1, min(4, 90/n)))
		for i := 0; v.killed < n; i++ {
			if i == len(steps) {
				t.Fatalf("only %d of %d runs were killed before they ended; want %d", v.killed, v.tries, n)
			}
			v.step(t, steps[i], n)
		}
		t.Logf("%d runs were killed, %d ended before", v.killed, v.tries-v.killed)
	})
}

// A victim is an exchange whose runs are killed, beside one whose are not.
type victim struct {
	*stage
	twin          *stage
	random        *rand.Rand
	usual         time.Duration // of a run, as far as is known
	tries, killed int
}

// step drops the files of some days, and runs at the evening of the last.
func (v *victim) step(t *testing.T, some drops, n int) {
	t.Helper()
	for _, f := range some.files {
		v.write(f.name, f.text)
		v.twin.write(f.name, f.text)
	}
	at := some.day.String() + "T20:00"
	v.twin.run(at)
	ended := false
	for range killsPerRun {
		if ended = ended || v.killed == n || !v.try(t, at); ended {
			break
		}
	}
	v.tries++
	if code := v.until(t, at, time.Hour); code != 0 && code != int(exitNothing) && code != int(exitRejected) {
		t.Fatalf("%s: a run that was killed ends with %d when it is done again", at, code)
	}
	v.compare(t, at)
}

// try starts a run and kills it at some instant; false when it ended before.
func (v *victim) try(t *testing.T, at string) bool {
	t.Helper()
	v.tries++
	code := v.until(t, at, time.Duration(v.random.Int64N(int64(v.usual))))
	if code == -1 {
		v.killed++
		return true
	}
	if code != 0 && code != int(exitNothing) && code != int(exitRejected) {
		t.Fatalf("%s: a run after one that was killed ends with %d", at, code)
	}
	v.usual -= v.usual / 4
	return false
}

// until lets a run work for so long, and returns its exit code, -1 when it was
// killed.
func (v *victim) until(t *testing.T, at string, limit time.Duration) int {
	t.Helper()
	c := exec.CommandContext(t.Context(), "kontor", "run", "--as-of", at, "--config", v.config)
	var said bytes.Buffer
	c.Stderr = &said
	began := time.Now()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(limit, func() { c.Process.Kill() })
	err := c.Wait()
	timer.Stop()
	exit := new(exec.ExitError)
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	code := c.ProcessState.ExitCode()
	switch {
	case code == 0 || code == int(exitRejected):
		v.usual = max(v.usual, time.Since(began))
	case code > 0 && code != int(exitNothing):
		t.Logf("%s: %s", at, said.String())
	case code < 0 && c.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL:
		t.Fatalf("%s: the run ended by %v\n%s", at, c.ProcessState, said.String())
	}
	return code
}

// compare fails when the two exchanges differ in anything that others see.
func (v *victim) compare(t *testing.T, at string) {
	t.Helper()
	v.open()
	if diff := gocmp.Diff(v.twin.export(), v.export()); diff != "" {
		t.Fatalf("%s: the books differ (-not killed +killed):\n%s", at, diff)
	}
	v.verify(t)
	for _, folder := range []string{"erp", "bank", "letters"} {
		want, got := tree(t, filepath.Join(v.twin.dir, folder)), tree(t, filepath.Join(v.dir, folder))
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("%s: the files in %s differ (-not killed +killed):\n%s", at, folder, diff)
		}
	}
	v.leave()
}

// drops are the files of some days, up to one.
type drops struct {
	day   schedules.Date
	files []parcel
}

// history is three months of a shop, some days at a time: payouts, guarantees
// and dunning included.
func history(t *testing.T, days int) []drops {
	t.Helper()
	all := []drops{{}}
	o := samples.Options{Orders: 1800, Days: 90, Seed: 3}
	first := schedules.NewDate(2026, 10, 1)
	err := samples.Generate(t.Context(), o, func(day schedules.Date, _ bool, name string) (io.WriteCloser, error) {
		if last := &all[len(all)-1]; day > last.day && int(day-first)%days == 0 && last.day != 0 {
			all = append(all, drops{})
		}
		last := &all[len(all)-1]
		last.day = day
		return &memory{name: name, into: last}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A memory is a file that is kept when it is closed.
type memory struct {
	bytes.Buffer
	name string
	into *drops
}

func (m *memory) Close() error {
	m.into.files = append(m.into.files, parcel{name: m.name, text: m.Bytes()})
	return nil
}
