package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// ErrRefused says that some rows of a file cannot be taken back, and that so none
// was.
var ErrRefused = errors.New("not all rows can be taken back")

// What becomes of a row of a file that is taken back.
const (
	Reversed        = "REVERSED"
	NothingReversed = "NOTHING" // it has booked nothing that is left
	NotReversed     = "REFUSED" // by policy, see Why
)

// A ReversedRow is a booked row of a file that is taken back.
type ReversedRow struct {
	Row        int64             `json:"row"`
	Line       int64             `json:"line"`
	DocumentNo string            `json:"document_no"`
	Outcome    string            `json:"outcome"`
	Why        string            `json:"why"`
	Subject    string            `json:"subject"` // invoice or order that it changes
	Reversal   purchase.Reversal `json:"-"`
	id         int64
}

// A Reversing says whose rows are taken back, by whom, and when.
type Reversing struct {
	Merchant string
	Number   int64            // of the file
	Lines    func(int64) bool // nil: all
	At       int64            // seconds since 1970
	Operator string
	// Order registers the command of the n-th row that is taken back, in the
	// transaction that changes the sums, and returns its number.
	Order func(ctx context.Context, tx *database.Tx, n int, r ReversedRow) (commandNo string, err error)
}

// Reverse takes back what the booked rows of a file have booked: here the sums by
// which later rows are judged, at the provider by a command for each row. Rows stay
// booked and keep their numbers. When the policy refuses one, none is taken back:
// [ErrRefused], with all rows and why; [ErrNothing] when nothing is left to take
// back. The provider must have answered for all of them.
func (in *Intake) Reverse(ctx context.Context, q Reversing) (all []ReversedRow, err error) {
	err = in.write(ctx, q.Merchant, func(tx *database.Tx) error {
		all, err = in.reverse(ctx, tx, q)
		return err
	})
	return all, err
}

func (in *Intake) reverse(ctx context.Context, tx *database.Tx, q Reversing) ([]ReversedRow, error) {
	r := &reversing{books: newBooks(purchase.Terms{}, 0)}
	if err := r.load(ctx, tx, q); err != nil {
		return nil, err
	}
	for again := true; again; { // what one row makes too much, another may make good
		again = false
		for i := range r.rows {
			if r.rows[i].Outcome == NotReversed || r.rows[i].Outcome == "" {
				r.try(&r.rows[i], r.all[i])
				again = again || r.rows[i].Outcome == Reversed
			}
		}
	}
	reversed := slices.ContainsFunc(r.rows, func(x ReversedRow) bool { return x.Outcome == Reversed })
	switch {
	case slices.ContainsFunc(r.rows, func(x ReversedRow) bool { return x.Outcome == NotReversed }):
		return r.rows, fmt.Errorf("file %d: %w", q.Number, ErrRefused)
	case !reversed:
		return r.rows, fmt.Errorf("file %d has booked nothing that is left: %w", q.Number, ErrNothing)
	}
	return r.rows, r.save(ctx, tx, q)
}

// A reversing is a file that is taken back.
type reversing struct {
	*books
	rows []ReversedRow
	all  []candidate
	done []int            // rows, in the order in which they were taken back
	gone map[int64]string // returns and credits that do not count any more → invoice
}

// load reads the booked rows that were not taken back before.
func (r *reversing) load(ctx context.Context, tx *database.Tx, q Reversing) error {
	r.gone = map[int64]string{}
	rows, err := tx.Query(ctx, `SELECT v.id, r.line, r.number FROM intake_verdicts v
		JOIN intake_rows r ON r.merchant_id = v.merchant_id AND r.id = v.id
		WHERE v.merchant_id = ? AND v.id > ? AND v.id < ? AND v.status = 'BOOKED' AND NOT EXISTS (
			SELECT 1 FROM intake_verdicts w WHERE w.merchant_id = v.merchant_id AND w.id = v.id AND w.n > v.n)
		AND NOT EXISTS (SELECT 1 FROM intake_reversals x WHERE x.merchant_id = v.merchant_id AND x.id = v.id) ORDER BY v.id`,
		q.Merchant, rowID(q.Number, 0), rowID(q.Number+1, 0))
	found, err := database.Collect(rows, err, func(r *sql.Rows) (x ReversedRow, err error) {
		err = r.Scan(&x.id, &x.Line, &x.DocumentNo)
		x.Row = rowOf(x.id)
		return x, err
	})
	if err != nil {
		return err
	}
	for _, x := range found {
		if q.Lines == nil || q.Lines(x.Line) {
			r.rows = append(r.rows, x)
		}
	}
	n := newNames()
	for some := range slices.Chunk(r.rows, chunk) {
		ids := make([]int64, len(some))
		for i, x := range some {
			ids[i] = x.id
		}
		loaded, err := stored(ctx, tx, q.Merchant, ids) // of one feed, so in the order of the ids
		if err != nil {
			return err
		}
		for _, c := range loaded {
			n.add(c.record)
			if _, invoiceNo := parents(c.record); invoiceNo != "" {
				n.reduced[invoiceNo] = true
			}
		}
		r.all = append(r.all, loaded...)
	}
	return r.books.load(ctx, tx, q.Merchant, n)
}

