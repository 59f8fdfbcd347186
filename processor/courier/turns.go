package courier

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// turnsIn are the names of a merchant's turns among files, the latest last.
func turnsIn(merchant string, files []remote.File) (names []string) {
	for _, f := range files {
		if whose, _, is := formats.ParseTurnName(f.Name); is && whose == merchant {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}

// hear reads the other side's last turn among the files of a folder.
func (c *Courier) hear(ctx context.Context, merchant string, r remote.Remote, folder string, files []remote.File) error {
	names := turnsIn(merchant, files)
	if len(names) == 0 {
		return nil
	}
	name := names[len(names)-1]
	return step("read", name, c.turn(ctx, merchant, r, folder, name))
}

func (c *Courier) turn(ctx context.Context, merchant string, r remote.Remote, folder, name string) error {
	f, err := r.Open(ctx, folder, name)
	if err != nil {
		return err
	}
	t, err := formats.ReadTurn(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if t.Merchant != merchant {
		return errors.New("it is another merchant's")
	}
	return c.heard(ctx, merchant, t)
}

// heard notes a turn of the other side, if it is news.
func (c *Courier) heard(ctx context.Context, merchant string, t formats.Turn) error {
	now := c.now()
	return c.update(ctx, merchant, func(l *Link) bool {
		was := l.Heard
		if t.Through.Before(was.Through) {
			return false
		}
		next := formats.Turn{
			Merchant: merchant, Through: t.Through, Next: t.Next,
			Last: max(t.Last, was.Last), Have: max(t.Have, was.Have), Heard: max(t.Heard, was.Heard),
		}
		if next.Through.Equal(was.Through) && next.Next.Equal(was.Next) && next.Last == was.Last && next.Have == was.Have && next.Heard == was.Heard {
			return false
		}
		l.Heard, l.At, l.Since = next, now, instant(0)
		return true
	})
}

// Tell notes how far we have come; it is said with the next visit. The same turn
// again has no effect.
func (c *Courier) Tell(ctx context.Context, merchant string, t formats.Turn) error {
	return c.update(ctx, merchant, func(l *Link) bool {
		if t.Through.Before(l.Told.Through) {
			return false
		}
		if t.Through.Equal(l.Told.Through) && t.Next.Equal(l.Told.Next) && t.Last == l.Told.Last && t.Have == l.Told.Have && t.Heard == l.Told.Heard {
			return false
		}
		l.Told, l.Put = t, false
		return true
	})
}

// PutTurn sees to it that our last turn lies where the other side reads it, and
// none before it.
func (c *Courier) PutTurn(ctx context.Context, merchant string, r remote.Remote, folder string) error {
	l, err := c.Link(ctx, merchant)
	if err != nil || l.Told.Through.IsZero() {
		return err
	}
	files, err := r.List(ctx, folder)
	if err != nil {
		return err
	}
	name, lying := formats.TurnName(merchant, l.Told.Through), turnsIn(merchant, files)
	if !l.Put || !slices.Contains(lying, name) {
		if err := c.putTurn(ctx, merchant, r, folder, name, l.Told); err != nil {
			return err
		}
	}
	var errs []error
	for _, old := range lying {
		if old != name {
			errs = append(errs, r.Remove(ctx, folder, old))
		}
	}
	return errors.Join(errs...)
}

func (c *Courier) putTurn(ctx context.Context, merchant string, r remote.Remote, folder, name string, t formats.Turn) error {
	var b bytes.Buffer
	if err := formats.WriteTurn(&b, t); err != nil {
		return err
	}
	if err := replace(ctx, r, folder, name, b.Bytes()); err != nil {
		return err
	}
	return c.update(ctx, merchant, func(now *Link) bool {
		now.Put = now.Told == t
		return now.Put
	})
}

// replace puts a small file, in place of another one of that name.
func replace(ctx context.Context, r remote.Remote, folder, name string, content []byte) error {
	put := func() error { return r.Put(ctx, folder, name, int64(len(content)), bytes.NewReader(content)) }
	err := put()
	if !errors.Is(err, remote.ErrExists) {
		return err
	}
	if err := r.Remove(ctx, folder, name); err != nil {
		return err
	}
	return put()
}
