package provider

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Submit takes batches of one merchant and one slot, at most one of each series:
// the merchant's, and the provider's own (see [purchase.Batch]). All their records
// are applied in one transaction, feed by feed as if they were one batch, and the
// receipts are stored with them. Submitting the same bytes again has no further
// effect; a gap in a series is [ErrGap], a reused number [ErrReused].
func (p *Provider) Submit(ctx context.Context, batches ...purchase.Batch) error {
	if err := together(batches); err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *database.Tx) error {
		var fresh []purchase.Batch
		for _, b := range batches {
			if err := tx.Lock(ctx, "provider/"+b.Merchant); err != nil {
				return nameBatch(b, err)
			}
			known, err := taken(ctx, tx, b)
			if err != nil {
				return nameBatch(b, err)
			}
			if !known {
				fresh = append(fresh, b)
			}
		}
		if len(fresh) == 0 {
			return nil
		}
		return p.take(ctx, tx, fresh)
	})
}

// together refuses batches that cannot be taken as one.
func together(batches []purchase.Batch) error {
	for i, b := range batches {
		for _, other := range batches[:i] {
			if b.Merchant != other.Merchant || !b.Created.Equal(other.Created) || b.Own == other.Own {
				return nameBatch(b, fmt.Errorf("cannot be taken together with batch %d of %s: want one merchant, one slot and two series", other.Number, other.Merchant))
			}
		}
	}
	return nil
}

func nameBatch(b purchase.Batch, err error) error {
	series := ""
	if b.Own {
		series = "own "
	}
	return fmt.Errorf("%sbatch %d of %s: %w", series, b.Number, b.Merchant, err)
}

// taken reports whether a batch was taken before.
func taken(ctx context.Context, tx *database.Tx, b purchase.Batch) (bool, error) {
	var sum string
	err := tx.QueryRow(ctx, "SELECT sha256 FROM provider_batches WHERE merchant_id = ? AND own = ? AND number = ?", b.Merchant, b.Own, b.Number).Scan(&sum)
	switch {
	case err == nil && sum != b.SHA256:
		return false, fmt.Errorf("%w: sha256 %s came, %s was taken", ErrReused, b.SHA256, sum)
	case err == nil:
		return true, nil
	case !errors.Is(err, sql.ErrNoRows):
		return false, err
	}
	last, err := lastTaken(ctx, tx, b.Merchant, b.Own)
	if err == nil && b.Number != last+1 {
		err = fmt.Errorf("%w: the last one taken is %d; send %d first", ErrGap, last, last+1)
	}
	return false, err
}

func lastTaken(ctx context.Context, tx *database.Tx, merchant string, own bool) (n int64, err error) {
	return n, tx.QueryRow(ctx, "SELECT COALESCE(MAX(number), 0) FROM provider_batches WHERE merchant_id = ? AND own = ?", merchant, own).Scan(&n)
}

// take applies batches that belong together: what one of them says of a feed,
// then what the next one does.
func (p *Provider) take(ctx context.Context, tx *database.Tx, batches []purchase.Batch) (err error) {
	s, err := p.session(ctx, tx, batches[0].Merchant, batches[0].Created)
	if err != nil {
		return nameBatch(batches[0], err)
	}
	all := make([]*taking, len(batches))
	for i, b := range batches {
		t := &taking{session: s, batch: b, part: purchase.ReceiptPart{Decisions: []purchase.Decision{}}}
		if err := t.open(); err != nil {
			return nameBatch(b, err)
		}
		defer func() { err = errors.Join(err, t.content.Close()) }()
		all[i] = t
	}
	for feed := purchase.Orders; feed <= purchase.Commands; feed++ {
		for _, t := range all {
			if err := t.feed(ctx, feed); err != nil {
				return nameBatch(t.batch, fmt.Errorf("%s: %w", feed, err))
			}
		}
	}
	if err := s.retry(ctx); err != nil {
		return nameBatch(batches[0], err)
	}
	if err := s.save(ctx); err != nil {
		return nameBatch(batches[0], err)
	}
	for _, t := range all {
		if err := t.close(ctx); err != nil {
			return nameBatch(t.batch, err)
		}
	}
	return nil
}

func (t *taking) open() (err error) {
	if t.content, err = t.batch.Open(); err != nil {
		return err
	}
	if t.zip, err = formats.OpenBatch(t.content, t.batch.Size); err != nil {
		return errors.Join(err, t.content.Close())
	}
	return nil
}

// close stores the receipt.
func (t *taking) close(ctx context.Context) error {
	if err := t.saveReceipt(ctx); err != nil {
		return err
	}
	b := t.batch
	_, err := t.tx.Exec(ctx, "INSERT INTO provider_batches (merchant_id, own, number, sha256, taken_at, records) VALUES (?, ?, ?, ?, ?, ?)",
		b.Merchant, b.Own, b.Number, b.SHA256, b.Created.Unix(), t.told)
	if err != nil {
		return err
	}
	receipt := purchase.Receipt{Merchant: b.Merchant, Number: b.Number, SHA256: b.SHA256, Taken: b.Created, Own: b.Own}
	_, err = say(ctx, t.tx, b.Merchant, "receipt", b.Created, strconv.FormatInt(b.Number, 10), receipt)
	return err
}

// A taking is one batch being applied.
type taking struct {
	*session
	batch   purchase.Batch
	content purchase.ReadAtCloser
	zip     *formats.BatchFile   // of the content
	part    purchase.ReceiptPart // of the receipt, what was not saved yet
	told    int64                // results that were
	parts   int64
}

