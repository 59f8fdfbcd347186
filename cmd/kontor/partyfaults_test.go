package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest"
	"github.com/kontor-exchange/kontor/processor/remote/remotetest/opensshtest"
)

var (
	partyFaults = flag.Int("party-faults", 0, "how many faults TestPartyFaults makes (default 12, short 4); .ci/long says 200")
	partySeed   = flag.Uint64("party-seed", 1, "of the faults")
	partyCheck  = flag.Bool("party-check", false, "compare after each day")
)

// Two exchanges with an OpenSSH server between them live through three months of
// a shop: connections are cut after any number of bytes, either side is stopped
// at any step, killed, or down for days, and what one has put disappears before
// the other has seen it. What the ERP, the bank and the debtors get is, byte for
// byte, what one exchange gives them that nothing happened to; no batch is lost
// and none is taken twice.
func TestPartyFaults(t *testing.T) {
	n := *partyFaults
	if n == 0 {
		n = 12
		if testing.Short() {
			n = 4
		}
	}
	s := bulk()
	s.Settings = map[string]any{}
	f := newTroubled(t, s, n)
	days := history(t, max(1, min(6, 90/n)))
	if *partyFaults == 0 {
		days = days[:min(len(days), n/2)] // five weeks: payouts, guarantees and dunning
	}
	f.plan(len(days))
	for i, some := range days {
		f.day(i, some)
	}
	for f.settle(true); f.done < n; f.settle(true) {
		f.later()
		f.faultsOf(len(days))
	}
	f.compare()
	for _, kind := range slices.Sorted(maps.Keys(f.made)) {
		t.Logf("%s: %d", kind, f.made[kind])
	}
	t.Logf("%d faults in %d runs on %d days, %d of which did not come to their end; %d batches",
		f.done, f.runs, len(days), f.open, len(f.batches(f.merchant, "SELECT number, sha256 FROM batches WHERE merchant_id = ?")))
}

// A troubled pair of exchanges, beside one that nothing happens to.
type troubled struct {
	*parties
	twin    *stage
	last    time.Time // of the history
	server  *opensshtest.Server
	wires   map[*party]*wire
	random  *rand.Rand
	n       int                 // faults to make
	faults  [][]string          // kinds, by day of the history
	waiting map[*party][]errand // what a side has still to do, in order
	down    map[*party]int      // for how many further steps a side is down
	made    map[string]int
	done    int // faults
	runs    int
	open    int // runs that did not come to their end
}

// An errand is one run of a side, with the files that come before it.
type errand struct {
	at    time.Time
	files []parcel
	begun bool
}

func newTroubled(t *testing.T, s scenario, n int) *troubled {
	t.Helper()
	f := &troubled{
		twin: newStage(t, s, "sqlite"), server: opensshtest.Start(t), wires: map[*party]*wire{}, made: map[string]int{},
		random: rand.New(rand.NewPCG(*partySeed, uint64(n))), waiting: map[*party][]errand{}, down: map[*party]int{},
		n: n,
	}
	for _, folder := range []string{"home/in", "home/out"} {
		f.server.Folder(folder)
	}
	shop, bank := newWire(t, f.server.Addr), newWire(t, f.server.Addr)
	f.parties = newParties(t, s, "sqlite", "sqlite", home{
		erp: f.keys(bank),
		url: func(*parties) string { return f.keys(shop) },
	})
	f.wires[f.merchant], f.wires[f.provider] = shop, bank
	return f
}

// keys reach the home through a wire.
func (f *troubled) keys(w *wire) string {
	t := w.t
	url := strings.Replace(f.server.URL("home"), f.server.Addr, w.address(), 1)
	return fmt.Sprintf("url: %q, identity: %q, known_hosts: %q", url, f.server.Identity, remotetest.KnownHosts(t, w.address(), f.server.HostKey))
}

