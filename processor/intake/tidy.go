package intake

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// Delivered says that the ack of a file was delivered, in the transaction that
// marks the delivery: [Intake.Tidy] may remove the file now. Again, and for a
// file that does not lie in an inbox any more, it has no effect.
func (in *Intake) Delivered(ctx context.Context, tx *database.Tx, owner string, file int64) error {
	_, err := tx.Exec(ctx, "UPDATE intake_lying SET state = ? WHERE merchant_id = ? AND number = ? AND state = ?", told, owner, file, waits)
	return at("mark", "a delivered ack", err)
}

// Tidy removes from the inbox the files whose ack was delivered, with their
// sidecars. One that was written anew meanwhile is left for the next run; see
// [remote.RemoveIf] for what is left of that race. One that cannot be removed,
// or is to be kept, is remembered with one warning and not taken again; this is
// no error, for the database decides.
func (in *Intake) Tidy(ctx context.Context, box Inbox) error {
	known, err := in.lying(ctx, box.Owner)
	maps.DeleteFunc(known, func(_ string, l lying) bool { return l.state != told })
	if err != nil || len(known) == 0 {
		return at("tidy", "the inbox of "+box.Owner, err)
	}
	listed, err := box.Remote.List(ctx, box.Folder)
	if err != nil {
		return at("tidy", "the inbox of "+box.Owner, err)
	}
	gone, kept, err := in.removeTold(ctx, box, known, byName(listed))
	return at("tidy", "the inbox of "+box.Owner, errors.Join(err, in.write(ctx, box.Owner, func(tx *database.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM intake_lying WHERE merchant_id = ? AND state = 'TOLD' AND name IN ??", box.Owner, gone); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "UPDATE intake_lying SET state = ? WHERE merchant_id = ? AND state = 'TOLD' AND name IN ??", stays, box.Owner, kept)
		return err
	})))
}

// removeTold removes what lies in the inbox as it was registered, and tells
// which names are gone and which files stay where they are.
func (in *Intake) removeTold(ctx context.Context, box Inbox, known map[string]lying, there map[string]remote.File) (gone, kept []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(known)) {
		f, lies := there[name]
		if lies && !known[name].is(f) {
			continue // another file by now, which the next run takes
		}
		var err error
		if lies && !box.Keep {
			err = remove(ctx, box, there, name)
		}
		switch {
		case ctx.Err() != nil:
			return gone, kept, ctx.Err()
		case errors.Is(err, remote.ErrChanged):
		case lies && (box.Keep || err != nil):
			in.log.Warn("file stays in the inbox and is not taken again", "owner", box.Owner, "file", name, "error", err)
			kept = append(kept, name)
		default:
			gone = append(gone, name)
		}
	}
	return gone, kept, nil
}

// remove deletes a file and then its sidecars, each as it was listed: those
// that came since are of the file that comes next.
func remove(ctx context.Context, box Inbox, listed map[string]remote.File, name string) error {
	if err := remote.RemoveIf(ctx, box.Remote, box.Folder, listed[name]); err != nil {
		return err
	}
	for _, end := range []string{doneEnd, sumEnd} {
		beside, lies := listed[name+end]
		if !lies {
			continue
		}
		if err := remote.RemoveIf(ctx, box.Remote, box.Folder, beside); err != nil && !errors.Is(err, remote.ErrChanged) {
			return err
		}
	}
	return nil
}
