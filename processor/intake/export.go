package intake

import (
	"cmp"
	"context"
	"database/sql"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// An ExportFile is a file in the export of a merchant's books. A file that was
// not read has no rows.
type ExportFile struct {
	Step    string           `json:"step"` // as-of time of the run that read it, 2026-10-02T12-00
	Name    string           `json:"name"`
	Verdict purchase.Verdict `json:"verdict"`
	Code    *purchase.Code   `json:"code"`
	*ExportRows
}

// ExportRows are the rows of a file at the end of the run that read it, and now.
type ExportRows struct {
	Rows      int64       `json:"rows"`
	First     Counts      `json:"first"`
	Final     Counts      `json:"final"`
	NotBooked []ExportRow `json:"not_booked"`
}

// An ExportRow is a row that is not booked.
type ExportRow struct {
	Row        int64            `json:"row"`
	DocumentNo *string          `json:"document_no"` // nil when a cell of its own, or its currency, is wrong
	Status     purchase.Verdict `json:"status"`
	Code       purchase.Code    `json:"code"` // of a parked row the one that it would end with
	On         string           `json:"on"`   // day of the verdict, or since when it is parked
}

// ExportFiles yields the merchant's files and those of the bank that have rows
// of it, or none at all, by step, feed and name.
func (in *Intake) ExportFiles(ctx context.Context, merchant string, zone *time.Location) iter.Seq2[ExportFile, error] {
	return func(yield func(ExportFile, error) bool) {
		all, err := in.exported(ctx, merchant)
		if err != nil {
			yield(ExportFile{}, at("export", merchant, err))
			return
		}
		for _, f := range all {
			e, err := in.exportFile(ctx, merchant, f, zone)
			if !yield(e, at("export", f.name, err)) || err != nil {
				return
			}
		}
	}
}

func (in *Intake) exported(ctx context.Context, merchant string) (all []file, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		all, err = files(ctx, tx, "merchant_id = ? AND state = 'READ'", merchant)
		if err != nil {
			return err
		}
		bank, err := files(ctx, tx, `merchant_id = ? AND state = 'READ' AND (number IN (
			SELECT file FROM intake_shares WHERE merchant_id = ? AND file < 0)
			OR row_count = 0 AND NOT EXISTS (SELECT 1 FROM intake_shares s WHERE s.file = intake_files.number AND s.file < 0))`, purchase.Provider, merchant)
		all = append(all, bank...)
		return err
	})
	slices.SortFunc(all, func(a, b file) int {
		return cmp.Or(cmp.Compare(a.asOf, b.asOf), cmp.Compare(a.feed, b.feed), strings.Compare(a.name, b.name), cmp.Compare(abs(a.number), abs(b.number)))
	})
	return all, err
}

func abs(n int64) int64 { return max(n, -n) }

func (in *Intake) exportFile(ctx context.Context, merchant string, f file, zone *time.Location) (ExportFile, error) {
	e := ExportFile{Step: time.Unix(f.asOf, 0).In(zone).Format("2006-01-02T15-04"), Name: f.name, Verdict: f.verdict}
	if f.verdict == purchase.Duplicate {
		return e, nil
	}
	reason, err := f.fileError()
	if err != nil || reason.Code != "" {
		e.Code = &reason.Code
		return e, err
	}
	e.ExportRows = &ExportRows{NotBooked: []ExportRow{}}
	err = in.db.Read(ctx, func(tx *database.Tx) error { return e.fill(ctx, tx, merchant, f) })
	e.Verdict = e.First.verdict(e.Rows)
	return e, err
}

func (e *ExportFile) fill(ctx context.Context, tx *database.Tx, merchant string, f file) error {
	rows, err := tx.Query(ctx, `SELECT row_count, booked, duplicate, conflict, rejected, parked FROM intake_shares
		WHERE merchant_id = ? AND file = ?`, merchant, f.number)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		c := &e.First
		return struct{}{}, r.Scan(&e.Rows, &c.Booked, &c.Duplicate, &c.Conflict, &c.Rejected, &c.Parked)
	})
	if err != nil {
		return err
	}
	if e.Final, err = count(ctx, tx, merchant, f.number); err != nil {
		return err
	}
	e.NotBooked, err = notBooked(ctx, tx, merchant, f.number)
	return err
}

func notBooked(ctx context.Context, tx *database.Tx, merchant string, file int64) ([]ExportRow, error) {
	rows, err := tx.Query(ctx, `SELECT v.id, r.number, v.status, v.code, v.col, r.errors, COALESCE(p.since, v.day)
		FROM intake_verdicts v
		JOIN intake_rows r ON r.merchant_id = v.merchant_id AND r.id = v.id
		LEFT JOIN intake_parked p ON p.merchant_id = v.merchant_id AND p.id = v.id
		WHERE v.merchant_id = ? AND v.id > ? AND v.id < ? AND v.status <> 'BOOKED' AND NOT EXISTS (
			SELECT 1 FROM intake_verdicts w WHERE w.merchant_id = v.merchant_id AND w.id = v.id AND w.n > v.n)
		ORDER BY v.id`, merchant, rowID(file, 0), rowID(file+1, 0))
	all, err := database.Collect(rows, err, func(r *sql.Rows) (e ExportRow, err error) {
		var number, column, errs string
		var day int64
		err = r.Scan(&e.Row, &number, &e.Status, &e.Code, &column, &errs, &day)
		e.Row, e.On = rowOf(e.Row), schedules.Date(day).String()
		if errs == "" && !ownCell(e.Code, column) {
			e.DocumentNo = &number
		}
		return e, err
	})
	if all == nil {
		all = []ExportRow{}
	}
	return all, err
}

// ownCell reports whether a verdict that a rule gave blames the row's own cells
// alone, so that it says nothing about a document.
func ownCell(code purchase.Code, column string) bool {
	return code == purchase.WrongCurrency ||
		code == purchase.FieldRequired && column == "gross_amount" ||
		code == purchase.FieldRange && column == "due_date"
}
