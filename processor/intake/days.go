package intake

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/schedules"
)

// A DayFile is a file that was read on a day, with what became of its bytes
// since.
type DayFile struct {
	FileInfo
	Day schedules.Date // of the run that read it
	Run int64
	// Newest is the number of the last file with the same name and bytes; it is
	// the file's own when they did not come again.
	Newest int64
	Since  bool // their rows were read since, where this file was refused
}

// FilesBetween returns the files of a merchant, or of the bank, that were read
// on some days, both included, the first one first.
func (in *Intake) FilesBetween(ctx context.Context, owner string, from, to schedules.Date) (all []DayFile, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		some, err := files(ctx, tx, "merchant_id = ? AND day >= ? AND day <= ? ORDER BY ABS(number)", owner, int64(from), int64(to))
		if err != nil {
			return err
		}
		all = nil
		for _, f := range some {
			d := DayFile{Day: f.day, Run: f.run, Newest: f.number}
			if d.FileInfo, err = f.info(ctx, tx); err != nil {
				return err
			}
			if f.reason != "" {
				if err := d.follow(ctx, tx, f); err != nil {
					return err
				}
			}
			all = append(all, d)
		}
		return nil
	})
	return all, at("list", "files of "+owner, err)
}

// follow finds out what became of the bytes of a refused file since.
func (d *DayFile) follow(ctx context.Context, tx *database.Tx, f file) error {
	var rows int64
	err := tx.QueryRow(ctx, `SELECT number, row_count FROM intake_files
		WHERE merchant_id = ? AND sha256 = ? AND feed = ? AND name = ? ORDER BY CASE WHEN row_count > 0 THEN 0 ELSE 1 END, ABS(number) DESC LIMIT 1`,
		f.owner, f.sha256, int64(f.feed), f.name).Scan(&d.Newest, &rows)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	d.Since = rows > 0
	return err
}

// Untaken returns the names of the files that lie in the inbox and that no run
// has taken, in the order of the names. It changes nothing, and waits for
// nothing: one of them may still be being written.
func (in *Intake) Untaken(ctx context.Context, box Inbox) (names []string, err error) {
	all, err := box.Remote.List(ctx, box.Folder)
	if err != nil {
		return nil, at("look into", "the inbox of "+box.Owner, err)
	}
	known, err := in.lying(ctx, box.Owner)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if !sidecar(f.Name) && box.takes(f.Name) && !known[f.Name].is(f) {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names, nil
}
