package alerts_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/alerts"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

func TestMain(m *testing.M) { databasetest.Main(m) }

var morning = time.Date(2026, 10, 5, 7, 0, 0, 0, time.UTC)

// A recorder is a channel that remembers what it was told.
type recorder struct {
	name   string
	broken error
	told   []string
	ids    map[string]int
}

func (r *recorder) Name() string { return r.name }

func (r *recorder) Send(_ context.Context, _ time.Time, events []alerts.Event) error {
	if r.broken != nil {
		return r.broken
	}
	for _, e := range events {
		r.told = append(r.told, e.Kind+" "+e.Label())
		if r.ids == nil {
			r.ids = map[string]int{}
		}
		r.ids[e.ID]++
	}
	return nil
}

// since returns what was told since the last call.
func (r *recorder) since() string {
	told := strings.Join(r.told, "; ")
	r.told = nil
	return told
}

// A bench is a database with channels.
type bench struct {
	*testing.T
	db       *database.DB
	alerts   *alerts.Alerts
	channels []alerts.Channel
}

func each(t *testing.T, f func(b *bench)) {
	t.Helper()
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		set, err := alerts.Migrations()
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(t.Context(), set); err != nil {
			t.Fatal(err)
		}
		f(&bench{T: t, db: db, alerts: alerts.New(db, 24*time.Hour)})
	})
}

// tell tells of alarms by their codes, after a time.
func (b *bench) tell(after time.Duration, known bool, codes ...string) error {
	var all []alerts.Alarm
	for _, code := range codes {
		all = append(all, alerts.Alarm{Code: code, Merchant: "acme", Text: "text of " + code})
	}
	return b.alerts.Tell(b.Context(), morning.Add(after), all, known, b.channels)
}

// Each alarm is told once, again after a day, and once more when it is over;
// what is told is the same whether the process was started anew or not.
func TestTold(t *testing.T) {
	each(t, func(b *bench) {
		r := &recorder{name: "r"}
		b.channels = []alerts.Channel{r}
		steps := []struct {
			after time.Duration
			known bool
			codes []string
			want  string
		}{
			{0, true, nil, ""},
			{5 * time.Minute, true, []string{"B", "A"}, "firing A acme; firing B acme"},
			{10 * time.Minute, true, []string{"A", "B"}, ""},
			{15 * time.Minute, true, []string{"A", "C"}, "firing C acme; resolved B acme"},
			{20 * time.Minute, false, []string{"C"}, ""}, // nobody knows whether A is over
			{25 * time.Minute, true, []string{"C"}, "resolved A acme"},
			{24*time.Hour + 14*time.Minute, true, []string{"C"}, ""},
			{24*time.Hour + 15*time.Minute, true, []string{"C"}, "again C acme"},
			{24*time.Hour + 20*time.Minute, true, []string{"C", "A"}, "firing A acme"},
			{48*time.Hour + 15*time.Minute, true, []string{"A", "C"}, "again C acme"},
			{48*time.Hour + 20*time.Minute, true, nil, "resolved A acme; resolved C acme"},
			{48*time.Hour + 25*time.Minute, true, nil, ""},
		}
		for _, s := range steps {
			b.alerts = alerts.New(b.db, 24*time.Hour) // as after a restart
			if err := b.tell(s.after, s.known, s.codes...); err != nil {
				b.Fatal(err)
			}
			if got := r.since(); got != s.want {
				b.Errorf("after %s with %v: told %q; want %q", s.after, s.codes, got, s.want)
			}
		}
		for id, n := range r.ids {
			if n != 1 {
				b.Errorf("the id %s was used for %d events; want 1", id, n)
			}
		}
	})
}

// Without repeat an alarm is told once and never again.
func TestNoRepeat(t *testing.T) {
	each(t, func(b *bench) {
		r := &recorder{name: "r"}
		b.channels, b.alerts = []alerts.Channel{r}, alerts.New(b.db, 0)
		for day := range 3 {
			if err := b.tell(time.Duration(day)*24*time.Hour, true, "A"); err != nil {
				b.Fatal(err)
			}
		}
		if got := r.since(); got != "firing A acme" {
			b.Errorf("told %q; want it once", got)
		}
	})
}

// A channel that fails stops no other, is tried again at growing distances, and
// then told what is still so; what has passed meanwhile it never hears of.
func TestBroken(t *testing.T) {
	each(t, func(b *bench) {
		good, bad := &recorder{name: "good"}, &recorder{name: "bad", broken: errors.New("no route\nto host")}
		b.channels = []alerts.Channel{bad, good}
		tried := ""
		for minute := 0; minute <= 20; minute += 5 {
			codes := []string{"A", "B"}
			if minute > 10 {
				codes = []string{"A"}
			}
			if err := b.tell(time.Duration(minute)*time.Minute, true, codes...); err != nil {
				tried += fmt.Sprintf("%d ", minute)
				if !strings.Contains(err.Error(), "bad: no route") {
					b.Errorf("Tell = %v; want it to name the channel and why", err)
				}
			}
		}
		// 0, then after 1, 2, 4 and 8 minutes at the next run.
		if tried != "0 5 10 15 " {
			b.Errorf("tried after %sminutes; want 0 5 10 15", tried)
		}
		if got := good.since(); got != "firing A acme; firing B acme; resolved B acme" {
			b.Errorf("the other channel was told %q", got)
		}
		unsent, err := b.alerts.Unsent(b.Context())
		want := []alerts.Unsent{{Channel: "bad", Since: morning, Tries: 4, Error: "no route to host"}}
		if diff := cmp.Diff(want, unsent); diff != "" || err != nil {
			b.Errorf("Unsent (-want +got), %v:\n%s", err, diff)
		}
		bad.broken = nil
		if err := b.tell(25*time.Minute, true, "A"); err != nil {
			b.Fatal(err)
		}
		if got := bad.since(); got != "firing A acme" {
			b.Errorf("the channel that came back was told %q; want firing A acme", got)
		}
		if unsent, err := b.alerts.Unsent(b.Context()); err != nil || len(unsent) != 0 {
			b.Errorf("Unsent = %v, %v; want none", unsent, err)
		}
	})
}

