package intake

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// save writes what a chunk has changed: one statement for each kind of thing.
func (b *books) save(ctx context.Context, tx *database.Tx, run Run, queue Queue) error {
	steps := []func(context.Context, *database.Tx, Run) error{
		b.saveRulings, b.saveParked, b.saveReleased, b.saveHoldings,
		b.saveOrders, b.saveInvoices, b.saveReductions, b.wake,
	}
	for _, step := range steps {
		if err := step(ctx, tx, run); err != nil {
			return err
		}
	}
	if len(b.ready) == 0 {
		return nil
	}
	return queue(ctx, tx, run.Merchant, b.ready)
}

func (b *books) saveRulings(ctx context.Context, tx *database.Tx, run Run) error {
	var verdicts, changes [][]any
	given := map[Total]int64{}
	for _, r := range b.rulings {
		if p := r.row.parked; p != nil && r.status == purchase.Parked && r.code == p.code {
			continue // it waits on
		}
		why, err := r.cause.text()
		if err != nil {
			return err
		}
		n := r.row.tries + 1
		given[Total{Verdict: r.status, Code: r.code}]++
		verdicts = append(verdicts, []any{
			run.Merchant, r.row.id, n, string(r.status), string(r.code), string(r.warning),
			r.column, r.value, why, run.Number, int64(run.Day),
		})
		if r.status != purchase.Parked && r.row.news(run) {
			changes = append(changes, changeOf(run, r.row.id, n))
		}
	}
	if err := loadVerdicts(ctx, tx, verdicts); err != nil {
		return err
	}
	if err := addTotals(ctx, tx, run.Merchant, totalRows, given); err != nil {
		return err
	}
	return loadChanges(ctx, tx, changes)
}

func loadVerdicts(ctx context.Context, tx *database.Tx, rows [][]any) error {
	return tx.Load(ctx, "intake_verdicts",
		[]string{"merchant_id", "id", "n", "status", "code", "warning", "col", "value", "cause", "run", "day"},
		rows, "ON CONFLICT (merchant_id, id, n) DO NOTHING")
}

// changeOf is a line of a supplementary ack: of this run, or, for a file of the
// bank, of the bank's next one.
func changeOf(run Run, id, n int64) []any {
	number := run.Number
	if id < 0 {
		number = 0
	}
	return []any{owner(run.Merchant, fileOf(id)), number, id, n, run.Merchant}
}

func loadChanges(ctx context.Context, tx *database.Tx, rows [][]any) error {
	return tx.Load(ctx, "intake_changes", []string{"merchant_id", "run", "id", "n", "row_merchant"}, rows,
		"ON CONFLICT (merchant_id, run, id, n) DO NOTHING")
}

// saveParked keeps what waits and what it waits for, and forgets what does not
// wait any more.
func (b *books) saveParked(ctx context.Context, tx *database.Tx, run Run) error {
	var before, left []int64
	var waiters, waits [][]any
	for _, r := range b.rulings {
		if r.row.parked != nil {
			before = append(before, r.row.id)
		}
		if r.status != purchase.Parked {
			if r.row.parked != nil {
				left = append(left, r.row.id)
			}
			continue
		}
		for _, parent := range r.waits {
			waits = append(waits, []any{run.Merchant, parent, r.row.id})
		}
		since, clock := run.Day, run.Day
		if p := r.row.parked; p != nil {
			since, clock = p.since, p.clock
		}
		orderNo, invoiceNo := parents(r.row.record)
		waiters = append(waiters, []any{run.Merchant, r.row.id, int64(since), int64(clock), run.Number, string(r.code), orderNo, invoiceNo})
	}
	if err := forget(ctx, tx, run.Merchant, before, left); err != nil {
		return err
	}
	err := tx.Load(ctx, "intake_parked", []string{"merchant_id", "id", "since", "clock", "run", "code", "order_no", "invoice_no"},
		waiters, "ON CONFLICT (merchant_id, id) DO UPDATE SET code = excluded.code")
	if err != nil {
		return err
	}
	return tx.Load(ctx, "intake_waiting", []string{"merchant_id", "parent", "id"}, waits,
		"ON CONFLICT (merchant_id, parent, id) DO NOTHING")
}

