package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

var (
	// ErrUnknown says that there is no such file, order or row.
	ErrUnknown = errors.New("not found")
	// ErrAmbiguous says that several files are meant.
	ErrAmbiguous = errors.New("several files are meant; give the number")
	// ErrNothing says that there is nothing to do: it is complete already.
	ErrNothing = errors.New("nothing to do, already complete")
)

// A FileInfo is an inbound file as `kontor files` shows it.
type FileInfo struct {
	Owner    string
	Number   int64 // of the bank's files negative
	Feed     purchase.Feed
	Name     string
	SHA256   string
	Size     int64
	Run      string
	AsOf     time.Time
	Verdict  purchase.Verdict // "" while the run that reads it lasts
	Code     purchase.Code
	Message  string // why it was refused or held, in the file's language
	Rows     int64
	Now      Counts // verdicts of its rows as they hold now
	SumGross money.Amount
	Original int64  // of a duplicate: the file whose rows were read
	Released string // who released it and why
}

// Files returns the files of a merchant or of the bank, newest first: at most
// limit of them, older than the number before (0: the newest).
func (in *Intake) Files(ctx context.Context, owner string, before int64, limit int) (infos []FileInfo, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		where, args := "merchant_id = ?", []any{owner}
		if before != 0 {
			where, args = where+" AND ABS(number) < ?", append(args, abs(before))
		}
		infos, err = fileInfos(ctx, tx, where+" ORDER BY ABS(number) DESC LIMIT ?", append(args, limit)...)
		return err
	})
	return infos, at("list", "files of "+owner, err)
}

// Find returns the one file that is meant by a number, a name or the beginning
// of a SHA-256 of at least 8 digits; of several with one name the newest.
func (in *Intake) Find(ctx context.Context, owner, what string) (info FileInfo, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		infos, err := find(ctx, tx, owner, what)
		switch {
		case err != nil:
			return err
		case len(infos) == 0:
			return fmt.Errorf("file %q of %s: %w", what, owner, ErrUnknown)
		case infos[0].Name != what && len(infos) > 1:
			return fmt.Errorf("file %q of %s: %w", what, owner, ErrAmbiguous)
		}
		info = infos[0]
		return nil
	})
	return info, err
}

func find(ctx context.Context, tx *database.Tx, owner, what string) ([]FileInfo, error) {
	const newest = " ORDER BY ABS(number) DESC LIMIT 2"
	if number, err := strconv.ParseInt(what, 10, 64); err == nil {
		if infos, err := fileInfos(ctx, tx, "merchant_id = ? AND number = ?", owner, number); err != nil || len(infos) > 0 {
			return infos, err
		}
	}
	infos, err := fileInfos(ctx, tx, "merchant_id = ? AND name = ?"+newest, owner, what)
	if err != nil || len(infos) > 0 || len(what) < 8 {
		return infos, err
	}
	return fileInfos(ctx, tx, "merchant_id = ? AND sha256 >= ? AND sha256 < ?"+newest, owner, what, what+"g")
}

func fileInfos(ctx context.Context, tx *database.Tx, where string, args ...any) (infos []FileInfo, err error) {
	all, err := files(ctx, tx, where, args...)
	for _, f := range all {
		if err != nil {
			break
		}
		var info FileInfo
		info, err = f.info(ctx, tx)
		infos = append(infos, info)
	}
	return infos, err
}

func (f file) info(ctx context.Context, tx *database.Tx) (FileInfo, error) {
	i := FileInfo{
		Owner: f.owner, Number: f.number, Feed: f.feed, Name: f.name, SHA256: f.sha256, Size: f.size, Run: f.runName,
		AsOf: time.Unix(f.asOf, 0).UTC(), Verdict: f.verdict, Rows: f.rows, SumGross: f.sumGross, Original: f.original, Released: f.released,
	}
	reason, err := f.fileError()
	if err != nil {
		return i, err
	}
	if i.Code = reason.Code; i.Code != "" {
		i.Message = formats.RefusedFile(f.language, reason)
	}
	merchants, err := sharers(ctx, tx, f)
	if err != nil {
		return i, err
	}
	i.Now, err = countAll(ctx, tx, merchants, f.number)
	return i, err
}

