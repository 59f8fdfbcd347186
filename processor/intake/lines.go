package intake

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A line is a row with the verdict that holds.
type line struct {
	id, line, start, length int64
	number                  string
	status                  purchase.Verdict
	code, warning           purchase.Code
	column, value, errors   string
	cause                   cause
	stood                   schedules.Date // days on which the clock of a parked row stood
}

// lines yields the lines of an ack: warnings, then rows.
func (in *Intake) lines(ctx context.Context, run Run, f file, merchants []string, supplementary bool) iter.Seq2[purchase.AckLine, error] {
	return func(yield func(purchase.AckLine, error) bool) {
		if !supplementary && !unknownColumns(f, yield) {
			return
		}
		for _, warnings := range []bool{true, false} {
			for last := rowID(f.number, 0); ; {
				page, err := in.page(ctx, run, f, merchants, supplementary, warnings, last)
				if err != nil {
					yield(purchase.AckLine{}, at("acknowledge", f.name, err))
					return
				}
				if len(page) == 0 {
					break
				}
				d, err := in.details(ctx, f, merchants, page)
				if err != nil {
					yield(purchase.AckLine{}, at("acknowledge", f.name, err))
					return
				}
				for _, l := range page {
					a, err := l.ack(f, d, warnings)
					if !yield(a, err) || err != nil {
						return
					}
				}
				last = page[len(page)-1].id
			}
		}
	}
}

// unknownColumns yields a warning for each heading that the profile does not know.
func unknownColumns(f file, yield func(purchase.AckLine, error) bool) bool {
	if f.unknown == "" {
		return true
	}
	var headings []string
	if err := json.Unmarshal([]byte(f.unknown), &headings); err != nil {
		return yield(purchase.AckLine{}, fmt.Errorf("file %d: the stored headings cannot be read: %w", f.number, err))
	}
	for _, h := range headings {
		a := purchase.AckLine{
			Warning: true, Line: 1, Code: purchase.UnknownColumn, Column: h,
			Message: formats.Message(f.language, purchase.UnknownColumn, h),
		}
		if !yield(a, nil) {
			return false
		}
	}
	return true
}

const lineColumns = `SELECT v.id, r.line, r.start, r.length, r.number, v.status, v.code, v.warning, v.col, v.value, v.cause, r.errors, p.since, p.clock
	FROM intake_verdicts v JOIN intake_rows r ON r.merchant_id = v.merchant_id AND r.id = v.id
	LEFT JOIN intake_parked p ON p.merchant_id = v.merchant_id AND p.id = v.id `

// page returns the next rows that an ack names: with a warning, or not booked;
// of a supplementary one those that changed in its run.
func (in *Intake) page(ctx context.Context, run Run, f file, merchants []string, supplementary, warnings bool, last int64) (page []line, err error) {
	which := "v.status <> 'BOOKED'"
	if warnings {
		which = "v.warning <> ''"
	} else if supplementary {
		which = "v.status <> ''"
	}
	query := lineColumns + `WHERE v.merchant_id IN ?? AND v.id > ? AND v.id < ? AND ` + which + ` AND NOT EXISTS (
		SELECT 1 FROM intake_verdicts w WHERE w.merchant_id = v.merchant_id AND w.id = v.id AND w.n > v.n)`
	args := []any{merchants, last, rowID(f.number+1, 0)}
	if supplementary {
		query += ` AND EXISTS (SELECT 1 FROM intake_changes c WHERE c.merchant_id = ? AND c.run = ? AND c.id = v.id AND c.row_merchant = v.merchant_id)`
		args = append(args, f.owner, run.Number)
	}
	err = in.db.Read(ctx, func(tx *database.Tx) (err error) {
		rows, err := tx.Query(ctx, query+" ORDER BY v.id LIMIT ?", append(args, chunk)...)
		page, err = database.Collect(rows, err, scanLine)
		return err
	})
	return page, err
}

func scanLine(r *sql.Rows) (l line, err error) {
	var text string
	var since, clock sql.NullInt64
	err = r.Scan(&l.id, &l.line, &l.start, &l.length, &l.number, &l.status, &l.code, &l.warning, &l.column, &l.value, &text, &l.errors, &since, &clock)
	if err != nil {
		return l, err
	}
	l.stood = schedules.Date(clock.Int64 - since.Int64)
	l.cause, err = parseCause(text)
	return l, err
}

// ack is the line as a merchant reads it.
func (l line) ack(f file, d details, warning bool) (purchase.AckLine, error) {
	a := purchase.AckLine{
		Warning: warning, Row: rowOf(l.id), Line: l.line, Offset: l.start, Length: l.length, DocumentNo: l.number,
		Status: l.status, Code: l.code, Column: l.column, Value: l.value,
	}
	if warning {
		a.Status, a.Code, a.Column, a.Value = "", l.warning, "", ""
		a.Message = l.warn(f.language, d)
		return a, nil
	}
	errs, err := l.rowErrors()
	if err != nil {
		return a, err
	}
	if len(errs) > 0 {
		a.Column, a.Value = errs[0].Column, errs[0].Value
		a.Message = formats.Messages(f.language, errs)
		return a, nil
	}
	if l.code != "" {
		a.Message = d.explain(l).Message(f.language)
	}
	return a, nil
}

// warn is the message of the warning of a row.
func (l line) warn(language formats.Language, d details) string {
	c := d.explain(l)
	c.Why = formats.Why(l.warning)
	return c.Message(language)
}

func (l line) rowErrors() (errs []formats.RowError, err error) {
	if l.errors == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(l.errors), &errs); err != nil {
		return nil, fmt.Errorf("row %d: the stored errors cannot be read: %w", rowOf(l.id), err)
	}
	return errs, nil
}
