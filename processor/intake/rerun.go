package intake

import (
	"context"
	"errors"
	"fmt"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A RowFilter says which rows of a file are meant.
type RowFilter struct {
	Status purchase.Verdict // REJECTED or PARKED
	Code   purchase.Code    // "" means any
	Lines  func(int64) bool // lines of the file; nil means all
}

func (f RowFilter) fits(l line) bool {
	return l.status == f.Status && (f.Code == "" || l.code == f.Code) && (f.Lines == nil || f.Lines(l.line))
}

// RerunFile reads a file again that was refused or held, as a new file of the
// run with the same name and bytes; the next [Intake.Collect] of the run reads
// it. Of a file whose rows were read, rejected rows are tried again as
// [Intake.RerunRows] does. It returns how many rows are tried again, -1 for the
// whole file; [ErrNothing] when the file is complete.
func (in *Intake) RerunFile(ctx context.Context, run Run, box Inbox, number int64) (rows int64, err error) {
	var f file
	err = in.db.Read(ctx, func(tx *database.Tx) (err error) {
		f, err = fileOfNumber(ctx, tx, box.Owner, number)
		return err
	})
	if err != nil {
		return 0, err
	}
	if f.verdict == purchase.Duplicate {
		return 0, fmt.Errorf("file %s came before, as file %d: %w", f.name, f.original, ErrNothing)
	}
	if f.reason == "" {
		return in.RerunRows(ctx, run, box, number, RowFilter{Status: purchase.Rejected})
	}
	original, err := in.original(ctx, f)
	if err != nil {
		return 0, err
	}
	if original != 0 {
		return 0, fmt.Errorf("file %s was read since, as file %d: %w", f.name, original, ErrNothing)
	}
	if f.sha256 == "" {
		return 0, fmt.Errorf("file %s was too large to be kept; drop it in again: %w", f.name, ErrUnknown)
	}
	content, err := in.archived(f) // a run that waits for what is lost would never end
	if err != nil {
		return 0, err
	}
	if err := content.Close(); err != nil {
		return 0, err
	}
	return -1, in.again(ctx, run, box, f)
}

// again registers a file of the archive anew.
func (in *Intake) again(ctx context.Context, run Run, box Inbox, f file) error {
	return in.write(ctx, box.Owner, func(tx *database.Tx) error {
		next, err := nextNumber(ctx, tx, box.Owner)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO intake_files ("+fileColumns+`)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0, 0, 0, '', '', '', 0)`,
			box.Owner, next, int64(f.feed), f.name, f.sha256, f.size, box.Profile.Name, string(box.Language),
			run.Number, run.Name, run.AsOf.Unix(), int64(run.Day), fileNew)
		return err
	})
}

// RerunRows lets rows of a file be tried again by the next [Intake.Try]: the
// archived bytes are read again in the profile of now, the business dates are
// those of the rows. History stays: a row gets a further verdict. It returns
// how many rows that are; [ErrNothing] when there are none.
func (in *Intake) RerunRows(ctx context.Context, run Run, box Inbox, number int64, filter RowFilter) (rows int64, err error) {
	var f file
	var merchants []string
	err = in.db.Read(ctx, func(tx *database.Tx) (err error) {
		if f, err = fileOfNumber(ctx, tx, box.Owner, number); err == nil {
			merchants, err = sharers(ctx, tx, f)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	meant, err := in.meant(ctx, run, f, merchants, filter)
	if err != nil {
		return 0, err
	}
	wanted := map[int64]bool{}
	for _, row := range meant {
		wanted[row] = true
	}
	corrected, err := in.correctedOf(ctx, f, wanted)
	if err != nil {
		return 0, err
	}
	err = in.write(ctx, f.owner, func(tx *database.Tx) error { // all or none
		if len(wanted) > 0 {
			if err := in.reread(ctx, tx, box, f, wanted); err != nil {
				return err
			}
		}
		if len(corrected) == 0 {
			return nil
		}
		return putWhereTried(ctx, tx, f, f.owner, corrected) // as they were corrected
	})
	return int64(len(meant)), err
}

// reread reads the wanted rows from the archive and puts them where they are
// tried; one that cannot be read now either keeps its verdict.
func (in *Intake) reread(ctx context.Context, tx *database.Tx, box Inbox, f file, wanted map[int64]bool) (err error) {
	content, err := in.archived(f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	o := in.options(f)
	o.MaxSize, o.IgnoreTrailer = box.MaxFile, true
	r := box.Profile.Read(f.feed, content, o)
	b := reading{box: box, file: f, shares: map[string]int64{}}
	for row := range r.Rows() {
		if !wanted[row.Row] || row.Record == nil {
			continue
		}
		if err := b.add(row); err != nil {
			return err
		}
		if len(b.rows) == chunk {
			if err := b.retry(ctx, tx); err != nil {
				return err
			}
		}
	}
	if content.broken != nil {
		return content.broken
	}
	if reason := r.Err(); reason != nil {
		return reason
	}
	return b.retry(ctx, tx)
}

// retry stores rows as they read now and lets them be tried.
func (b *reading) retry(ctx context.Context, tx *database.Tx) error {
	rows := b.rows
	b.rows = b.rows[:0]
	return tryAgain(ctx, tx, b.file, rows)
}

// tryAgain stores rows of a file and lets them be tried.
func tryAgain(ctx context.Context, tx *database.Tx, f file, rows [][]any) error {
	err := tx.Load(ctx, "intake_rows", rowColumns(), rows, `ON CONFLICT (merchant_id, id) DO UPDATE SET
		date = excluded.date, number = excluded.number, record = excluded.record, code = excluded.code, errors = excluded.errors`)
	if err != nil {
		return err
	}
	byMerchant := map[string][]int64{}
	for _, r := range rows {
		merchant, _ := r[0].(string)
		id, _ := r[1].(int64)
		byMerchant[merchant] = append(byMerchant[merchant], id)
	}
	for merchant, ids := range byMerchant {
		if err := putWhereTried(ctx, tx, f, merchant, ids); err != nil {
			return err
		}
	}
	return nil
}

// putWhereTried lets rows be tried as they are stored.
func putWhereTried(ctx context.Context, tx *database.Tx, f file, merchant string, ids []int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO intake_todo (merchant_id, feed, date, number, name, id)
		SELECT merchant_id, feed, date, number, ?, id FROM intake_rows WHERE merchant_id = ? AND id IN ?? AND code = ''
		ON CONFLICT (merchant_id, feed, date, number, name, id) DO NOTHING`, f.name, merchant, ids)
	return err
}