// kinds of faults, and how often each is made.
var faultKinds = []string{"cut", "cut", "cut", "stop", "stop", "kill", "lose", "down"}

// plan spreads n faults over the days; the last list is for those that hit
// nothing on their day.
func (f *troubled) plan(days int) {
	f.faults = make([][]string, days+1)
	for i := range f.n {
		at := f.random.IntN(days)
		f.faults[at] = append(f.faults[at], faultKinds[i%len(faultKinds)])
	}
}

// day lets some days pass at both sides, with the faults that are planned.
func (f *troubled) day(i int, some drops) {
	f.t.Helper()
	at := f.instant(some.day.String() + "T20:00")
	for _, file := range some.files {
		f.twin.write(file.name, file.text)
	}
	f.last = at
	f.twin.runAt(at)
	erp, bank := errand{at: at}, errand{at: at}
	for _, file := range some.files {
		if strings.HasPrefix(file.name, "payments") {
			bank.files = append(bank.files, file)
		} else {
			erp.files = append(erp.files, file)
		}
	}
	f.waiting[f.merchant], f.waiting[f.provider] = append(f.waiting[f.merchant], erp), append(f.waiting[f.provider], bank)
	f.faultsOf(i)
	f.settle(false)
	if (i%10 == 9 || *partyCheck) && f.left() == 0 {
		f.compare()
	}
	for _, side := range f.sides() {
		f.down[side] = max(0, f.down[side]-1)
	}
}

func (f *troubled) sides() []*party { return []*party{f.merchant, f.provider} }

// left is how many runs are still to be done.
func (f *troubled) left() int { return len(f.waiting[f.merchant]) + len(f.waiting[f.provider]) }

// faultsOf makes the faults of a day. One that hit nothing, since there was
// nothing to do, is made on the next.
func (f *troubled) faultsOf(day int) {
	f.t.Helper()
	next := min(day+1, len(f.faults)-1)
	planned := f.faults[day]
	f.faults[day] = nil
	for _, kind := range planned {
		side := f.sides()[f.random.IntN(2)]
		if f.down[side] > 0 {
			side = f.other(side)
		}
		if !f.fault(kind, side) {
			f.faults[next] = append(f.faults[next], kind)
			continue
		}
		f.done++
		f.made[kind]++
		f.t.Logf("%s: %s at the %s", f.last.Format(time.DateOnly), kind, side.x.config.Role)
		for range f.random.IntN(3) { // the other side may come in between
			f.attempt(context.Background(), f.other(side))
		}
	}
}

// fault makes one in the midst of what a side has to do; false when it hit
// nothing.
func (f *troubled) fault(kind string, side *party) bool {
	f.t.Helper()
	switch kind {
	case "cut":
		w := f.wires[side]
		w.cutAfter(int64(1)<<f.random.IntN(17)+f.random.Int64N(3000), f.random.IntN(2) == 0)
		defer w.heal()
		f.attempt(context.Background(), side)
		return w.wasCut()
	case "stop":
		return f.stopAt(side, 1+f.random.IntN(12))
	case "kill":
		return f.kill(side, time.Duration(f.random.Int64N(int64(time.Second))))
	case "lose":
		f.attempt(context.Background(), side)
		return f.lose()
	}
	f.down[side] = 2 + f.random.IntN(3)
	return true
}

func (f *troubled) other(side *party) *party {
	if side == f.merchant {
		return f.provider
	}
	return f.merchant
}

// settle lets both sides work until neither has anything to do, or one is down
// and the other waits for it.
func (f *troubled) settle(up bool) {
	f.t.Helper()
	if up {
		clear(f.down)
	}
	const most, slot = 60, 12
	for n, left := 0, f.left(); n < most; n++ {
		for _, side := range f.sides() {
			f.attempt(context.Background(), side)
		}
		if f.left() == 0 || f.down[f.merchant] > 0 || f.down[f.provider] > 0 {
			return
		}
		if f.left() < left {
			n, left = 0, f.left()
		}
		if n%slot == slot-1 {
			f.later()
			left = f.left()
		}
	}
	f.t.Fatalf("the parties wait for each other: %s\n%s", f.state(), f.says())
}

