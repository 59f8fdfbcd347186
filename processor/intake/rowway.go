package intake

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A RowWay is a row of a file with all that intake has said about it.
type RowWay struct {
	ID       int64
	File     int64  // of the bank's files negative
	FileName string // as it was dropped
	SHA256   string // of the file
	Row      int64  // data rows count from 1
	Line     int64  // lines of the file
	Feed     purchase.Feed
	Number   string          // the document's own; "" where it could not be read
	Record   purchase.Record // nil where the row could not be read
	Verdicts []VerdictWay    // oldest first, the last one holds; none while it is being tried
}

// A VerdictWay is one verdict of the history of a row.
type VerdictWay struct {
	Status  purchase.Verdict
	Code    purchase.Code
	Warning purchase.Code // "" or the code of a warning
	Message string        // in the language of the file; "" for a row that is booked
	Run     int64         // of the row's merchant
	Day     schedules.Date
}

// Now is the verdict that holds.
func (w RowWay) Now() VerdictWay {
	if len(w.Verdicts) == 0 {
		return VerdictWay{}
	}
	return w.Verdicts[len(w.Verdicts)-1]
}

// RowsNumbered returns the rows of all feeds whose document has a number,
// booked or not, oldest file first; at most limit.
func (in *Intake) RowsNumbered(ctx context.Context, merchant, number string, limit int) ([]RowWay, error) {
	if number == "" {
		return nil, nil
	}
	ids, err := in.rowIDs(ctx, "SELECT id FROM intake_rows WHERE merchant_id = ? AND number = ? ORDER BY ABS(id) LIMIT ?", merchant, number, limit)
	if err != nil {
		return nil, at("trace", number, err)
	}
	return in.RowWays(ctx, merchant, ids)
}

// FileRows returns the ids of the rows that a merchant has in a file, after a
// row; at most limit.
func (in *Intake) FileRows(ctx context.Context, merchant string, file, after int64, limit int) ([]int64, error) {
	ids, err := in.rowIDs(ctx, "SELECT id FROM intake_rows WHERE merchant_id = ? AND id > ? AND id < ? ORDER BY id LIMIT ?",
		merchant, rowID(file, after), rowID(file+1, 0), limit)
	return ids, at("list", "rows of file "+strconv.FormatInt(file, 10), err)
}

func (in *Intake) rowIDs(ctx context.Context, query string, args ...any) (ids []int64, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, query, args...)
		ids, err = database.Collect(rows, err, func(r *sql.Rows) (id int64, err error) { return id, r.Scan(&id) })
		return err
	})
	return ids, err
}

// RowWays returns rows by their ids, in the order of ids. Unknown ids are left
// out.
func (in *Intake) RowWays(ctx context.Context, merchant string, ids []int64) ([]RowWay, error) {
	found := map[int64]*RowWay{}
	for part := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(ids))), chunk) {
		if err := in.wayRows(ctx, merchant, part, found); err != nil {
			return nil, at("trace", "rows of "+merchant, err)
		}
	}
	ways := make([]RowWay, 0, len(found))
	for _, id := range ids {
		if w := found[id]; w != nil {
			ways = append(ways, *w)
			delete(found, id)
		}
	}
	return ways, nil
}

func (in *Intake) wayRows(ctx context.Context, merchant string, ids []int64, found map[int64]*RowWay) error {
	var sources map[int64]file
	var history []wayLine
	err := in.db.Read(ctx, func(tx *database.Tx) (err error) {
		if sources, err = filesOf(ctx, tx, merchant, ids); err != nil {
			return err
		}
		if err := wayRecords(ctx, tx, merchant, ids, sources, found); err != nil {
			return err
		}
		history, err = wayHistory(ctx, tx, merchant, ids)
		return err
	})
	if err != nil {
		return err
	}
	byFile := map[int64][]wayLine{}
	for _, l := range history {
		byFile[fileOf(l.id)] = append(byFile[fileOf(l.id)], l)
	}
	for number, lines := range byFile {
		if err := in.wayVerdicts(ctx, merchant, sources[number], lines, found); err != nil {
			return err
		}
	}
	return nil
}

// filesOf loads the files that rows stand in.
func filesOf(ctx context.Context, tx *database.Tx, merchant string, ids []int64) (map[int64]file, error) {
	var numbers []int64
	for _, id := range ids {
		numbers = append(numbers, fileOf(id))
	}
	numbers = slices.Compact(slices.Sorted(slices.Values(numbers)))
	all, err := files(ctx, tx, "merchant_id IN ?? AND number IN ??", []string{merchant, purchase.Provider}, numbers)
	found := map[int64]file{}
	for _, f := range all {
		found[f.number] = f
	}
	return found, err
}

func wayRecords(ctx context.Context, tx *database.Tx, merchant string, ids []int64, sources map[int64]file, found map[int64]*RowWay) error {
	rows, err := tx.Query(ctx, "SELECT id, feed, number, line, record FROM intake_rows WHERE merchant_id = ? AND id IN ??", merchant, ids)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var w RowWay
		var feed int64
		var text string
		if err := r.Scan(&w.ID, &feed, &w.Number, &w.Line, &text); err != nil {
			return struct{}{}, err
		}
		f := sources[fileOf(w.ID)]
		w.File, w.FileName, w.SHA256, w.Row, w.Feed = f.number, f.name, f.sha256, rowOf(w.ID), purchase.Feed(feed)
		if text != "" {
			w.Record, err = decode(w.Feed, text)
		}
		found[w.ID] = &w
		return struct{}{}, err
	})
	return err
}

// A wayLine is a line of an ack with the run that said it.
type wayLine struct {
	line
	run int64
	day schedules.Date
}

