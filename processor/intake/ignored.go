package intake

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// ignored is the state of a file that lies in an inbox and matches no feed that
// is taken there. It has no number: when a feed takes its name later, it is as
// good as new.
const ignored = "IGNORED"

// ignore remembers the files of an inbox that nobody takes, and tells each of
// them once while it lies there. What is known by name is not told again.
func (in *Intake) ignore(ctx context.Context, box Inbox, strangers []remote.File, known map[string]lying) error {
	var rows [][]any
	for _, f := range strangers {
		if _, told := known[f.Name]; !told {
			rows = append(rows, []any{box.Owner, f.Name, f.Size, f.ModTime.UnixNano(), int64(0), ignored})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	err := in.write(ctx, box.Owner, func(tx *database.Tx) error {
		return tx.Load(ctx, "intake_lying", []string{"merchant_id", "name", "size", "modified", "number", "state"}, rows, "ON CONFLICT (merchant_id, name) DO NOTHING")
	})
	if err != nil {
		return err
	}
	for _, row := range rows {
		in.log.Warn("file in the inbox matches no feed and is not taken", "owner", box.Owner, "file", row[1])
	}
	return nil
}