// try takes one row back, as far as the policy allows.
func (r *reversing) try(x *ReversedRow, c candidate) {
	switch record := c.record.(type) {
	case purchase.Order:
		r.order(x, c.id, record)
	case purchase.Invoice:
		r.invoice(x, c.id, record.InvoiceNo)
	case purchase.Shipment:
		if i := r.invoices[record.InvoiceNo]; i == nil || i.row != c.id {
			x.refuse("it has made claim %s active, and goods that were sent stay sent; take its invoice back, or let the ERP book a return", record.InvoiceNo)
			return
		}
		r.invoice(x, c.id, record.InvoiceNo)
	case purchase.Return:
		r.paper(x, c, r.heldInvoice(c), record.Kind, record.Kind == purchase.ReturnReceived)
	case purchase.Credit:
		r.paper(x, c, record.InvoiceNo, record.Kind, true)
	case purchase.Cancellation:
		r.cancellation(x, record)
	case purchase.Instruction:
		r.instruction(x, c, record)
	default:
		x.refuse("payments are the bank's word; only the bank returns one")
	}
	if x.Outcome == Reversed {
		r.done = append(r.done, slices.IndexFunc(r.rows, func(y ReversedRow) bool { return y.id == x.id }))
	}
}

func (x *ReversedRow) refuse(format string, args ...any) {
	x.Outcome, x.Why = NotReversed, fmt.Sprintf(format, args...)
}

func (x *ReversedRow) nothing(format string, args ...any) {
	x.Outcome, x.Why = NothingReversed, fmt.Sprintf(format, args...)
}

func (x *ReversedRow) reverse(subject string, what purchase.Reversal, format string, args ...any) {
	x.Outcome, x.Subject, x.Reversal, x.Why = Reversed, subject, what, fmt.Sprintf(format, args...)
}

// order: what is not invoiced of it may not be any more.
func (r *reversing) order(x *ReversedRow, row int64, record purchase.Order) {
	o := r.orders[record.OrderNo]
	switch {
	case o == nil || o.row != row:
		x.nothing("a later row of order %s took its place", record.OrderNo)
	case o.decision != purchase.DecisionAccepted:
		x.nothing("order %s is not bought", record.OrderNo)
	case o.cancelled:
		x.nothing("order %s is cancelled", record.OrderNo)
	case o.invoiced > 0 && o.invoiced >= o.approved:
		x.refuse("order %s is invoiced; take its invoices back", record.OrderNo)
	default:
		o.cancelled = true
		r.ordersChanged[record.OrderNo] = true
		x.reverse(record.OrderNo, purchase.Reversal{Feed: purchase.Orders, Number: record.OrderNo}, "nothing more of %s may be invoiced", o.approved-o.invoiced)
	}
}

// invoice: what is left of it is credited in full.
func (r *reversing) invoice(x *ReversedRow, row int64, number string) {
	i := r.invoices[number]
	if i == nil {
		x.nothing("there is no invoice %s", number)
		return
	}
	k, _ := i.fold(nil)
	left := i.gross - k - i.direct
	if left <= 0 {
		x.nothing("nothing is left of invoice %s", number)
		return
	}
	d := purchase.Reduction{Number: x.DocumentNo, Kind: purchase.Value, Amount: left}
	r.reduce(row, number, d)
	x.reverse(number, purchase.Reversal{Feed: purchase.Invoices, Amount: left}, "a full correction of %s", left)
}

// heldInvoice is the invoice that a return was booked on.
func (r *reversing) heldInvoice(c candidate) string {
	for _, h := range r.held[docKey{c.record.Feed(), c.record.Key()}] {
		if h.row == c.id {
			return h.invoiceNo
		}
	}
	return ""
}

