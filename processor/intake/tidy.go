package intake

import (
	"context"
	"errors"
	"log/slog"
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
// sidecars. One that cannot be removed, or is to be kept, is remembered with
// one warning and not taken again; this is no error, for the database decides.
func (in *Intake) Tidy(ctx context.Context, box Inbox) error {
	known, err := in.lying(ctx, box.Owner)
	maps.DeleteFunc(known, func(_ string, l lying) bool { return l.state != told })
	if err != nil || len(known) == 0 {
		return at("tidy", "the inbox of "+box.Owner, err)
	}
	there, err := box.Remote.List(ctx, box.Folder)
	if err != nil {
		return at("tidy", "the inbox of "+box.Owner, err)
	}
	var gone, kept []string
	for name, l := range known {
		i := slices.IndexFunc(there, func(f remote.File) bool { return f.Name == name })
		switch {
		case i < 0:
			gone = append(gone, name)
		case !l.is(there[i]): // another file by now, which the next run takes
		case box.Keep || remove(ctx, box, name) != nil:
			slog.Warn("file stays in the inbox and is not taken again", "owner", box.Owner, "file", name)
			kept = append(kept, name)
		default:
			gone = append(gone, name)
		}
	}
	return at("tidy", "the inbox of "+box.Owner, in.write(ctx, box.Owner, func(tx *database.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM intake_lying WHERE merchant_id = ? AND state = 'TOLD' AND name IN ??", box.Owner, gone); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "UPDATE intake_lying SET state = ? WHERE merchant_id = ? AND state = 'TOLD' AND name IN ??", stays, box.Owner, kept)
		return err
	}))
}

func remove(ctx context.Context, box Inbox, name string) error {
	if err := box.Remote.Remove(ctx, box.Folder, name); err != nil {
		return err
	}
	return errors.Join(box.Remote.Remove(ctx, box.Folder, name+doneEnd), box.Remote.Remove(ctx, box.Folder, name+sumEnd))
}
