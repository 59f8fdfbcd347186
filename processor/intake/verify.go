package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Verify recomputes what intake keeps of a merchant and returns one sentence
// for each thing that does not agree: every byte of a file belongs to its
// header, a row or its end; every row has exactly one verdict, and the counts
// add up; nothing is parked for too long on a day; what is booked holds its
// key, and the sums per order and invoice are those of the booked rows.
func (in *Intake) Verify(ctx context.Context, merchant string, terms purchase.Terms, day schedules.Date) (broken []string, err error) {
	v := &verifier{merchant: merchant, terms: terms, day: day}
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		v.tx = tx
		for _, check := range []func(context.Context) error{v.rows, v.counts, v.parked, v.keys, v.orders, v.invoices, v.direct} {
			if err := check(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = in.verifyBytes(ctx, v)
	}
	if err == nil {
		err = in.verifyCorrections(ctx, v)
	}
	return v.broken, at("verify", merchant, err)
}

type verifier struct {
	tx       *database.Tx
	merchant string
	terms    purchase.Terms
	day      schedules.Date
	broken   []string
}

func (v *verifier) failf(format string, args ...any) {
	v.broken = append(v.broken, fmt.Sprintf("intake: "+format, args...))
}

// each reports what a query finds; its columns are formatted by text.
func (v *verifier) each(ctx context.Context, columns int, text, query string, args ...any) error {
	rows, err := v.tx.Query(ctx, query, args...)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		values, into := make([]any, columns), make([]any, columns)
		for i := range values {
			into[i] = &values[i]
		}
		if err := r.Scan(into...); err != nil {
			return struct{}{}, err
		}
		for i, cell := range values {
			if b, ok := cell.([]byte); ok {
				values[i] = string(b)
			}
		}
		v.failf(text, values...)
		return struct{}{}, nil
	})
	return err
}

// rows: a row has a verdict or is about to be tried, and a verdict has a row.
func (v *verifier) rows(ctx context.Context) error {
	err := v.each(ctx, 2, "row %[2]d of file %[1]d has no verdict and is not to be tried",
		`SELECT r.id >> 32, r.id & 4294967295 FROM intake_rows r WHERE r.merchant_id = ?
			AND NOT EXISTS (SELECT 1 FROM intake_verdicts v WHERE v.merchant_id = r.merchant_id AND v.id = r.id)
			AND NOT EXISTS (SELECT 1 FROM intake_todo t WHERE t.merchant_id = r.merchant_id AND t.id = r.id)
			AND EXISTS (SELECT 1 FROM intake_shares s WHERE s.merchant_id = r.merchant_id AND s.file = r.id >> 32) LIMIT 100`, v.merchant)
	if err != nil {
		return err
	}
	return v.each(ctx, 2, "there is a verdict on row %[2]d of file %[1]d, but no such row",
		`SELECT v.id >> 32, v.id & 4294967295 FROM intake_verdicts v WHERE v.merchant_id = ? AND v.n = 1
			AND NOT EXISTS (SELECT 1 FROM intake_rows r WHERE r.merchant_id = v.merchant_id AND r.id = v.id) LIMIT 100`, v.merchant)
}