// paper: a return or credit does not count any more, unless the claim would be
// worth less than nothing without it.
func (r *reversing) paper(x *ReversedRow, c candidate, number, kind string, counts bool) {
	what := purchase.Reversal{Feed: c.record.Feed(), Kind: kind, Number: c.record.Number()}
	i := r.invoices[number]
	if i == nil {
		x.nothing("there is no invoice %s", number)
		return
	}
	if !counts {
		x.reverse(number, what, "the announcement holds nothing any more")
		return
	}
	before, _ := i.fold(nil)
	kept := i.docs
	i.docs = slices.DeleteFunc(slices.Clone(kept), func(d reduction) bool { return d.row == c.id })
	if len(i.docs) == len(kept) {
		x.nothing("it does not count on invoice %s", number)
		return
	}
	k, _ := i.fold(nil)
	if i.gross-k-i.direct < 0 {
		i.docs = kept
		x.refuse("without it %s would be credited on invoice %s of %s", k, number, i.gross)
		return
	}
	i.credited = k
	r.invoicesChanged[number] = true
	r.gone[c.id] = number
	if k > before { // it had named a return, which counts again
		x.reverse(number, what, "claim %s is worth %s less", number, k-before)
		return
	}
	x.reverse(number, what, "claim %s is worth %s more", number, before-k)
}

// cancellation: the rest may be invoiced again.
func (r *reversing) cancellation(x *ReversedRow, record purchase.Cancellation) {
	o := r.orders[record.OrderNo]
	if o == nil || !o.cancelled {
		x.nothing("order %s is not cancelled", record.OrderNo)
		return
	}
	o.cancelled = false
	r.ordersChanged[record.OrderNo] = true
	x.reverse(record.OrderNo, purchase.Reversal{Feed: purchase.Cancellations, Number: record.CancelNo}, "%s may be invoiced again until %s", o.approved-o.invoiced, o.validUntil)
}

// instruction: what was paid to the shop is owed again, or what was said of the
// claim holds no more.
func (r *reversing) instruction(x *ReversedRow, c candidate, record purchase.Instruction) {
	i := r.invoices[record.InvoiceNo]
	if i == nil {
		x.nothing("there is no invoice %s", record.InvoiceNo)
		return
	}
	what := purchase.Reversal{Feed: purchase.Instructions, Kind: record.Kind, Number: record.InstructionNo}
	if record.Kind != purchase.DirectPayment {
		x.reverse(record.InvoiceNo, what, "the %s holds no more", record.Kind)
		return
	}
	i.direct -= record.Amount
	r.invoicesChanged[record.InvoiceNo] = true
	x.reverse(record.InvoiceNo, what, "claim %s is worth %s more", record.InvoiceNo, record.Amount)
}

// save registers the commands, and writes the sums.
func (r *reversing) save(ctx context.Context, tx *database.Tx, q Reversing) error {
	var made [][]any
	for n, i := range r.done {
		x := r.rows[i]
		no, err := q.Order(ctx, tx, n+1, x)
		if err != nil {
			return err
		}
		made = append(made, []any{q.Merchant, x.id, no, x.Reversal.String(), q.At, q.Operator})
	}
	err := tx.Load(ctx, "intake_reversals", []string{"merchant_id", "id", "command_no", "what", "at", "operator"}, made, "ON CONFLICT (merchant_id, id) DO NOTHING")
	if err != nil {
		return err
	}
	if len(r.gone) > 0 {
		ids := make([]int64, 0, len(r.gone))
		for id := range r.gone {
			ids = append(ids, id)
		}
		if _, err := tx.Exec(ctx, "DELETE FROM intake_reductions WHERE merchant_id = ? AND id IN ??", q.Merchant, ids); err != nil {
			return err
		}
	}
	run := Run{Merchant: q.Merchant}
	return errors.Join(r.saveOrders(ctx, tx, run), r.saveInvoices(ctx, tx, run), r.saveReductions(ctx, tx, run))
}

// A ReversalInfo is a row that was taken back.
type ReversalInfo struct {
	Row       int64  `json:"row"`
	Line      int64  `json:"line"`
	Number    string `json:"document_no"`
	CommandNo string `json:"command_no"`
	What      string `json:"what"`
	Operator  string `json:"operator"`
}

// Reversals lists the rows of a file that were taken back.
func (in *Intake) Reversals(ctx context.Context, owner string, number int64) (all []ReversalInfo, err error) {
	err = in.db.Read(ctx, func(tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT x.id, r.line, r.number, x.command_no, x.what, x.operator
			FROM intake_reversals x JOIN intake_rows r ON r.merchant_id = x.merchant_id AND r.id = x.id
			WHERE x.merchant_id = ? AND x.id > ? AND x.id < ? ORDER BY x.id`, owner, rowID(number, 0), rowID(number+1, 0))
		all, err = database.Collect(rows, err, func(r *sql.Rows) (x ReversalInfo, err error) {
			err = r.Scan(&x.Row, &x.Line, &x.Number, &x.CommandNo, &x.What, &x.Operator)
			x.Row = rowOf(x.Row)
			return x, err
		})
		return err
	})
	return all, at("list", "reversals", err)
}
