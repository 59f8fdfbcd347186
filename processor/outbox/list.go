package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
)

// An Entry is a file and how far it has come.
type Entry struct {
	File
	Seq        int64 // rises per merchant
	SHA256     string
	Size       int64 // bytes
	Added      time.Time
	Waits      bool      // is to be delivered, for the first time or again
	Deliveries int64     // how often it was delivered
	Delivered  time.Time // the last time; zero if never
	Tries      int64     // failed ones since it waits
	Tried      time.Time // the last failed try
	Error      string    // why the last try, or the removal, failed
	Removed    time.Time // from the target after keep_days; zero if not
}

// A Filter picks entries; zero fields pick all.
type Filter struct {
	Waiting bool // only what is to be delivered
	Failed  bool // only what waits after a failed try
	Target  string
	Kind    string
	Subject string
	Run     int64
	FromRun int64 // this run and later ones, oldest first also when there is a limit
	Name    string
	Limit   int // 0: no limit; otherwise the newest ones
}

const entryColumns = `merchant, target, folder, name, run, kind, subject, seq, sha256, size, added_at,
	waits, deliveries, delivered_at, tries, tried_at, error, removed_at`

// List returns the files of a merchant that the filter picks, oldest first.
func (o *Outbox) List(ctx context.Context, merchant string, f Filter) (entries []Entry, err error) {
	err = o.db.Read(ctx, func(tx *database.Tx) error {
		entries, err = Find(ctx, tx, merchant, f)
		return err
	})
	return entries, err
}

// Find is [Outbox.List] inside a transaction.
func Find(ctx context.Context, tx *database.Tx, merchant string, f Filter) ([]Entry, error) {
	query := "SELECT " + entryColumns + " FROM outbox WHERE merchant = ?"
	args := []any{merchant}
	where := func(condition string, value any, wanted bool) {
		if wanted {
			query += " AND " + condition
			args = append(args, value)
		}
	}
	where("waits = ?", 1, f.Waiting || f.Failed)
	where("tries > ?", 0, f.Failed)
	where("target = ?", f.Target, f.Target != "")
	where("kind = ?", f.Kind, f.Kind != "")
	where("subject = ?", f.Subject, f.Subject != "")
	where("run = ?", f.Run, f.Run != 0)
	where("run >= ?", f.FromRun, f.FromRun != 0)
	where("name = ?", f.Name, f.Name != "")
	query += map[bool]string{false: " ORDER BY seq DESC", true: " ORDER BY run, seq"}[f.FromRun != 0]
	if f.Limit > 0 {
		query += " LIMIT ?"
		args = append(args, f.Limit)
	}
	entries, err := collect(tx.Query(ctx, query, args...))
	if f.FromRun == 0 {
		slices.Reverse(entries)
	}
	return entries, err
}

func collect(rows *sql.Rows, err error) ([]Entry, error) {
	entries, err := database.Collect(rows, err, scanEntry)
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	return entries, nil
}

func scanEntry(rows *sql.Rows) (e Entry, err error) {
	var added, waits, delivered, tried, removed int64
	err = rows.Scan(&e.Merchant, &e.Target, &e.Folder, &e.Name, &e.Run, &e.Kind, &e.Subject, &e.Seq, &e.SHA256, &e.Size,
		&added, &waits, &e.Deliveries, &delivered, &e.Tries, &tried, &e.Error, &removed)
	e.Added, e.Delivered, e.Tried, e.Removed = at(added), at(delivered), at(tried), at(removed)
	e.Waits = waits != 0
	return e, err
}

// at reads an instant; 0 is none.
func at(unix int64) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}
