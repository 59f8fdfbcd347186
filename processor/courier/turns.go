package courier

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// turns takes the turns among the files of a folder; the latest counts.
func (c *Courier) turns(ctx context.Context, merchant string, r remote.Remote, folder string, files []remote.File) error {
	var errs []error
	for _, f := range files {
		whose, _, is := formats.ParseTurnName(f.Name)
		if !is || whose != merchant {
			continue
		}
		errs = append(errs, step("take", f.Name, c.turn(ctx, merchant, r, folder, f.Name)))
	}
	return errors.Join(errs...)
}

func (c *Courier) turn(ctx context.Context, merchant string, r remote.Remote, folder, name string) error {
	f, err := r.Open(ctx, folder, name)
	if err != nil {
		return err
	}
	t, err := formats.ReadTurn(f)
	if err = errors.Join(err, f.Close()); err != nil && !errors.Is(err, formats.ErrAnswer) {
		return err
	}
	if err == nil && t.Merchant != merchant {
		err = errors.New("it is another merchant's")
	}
	if err != nil { // it is told once: the next one takes its place
		return errors.Join(err, r.Remove(ctx, folder, name))
	}
	if err := c.heard(ctx, merchant, t); err != nil {
		return err
	}
	return r.Remove(ctx, folder, name)
}

// heard notes a turn of the other side, if it is news.
func (c *Courier) heard(ctx context.Context, merchant string, t formats.Turn) error {
	now := c.now()
	return c.update(ctx, merchant, func(l *Link) bool {
		was := l.Heard
		if t.Through.Before(was.Through) {
			return false
		}
		l.Heard = formats.Turn{
			Merchant: merchant, Through: t.Through, Next: t.Next,
			Last: max(t.Last, was.Last), Have: max(t.Have, was.Have), Heard: max(t.Heard, was.Heard),
		}
		l.At = now
		if t.Through.After(was.Through) || l.Heard.Last > was.Last || l.Heard.Have > was.Have {
			l.Since = time.Time{}
		}
		return true
	})
}

// Tell notes how far we have come; [Courier.PutTurn] says it. The same turn again
// has no effect.
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

// PutTurn puts our last turn where the other side takes it, unless it was put.
func (c *Courier) PutTurn(ctx context.Context, merchant string, r remote.Remote, folder string) error {
	l, err := c.Link(ctx, merchant)
	if err != nil || l.Put {
		return err
	}
	var b bytes.Buffer
	if err := formats.WriteTurn(&b, l.Told); err != nil {
		return err
	}
	name := formats.TurnName(merchant, l.Told.Through)
	if err := replace(ctx, r, folder, name, b.Bytes()); err != nil {
		return err
	}
	return c.update(ctx, merchant, func(now *Link) bool {
		now.Put = now.Told == l.Told
		return now.Put
	})
}

// Remind puts our last turn again if it does not lie there any more: the other
// side has taken it, or it was lost. Whoever waits does so.
func (c *Courier) Remind(ctx context.Context, merchant string, r remote.Remote, folder string) error {
	l, err := c.Link(ctx, merchant)
	if err != nil || !l.Put {
		return err
	}
	there, err := lies(ctx, r, folder, formats.TurnName(merchant, l.Told.Through))
	if err != nil || there {
		return err
	}
	err = c.update(ctx, merchant, func(now *Link) bool {
		now.Put = false
		return true
	})
	return errors.Join(err, c.PutTurn(ctx, merchant, r, folder))
}

// lies reports whether a file is in a folder.
func lies(ctx context.Context, r remote.Remote, folder, name string) (bool, error) {
	files, err := r.List(ctx, folder)
	return slices.ContainsFunc(files, func(f remote.File) bool { return f.Name == name }), err
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
