package intake

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// How many documents went their way without a person. A document is a number of
// a feed, however many rows of it came; a row whose number could not be read and
// a file that was refused as a whole are one each. What came again without a
// change (DUPLICATE) is no further document.

// A Touch is a document that needed a person, or waits for one.
type Touch struct {
	Feed   purchase.Feed
	Number string // "#<row id>" where it could not be read
}

// Reasons why a document counts as touched.
const (
	TouchedRejected  = "rejected"  // a row of it was REJECTED or CONFLICT, whatever became of it
	TouchedFile      = "file"      // its file was refused, or is held
	TouchedReleased  = "released"  // its file was released by a person
	TouchedRerun     = "rerun"     // its file was read again because a person asked for it
	TouchedCorrected = "corrected" // an order that came again with what was missing
	TouchedReview    = "review"    // an order that waits for a person's decision
)

// Documents are the documents of some time, and those that were touched.
type Documents struct {
	All     int64
	Orders  int64            // of All
	Touched map[Touch]string // the first reason of each
	// Corrections are the files in which documents came again after a row of
	// them was refused, or with what was missing.
	Corrections int64
	first, last int64 // rows of the merchant's files of that time
	bank        []int64
}

// Documents counts the documents of a merchant in files that were read from a day
// on. reruns are the runs that persons asked for, by the owner of the files.
func (in *Intake) Documents(ctx context.Context, merchant string, since schedules.Date, reruns map[string]map[int64]bool) (d Documents, err error) {
	d.Touched = map[Touch]string{}
	corrections := map[int64]bool{}
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		for _, step := range []func(context.Context, *database.Tx, string, schedules.Date) error{
			d.countFiles,
			func(ctx context.Context, tx *database.Tx, merchant string, since schedules.Date) error {
				return d.askedFor(ctx, tx, merchant, since, reruns)
			},
			d.refusedFiles,
			func(ctx context.Context, tx *database.Tx, merchant string, _ schedules.Date) error {
				return d.refusedRows(ctx, tx, merchant, corrections)
			},
			func(ctx context.Context, tx *database.Tx, merchant string, _ schedules.Date) error {
				return d.corrected(ctx, tx, merchant, corrections)
			},
			d.inReview,
		} {
			if err := step(ctx, tx, merchant, since); err != nil {
				return err
			}
		}
		return nil
	})
	d.Corrections = int64(len(corrections))
	return d, at("count", "documents of "+merchant, err)
}

func (d *Documents) touch(t Touch, why string) {
	if _, known := d.Touched[t]; !known {
		d.Touched[t] = why
	}
}

// countFiles counts rows by file, and notes which rows are of that time.
func (d *Documents) countFiles(ctx context.Context, tx *database.Tx, merchant string, since schedules.Date) error {
	rows, err := tx.Query(ctx, `SELECT s.file, f.feed, s.row_count - s.duplicate FROM intake_shares s
		JOIN intake_files f ON f.merchant_id = CASE WHEN s.file < 0 THEN ? ELSE s.merchant_id END AND f.number = s.file
		WHERE s.merchant_id = ? AND f.day >= ? AND f.verdict <> ''`, purchase.Provider, merchant, int64(since))
	type share struct{ file, feed, documents int64 }
	all, err := database.Collect(rows, err, func(r *sql.Rows) (s share, err error) {
		return s, r.Scan(&s.file, &s.feed, &s.documents)
	})
	for _, s := range all {
		d.All += s.documents
		if purchase.Feed(s.feed) == purchase.Orders {
			d.Orders += s.documents
		}
		if s.file < 0 {
			d.bank = append(d.bank, s.file)
			continue
		}
		if d.first == 0 || s.file < d.first {
			d.first = s.file
		}
		d.last = max(d.last, s.file)
	}
	slices.Sort(d.bank)
	return err
}

// of reports whether a row is in a file of that time.
func (d *Documents) of(id int64) bool {
	f := fileOf(id)
	if f < 0 {
		_, found := slices.BinarySearch(d.bank, f)
		return found
	}
	return d.first > 0 && f >= d.first && f <= d.last
}

// askedFor touches every row of files that a person released, or had read again.
func (d *Documents) askedFor(ctx context.Context, tx *database.Tx, merchant string, since schedules.Date, reruns map[string]map[int64]bool) error {
	all, err := files(ctx, tx, "merchant_id IN ?? AND day >= ? AND row_count > 0", []string{merchant, purchase.Provider}, int64(since))
	if err != nil {
		return err
	}
	for _, f := range all {
		why := TouchedRerun
		switch {
		case f.released != "":
			why = TouchedReleased
		case !reruns[f.owner][f.run]:
			continue
		}
		rows, err := tx.Query(ctx, "SELECT id, feed, number FROM intake_rows WHERE merchant_id = ? AND id > ? AND id < ?", merchant, rowID(f.number, 0), rowID(f.number+1, 0))
		if err := d.touchRows(rows, err, why); err != nil {
			return err
		}
	}
	return nil
}

// touchRows touches the documents of rows (id, feed, number).
func (d *Documents) touchRows(rows *sql.Rows, err error, why string) error {
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var id, feed int64
		var number string
		err = r.Scan(&id, &feed, &number)
		d.touch(touchOf(id, feed, number), why)
		return struct{}{}, err
	})
	return err
}

func touchOf(id, feed int64, number string) Touch {
	if number == "" {
		number = fmt.Sprintf("#%d", id)
	}
	return Touch{purchase.Feed(feed), number}
}

