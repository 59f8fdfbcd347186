package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/kontor-exchange/kontor/processor/batch"
)

// verifyBatches checks that batches have no gap, that each but the last has its
// receipt, and that their bytes are in the spool.
func (x *exchange) verifyBatches(ctx context.Context, merchant string) (broken []string, err error) {
	const page = 500
	last := batch.Entry{Answered: true}
	for {
		some, err := x.batches.List(ctx, merchant, last.Number, page)
		if err != nil || len(some) == 0 {
			return broken, err
		}
		for _, b := range some {
			broken = append(broken, verifyBatch(last, b)...)
			if err := x.intact(b.SHA256, b.Size); err != nil {
				broken = append(broken, fmt.Sprintf("batch %d: %v", b.Number, err))
			}
			last = b
		}
	}
}

func verifyBatch(before, b batch.Entry) (broken []string) {
	if b.Number != before.Number+1 {
		broken = append(broken, fmt.Sprintf("batch %d: it follows batch %d, so there is a gap", b.Number, before.Number))
	}
	if !before.Answered {
		broken = append(broken, fmt.Sprintf("batch %d: it has no receipt, though batch %d was made", before.Number, b.Number))
	}
	if b.Answered && b.Taken+b.Refused != b.Records {
		broken = append(broken, fmt.Sprintf("batch %d: %d records, of which %d were taken and %d refused", b.Number, b.Records, b.Taken, b.Refused))
	}
	return broken
}

// intact reads a file of the spool and compares it with its hash.
func (x *exchange) intact(sum string, size int64) (err error) {
	f, err := x.spool.Open(sum)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum || n != size {
		return fmt.Errorf("%d bytes with sha256 %s are in the spool, want %d with %s; restore it from a backup", n, got, size, sum)
	}
	return nil
}
