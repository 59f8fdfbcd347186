package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Most is the most that is counted of what waits: who watches need not know
// more, and the database has not to count a million rows for it.
const Most = 100_000

// An Arrival is a file that came, as far as it is watched.
type Arrival struct {
	Number  int64
	Feed    purchase.Feed
	Name    string
	AsOf    time.Time        // of the run that took it
	Verdict purchase.Verdict // "" while it is being read
	Code    purchase.Code    // of a file that was refused or is held
	Bad     int64            // rows that were rejected, or are in conflict, when it was read
}

// A Watch is what waits at intake, counted cheaply.
type Watch struct {
	Parked  int64          // rows; at most Most
	Since   schedules.Date // since when the oldest of them is parked; zero when none is
	Held    []Arrival      // newest first; at most 20
	Ignored []string       // names in the inbox that match no feed, in order; at most 20
}

// Watch tells what waits of a merchant, or of the bank's files. It takes about
// as long as nothing waits, however many files there are. A HELD file counts
// until a file of the same name was read.
func (in *Intake) Watch(ctx context.Context, owner string) (w Watch, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		var since int64
		err := tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(MIN(since), 0) FROM
			(SELECT since FROM intake_parked WHERE merchant_id = ? ORDER BY clock, id LIMIT ?) p`, owner, Most).Scan(&w.Parked, &since)
		if err != nil {
			return err
		}
		w.Since = schedules.Date(since)
		rows, err := tx.Query(ctx, "SELECT name FROM intake_lying WHERE merchant_id = ? AND state = ? ORDER BY name LIMIT 20", owner, ignored)
		w.Ignored, err = database.Collect(rows, err, func(r *sql.Rows) (name string, err error) { return name, r.Scan(&name) })
		if err != nil {
			return err
		}
		w.Held, err = arrivals(ctx, tx, `merchant_id = ? AND verdict = 'HELD' AND NOT EXISTS (
			SELECT 1 FROM intake_files l WHERE l.merchant_id = f.merchant_id AND l.feed = f.feed AND l.name = f.name
				AND ABS(l.number) > ABS(f.number) AND l.verdict IN ('ACCEPTED', 'PARTIAL')) ORDER BY ABS(number) DESC LIMIT 20`, owner)
		return err
	})
	return w, at("watch", "files of "+owner, err)
}

// Arrivals returns the files that runs from a time on have taken, oldest first;
// at most the newest Most.
func (in *Intake) Arrivals(ctx context.Context, owner string, since time.Time) (all []Arrival, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		all, err = arrivals(ctx, tx, "merchant_id = ? AND as_of >= ? ORDER BY as_of, ABS(number) LIMIT ?", owner, since.Unix(), Most)
		if err != nil {
			return err
		}
		return countBad(ctx, tx, owner, all)
	})
	return all, at("watch", "files of "+owner, err)
}

func arrivals(ctx context.Context, tx *database.Tx, where string, args ...any) ([]Arrival, error) {
	rows, err := tx.Query(ctx, "SELECT number, feed, name, as_of, verdict, reason FROM intake_files f WHERE "+where, args...)
	return database.Collect(rows, err, func(r *sql.Rows) (a Arrival, err error) {
		var asOf int64
		var reason string
		if err := r.Scan(&a.Number, &a.Feed, &a.Name, &asOf, &a.Verdict, &reason); err != nil {
			return a, err
		}
		a.AsOf = time.Unix(asOf, 0).UTC()
		if reason == "" {
			return a, nil
		}
		why := formats.FileError{}
		err = json.Unmarshal([]byte(reason), &why)
		a.Code = why.Code
		return a, err
	})
}

// countBad counts the rows of PARTIAL files that a person should look at; those
// that are parked may come right by themselves.
func countBad(ctx context.Context, tx *database.Tx, owner string, all []Arrival) error {
	var partial []int64
	for _, a := range all {
		if a.Verdict == purchase.Partial {
			partial = append(partial, a.Number)
		}
	}
	if len(partial) == 0 {
		return nil
	}
	where, args := "merchant_id = ? AND file IN ??", []any{owner, partial}
	if owner == purchase.Provider {
		where, args = "file < 0 AND file IN ??", []any{partial}
	}
	bad := map[int64]int64{}
	rows, err := tx.Query(ctx, "SELECT file, conflict + rejected FROM intake_shares WHERE "+where, args...)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var file, n int64
		err = r.Scan(&file, &n)
		bad[file] += n
		return struct{}{}, err
	})
	for i := range all {
		all[i].Bad = bad[all[i].Number]
	}
	return err
}
