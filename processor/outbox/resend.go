package outbox

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/kontor-exchange/kontor/processor/database"
)

// A Request is who wants something of the outbox, and why.
type Request struct {
	Operator string
	Reason   string
	DryRun   bool // change nothing
}

// Resend makes a delivered file wait again, so that the next Deliver puts the
// same bytes under the same name, and records who wanted it and why. name is
// the file's name, with its folder ("out/ack/x.csv") or its target and folder
// ("erp:out/ack/x.csv") where that alone is not one file. It returns the file;
// with [Request.DryRun] nothing is changed.
//
// A name that never left is [ErrUnknown], one of several files [ErrAmbiguous],
// and a file that waits anyway [ErrWaits].
func (o *Outbox) Resend(ctx context.Context, merchant, name string, by Request) (Entry, error) {
	if by.Operator == "" || by.Reason == "" {
		return Entry{}, errors.New("resend: an operator and a reason are required")
	}
	var e Entry
	err := o.db.Write(ctx, func(tx *database.Tx) (err error) {
		if e, err = one(ctx, tx, merchant, name); err != nil || by.DryRun {
			return err
		}
		return o.again(ctx, tx, e.File, by)
	})
	if err != nil {
		return Entry{}, fmt.Errorf("resend %s: %w", name, err)
	}
	return e, nil
}

// one finds the delivered file that a name means.
func one(ctx context.Context, tx *database.Tx, merchant, name string) (Entry, error) {
	e, err := named(ctx, tx, merchant, name)
	if err == nil && e.Waits {
		return Entry{}, ErrWaits
	}
	return e, err
}

// named finds the file that a name means.
func named(ctx context.Context, tx *database.Tx, merchant, name string) (Entry, error) {
	target, inFolder, found := strings.Cut(name, ":")
	if !found {
		target, inFolder = "", name
	}
	folder, base := path.Split(inFolder)
	entries, err := Find(ctx, tx, merchant, Filter{Target: target, Name: base})
	if err != nil {
		return Entry{}, err
	}
	var hits []Entry
	for _, e := range entries {
		if folder == "" || e.Folder == strings.TrimSuffix(folder, "/") {
			hits = append(hits, e)
		}
	}
	switch {
	case base == "" || len(hits) == 0:
		return Entry{}, fmt.Errorf("%w of %s", ErrUnknown, merchant)
	case len(hits) > 1:
		return Entry{}, fmt.Errorf("%w: say which, such as %s", ErrAmbiguous, hits[0].File)
	}
	return hits[0], nil
}

func (o *Outbox) again(ctx context.Context, tx *database.Tx, f File, by Request) error {
	_, err := tx.Exec(ctx, "UPDATE outbox SET waits = 1, tries = 0, error = '' WHERE merchant = ? AND target = ? AND folder = ? AND name = ?",
		f.Merchant, f.Target, f.Folder, f.Name)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO outbox_resend (merchant, target, folder, name, number, at, operator, reason)
		VALUES (?, ?, ?, ?, (SELECT COUNT(*) + 1 FROM outbox_resend WHERE merchant = ? AND target = ? AND folder = ? AND name = ?), ?, ?, ?)`,
		f.Merchant, f.Target, f.Folder, f.Name, f.Merchant, f.Target, f.Folder, f.Name, o.now().Unix(), by.Operator, by.Reason)
	return err
}
