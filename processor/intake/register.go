package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
	"github.com/kontor-exchange/kontor/schedules"
)

// States of a file.
const (
	fileNew  = "NEW"  // registered, not read to its end
	fileRead = "READ" // read, or refused; its rows are tried
)

// A file is an inbound file as its table has it.
type file struct {
	owner    string
	number   int64
	feed     purchase.Feed
	name     string
	sha256   string
	size     int64
	profile  string
	language formats.Language
	run      int64
	runName  string
	asOf     int64
	day      schedules.Date
	state    string
	verdict  purchase.Verdict
	reason   string // formats.FileError as JSON
	original int64  // of a duplicate
	rows     int64
	sumGross money.Amount
	unknown  string // headings that the profile does not know, as JSON
	headings string // of columns by canonical name, as JSON
	released string // who released it and why
	told     int64  // the run whose ack tells of it; 0 while it is open
}

const fileColumns = `merchant_id, number, feed, name, sha256, size, profile, language, run, run_name, as_of, day,
	state, verdict, reason, original, row_count, sum_gross, unknown, headings, released, told`

func scanFile(r *sql.Rows) (f file, err error) {
	var day int64
	err = r.Scan(&f.owner, &f.number, &f.feed, &f.name, &f.sha256, &f.size, &f.profile, &f.language, &f.run, &f.runName,
		&f.asOf, &day, &f.state, &f.verdict, &f.reason, &f.original, &f.rows, &f.sumGross, &f.unknown, &f.headings, &f.released, &f.told)
	f.day = schedules.Date(day)
	return f, err
}

// fileError returns why the file was refused or held; the zero value if it was not.
func (f file) fileError() (e formats.FileError, err error) {
	if f.reason == "" {
		return formats.FileError{}, nil
	}
	if err := json.Unmarshal([]byte(f.reason), &e); err != nil {
		return e, fmt.Errorf("file %d: the stored reason cannot be read: %w", f.number, err)
	}
	return e, nil
}

// files selects files by a condition.
func files(ctx context.Context, tx *database.Tx, where string, args ...any) ([]file, error) {
	rows, err := tx.Query(ctx, "SELECT "+fileColumns+" FROM intake_files WHERE "+where, args...)
	return database.Collect(rows, err, scanFile)
}

// register gives a file that lies in the spool its number, and remembers that
// it lies in the inbox: both or none.
func (in *Intake) register(ctx context.Context, run Run, box Inbox, f remote.File, stored spool.Stored) error {
	feed, _ := box.Profile.FeedOf(f.Name)
	return in.write(ctx, box.Owner, func(tx *database.Tx) error {
		number, err := nextNumber(ctx, tx, box.Owner)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO intake_files ("+fileColumns+`)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0, 0, 0, '', '', '', 0)`,
			box.Owner, number, int64(feed), f.Name, stored.SHA256, f.Size, box.Profile.Name, string(box.Language),
			run.Number, run.Name, run.AsOf.Unix(), int64(run.Day), fileNew)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO intake_lying (merchant_id, name, size, modified, number, state) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (merchant_id, name) DO UPDATE SET size = excluded.size, modified = excluded.modified,
				number = excluded.number, state = excluded.state`,
			box.Owner, f.Name, f.Size, f.ModTime.UnixNano(), number, waits)
		return err
	})
}

// nextNumber counts a merchant's files up from 1, the bank's down from −1.
func nextNumber(ctx context.Context, tx *database.Tx, owner string) (number int64, err error) {
	query := "SELECT COALESCE(MAX(number), 0) + 1 FROM intake_files WHERE merchant_id = ?"
	if owner == purchase.Provider {
		query = "SELECT COALESCE(MIN(number), 0) - 1 FROM intake_files WHERE merchant_id = ?"
	}
	return number, tx.QueryRow(ctx, query, owner).Scan(&number)
}

// readSmall reads a sidecar.
func readSmall(ctx context.Context, box Inbox, name string) (text string, err error) {
	r, err := box.Remote.Open(ctx, box.Folder, name)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(r, maxSidecar))
	return string(b), errors.Join(err, r.Close())
}

func (in *Intake) lying(ctx context.Context, owner string) (map[string]lying, error) {
	known := map[string]lying{}
	err := in.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT name, size, modified, number, state FROM intake_lying WHERE merchant_id = ?", owner)
		_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
			var name string
			var l lying
			err = r.Scan(&name, &l.size, &l.modified, &l.number, &l.state)
			known[name] = l
			return struct{}{}, err
		})
		return err
	})
	return known, err
}
