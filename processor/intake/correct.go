package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A Corrected file has rows that replace some of a file that was read. It lies
// in the archive and is no file of the inbox: it has no verdict of its own.
type Corrected struct {
	Name, SHA256 string
	Size         int64
	Operator     string // who has made it
}

// ErrUnfit says that the rows of a corrected file cannot replace those that are
// meant.
var ErrUnfit = errors.New("the corrected rows do not fit")

// CorrectRows replaces rows of a file by those of a corrected file, and lets them
// be tried by the next [Intake.Try]. The corrected file has either as many rows
// as are meant, in their order, as the file of rejected rows has them; or as many
// as the whole file, and only those that are meant are taken. All of these must
// be readable, else nothing is done: [ErrUnfit]. What was replaced stays in the
// archive, and each row's history says by what ([Intake.Corrections]).
//
// Rows of the bank are never replaced: money is the bank's word.
func (in *Intake) CorrectRows(ctx context.Context, run Run, box Inbox, number int64, filter RowFilter, by Corrected) (rows int64, err error) {
	var f file
	err = in.db.Read(ctx, func(tx *database.Tx) (err error) {
		f, err = fileOfNumber(ctx, tx, box.Owner, number)
		return err
	})
	switch {
	case err != nil:
		return 0, err
	case f.feed == purchase.Payments:
		return 0, fmt.Errorf("file %s: payments are the bank's word and are not corrected by hand: %w", f.name, ErrUnfit)
	}
	meant, err := in.meant(ctx, run, f, []string{f.owner}, filter)
	if err != nil {
		return 0, err
	}
	c := correcting{in: in, run: run, box: box, file: f, by: by}
	if err := c.fit(meant); err != nil {
		return 0, err
	}
	return int64(len(meant)), c.replace(ctx)
}

// meant lists the rows of a file that a filter means, in their order;
// [ErrNothing] when there are none.
func (in *Intake) meant(ctx context.Context, run Run, f file, merchants []string, filter RowFilter) (rows []int64, err error) {
	for last := rowID(f.number, 0); ; {
		page, err := in.page(ctx, run, f, merchants, false, false, last)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		last = page[len(page)-1].id
		for _, l := range page {
			if filter.fits(l) {
				rows = append(rows, rowOf(l.id))
			}
		}
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("file %s has no such rows: %w", f.name, ErrNothing)
	}
	return rows, nil
}

// A correcting is a corrected file at work.
type correcting struct {
	in   *Intake
	run  Run
	box  Inbox
	file file
	by   Corrected
	to   map[int64]int64 // row of the corrected file → row that it replaces
}

// each reads the corrected file.
func (c *correcting) each(do func(formats.Row) error) (err error) {
	content, err := c.in.archived(file{number: c.file.number, name: c.by.Name, sha256: c.by.SHA256})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	r := c.box.Profile.Read(c.file.feed, content, formats.ReadOptions{File: c.by.Name, MaxSize: c.box.MaxFile, IgnoreTrailer: true})
	for row := range r.Rows() {
		if err := do(row); err != nil {
			return err
		}
	}
	if content.broken != nil {
		return content.broken
	}
	if reason := r.Err(); reason != nil {
		return fmt.Errorf("%w: %w", ErrUnfit, reason)
	}
	return nil
}

