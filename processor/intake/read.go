package intake

import (
	"context"
	"encoding/json"
	"errors"
	"math"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// readNew reads the registered files of an inbox that were not read to their
// end, in the order in which they were registered. One that the archive does not
// give back stops no other; any other error does.
func (in *Intake) readNew(ctx context.Context, box Inbox) error {
	var todo []file
	err := in.db.Read(ctx, func(tx *database.Tx) (err error) {
		todo, err = files(ctx, tx, "merchant_id = ? AND state = 'NEW' ORDER BY ABS(number)", box.Owner)
		return err
	})
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range todo {
		err := in.read(ctx, box, f)
		errs = append(errs, err)
		if err != nil && !errors.Is(err, ErrUnreadable) {
			break
		}
	}
	return errors.Join(errs...)
}

// read reads one file. Its rows are stored chunk by chunk under their own keys,
// so that reading again after a crash stores the same; only when the file has
// ended well they are to be tried, otherwise they are dropped again.
func (in *Intake) read(ctx context.Context, box Inbox, f file) error {
	if reason, refused := in.refusal(box, f); refused {
		return in.refuse(ctx, box, f, reason)
	}
	original, err := in.original(ctx, f)
	if err != nil {
		return err
	}
	if original != 0 {
		return in.finish(ctx, f, purchase.Duplicate, original)
	}
	return in.readRows(ctx, box, f)
}

// refusal says why a file is refused unread.
func (in *Intake) refusal(box Inbox, f file) (formats.FileError, bool) {
	switch {
	case box.Owner != purchase.Provider && f.feed == purchase.Payments:
		return formats.FileError{File: f.name, Code: purchase.FileNotYours}, true
	case f.sha256 == "":
		return formats.TooLarge(f.name, f.size, box.MaxFile), true
	}
	return formats.FileError{}, false
}

// original finds the file with the same bytes in the same feed whose rows were
// read before; 0 when there is none.
func (in *Intake) original(ctx context.Context, f file) (number int64, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		return tx.QueryRow(ctx, `SELECT COALESCE(MAX(number + 0), 0) FROM intake_files
			WHERE merchant_id = ? AND sha256 = ? AND feed = ? AND state = 'READ' AND row_count > 0 AND number <> ?`,
			f.owner, f.sha256, int64(f.feed), f.number).Scan(&number)
	})
	return number, err
}

