package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// A Delivered file stands at its target.
type Delivered struct {
	File
	SHA256 string
	Size   int64 // bytes
	At     time.Time
	Again  bool // delivered before, and now resent
}

// page is how many waiting files are held in memory at once.
const page = 500

// Deliver puts the files of a merchant that wait, oldest first. A file that
// fails stays with its error and its count of tries, and stops no other; when a
// target does not answer at all, the rest of its files wait untouched for the
// next call, and the other targets go on beside it. All errors are returned
// together.
//
// to opens the remote of a target, is asked once per target, and stays the
// owner of what it returns. delivered is called in the transaction that marks
// the file, one after the other, so that what follows from a delivery (a notice
// is SENT) is booked with it or not at all; it must be safe to run again. A
// crash between the put and the mark leads to the same put again, which has no
// effect.
func (o *Outbox) Deliver(ctx context.Context, merchant string, to func(target string) (remote.Remote, error),
	delivered func(ctx context.Context, tx *database.Tx, d Delivered) error,
) error {
	targets := targets{to: to, open: map[string]*target{}}
	var errs []error
	for last := int64(0); ; {
		entries, err := o.waiting(ctx, merchant, last)
		if err != nil || len(entries) == 0 {
			return errors.Join(append(errs, err)...)
		}
		last = entries[len(entries)-1].Seq
		for t := range o.putAll(ctx, targets.split(entries)) {
			errs = append(errs, o.settle(ctx, t, delivered))
		}
		if err := ctx.Err(); err != nil {
			return errors.Join(append(errs, err)...)
		}
	}
}

func (o *Outbox) waiting(ctx context.Context, merchant string, after int64) (entries []Entry, err error) {
	err = o.db.Read(ctx, func(tx *database.Tx) error {
		entries, err = collect(tx.Query(ctx, "SELECT "+entryColumns+` FROM outbox
			WHERE merchant = ? AND waits = 1 AND seq > ? ORDER BY seq LIMIT ?`, merchant, after, page))
		return err
	})
	return entries, err
}

// A try is one put and how it ended.
type try struct {
	entry Entry
	err   error
}

// putAll puts each target's files, the targets side by side. The channel is
// closed when all have ended; it must be read to its end.
func (o *Outbox) putAll(ctx context.Context, byTarget map[*target][]Entry) <-chan try {
	tries := make(chan try)
	var running sync.WaitGroup
	for t, entries := range byTarget {
		running.Go(func() { o.putInOrder(ctx, t, entries, tries) })
	}
	go func() {
		running.Wait()
		close(tries)
	}()
	return tries
}

// putInOrder sends files of a target several at a time; they appear, and are told,
// in their order. What was under way to a target that turns out to be down does
// not appear, and counts as not tried.
func (o *Outbox) putInOrder(ctx context.Context, t *target, entries []Entry, tries chan<- try) {
	if t.down || ctx.Err() != nil {
		return
	}
	put := func(ctx context.Context, e Entry, turn <-chan struct{}) error {
		if t.err != nil {
			return t.err
		}
		return o.put(ctx, t.remote, e, turn)
	}
	for e, err := range remote.Ahead(ctx, entries, func(e Entry) int64 { return e.Size }, put) {
		t.judge(ctx, err)
		tries <- try{e, err}
		if t.down || ctx.Err() != nil {
			return
		}
	}
}

func (o *Outbox) put(ctx context.Context, r remote.Remote, e Entry, turn <-chan struct{}) error {
	f, err := o.spool.Open(e.SHA256)
	if err != nil {
		return err
	}
	return errors.Join(remote.PutInTurn(ctx, r, e.Folder, e.Name, e.Size, f, turn), f.Close())
}

// settle books how a try ended, also when the caller's time is up by then.
func (o *Outbox) settle(ctx context.Context, t try, delivered func(context.Context, *database.Tx, Delivered) error) error {
	ctx, now := context.WithoutCancel(ctx), o.now()
	if t.err != nil {
		return errors.Join(fmt.Errorf("deliver %s: %w", t.entry.File, t.err), o.fail(ctx, t, now))
	}
	d := Delivered{File: t.entry.File, SHA256: t.entry.SHA256, Size: t.entry.Size, At: now, Again: t.entry.Deliveries > 0}
	err := o.db.Write(ctx, func(tx *database.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE outbox SET waits = 0, deliveries = deliveries + 1, delivered_at = ?, tries = 0,
				error = '', removed_at = 0 WHERE merchant = ? AND target = ? AND folder = ? AND name = ?`,
			now.Unix(), d.Merchant, d.Target, d.Folder, d.Name); err != nil {
			return err
		}
		return delivered(ctx, tx, d)
	})
	if err != nil {
		return fmt.Errorf("delivered %s, but could not book it, so it will be put again: %w", t.entry.File, err)
	}
	return nil
}

func (o *Outbox) fail(ctx context.Context, t try, now time.Time) error {
	f := t.entry.File
	return o.db.Write(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE outbox SET tries = tries + 1, tried_at = ?, error = ?
			WHERE merchant = ? AND target = ? AND folder = ? AND name = ?`,
			now.Unix(), storable(t.err), f.Merchant, f.Target, f.Folder, f.Name)
		return err
	})
}

// storable is the text of an error, short, and such that a database takes it.
func storable(err error) string {
	const enough = 500
	s := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "\uFFFD"), "\x00", "\uFFFD")
	if len(s) > enough {
		s = strings.ToValidUTF8(s[:enough], "") + "…"
	}
	return s
}
