package processor

import (
	"context"
	"errors"
	"fmt"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/spool"
)

// ErrNotMade says that a file is not made from the books alone, or never a
// second time: a payment order would pay twice.
var ErrNotMade = errors.New("it cannot be made anew; kontor resend sends the same bytes")

// A Rebuilt is a file that was made anew from the books.
type Rebuilt struct {
	File   outbox.File  // its newest version, or the first when none left
	Left   spool.Stored // what left; zero for a file that never did
	Anew   spool.Stored // what is made now
	Number int          // version of what left; 0: none did
}

// Same reports whether the bytes are those that left.
func (r Rebuilt) Same() bool { return r.Left.SHA256 == r.Anew.SHA256 }

// Rebuild makes the report anew that a file belongs to (all files of a payout,
// the report of a dunning run, the letters of one for machines, one printed
// letter), by the books and the configuration as they
// are now, and compares it with the newest version that left. Nothing leaves;
// the bytes go into the spool of the engine. A version that waits for its first
// delivery is [outbox.ErrWaits].
func (e *Engine) Rebuild(ctx context.Context, of outbox.Entry) ([]Rebuilt, error) {
	j, version, err := e.writer(ctx, of)
	if err != nil {
		return nil, err
	}
	files, err := j.anew(ctx, of, version)
	if err != nil {
		return nil, err
	}
	var all []Rebuilt
	for _, f := range files {
		r, err := j.compared(ctx, f, version)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// Supersede lets a report leave as its next version, where Rebuild finds that
// something differs: complete, under names of its own, with the name of what it
// supersedes in its JSON twin. A booking batch leaves only if it differs itself,
// since it would be booked twice. What left before stays.
func (e *Engine) Supersede(ctx context.Context, of outbox.Entry, all []Rebuilt, by outbox.Request) (left []outbox.File, err error) {
	j, version, err := e.writer(ctx, of)
	if err != nil {
		return nil, err
	}
	files, err := j.anew(ctx, of, version+1)
	if err != nil {
		return nil, err
	}
	if len(files) != len(all) {
		return nil, fmt.Errorf("%s: the report has %d files, a moment ago it had %d; try again", of.File, len(files), len(all))
	}
	err = e.DB.Write(ctx, func(tx *database.Tx) error {
		left = nil
		for i, f := range files {
			old := all[i]
			if old.Same() && f.file.Kind == outbox.DATEV {
				continue
			}
			v := outbox.Version{Number: version + 1, Operator: by.Operator, Reason: by.Reason}
			if old.Number > 0 {
				v.Supersedes = old.File.Name
			}
			if err := keepSealed(ctx, tx, &f); err != nil {
				return err
			}
			if err := e.Outbox.AddVersion(ctx, tx, f.file, v, f.stored); err != nil {
				return err
			}
			left = append(left, f.file)
		}
		return nil
	})
	return left, err
}

// writer is a job that writes a report once more, and the newest version of it.
func (e *Engine) writer(ctx context.Context, of outbox.Entry) (*job, int, error) {
	m := e.merchant(of.Merchant)
	if m == nil {
		return nil, 0, fmt.Errorf("merchant %q is not in the config", of.Merchant)
	}
	own := *m
	j := e.job(ctx, &own, run{merchant: of.Merchant, number: of.Run, at: of.Added})
	version, err := j.version(ctx, of)
	return j, version, err
}
