package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
)

// A Watch is what waits for one target, counted cheaply.
type Watch struct {
	Target  string
	Waiting int64     // files
	Failed  int64     // of these, after a failed try
	Tries   int64     // failed ones, of all that wait
	Since   time.Time // since when the oldest of the failed waits; zero when there is none
	Error   string    // the last one of the oldest
}

// watched is the most that is looked at of what waits: a target that is down for
// a year must not slow those down who watch it.
const watched = 100_000

// Watch tells what files of a merchant wait, by target; a target for which
// nothing waits is not named.
func (o *Outbox) Watch(ctx context.Context, merchant string) (all []Watch, err error) {
	err = o.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT target, COUNT(*), CAST(COALESCE(SUM(CASE WHEN tries > 0 THEN 1 ELSE 0 END), 0) AS BIGINT),
				CAST(COALESCE(SUM(tries), 0) AS BIGINT), COALESCE(MIN(CASE WHEN tries > 0 THEN added_at END), 0)
			FROM (SELECT target, tries, added_at FROM outbox WHERE merchant = ? AND waits = 1 ORDER BY seq LIMIT ?) w
			GROUP BY target ORDER BY target`, merchant, watched)
		all, err = database.Collect(rows, err, func(r *sql.Rows) (w Watch, err error) {
			var since int64
			err = r.Scan(&w.Target, &w.Waiting, &w.Failed, &w.Tries, &since)
			w.Since = at(since)
			return w, err
		})
		for i := range all {
			if err == nil && all[i].Failed > 0 {
				err = tx.QueryRow(ctx, "SELECT error FROM outbox WHERE merchant = ? AND waits = 1 AND tries > 0 AND target = ? ORDER BY seq LIMIT 1",
					merchant, all[i].Target).Scan(&all[i].Error)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("outbox: what waits of %s: %w", merchant, err)
	}
	return all, nil
}