// forget removes what rows wait for, and of those that left, that they waited.
func forget(ctx context.Context, tx *database.Tx, merchant string, before, left []int64) error {
	if len(before) > 0 {
		if _, err := tx.Exec(ctx, "DELETE FROM intake_waiting WHERE merchant_id = ? AND id IN ??", merchant, before); err != nil {
			return err
		}
	}
	if len(left) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, "DELETE FROM intake_parked WHERE merchant_id = ? AND id IN ??", merchant, left)
	return err
}

func (b *books) saveReleased(ctx context.Context, tx *database.Tx, run Run) error {
	if len(b.released) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, "DELETE FROM intake_documents WHERE merchant_id = ? AND id IN ??", run.Merchant, b.released)
	return err
}

func (b *books) saveHoldings(ctx context.Context, tx *database.Tx, run Run) error {
	var rows [][]any
	for k := range b.holdings {
		for _, h := range b.held[k] {
			rows = append(rows, []any{
				run.Merchant, int64(k.feed), k.key, h.row, h.booked, h.material, h.content, h.loose,
				int64(h.date), int64(h.amount), h.orderNo, h.invoiceNo,
			})
		}
	}
	return tx.Load(ctx, "intake_documents",
		[]string{"merchant_id", "feed", "doc_key", "id", "booked", "material", "content", "loose", "date", "amount", "order_no", "invoice_no"},
		rows, `ON CONFLICT (merchant_id, feed, doc_key, id) DO UPDATE SET
			booked = excluded.booked, loose = excluded.loose, invoice_no = excluded.invoice_no`)
}

func (b *books) saveOrders(ctx context.Context, tx *database.Tx, run Run) error {
	var rows [][]any
	for no := range b.ordersChanged {
		o := b.orders[no]
		rows = append(rows, []any{
			run.Merchant, no, o.row, int64(o.asked), o.decision, string(o.code), int64(o.approved), int64(o.validUntil),
			int64(o.invoiced), o.invoices, o.invoiceNo, o.cancelled,
		})
	}
	return tx.Load(ctx, "intake_orders",
		[]string{"merchant_id", "order_no", "id", "asked", "decision", "code", "approved", "valid_until", "invoiced", "invoices", "invoice_no", "cancelled"},
		rows, `ON CONFLICT (merchant_id, order_no) DO UPDATE SET id = excluded.id, asked = excluded.asked,
			decision = excluded.decision, code = excluded.code, approved = excluded.approved, valid_until = excluded.valid_until,
			invoiced = excluded.invoiced, invoices = excluded.invoices, invoice_no = excluded.invoice_no, cancelled = excluded.cancelled`)
}

func (b *books) saveInvoices(ctx context.Context, tx *database.Tx, run Run) error {
	var rows [][]any
	for no := range b.invoicesChanged {
		i := b.invoices[no]
		rows = append(rows, []any{
			run.Merchant, no, i.row, i.orderNo, int64(i.date), int64(i.due), int64(i.gross), int64(i.credited), int64(i.direct), i.assume,
		})
	}
	return tx.Load(ctx, "intake_invoices",
		[]string{"merchant_id", "invoice_no", "id", "order_no", "date", "due", "gross", "credited", "direct", "assume_return"},
		rows, "ON CONFLICT (merchant_id, invoice_no) DO UPDATE SET credited = excluded.credited, direct = excluded.direct")
}

func (b *books) saveReductions(ctx context.Context, tx *database.Tx, run Run) error {
	rows := make([][]any, len(b.reductions))
	for i, r := range b.reductions {
		rows[i] = []any{run.Merchant, r.invoiceNo, r.row, r.Number, r.Kind, r.Names, int64(r.Amount)}
	}
	return tx.Load(ctx, "intake_reductions",
		[]string{"merchant_id", "invoice_no", "id", "number", "kind", "names", "amount"},
		rows, "ON CONFLICT (merchant_id, invoice_no, id) DO NOTHING")
}

func (b *books) wake(ctx context.Context, tx *database.Tx, run Run) error {
	return wake(ctx, tx, run.Merchant, b.appeared)
}
