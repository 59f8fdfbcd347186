package intake

import (
	"context"
	"errors"
	"log/slog"

	"github.com/kontor-exchange/kontor/processor/database"
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
	if err != nil {
		return at("tidy", "the inbox of "+box.Owner, err)
	}
	var gone, kept []string
	for name, l := range known {
		switch {
		case l.state != told:
		case box.Keep:
			kept = append(kept, name)
		case remove(ctx, box, name) != nil:
			slog.Warn("file stays in the inbox and is not taken again", "owner", box.Owner, "file", name)
			kept = append(kept, name)
		default:
			gone = append(gone, name)
		}
	}
	if len(gone)+len(kept) == 0 {
		return nil
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