// Rows yields the rows of a file that are not booked, as they are now, each
// with the message that its ack has.
func (in *Intake) Rows(ctx context.Context, owner string, number int64) iter.Seq2[purchase.AckLine, error] {
	return func(yield func(purchase.AckLine, error) bool) {
		var f file
		var merchants []string
		err := in.db.Read(ctx, func(tx *database.Tx) (err error) {
			if f, err = fileOfNumber(ctx, tx, owner, number); err == nil {
				merchants, err = sharers(ctx, tx, f)
			}
			return err
		})
		if err != nil {
			yield(purchase.AckLine{}, err)
			return
		}
		for l, err := range in.lines(ctx, Run{}, f, merchants, false) {
			if !yield(l, err) {
				return
			}
		}
	}
}

func fileOfNumber(ctx context.Context, tx *database.Tx, owner string, number int64) (file, error) {
	all, err := files(ctx, tx, "merchant_id = ? AND number = ?", owner, number)
	if err != nil {
		return file{}, err
	}
	if len(all) == 0 {
		return file{}, fmt.Errorf("file %d of %s: %w", number, owner, ErrUnknown)
	}
	return all[0], nil
}

// An OrderInfo is what intake knows of an order.
type OrderInfo struct {
	OrderNo    string
	Record     purchase.Order // as it was booked last
	Source     purchase.Source
	Decision   string // "" while the receipt is outstanding
	Code       purchase.Code
	Approved   money.Amount
	ValidUntil schedules.Date
	Invoiced   money.Amount
	Cancelled  bool
	Invoices   []string
}

// Order returns what is known of an order.
func (in *Intake) Order(ctx context.Context, merchant, orderNo string) (info OrderInfo, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		b := newBooks(purchase.Terms{}, 0)
		if err := b.loadOrders(ctx, tx, merchant, []string{orderNo}); err != nil {
			return err
		}
		o := b.orders[orderNo]
		if o == nil {
			return fmt.Errorf("order %s of %s: %w", orderNo, merchant, ErrUnknown)
		}
		info = OrderInfo{
			OrderNo: orderNo, Decision: o.decision, Code: o.code, Approved: o.approved, ValidUntil: o.validUntil,
			Invoiced: o.invoiced, Cancelled: o.cancelled,
		}
		found, err := contents(ctx, tx, merchant, []purchase.RowRef{{Feed: purchase.Orders, Row: o.row}})
		if err != nil {
			return err
		}
		info.Source = found[o.row].source
		info.Record, _ = found[o.row].record.(purchase.Order)
		rows, err := tx.Query(ctx, "SELECT invoice_no FROM intake_invoices WHERE merchant_id = ? AND order_no = ? ORDER BY invoice_no", merchant, orderNo)
		info.Invoices, err = database.Collect(rows, err, func(r *sql.Rows) (no string, err error) { return no, r.Scan(&no) })
		return err
	})
	return info, err
}

// Release lets a file that is HELD because of its trailer be read all the same,
// by the next [Intake.Collect] of the run. reason says who released it and why.
func (in *Intake) Release(ctx context.Context, run Run, number int64, reason string) error {
	return in.write(ctx, run.Merchant, func(tx *database.Tx) error {
		f, err := fileOfNumber(ctx, tx, run.Merchant, number)
		if err != nil {
			return err
		}
		why, err := f.fileError()
		if err != nil {
			return err
		}
		if f.verdict != purchase.Held || why.Code != purchase.FileTrailer {
			return fmt.Errorf("file %s is %s, only a HELD file can be released: %w", f.name, f.verdict, ErrNothing)
		}
		return reopen(ctx, tx, run, number, reason)
	})
}

// reopen lets a file be read in another run.
func reopen(ctx context.Context, tx *database.Tx, run Run, number int64, reason string) error {
	_, err := tx.Exec(ctx, `UPDATE intake_files SET state = ?, verdict = '', reason = '', told = 0, released = ?, run = ?, run_name = ?, as_of = ?, day = ?
		WHERE merchant_id = ? AND number = ?`,
		fileNew, reason, run.Number, run.Name, run.AsOf.Unix(), int64(run.Day), run.Merchant, number)
	return err
}