// Who is no longer configured is forgotten, and told anew when he comes back.
func TestForgotten(t *testing.T) {
	each(t, func(b *bench) {
		r := &recorder{name: "r"}
		for i, channels := range [][]alerts.Channel{{r}, {&recorder{name: "other"}}, {r}} {
			b.channels = channels
			if err := b.tell(time.Duration(i)*time.Minute, true, "A"); err != nil {
				b.Fatal(err)
			}
		}
		if got := r.since(); got != "firing A acme; firing A acme" {
			b.Errorf("told %q; want it twice", got)
		}
	})
}

// Hundreds of alarms go in messages of a hundred, and those that went are not
// sent again when a later message fails.
func TestMany(t *testing.T) {
	each(t, func(b *bench) {
		var codes []string
		for i := range 250 {
			codes = append(codes, fmt.Sprintf("C%03d", i))
		}
		r := &limited{recorder: recorder{name: "r"}, messages: 2}
		b.channels = []alerts.Channel{r}
		if err := b.tell(0, true, codes...); err == nil {
			b.Error("Tell = nil; want the error of the third message")
		}
		if len(r.told) != 200 {
			b.Errorf("%d were told; want 200", len(r.told))
		}
		r.messages = 9
		if err := b.tell(time.Hour, true, codes...); err != nil {
			b.Fatal(err)
		}
		for id, n := range r.ids {
			if n != 1 {
				b.Errorf("the event %s was told %d times; want 1", id, n)
			}
		}
		if len(r.ids) != 250 {
			b.Errorf("%d were told; want 250", len(r.ids))
		}
	})
}

// A limited channel fails after some messages.
type limited struct {
	recorder
	messages int
}

func (l *limited) Send(ctx context.Context, at time.Time, events []alerts.Event) error {
	if l.messages--; l.messages < 0 {
		return errors.New("enough")
	}
	return l.recorder.Send(ctx, at, events)
}

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"a\r\nb\t c":             "a b c",
		"bell\x07":               "bell ",
		strings.Repeat("ä", 600): strings.Repeat("ä", 499) + "…",
	} {
		if got := alerts.OneLine(in); got != want {
			t.Errorf("OneLine(%q) = %q; want %q", in, got, want)
		}
	}
}

// An event whose arrival nobody knows of is sent again under the same id.
func TestAgainUnderTheSameID(t *testing.T) {
	each(t, func(b *bench) {
		r := &deaf{recorder: recorder{name: "r"}, deaf: true}
		b.channels = []alerts.Channel{r}
		if err := b.tell(0, true, "A"); err == nil {
			b.Error("Tell = nil; want an error")
		}
		r.deaf = false
		if err := b.tell(time.Hour, true, "A"); err != nil {
			b.Fatal(err)
		}
		if got := r.since(); got != "firing A acme; firing A acme" || len(r.ids) != 1 {
			b.Errorf("told %q under %d ids; want twice under one", got, len(r.ids))
		}
	})
}

// A deaf channel gets what it is sent, and does not say so.
type deaf struct {
	recorder
	deaf bool
}

func (d *deaf) Send(ctx context.Context, at time.Time, events []alerts.Event) error {
	if err := d.recorder.Send(ctx, at, events); err != nil || !d.deaf {
		return err
	}
	return errors.New("the connection broke")
}

// A stop is no fault of a channel: it is told at the next start.
func TestStopped(t *testing.T) {
	each(t, func(b *bench) {
		ctx, cancel := context.WithCancel(b.Context())
		slow, quick := &waiting{recorder{name: "slow"}, cancel}, &recorder{name: "quick"}
		all := []alerts.Alarm{{Code: "A"}}
		if err := b.alerts.Tell(ctx, morning, all, true, []alerts.Channel{slow}); !errors.Is(err, context.Canceled) {
			b.Errorf("Tell = %v; want the end of the context", err)
		}
		if unsent, err := b.alerts.Unsent(b.Context()); err != nil || len(unsent) != 0 {
			b.Errorf("Unsent = %v, %v; want none", unsent, err)
		}
		quick.name = "slow"
		if err := b.alerts.Tell(b.Context(), morning, all, true, []alerts.Channel{quick}); err != nil || quick.since() != "firing A" {
			b.Errorf("Tell at the next start = %v; want it told", err)
		}
	})
}

// A waiting channel does not get through before the program is stopped.
type waiting struct {
	recorder
	stop func()
}

func (w *waiting) Send(ctx context.Context, _ time.Time, _ []alerts.Event) error {
	w.stop()
	<-ctx.Done()
	return ctx.Err()
}