// readRows reads the rows of a file into the database.
func (in *Intake) readRows(ctx context.Context, box Inbox, f file) (err error) {
	content, err := in.archived(f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	o := in.options(f)
	o.MaxSize, o.IgnoreTrailer = box.MaxFile, f.released != ""
	r := box.Profile.Read(f.feed, content, o)
	b := reading{box: box, file: f, shares: map[string]int64{}}
	for row := range r.Rows() {
		if err := b.add(row); err != nil {
			return err
		}
		if len(b.rows) == chunk {
			if err := in.storeRows(ctx, &b); err != nil {
				return err
			}
		}
	}
	if content.broken != nil {
		return content.broken
	}
	if reason := r.Err(); reason != nil {
		return in.refuse(ctx, box, f, *reason)
	}
	if err := in.storeRows(ctx, &b); err != nil {
		return err
	}
	unknown, err := json.Marshal(r.UnknownColumns())
	if err != nil {
		return err
	}
	b.file.unknown = string(unknown)
	if b.file.headings, err = headings(box.Profile, f.feed); err != nil {
		return err
	}
	b.name(r.Accounts())
	return in.accept(ctx, b)
}

// A reading is a file that is being read.
type reading struct {
	box    Inbox
	file   file
	rows   [][]any
	shares map[string]int64 // rows by merchant
}

// add takes one row, good or bad.
func (b *reading) add(row formats.Row) error {
	merchant, mine := b.merchant(row)
	code, errs, text, number, date := purchase.Code(""), "", "", "", int64(0)
	switch {
	case len(row.Errors) > 0:
		list, err := json.Marshal(row.Errors)
		if err != nil {
			return err
		}
		code, errs = row.Errors[0].Code, string(list)
	case !mine:
		code = purchase.UnknownAccount
	}
	if row.Record != nil {
		var err error
		if text, err = encode(row.Record); err != nil {
			return err
		}
		number, date = row.Record.Number(), int64(row.Record.Date())
		b.file.sumGross = saturated(b.file.sumGross, purchase.Gross(row.Record))
	}
	b.file.rows++
	b.shares[merchant]++
	b.rows = append(b.rows, []any{
		merchant, rowID(b.file.number, row.Row), int64(b.file.feed), date, number, row.Line, row.Offset, row.Length, text, string(code), errs,
	})
	return nil
}

// saturated adds without overflow: a sum that is beyond every bank's books is
// shown, not booked.
func saturated(a, b money.Amount) money.Amount {
	sum, err := a.Add(b)
	if err != nil {
		return math.MaxInt64
	}
	return sum
}

// merchant says whose row it is. Of the bank's rows the account decides; a row
// whose account cannot be read belongs to the only merchant that there is.
func (b *reading) merchant(row formats.Row) (merchant string, mine bool) {
	if b.box.Owner != purchase.Provider {
		return b.box.Owner, true
	}
	if m, known := b.box.Accounts[row.Account]; known {
		return m, true
	}
	if row.Account == "" && len(b.box.Accounts) == 1 {
		for _, m := range b.box.Accounts {
			return m, true
		}
	}
	return purchase.Provider, false
}

// name gives a share of the file, be it of no rows, to everyone whose account a
// bank statement names: the bank has spoken to these, and to nobody else.
func (b *reading) name(accounts []string) {
	for _, a := range accounts {
		merchant, _ := b.merchant(formats.Row{Account: a})
		b.shares[merchant] += 0
	}
}

// rowColumns are the columns of a stored row, as reading.add gives them.
func rowColumns() []string {
	return []string{"merchant_id", "id", "feed", "date", "number", "line", "start", "length", "record", "code", "errors"}
}

func (in *Intake) storeRows(ctx context.Context, b *reading) error {
	rows := b.rows
	b.rows = b.rows[:0]
	return in.write(ctx, b.file.owner, func(tx *database.Tx) error {
		return tx.Load(ctx, "intake_rows", rowColumns(), rows, "ON CONFLICT (merchant_id, id) DO NOTHING")
	})
}

// accept makes the rows of a file that has ended well those that are tried
// next; bad ones have their verdict at once.
func (in *Intake) accept(ctx context.Context, b reading) error {
	return in.write(ctx, b.file.owner, func(tx *database.Tx) error {
		f := b.file
		for merchant := range b.shares {
			if err := acceptShare(ctx, tx, f, merchant, b.shares[merchant]); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE intake_files SET state = ?, verdict = '', reason = '', row_count = ?, sum_gross = ?, unknown = ?, headings = ?
			WHERE merchant_id = ? AND number = ?`, fileRead, f.rows, int64(f.sumGross), f.unknown, f.headings, f.owner, f.number)
		return err
	})
}

func acceptShare(ctx context.Context, tx *database.Tx, f file, merchant string, rows int64) error {
	from, to := rowID(f.number, 0), rowID(f.number+1, 0)
	rejected, err := tx.Exec(ctx, `INSERT INTO intake_verdicts (merchant_id, id, n, status, code, warning, col, value, cause, run, day)
		SELECT merchant_id, id, 1, 'REJECTED', code, '', '', '', '', ?, ? FROM intake_rows
		WHERE merchant_id = ? AND id > ? AND id < ? AND code <> ''
		ON CONFLICT (merchant_id, id, n) DO NOTHING`, f.run, int64(f.day), merchant, from, to)
	if err == nil && rejected > 0 {
		err = addBadRows(ctx, tx, merchant, from, to)
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO intake_todo (merchant_id, feed, date, number, name, id)
		SELECT merchant_id, feed, date, number, ?, id FROM intake_rows
		WHERE merchant_id = ? AND id > ? AND id < ? AND code = ''
		ON CONFLICT (merchant_id, feed, date, number, name, id) DO NOTHING`, f.name, merchant, from, to)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO intake_shares (merchant_id, file, row_count, closed, booked, duplicate, conflict, rejected, parked)
		VALUES (?, ?, ?, 0, 0, 0, 0, 0, 0) ON CONFLICT (merchant_id, file) DO UPDATE SET row_count = excluded.row_count`,
		merchant, f.number, rows)
	return err
}

// refuse drops the rows of a file that is rejected or held.
func (in *Intake) refuse(ctx context.Context, box Inbox, f file, reason formats.FileError) error {
	text, err := json.Marshal(reason)
	if err != nil {
		return err
	}
	verdict := purchase.Rejected
	if reason.Code == purchase.FileTrailer {
		verdict = purchase.Held
	}
	return in.write(ctx, f.owner, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE intake_files SET state = ?, verdict = ?, reason = ?, row_count = 0 WHERE merchant_id = ? AND number = ?",
			fileRead, string(verdict), string(text), f.owner, f.number)
		if err != nil {
			return err
		}
		return drop(ctx, tx, box, f)
	})
}

// drop removes rows that were stored before the file turned out to be bad.
func drop(ctx context.Context, tx *database.Tx, box Inbox, f file) error {
	merchants := []string{box.Owner}
	for _, m := range box.Accounts {
		merchants = append(merchants, m)
	}
	_, err := tx.Exec(ctx, "DELETE FROM intake_rows WHERE merchant_id IN ?? AND id > ? AND id < ?",
		merchants, rowID(f.number, 0), rowID(f.number+1, 0))
	return err
}

// finish gives a file its verdict without reading it.
func (in *Intake) finish(ctx context.Context, f file, v purchase.Verdict, original int64) error {
	return in.write(ctx, f.owner, func(tx *database.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE intake_files SET state = ?, verdict = ?, original = ? WHERE merchant_id = ? AND number = ?",
			fileRead, string(v), original, f.owner, f.number)
		return err
	})
}