func wayHistory(ctx context.Context, tx *database.Tx, merchant string, ids []int64) ([]wayLine, error) {
	rows, err := tx.Query(ctx, `SELECT v.id, r.line, r.start, r.length, r.number, v.status, v.code, v.warning, v.col, v.value, v.cause,
			CASE WHEN v.n = 1 OR v.code = r.code THEN r.errors ELSE '' END, v.run, v.day
		FROM intake_verdicts v JOIN intake_rows r ON r.merchant_id = v.merchant_id AND r.id = v.id
		WHERE v.merchant_id = ? AND v.id IN ?? ORDER BY v.id, v.n`, merchant, ids)
	return database.Collect(rows, err, func(r *sql.Rows) (l wayLine, err error) {
		var text string
		var day int64
		err = r.Scan(&l.id, &l.line.line, &l.start, &l.length, &l.number, &l.status, &l.code, &l.warning, &l.column, &l.value, &text,
			&l.errors, &l.run, &day)
		if err != nil {
			return l, err
		}
		l.day = schedules.Date(day)
		l.cause, err = parseCause(text)
		return l, err
	})
}

// wayVerdicts adds the history of the rows of one file, in the words of its acks.
func (in *Intake) wayVerdicts(ctx context.Context, merchant string, f file, lines []wayLine, found map[int64]*RowWay) error {
	page := make([]line, len(lines))
	for i, l := range lines {
		page[i] = l.line
	}
	d, err := in.details(ctx, f, []string{merchant}, page)
	if err != nil {
		return err
	}
	for _, l := range lines {
		v := VerdictWay{Status: l.status, Code: l.code, Warning: l.warning, Run: l.run, Day: l.day}
		if l.status != purchase.Booked {
			a, err := l.ack(f, d, false)
			if err != nil {
				return err
			}
			v.Message = a.Message
		}
		if w := found[l.id]; w != nil {
			w.Verdicts = append(w.Verdicts, v)
		}
	}
	return nil
}

// RowsOf finds the rows that causes of the books name, such as "<sha256>:12"; a
// cause that names no row of a file is left out.
func (in *Intake) RowsOf(ctx context.Context, merchant string, causes []string) (map[string]int64, error) {
	rows := map[string]map[int64]string{} // by sha256: row → cause
	for _, c := range causes {
		sum, row, _ := strings.Cut(c, ":")
		n, err := strconv.ParseInt(row, 10, 64)
		if err != nil || len(sum) != 64 {
			continue
		}
		if rows[sum] == nil {
			rows[sum] = map[int64]string{}
		}
		rows[sum][n] = c
	}
	found := map[string]int64{}
	err := in.db.Read(ctx, func(tx *database.Tx) error {
		for sum, wanted := range rows {
			if err := rowsOf(ctx, tx, merchant, sum, wanted, found); err != nil {
				return err
			}
		}
		return nil
	})
	return found, at("trace", "causes of "+merchant, err)
}

// rowsOf finds rows of one file; of files with the same bytes that which was read.
func rowsOf(ctx context.Context, tx *database.Tx, merchant, sum string, wanted map[int64]string, found map[string]int64) error {
	same, err := files(ctx, tx, "merchant_id IN ?? AND sha256 = ?", []string{merchant, purchase.Provider}, sum)
	if err != nil {
		return err
	}
	var ids []int64
	for _, f := range same {
		for n := range wanted {
			ids = append(ids, rowID(f.number, n))
		}
	}
	rows, err := tx.Query(ctx, "SELECT id FROM intake_rows WHERE merchant_id = ? AND id IN ?? ORDER BY id", merchant, ids)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var id int64
		err = r.Scan(&id)
		found[wanted[rowOf(id)]] = id
		return struct{}{}, err
	})
	return err
}

// InvoiceRow returns the row that made an invoice, and its order; found is false
// for an unknown one.
func (in *Intake) InvoiceRow(ctx context.Context, merchant, invoiceNo string) (id int64, orderNo string, found bool, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		err := tx.QueryRow(ctx, "SELECT id, order_no FROM intake_invoices WHERE merchant_id = ? AND invoice_no = ?", merchant, invoiceNo).Scan(&id, &orderNo)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		found = err == nil
		return err
	})
	return id, orderNo, found, at("find", "invoice "+invoiceNo, err)
}

// Numbers returns numbers of documents that begin with a text, in order: of a
// feed, or of all (0); at most limit.
func (in *Intake) Numbers(ctx context.Context, merchant string, feed purchase.Feed, begin string, limit int) ([]string, error) {
	return in.names(ctx, `SELECT DISTINCT number FROM intake_rows
		WHERE merchant_id = ? AND number > '' AND number >= ? AND number < ? AND (feed = ? OR 0 = ?) ORDER BY number LIMIT ?`,
		merchant, begin, begin+lastRune, int64(feed), int64(feed), limit)
}

// InvoiceNumbers returns the numbers of invoices that begin with a text, in
// order; at most limit.
func (in *Intake) InvoiceNumbers(ctx context.Context, merchant, begin string, limit int) ([]string, error) {
	return in.names(ctx, "SELECT invoice_no FROM intake_invoices WHERE merchant_id = ? AND invoice_no >= ? AND invoice_no < ? ORDER BY invoice_no LIMIT ?",
		merchant, begin, begin+lastRune, limit)
}

// lastRune is behind every character with which a text may go on.
const lastRune = "\U0010FFFF"

func (in *Intake) names(ctx context.Context, query string, args ...any) (names []string, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, query, args...)
		names, err = database.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
		return err
	})
	return names, at("list", "names", err)
}
