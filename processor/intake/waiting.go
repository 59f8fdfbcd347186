package intake

import (
	"context"
	"database/sql"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/schedules"
)

// A Backlog is what waits at intake.
type Backlog struct {
	Unread  int64          // files that are registered and not read to their end
	Held    []FileInfo     // files that wait for a person, newest first; at most 20
	Ignored []string       // names in the inbox that match no feed, in order; at most 20
	Parked  int64          // rows
	Since   schedules.Date // since when the oldest of them is parked; zero when none is
}

// Backlog tells what waits of a merchant, or of the bank's files. A HELD file
// counts until a file of the same name was read.
func (in *Intake) Backlog(ctx context.Context, owner string) (b Backlog, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		err := tx.QueryRow(ctx, "SELECT COUNT(*) FROM intake_files WHERE merchant_id = ? AND state = 'NEW'", owner).Scan(&b.Unread)
		if err != nil {
			return err
		}
		var since int64
		err = tx.QueryRow(ctx, "SELECT COUNT(*), COALESCE(MIN(since), 0) FROM intake_parked WHERE merchant_id = ?", owner).Scan(&b.Parked, &since)
		if err != nil {
			return err
		}
		b.Since = schedules.Date(since)
		rows, err := tx.Query(ctx, "SELECT name FROM intake_lying WHERE merchant_id = ? AND state = ? ORDER BY name LIMIT 20", owner, ignored)
		b.Ignored, err = database.Collect(rows, err, func(r *sql.Rows) (name string, err error) { return name, r.Scan(&name) })
		if err != nil {
			return err
		}
		b.Held, err = fileInfos(ctx, tx, `merchant_id = ? AND verdict = 'HELD' AND NOT EXISTS (
			SELECT 1 FROM intake_files l WHERE l.merchant_id = intake_files.merchant_id AND l.feed = intake_files.feed AND l.name = intake_files.name
				AND ABS(l.number) > ABS(intake_files.number) AND l.verdict IN ('ACCEPTED', 'PARTIAL')) ORDER BY ABS(number) DESC LIMIT 20`,
			owner)
		return err
	})
	return b, at("look at", "what waits of "+owner, err)
}