// refusedFiles counts files that were refused as a whole, or are held.
func (d *Documents) refusedFiles(ctx context.Context, tx *database.Tx, merchant string, since schedules.Date) error {
	all, err := files(ctx, tx, "merchant_id = ? AND day >= ? AND verdict IN (?, ?)", merchant, int64(since), string(purchase.Rejected), string(purchase.Held))
	for _, f := range all {
		d.All++
		d.touch(Touch{f.feed, fmt.Sprintf("#file %d", f.number)}, TouchedFile)
	}
	return err
}

// refusedRows touches the documents of rows that were refused at some time. A
// row of the same document that was booked is no further document.
func (d *Documents) refusedRows(ctx context.Context, tx *database.Tx, merchant string, corrections map[int64]bool) error {
	rows, err := tx.Query(ctx, `SELECT DISTINCT v.id, r.feed, r.number FROM intake_verdicts v
		JOIN intake_rows r ON r.merchant_id = v.merchant_id AND r.id = v.id
		WHERE v.merchant_id = ? AND v.status IN ('REJECTED', 'CONFLICT') ORDER BY v.id`, merchant)
	type refused struct {
		id, feed int64
		number   string
	}
	all, err := database.Collect(rows, err, func(r *sql.Rows) (x refused, err error) { return x, r.Scan(&x.id, &x.feed, &x.number) })
	if err != nil {
		return err
	}
	first := map[Touch]int64{} // document → its first row that was refused
	var names []string
	for _, x := range all {
		if !d.of(x.id) {
			continue
		}
		t := touchOf(x.id, x.feed, x.number)
		d.touch(t, TouchedRejected)
		if x.number != "" {
			if first[t] == 0 {
				first[t], names = x.id, append(names, x.number)
			} else {
				d.less(t.Feed) // the same document, refused once more
			}
		}
	}
	for part := range slices.Chunk(names, chunk) {
		if err := d.bookedBeside(ctx, tx, merchant, part, first, corrections); err != nil {
			return err
		}
	}
	return nil
}

// less takes back a row that is no further document.
func (d *Documents) less(feed purchase.Feed) {
	d.All--
	if feed == purchase.Orders {
		d.Orders--
	}
}

// bookedBeside looks for other rows of refused documents that hold their key.
func (d *Documents) bookedBeside(ctx context.Context, tx *database.Tx, merchant string, names []string, refused map[Touch]int64, corrections map[int64]bool) error {
	rows, err := tx.Query(ctx, `SELECT r.id, r.feed, r.number FROM intake_rows r WHERE r.merchant_id = ? AND r.number IN ??
		AND EXISTS (SELECT 1 FROM intake_verdicts v WHERE v.merchant_id = r.merchant_id AND v.id = r.id AND v.status = 'BOOKED')
		AND NOT EXISTS (SELECT 1 FROM intake_verdicts v WHERE v.merchant_id = r.merchant_id AND v.id = r.id AND v.status IN ('REJECTED', 'CONFLICT'))
		ORDER BY r.id`, merchant, names)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var id, feed int64
		var number string
		err = r.Scan(&id, &feed, &number)
		t := touchOf(id, feed, number)
		if before := refused[t]; before != 0 && d.of(id) {
			d.less(t.Feed)
			delete(refused, t)
			if abs(fileOf(id)) > abs(fileOf(before)) {
				corrections[fileOf(id)] = true
			}
		}
		return struct{}{}, err
	})
	return err
}

// corrected touches orders of which several rows are booked: what was missing
// came with a later one.
func (d *Documents) corrected(ctx context.Context, tx *database.Tx, merchant string, corrections map[int64]bool) error {
	if d.first == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT doc_key, COUNT(*), MAX(id) FROM intake_documents
		WHERE merchant_id = ? AND feed = ? AND booked <> 0 AND id > ? AND id < ? GROUP BY doc_key HAVING COUNT(*) > 1`,
		merchant, int64(purchase.Orders), rowID(d.first, 0), rowID(d.last+1, 0))
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var number string
		var n, last int64
		err = r.Scan(&number, &n, &last)
		d.All, d.Orders = d.All-(n-1), d.Orders-(n-1)
		d.touch(Touch{purchase.Orders, number}, TouchedCorrected)
		corrections[fileOf(last)] = true
		return struct{}{}, err
	})
	return err
}

// inReview touches the orders that wait for a person.
func (d *Documents) inReview(ctx context.Context, tx *database.Tx, merchant string, _ schedules.Date) error {
	rows, err := tx.Query(ctx, "SELECT id, order_no FROM intake_orders WHERE merchant_id = ? AND decision = 'REVIEW'", merchant)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var id int64
		var number string
		err = r.Scan(&id, &number)
		if d.of(id) {
			d.touch(Touch{purchase.Orders, number}, TouchedReview)
		}
		return struct{}{}, err
	})
	return err
}

// Mine returns those of some documents that came in that time.
func (in *Intake) Mine(ctx context.Context, merchant string, d Documents, some []Touch) (mine []Touch, err error) {
	var names []string
	wanted := map[Touch]bool{}
	for _, t := range some {
		names, wanted[t] = append(names, t.Number), true
	}
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id, feed, number FROM intake_rows WHERE merchant_id = ? AND number IN ?? ORDER BY id", merchant, names)
		_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
			var id, feed int64
			var number string
			err = r.Scan(&id, &feed, &number)
			if t := touchOf(id, feed, number); wanted[t] && d.of(id) {
				mine = append(mine, t)
				delete(wanted, t)
			}
			return struct{}{}, err
		})
		return err
	})
	return mine, at("count", "documents of "+merchant, err)
}