// fit finds out which row replaces which, and that all of them can be read.
func (c *correcting) fit(meant []int64) error {
	n := int64(0)
	bad := map[int64][]formats.RowError{}
	err := c.each(func(row formats.Row) error {
		n++
		if len(row.Errors) > 0 || row.Record == nil {
			bad[row.Row] = row.Errors
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.to = map[int64]int64{}
	for i, row := range meant {
		switch n {
		case int64(len(meant)):
			c.to[int64(i)+1] = row
		case c.file.rows:
			c.to[row] = row
		default:
			return fmt.Errorf("%s has %d rows; %d rows are meant, and file %s has %d: %w", c.by.Name, n, len(meant), c.file.name, c.file.rows, ErrUnfit)
		}
	}
	var texts []string
	for row := range n {
		if _, taken := c.to[row+1]; !taken {
			continue
		}
		for _, e := range bad[row+1] {
			texts = append(texts, e.Error())
		}
	}
	if len(texts) > 0 {
		return fmt.Errorf("%w: %s", ErrUnfit, strings.Join(texts[:min(len(texts), 10)], "; "))
	}
	return nil
}

// replace stores the corrected rows where they are tried: all or none, so that
// what was cut off can be done again with the same file.
func (c *correcting) replace(ctx context.Context) error {
	return c.in.write(ctx, c.file.owner, func(tx *database.Tx) error { return c.replaceIn(ctx, tx) })
}

// replaceIn is replace in a transaction, chunk by chunk.
func (c *correcting) replaceIn(ctx context.Context, tx *database.Tx) error {
	b := reading{box: c.box, file: c.file, shares: map[string]int64{}}
	var made [][]any
	flush := func() error {
		rows, corrections := b.rows, made
		b.rows, made = b.rows[:0], nil
		if len(rows) == 0 {
			return nil
		}
		return c.save(ctx, tx, rows, corrections)
	}
	err := c.each(func(row formats.Row) error {
		target, taken := c.to[row.Row]
		if !taken {
			return nil
		}
		made = append(made, []any{
			c.file.owner, rowID(c.file.number, target), int64(0), c.by.SHA256, c.by.Size, c.by.Name, row.Row, row.Line, c.run.Number, c.by.Operator,
		})
		row.Row = target
		if err := b.add(row); err != nil {
			return err
		}
		if len(b.rows) == chunk {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// save replaces some rows. One that waited is tried as if it came now: it may
// hold another key and wait for another document, and its clock begins anew.
func (c *correcting) save(ctx context.Context, tx *database.Tx, rows, corrections [][]any) error {
	ids := make([]int64, len(corrections))
	for i, r := range corrections {
		ids[i], _ = r[1].(int64)
	}
	last, err := lastVerdicts(ctx, tx, c.file.owner, ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		corrections[i][2] = last[id] + 1
	}
	for _, table := range []string{"intake_parked", "intake_waiting", "intake_documents"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE merchant_id = ? AND id IN ??", c.file.owner, ids); err != nil {
			return err
		}
	}
	err = tx.Load(ctx, "intake_corrections", []string{"merchant_id", "id", "n", "sha256", "size", "name", "row_no", "line", "run", "operator"}, corrections,
		"ON CONFLICT (merchant_id, id, n) DO UPDATE SET sha256 = excluded.sha256, size = excluded.size, name = excluded.name, row_no = excluded.row_no, line = excluded.line, run = excluded.run, operator = excluded.operator")
	if err != nil {
		return err
	}
	return tryAgain(ctx, tx, c.file, rows)
}

// lastVerdicts returns the number of the verdict that holds, by row.
func lastVerdicts(ctx context.Context, tx *database.Tx, merchant string, ids []int64) (map[int64]int64, error) {
	last := map[int64]int64{}
	rows, err := tx.Query(ctx, "SELECT id, MAX(n) FROM intake_verdicts WHERE merchant_id = ? AND id IN ?? GROUP BY id", merchant, ids)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var id, n int64
		err = r.Scan(&id, &n)
		last[id] = n
		return struct{}{}, err
	})
	return last, err
}

// A Correction says by what a row was replaced.
type Correction struct {
	Row      int64  `json:"row"`
	Line     int64  `json:"line"`        // of the file
	Number   string `json:"document_no"` // that the row has now
	Name     string `json:"corrected_file"`
	SHA256   string `json:"sha256"`
	FromLine int64  `json:"corrected_line"`
	Run      int64  `json:"run"`
	Operator string `json:"operator"`
	Verdict  string `json:"verdict"` // that the corrected row got in that run
}

// Corrections lists the rows of a file that were replaced, in the order of the
// rows; of one row the first replacement first.
func (in *Intake) Corrections(ctx context.Context, owner string, number int64) (all []Correction, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT c.id, r.line, r.number, c.name, c.sha256, c.line, c.run, c.operator, COALESCE(v.status, '')
			FROM intake_corrections c JOIN intake_rows r ON r.merchant_id = c.merchant_id AND r.id = c.id
			LEFT JOIN intake_verdicts v ON v.merchant_id = c.merchant_id AND v.id = c.id AND v.n = c.n
			WHERE c.merchant_id = ? AND c.id > ? AND c.id < ? ORDER BY c.id, c.n`, owner, rowID(number, 0), rowID(number+1, 0))
		all, err = database.Collect(rows, err, func(r *sql.Rows) (c Correction, err error) {
			err = r.Scan(&c.Row, &c.Line, &c.Number, &c.Name, &c.SHA256, &c.FromLine, &c.Run, &c.Operator, &c.Verdict)
			c.Row = rowOf(c.Row)
			return c, err
		})
		return err
	})
	return all, at("list", "corrections", err)
}

// correctedSources replaces the sources of rows that were corrected: what was
// booked stands in the corrected file.
func correctedSources(ctx context.Context, tx *database.Tx, merchant string, ids []int64, found map[int64]content) error {
	rows, err := tx.Query(ctx, "SELECT id, sha256, name, row_no FROM intake_corrections WHERE merchant_id = ? AND id IN ?? ORDER BY id, n", merchant, ids)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var id int64
		var s purchase.Source
		if err := r.Scan(&id, &s.SHA256, &s.Name, &s.Row); err != nil {
			return struct{}{}, err
		}
		c := found[id]
		c.source = s
		found[id] = c
		return struct{}{}, nil
	})
	return err
}

// correctedOf takes the rows that were corrected from the wanted ones, and returns
// their ids: they are not what the file says.
func (in *Intake) correctedOf(ctx context.Context, f file, wanted map[int64]bool) (ids []int64, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT DISTINCT id FROM intake_corrections WHERE merchant_id = ? AND id > ? AND id < ?", f.owner, rowID(f.number, 0), rowID(f.number+1, 0))
		ids, err = database.Collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		return err
	})
	ids = slices.DeleteFunc(ids, func(id int64) bool { return !wanted[rowOf(id)] })
	for _, id := range ids {
		delete(wanted, rowOf(id))
	}
	return ids, err
}

// verifyCorrections: what replaced a row lies in the archive.
func (in *Intake) verifyCorrections(ctx context.Context, v *verifier) error {
	type kept struct {
		sha256, name string
		size         int64
	}
	var all []kept
	err := in.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, "SELECT DISTINCT sha256, name, size FROM intake_corrections WHERE merchant_id = ? ORDER BY name", v.merchant)
		all, err = database.Collect(rows, err, func(r *sql.Rows) (k kept, err error) { return k, r.Scan(&k.sha256, &k.name, &k.size) })
		return err
	})
	if err != nil {
		return err
	}
	for _, k := range all {
		content, err := in.spool.Open(k.sha256)
		if err != nil {
			v.failf("corrected file %s: %v", k.name, err)
			continue
		}
		n, err := io.Copy(io.Discard, content)
		if err = errors.Join(err, content.Close()); err != nil || n != k.size {
			v.failf("corrected file %s has %d bytes, want %d", k.name, n, k.size)
		}
	}
	return nil
}
