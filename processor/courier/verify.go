package courier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/kontor-exchange/kontor/processor/database"
)

// Verify returns one sentence for each thing of a merchant's hand-over that
// cannot be: a gap in a series of numbers, or bytes that are not in the spool.
func (c *Courier) Verify(ctx context.Context, merchant string) (broken []string, err error) {
	for _, kind := range []string{kindBatch, kindAnswer, kindSent} {
		for n := int64(0); ; {
			some, err := c.page(ctx, merchant, kind, n)
			if err != nil {
				return broken, err
			}
			if len(some) == 0 {
				break
			}
			for _, f := range some {
				if n++; f.number != n {
					broken = append(broken, fmt.Sprintf("hand-over: %s %d follows number %d, so there is a gap", f.name, f.number, n-1))
					n = f.number
				}
				if err := c.intact(f); err != nil {
					broken = append(broken, fmt.Sprintf("hand-over: %s: %v", f.name, err))
				}
			}
		}
	}
	return broken, ctx.Err()
}

func (c *Courier) page(ctx context.Context, merchant, kind string, after int64) (some []file, err error) {
	const page = 500
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT number, name, sha256, size, at FROM courier_files
			WHERE merchant_id = ? AND kind = ? AND number > ? ORDER BY number LIMIT ?`, merchant, kind, after, page)
		some, err = database.Collect(rows, err, scanFile)
		return err
	})
	return some, err
}

func (c *Courier) intact(f file) (err error) {
	r, err := c.spool.Open(f.sha256)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	h := sha256.New()
	n, err := io.Copy(h, r)
	if err == nil && (n != f.size || hex.EncodeToString(h.Sum(nil)) != f.sha256) {
		err = fmt.Errorf("%d bytes with other content are in the spool, want %d with sha256 %s; restore it from a backup", n, f.size, f.sha256)
	}
	return err
}
