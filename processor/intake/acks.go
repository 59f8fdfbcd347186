package intake

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Acks yields an acknowledgement for every file that was read in the run, also
// refused, held and doubled ones, and a supplementary one for every other file
// that has rows whose verdict changed in the run. The run must be closed.
func (in *Intake) Acks(ctx context.Context, run Run) iter.Seq2[purchase.Ack, error] {
	return func(yield func(purchase.Ack, error) bool) {
		acks, err := in.acks(ctx, run)
		if err != nil {
			yield(purchase.Ack{}, at("acknowledge", "run "+run.Name, err))
			return
		}
		for _, a := range acks {
			if !yield(a, nil) {
				return
			}
		}
	}
}

func (in *Intake) acks(ctx context.Context, run Run) (acks []purchase.Ack, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		read, err := files(ctx, tx, "merchant_id = ? AND told = ? ORDER BY ABS(number)", run.Merchant, run.Number)
		if err != nil {
			return err
		}
		changed, err := files(ctx, tx, `merchant_id = ? AND told <> ? AND told <> 0 AND number IN (
			SELECT DISTINCT id >> 32 FROM intake_changes WHERE merchant_id = ? AND run = ?) ORDER BY ABS(number)`,
			run.Merchant, run.Number, run.Merchant, run.Number)
		if err != nil {
			return err
		}
		for i, f := range append(read, changed...) {
			a, err := in.ack(ctx, tx, run, f, i >= len(read))
			if err != nil {
				return err
			}
			acks = append(acks, a)
		}
		return nil
	})
	return acks, err
}

func (in *Intake) ack(ctx context.Context, tx *database.Tx, run Run, f file, supplementary bool) (purchase.Ack, error) {
	a := purchase.Ack{
		Owner: f.owner, File: f.number, Name: f.name, Run: run.Name, Feed: f.feed, Profile: f.profile,
		Supplementary: supplementary, Verdict: f.verdict, Rows: f.rows, SumGross: f.sumGross,
		SHA256: f.sha256, Received: time.Unix(f.asOf, 0).UTC(),
	}
	merchants, err := sharers(ctx, tx, f)
	if err != nil {
		return a, err
	}
	counts := Counts{}
	if supplementary {
		counts, err = countAll(ctx, tx, merchants, f.number)
		if f.rows > 0 {
			a.Verdict = counts.verdict(f.rows)
		}
	} else {
		counts, err = first(ctx, tx, f)
	}
	if err != nil {
		return a, err
	}
	a.Booked, a.Duplicate, a.Conflict, a.Rejected, a.Parked = counts.Booked, counts.Duplicate, counts.Conflict, counts.Rejected, counts.Parked
	if err := explain(ctx, tx, f, &a); err != nil {
		return a, err
	}
	a.Lines = func(ctx context.Context) iter.Seq2[purchase.AckLine, error] {
		return in.lines(ctx, run, f, merchants, supplementary)
	}
	return a, nil
}

// explain says why a file was not read.
func explain(ctx context.Context, tx *database.Tx, f file, a *purchase.Ack) error {
	if f.verdict == purchase.Duplicate {
		var original string
		err := tx.QueryRow(ctx, "SELECT name FROM intake_files WHERE merchant_id = ? AND number = ?", f.owner, f.original).Scan(&original)
		a.Message = formats.DuplicateFile(f.language, original)
		return err
	}
	reason, err := f.fileError()
	if err != nil || reason.Code == "" {
		return err
	}
	a.Code, a.Line, a.Column, a.Value = reason.Code, reason.Line, reason.Column, reason.Value
	a.Message = formats.RefusedFile(f.language, reason)
	if f.verdict == purchase.Held {
		a.Message = formats.HeldFile(f.language, f.name, reason)
	}
	return nil
}

// sharers returns the merchants that have rows in the file.
func sharers(ctx context.Context, tx *database.Tx, f file) ([]string, error) {
	if f.owner != purchase.Provider {
		return []string{f.owner}, nil
	}
	rows, err := tx.Query(ctx, "SELECT merchant_id FROM intake_shares WHERE file = ? AND file < 0 ORDER BY merchant_id", f.number)
	return database.Collect(rows, err, func(r *sql.Rows) (m string, err error) { return m, r.Scan(&m) })
}

func countAll(ctx context.Context, tx *database.Tx, merchants []string, file int64) (sum Counts, err error) {
	for _, m := range merchants {
		c, err := count(ctx, tx, m, file)
		if err != nil {
			return sum, err
		}
		sum.Booked += c.Booked
		sum.Duplicate += c.Duplicate
		sum.Conflict += c.Conflict
		sum.Rejected += c.Rejected
		sum.Parked += c.Parked
	}
	return sum, nil
}