// later lets the next slot come, five minutes later: one side has ended its run,
// and the other waits for what was lost.
func (f *troubled) later() {
	f.t.Helper()
	f.last = f.last.Add(5 * time.Minute)
	f.twin.runAt(f.last)
	for _, side := range f.sides() {
		f.waiting[side] = append(f.waiting[side], errand{at: f.last})
	}
}

func (f *troubled) state() string {
	return fmt.Sprintf("merchant %d runs, provider %d; in the home lie %q", len(f.waiting[f.merchant]), len(f.waiting[f.provider]), f.lying())
}

// says is what the sides say that wait.
func (f *troubled) says() string {
	var all []string
	for _, side := range f.sides() {
		if len(f.waiting[side]) > 0 {
			all = append(all, fmt.Sprint(side.x.config.Role, ": ", side.x.engine.Run(context.Background(), f.waiting[side][0].at, nil)))
		}
	}
	return strings.Join(all, "\n")
}

// attempt does the next errand of a side; it is done when the run has ended.
func (f *troubled) attempt(ctx context.Context, side *party) {
	f.t.Helper()
	if len(f.waiting[side]) == 0 || f.down[side] > 0 {
		return
	}
	e := f.begin(side)
	f.runs++
	err := side.x.engine.Run(ctx, e.at, nil)
	since, oops := side.x.engine.OpenRun(context.Background(), f.scenario.Merchant)
	if oops != nil {
		f.t.Fatal(oops)
	}
	if since.IsZero() && ctx.Err() == nil {
		f.ended(side)
		return
	}
	f.open++
	if err == nil && ctx.Err() == nil {
		f.t.Fatalf("the run of the %s at %v is open, and nothing is said", side.x.config.Role, e.at)
	}
	if !errors.Is(err, processor.ErrWaiting) && ctx.Err() == nil && !f.wires[side].wasCut() {
		f.t.Fatalf("the run of the %s at %v: %v", side.x.config.Role, e.at, err)
	}
}

// begin is the next errand, whose files have come.
func (f *troubled) begin(side *party) *errand {
	e := &f.waiting[side][0]
	if !e.begun {
		for _, file := range e.files {
			f.write(file.name, file.text)
		}
		e.begun = true
	}
	return e
}

func (f *troubled) ended(side *party) { f.waiting[side] = f.waiting[side][1:] }

// stopAt stops a side at a step of its run, and starts it again; false when the
// run had fewer.
func (f *troubled) stopAt(side *party, n int) bool {
	f.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	side.step = func(string) {
		if n--; n == 0 {
			cancel()
		}
	}
	f.attempt(ctx, side)
	side.step = nil
	side.close()
	side.open()
	return ctx.Err() != nil
}

// kill lets a process of its own do the errand, and kills it; false when it ended
// before.
func (f *troubled) kill(side *party, limit time.Duration) bool {
	f.t.Helper()
	if len(f.waiting[side]) == 0 || f.down[side] > 0 {
		return false
	}
	e := f.begin(side)
	side.close()
	defer side.open()
	f.runs++
	c := exec.CommandContext(f.t.Context(), "kontor", "run", "--as-of", e.at.Format(time.RFC3339), "--config", side.config)
	var said bytes.Buffer
	c.Stderr = &said
	if err := c.Start(); err != nil {
		f.t.Fatal(err)
	}
	timer := time.AfterFunc(limit, func() { c.Process.Kill() })
	err := c.Wait()
	timer.Stop()
	exit := new(exec.ExitError)
	if err != nil && !errors.As(err, &exit) {
		f.t.Fatal(err)
	}
	switch code := c.ProcessState.ExitCode(); {
	case code < 0:
		f.open++
		return true
	case code > 0 && code != int(exitNothing) && code != int(exitRejected):
		f.t.Fatalf("%s: kontor run ends with %d: %s", side.config, code, said.String())
	}
	f.ended(side)
	return false
}

