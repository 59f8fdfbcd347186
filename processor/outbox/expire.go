package outbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// Expire removes from the merchant's out/ what was delivered keepDays ago or
// earlier and the ERP has not removed itself. The bytes stay in the spool and
// may be resent. A file whose removal is refused is told once and then left
// where it is; a target that does not answer is tried again by the next call.
func (o *Outbox) Expire(ctx context.Context, merchant string, keepDays int, to func(target string) (remote.Remote, error)) error {
	targets := targets{to: to, open: map[string]*target{}}
	var errs []error
	for {
		entries, err := o.kept(ctx, merchant, keepDays)
		if err != nil || len(entries) == 0 {
			return errors.Join(append(errs, err)...)
		}
		t := targets.get(ERP)
		for _, e := range entries {
			refused := t.use(ctx, func(r remote.Remote) error { return r.Remove(ctx, e.Folder, e.Name) })
			if refused != nil {
				errs = append(errs, fmt.Errorf("remove %s after %d days: %w", e.File, keepDays, refused))
			}
			if t.down || ctx.Err() != nil {
				return errors.Join(append(errs, ctx.Err())...)
			}
			if err := o.removed(ctx, e.File, refused); err != nil {
				return errors.Join(append(errs, err)...)
			}
		}
	}
}

func (o *Outbox) kept(ctx context.Context, merchant string, keepDays int) (entries []Entry, err error) {
	until := o.now().AddDate(0, 0, -keepDays).Unix()
	err = o.db.Read(ctx, func(tx *database.Tx) error {
		entries, err = collect(tx.Query(ctx, "SELECT "+entryColumns+` FROM outbox WHERE merchant = ? AND target = ?
			AND removed_at = 0 AND delivered_at BETWEEN 1 AND ? AND waits = 0 ORDER BY delivered_at, seq LIMIT ?`,
			merchant, ERP, until, page))
		return err
	})
	return entries, err
}

// removed remembers a removal, also one that was refused.
func (o *Outbox) removed(ctx context.Context, f File, refused error) error {
	why := ""
	if refused != nil {
		why = storable(refused)
	}
	return o.db.Write(ctx, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE outbox SET removed_at = ?, error = ? WHERE merchant = ? AND target = ? AND folder = ? AND name = ?",
			o.now().Unix(), why, f.Merchant, f.Target, f.Folder, f.Name)
		return err
	})
}
