package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/kontor-exchange/kontor/processor/database"
)

// Verify reads the bytes of every file of a merchant in the spool and names
// those that are missing or are not what was promised: they cannot be resent.
func (o *Outbox) Verify(ctx context.Context, merchant string) error {
	var errs []error
	for last := int64(0); ; {
		entries, err := o.after(ctx, merchant, last)
		if err != nil || len(entries) == 0 {
			return errors.Join(append(errs, err)...)
		}
		for _, e := range entries {
			if err := o.intact(e); err != nil {
				errs = append(errs, fmt.Errorf("outbox: %s: %w", e.File, err))
			}
		}
		last = entries[len(entries)-1].Seq
		if err := ctx.Err(); err != nil {
			return errors.Join(append(errs, err)...)
		}
	}
}

func (o *Outbox) after(ctx context.Context, merchant string, seq int64) (entries []Entry, err error) {
	err = o.db.Read(ctx, func(tx *database.Tx) error {
		entries, err = collect(tx.Query(ctx, "SELECT "+entryColumns+" FROM outbox WHERE merchant = ? AND seq > ? ORDER BY seq LIMIT ?",
			merchant, seq, page))
		return err
	})
	return entries, err
}

func (o *Outbox) intact(e Entry) error {
	f, err := o.spool.Open(e.SHA256)
	if err != nil {
		return err
	}
	h := sha256.New()
	size, err := io.Copy(h, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if sum := hex.EncodeToString(h.Sum(nil)); sum != e.SHA256 || size != e.Size {
		return fmt.Errorf("%d bytes with sha256 %s are in the spool, want %d with %s; restore it from a backup", size, sum, e.Size, e.SHA256)
	}
	return nil
}