// lying are the files in the home.
func (f *troubled) lying() (names []string) {
	for _, folder := range []string{"in", "out"} {
		entries, err := os.ReadDir(filepath.Join(f.server.Root, "home", folder))
		if err != nil {
			f.t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, folder+"/"+e.Name())
		}
	}
	return names
}

// lose removes what lies in the home, before the other side has seen it.
func (f *troubled) lose() bool {
	f.t.Helper()
	names := f.lying()
	if len(names) == 0 {
		return false
	}
	if err := os.Remove(filepath.Join(f.server.Root, "home", names[f.random.IntN(len(names))])); err != nil {
		f.t.Fatal(err)
	}
	return true
}

func (f *troubled) compare() {
	f.t.Helper()
	f.sameAs(f.twin)
	want, got := f.twin.export().(map[string]any), f.export().(map[string]any)
	delete(want, "batches")
	compare(f.t, want, got)
	f.verify()
	if left := slices.DeleteFunc(f.lying(), func(name string) bool { return strings.Contains(name, "/T") }); len(left) > 0 {
		f.t.Errorf("in the home lie %q; want nothing but turns", left)
	}
	if f.t.Failed() {
		f.t.FailNow()
	}
}

// A wire passes connections on to a server, until it is cut.
type wire struct {
	t      *testing.T
	server string
	listen net.Listener

	mu    sync.Mutex
	conns map[net.Conn]bool
	left  int64 // bytes until the cut; -1 for ever
	stays bool  // a wire that was cut takes no connection
	cut   bool
}

func newWire(t *testing.T, server string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, server: server, listen: l, conns: map[net.Conn]bool{}, left: -1}
	var working sync.WaitGroup
	working.Go(func() { w.accept(&working) })
	t.Cleanup(func() {
		l.Close()
		w.mu.Lock()
		w.sever()
		w.mu.Unlock()
		working.Wait()
	})
	return w
}

func (w *wire) address() string { return w.listen.Addr().String() }

func (w *wire) accept(working *sync.WaitGroup) {
	for {
		conn, err := w.listen.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", w.server)
		if err != nil || !w.keep(conn, far) {
			conn.Close()
			if far != nil {
				far.Close()
			}
			continue
		}
		working.Go(func() { w.pass(conn, far) })
		working.Go(func() { w.pass(far, conn) })
	}
}

// keep takes a connection, unless the wire stays cut.
func (w *wire) keep(conns ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut && w.stays {
		return false
	}
	for _, c := range conns {
		w.conns[c] = true
	}
	return true
}

// pass copies one direction of a connection.
func (w *wire) pass(from, to net.Conn) {
	buffer := make([]byte, 4096)
	for {
		n, err := from.Read(buffer)
		if n = w.grant(n); n > 0 {
			if _, e := to.Write(buffer[:n]); e != nil {
				err = e
			}
		}
		if err != nil {
			break
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, from)
	delete(w.conns, to)
	from.Close()
	to.Close()
}

// grant is how many of n bytes pass; the cut ends all connections.
func (w *wire) grant(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.left < 0 || w.cut {
		return n
	}
	granted := min(int64(n), w.left)
	if w.left -= granted; w.left == 0 {
		w.cut = true
		w.sever()
	}
	return int(granted)
}

// sever ends all connections; the lock is held.
func (w *wire) sever() {
	for c := range w.conns {
		c.Close()
	}
}

func (w *wire) cutAfter(n int64, stays bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left, w.stays, w.cut = n, stays, false
}

func (w *wire) wasCut() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cut
}

func (w *wire) heal() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.left, w.cut = -1, false
}