// An item is one record of a batch.
type item struct {
	formats.BatchRecord
	position int64 // in the feed's file, from 1
}

// source is where the merchant finds the record, cause where the books do; what
// an operator decided is found by its number.
func (i item) source() string { return i.place(i.Source.Name) }
func (i item) cause() string  { return i.place(i.Source.SHA256) }

func (i item) place(file string) string {
	if i.Source.Row == 0 {
		return "operator:" + i.Record.Number()
	}
	return file + ":" + strconv.FormatInt(i.Source.Row, 10)
}

// feed applies the records of a feed, chunk by chunk.
func (t *taking) feed(ctx context.Context, feed purchase.Feed) error {
	var items []item
	n := int64(0)
	flush := func() error {
		if len(items) == 0 {
			return nil
		}
		err := t.apply(ctx, feed, items)
		items = items[:0]
		return errors.Join(err, t.save(ctx), t.saveReceipt(ctx))
	}
	for r, err := range t.zip.Records(feed) {
		if err != nil {
			return err
		}
		n++
		if items = append(items, item{r, n}); len(items) == chunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

func (t *taking) apply(ctx context.Context, feed purchase.Feed, items []item) error {
	switch feed {
	case purchase.Orders:
		return t.takeOrders(ctx, items)
	case purchase.Invoices:
		return t.takeInvoices(ctx, items)
	case purchase.Shipments:
		return t.takeShipments(ctx, items)
	case purchase.Returns, purchase.Credits, purchase.Instructions:
		return t.takePapers(ctx, items)
	case purchase.Cancellations:
		return t.takeCancellations(ctx, items)
	case purchase.Payments:
		return t.takePayments(ctx, items)
	case purchase.Commands:
		return t.takeCommands(ctx, items)
	}
	return fmt.Errorf("feed %d is unknown", feed)
}

// result adds a line to the receipt; code "" is taken.
func (t *taking) result(i item, code purchase.Code) {
	r := purchase.Result{Feed: i.Record.Feed().String(), Record: i.position, Number: i.Record.Number(), Result: purchase.Taken}
	if code != "" {
		r.Result, r.Code = purchase.Refused, code
	}
	t.part.Results = append(t.part.Results, r)
}

// collect maps items to strings, for the queries of a chunk.
func collect[R purchase.Record](items []item, of func(R) string) []string {
	all := make([]string, 0, len(items))
	for _, i := range items {
		if r, ok := i.Record.(R); ok {
			all = append(all, of(r))
		}
	}
	return distinct(all)
}

func (t *taking) takeInvoices(ctx context.Context, items []item) error {
	if err := t.loadOrders(ctx, collect(items, func(i purchase.Invoice) string { return i.OrderNo })); err != nil {
		return err
	}
	if err := t.loadClaims(ctx, collect(items, purchase.Invoice.Number)); err != nil {
		return err
	}
	for _, i := range items {
		inv, _ := i.Record.(purchase.Invoice)
		code := t.mayInvoice(inv)
		if code == "" {
			t.buy(inv)
		}
		t.result(i, code)
	}
	return nil
}

// mayInvoice refuses what the merchant's side should never have sent.
func (t *taking) mayInvoice(i purchase.Invoice) purchase.Code {
	o := t.orders[i.OrderNo]
	switch {
	case t.claims[i.InvoiceNo] != nil:
		return purchase.DuplicateRow
	case o == nil:
		return purchase.UnknownOrder
	case o.Decision != purchase.DecisionAccepted || o.Cancelled:
		return purchase.NotAccepted
	case i.InvoiceDate > o.ValidUntil:
		return purchase.Closed
	case i.Gross > o.Approved-o.Invoiced:
		return purchase.OverApproved
	}
	return ""
}

func (t *taking) takeShipments(ctx context.Context, items []item) error {
	invoices := collect(items, func(s purchase.Shipment) string { return s.InvoiceNo })
	if err := t.loadClaims(ctx, invoices); err != nil {
		return err
	}
	if err := t.loadPapers(ctx, t.inactive(invoices)); err != nil {
		return err
	}
	for _, i := range items {
		ship, _ := i.Record.(purchase.Shipment)
		code, err := t.ship(ship, i)
		if err != nil {
			return err
		}
		t.result(i, code)
	}
	return nil
}

func (t *taking) inactive(invoices []string) []string {
	var all []string
	for _, n := range invoices {
		if c := t.claims[n]; c != nil && !c.active() {
			all = append(all, n)
		}
	}
	return all
}

func (t *taking) ship(ship purchase.Shipment, i item) (purchase.Code, error) {
	// Where a merchant has no invoices feed, the batch carries the invoice that
	// was made from the shipment, before it.
	c := t.claims[ship.InvoiceNo]
	if c == nil {
		return purchase.UnknownInvoice, nil
	}
	if c.active() {
		return "", nil
	}
	return "", t.activate(c, ship.ShippedOn, i.source(), i.cause())
}

func (t *taking) takeCancellations(ctx context.Context, items []item) error {
	if err := t.loadOrders(ctx, collect(items, func(c purchase.Cancellation) string { return c.OrderNo })); err != nil {
		return err
	}
	for _, i := range items {
		c, _ := i.Record.(purchase.Cancellation)
		o := t.orders[c.OrderNo]
		if o == nil {
			t.result(i, purchase.UnknownOrder)
			continue
		}
		o.Cancelled = true
		t.dirtyOrders[o.OrderNo] = o
		t.result(i, "")
	}
	return nil
}
