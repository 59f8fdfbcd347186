package outbox

import (
	"context"
	"errors"

	"github.com/kontor-exchange/kontor/processor/remote"
)

// targets opens each target once.
type targets struct {
	to   func(target string) (remote.Remote, error)
	open map[string]*target
}

// A target is a remote, and whether it is worth another try in this call.
type target struct {
	remote remote.Remote
	err    error // why it could not be opened
	down   bool
}

func (ts *targets) get(name string) *target {
	t, known := ts.open[name]
	if !known {
		t = &target{}
		t.remote, t.err = ts.to(name)
		if t.err == nil && t.remote == nil {
			t.err = errors.New("the target " + name + " is not configured")
		}
		ts.open[name] = t
	}
	return t
}

// split keeps the order of the entries of each target.
func (ts *targets) split(entries []Entry) map[*target][]Entry {
	byTarget := map[*target][]Entry{}
	for _, e := range entries {
		t := ts.get(e.Target)
		byTarget[t] = append(byTarget[t], e)
	}
	return byTarget
}

// use works on the remote.
func (t *target) use(ctx context.Context, work func(remote.Remote) error) error {
	err := t.err
	if err == nil {
		err = work(t.remote)
	}
	t.judge(ctx, err)
	return err
}

// judge sees by the end of some work whether the target is down: after a failure
// that may be the remote's and not the file's, it is asked for a sign of life.
func (t *target) judge(ctx context.Context, err error) {
	t.down = err != nil && (t.err != nil || !ownFault(err) && !t.answers(ctx))
}

// ownFault reports whether an error is about the file alone.
func ownFault(err error) bool {
	return errors.Is(err, remote.ErrExists) || errors.Is(err, remote.ErrName)
}

// answers lists a folder that nobody has: by the promise of [remote.Remote] an
// empty one, and the cheapest question there is.
func (t *target) answers(ctx context.Context) bool {
	_, err := t.remote.List(ctx, "kontor-answers")
	return err == nil
}