// counts: the five verdicts of a file add up to its rows, at the end of the run
// that read it and now.
func (v *verifier) counts(ctx context.Context) error {
	err := v.each(ctx, 3, "file %d has %d rows, its verdicts were %d",
		`SELECT file, row_count, booked + duplicate + conflict + rejected + parked FROM intake_shares
			WHERE merchant_id = ? AND closed = 1 AND row_count <> booked + duplicate + conflict + rejected + parked`, v.merchant)
	if err != nil {
		return err
	}
	err = v.each(ctx, 3, "file %d has %d rows, %d are stored",
		`SELECT s.file, s.row_count, COALESCE(c.n, 0) FROM intake_shares s
			LEFT JOIN (SELECT id >> 32 AS file, COUNT(*) AS n FROM intake_rows WHERE merchant_id = ? GROUP BY id >> 32) c ON c.file = s.file
			WHERE s.merchant_id = ? AND s.row_count <> COALESCE(c.n, 0)`, v.merchant, v.merchant)
	if err != nil {
		return err
	}
	if v.merchant == purchase.Provider {
		return nil
	}
	return v.each(ctx, 3, "file %d has %d rows, its merchants have %d",
		`SELECT f.number, f.row_count, COALESCE(s.n, 0) FROM intake_files f
			LEFT JOIN (SELECT file, CAST(SUM(row_count) AS BIGINT) AS n FROM intake_shares WHERE merchant_id = ? GROUP BY file) s ON s.file = f.number
			WHERE f.merchant_id = ? AND f.state = 'READ' AND f.row_count <> COALESCE(s.n, 0)`, v.merchant, v.merchant)
}

// parked: nothing waits longer than park_days, and what waits says so. Days that
// are fewer than what a row was told hold from the next run on.
func (v *verifier) parked(ctx context.Context) error {
	until := int64(v.day) - int64(v.terms.ParkDays)
	rows, err := v.tx.Query(ctx, overdue, v.merchant, until-1, 100)
	late, err := database.Collect(rows, err, func(r *sql.Rows) (c candidate, err error) {
		id, w, err := scanWaiter(r)
		return candidate{id: id, parked: &w}, err
	})
	if err != nil {
		return err
	}
	for _, c := range late {
		told, err := v.told(ctx, c.id)
		if err != nil {
			return err
		}
		if told < v.day {
			v.failf("row %d of file %d is parked since %s", rowOf(c.id), fileOf(c.id), c.parked.since)
		}
	}
	return v.each(ctx, 3, "row %[2]d of file %[1]d is %[3]s, but kept as parked or not",
		`SELECT v.id >> 32, v.id & 4294967295, v.status FROM intake_verdicts v
			LEFT JOIN intake_parked p ON p.merchant_id = v.merchant_id AND p.id = v.id
			WHERE v.merchant_id = ? AND (CASE WHEN v.status = 'PARKED' THEN 1 ELSE 0 END) <> (CASE WHEN p.id IS NULL THEN 0 ELSE 1 END)
			AND NOT EXISTS (SELECT 1 FROM intake_verdicts w WHERE w.merchant_id = v.merchant_id AND w.id = v.id AND w.n > v.n) LIMIT 100`, v.merchant)
}

// told returns the day until which a parked row was told to wait.
func (v *verifier) told(ctx context.Context, row int64) (schedules.Date, error) {
	text := ""
	err := v.tx.QueryRow(ctx, "SELECT cause FROM intake_verdicts WHERE merchant_id = ? AND id = ? ORDER BY n DESC LIMIT 1", v.merchant, row).Scan(&text)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	c, err := parseCause(text)
	return c.Limit, err
}

// keys: parked and booked rows hold their key, others do not; but for orders
// one row holds a key.
func (v *verifier) keys(ctx context.Context) error {
	err := v.each(ctx, 3, "row %[2]d of file %[1]d is %[3]s, but its key is held or not",
		`SELECT v.id >> 32, v.id & 4294967295, v.status FROM intake_verdicts v
			LEFT JOIN intake_documents d ON d.merchant_id = v.merchant_id AND d.id = v.id
			WHERE v.merchant_id = ? AND v.status <> (CASE WHEN d.id IS NULL THEN
				CASE WHEN v.status IN ('BOOKED', 'PARKED') THEN '' ELSE v.status END
				WHEN d.booked = 1 THEN 'BOOKED' ELSE 'PARKED' END)
			AND NOT EXISTS (SELECT 1 FROM intake_verdicts w WHERE w.merchant_id = v.merchant_id AND w.id = v.id AND w.n > v.n) LIMIT 100`, v.merchant)
	if err != nil {
		return err
	}
	return v.each(ctx, 2, "%[2]s is held by several rows (feed %[1]d)",
		`SELECT feed, doc_key FROM intake_documents WHERE merchant_id = ? AND feed <> 1 GROUP BY feed, doc_key HAVING COUNT(*) > 1`, v.merchant)
}

