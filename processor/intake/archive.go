package intake

import "context"

// ReadArchived reads to the end what was registered and lies in the archive,
// without looking into the inbox: the files of a rerun. A file that the archive
// does not give back ([ErrUnreadable]) stops no other.
func (in *Intake) ReadArchived(ctx context.Context, box Inbox) error {
	return at("read", "files of "+box.Owner, in.readNew(ctx, box))
}