// orders: what is invoiced of an order is the sum of its invoices, and not more
// than was approved.
func (v *verifier) orders(ctx context.Context) error {
	return v.each(ctx, 4, "order %s: %d cents invoiced of %d, its invoices sum to %d",
		`SELECT o.order_no, o.invoiced, o.approved, COALESCE(i.gross, 0) FROM intake_orders o
			LEFT JOIN (SELECT order_no, CAST(SUM(gross) AS BIGINT) AS gross, COUNT(*) AS n FROM intake_invoices WHERE merchant_id = ? GROUP BY order_no) i
			ON i.order_no = o.order_no
			WHERE o.merchant_id = ? AND (o.invoiced <> COALESCE(i.gross, 0) OR o.invoices <> COALESCE(i.n, 0) OR o.invoiced > o.approved)`,
		v.merchant, v.merchant)
}

// invoices: K is the fold of what was booked, and no claim is negative.
func (v *verifier) invoices(ctx context.Context) error {
	for last := ""; ; {
		rows, err := v.tx.Query(ctx, "SELECT invoice_no FROM intake_invoices WHERE merchant_id = ? AND invoice_no > ? ORDER BY invoice_no LIMIT ?",
			v.merchant, last, chunk)
		numbers, err := database.Collect(rows, err, func(r *sql.Rows) (no string, err error) { return no, r.Scan(&no) })
		if err != nil || len(numbers) == 0 {
			return err
		}
		last = numbers[len(numbers)-1]
		b := newBooks(v.terms, v.day)
		if err := b.loadInvoices(ctx, v.tx, v.merchant, numbers); err != nil {
			return err
		}
		if err := b.loadReductions(ctx, v.tx, v.merchant, numbers); err != nil {
			return err
		}
		for _, no := range numbers {
			i := b.invoices[no]
			k, _ := i.fold(nil)
			if k != i.credited || i.claim().Base() < 0 {
				v.failf("invoice %s: %s credited, its documents give %s; %s invoiced, %s paid directly", no, i.credited, k, i.gross, i.direct)
			}
		}
	}
}

// direct: D is the sum of the booked direct payments.
func (v *verifier) direct(ctx context.Context) error {
	rows, err := v.tx.Query(ctx, `SELECT r.record FROM intake_documents d
		JOIN intake_rows r ON r.merchant_id = d.merchant_id AND r.id = d.id
		WHERE d.merchant_id = ? AND d.feed = ? AND d.booked = 1
		AND NOT EXISTS (SELECT 1 FROM intake_reversals x WHERE x.merchant_id = d.merchant_id AND x.id = d.id)`, v.merchant, int64(purchase.Instructions))
	paid := map[string]money.Amount{}
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var text string
		if err := r.Scan(&text); err != nil {
			return struct{}{}, err
		}
		record, err := decode(purchase.Instructions, text)
		if i, ok := record.(purchase.Instruction); ok && i.Kind == purchase.DirectPayment {
			paid[i.InvoiceNo] += i.Amount
		}
		return struct{}{}, err
	})
	if err != nil {
		return err
	}
	rows, err = v.tx.Query(ctx, "SELECT invoice_no, direct FROM intake_invoices WHERE merchant_id = ? AND direct <> 0", v.merchant)
	_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var no string
		var direct money.Amount
		err = r.Scan(&no, &direct)
		if paid[no] != direct {
			v.failf("invoice %s: %s paid directly, its instructions sum to %s", no, direct, paid[no])
		}
		delete(paid, no)
		return struct{}{}, err
	})
	for no, amount := range paid {
		v.failf("invoice %s: nothing paid directly, its instructions sum to %s", no, amount)
	}
	return err
}
