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

// Submit takes a batch: all its records are applied in one transaction, and the
// receipt is stored with them. Submitting the same bytes again has no further
// effect; a gap is [ErrGap], a reused number [ErrReused].
func (p *Provider) Submit(ctx context.Context, b purchase.Batch) error {
	err := p.db.Write(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "provider/"+b.Merchant); err != nil {
			return err
		}
		known, err := taken(ctx, tx, b)
		if err != nil || known {
			return err
		}
		return p.take(ctx, tx, b)
	})
	if err != nil {
		return fmt.Errorf("batch %d of %s: %w", b.Number, b.Merchant, err)
	}
	return nil
}

// taken reports whether a batch was taken before.
func taken(ctx context.Context, tx *database.Tx, b purchase.Batch) (bool, error) {
	var sum string
	err := tx.QueryRow(ctx, "SELECT sha256 FROM provider_batches WHERE merchant_id = ? AND number = ?", b.Merchant, b.Number).Scan(&sum)
	switch {
	case err == nil && sum != b.SHA256:
		return false, fmt.Errorf("%w: sha256 %s came, %s was taken", ErrReused, b.SHA256, sum)
	case err == nil:
		return true, nil
	case !errors.Is(err, sql.ErrNoRows):
		return false, err
	}
	var last int64
	err = tx.QueryRow(ctx, "SELECT COALESCE(MAX(number), 0) FROM provider_batches WHERE merchant_id = ?", b.Merchant).Scan(&last)
	if err == nil && b.Number != last+1 {
		err = fmt.Errorf("%w: the last one taken is %d; send %d first", ErrGap, last, last+1)
	}
	return false, err
}

func (p *Provider) take(ctx context.Context, tx *database.Tx, b purchase.Batch) (err error) {
	file, err := b.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	zip, err := formats.OpenBatch(file, b.Size)
	if err != nil {
		return err
	}
	s, err := p.session(ctx, tx, b.Merchant, b.Created)
	if err != nil {
		return err
	}
	t := &taking{session: s, batch: b.Number, part: purchase.ReceiptPart{Decisions: []purchase.Decision{}}}
	for _, feed := range zip.Feeds() {
		if err := t.feed(ctx, zip, feed); err != nil {
			return fmt.Errorf("%s: %w", feed, err)
		}
	}
	if err := s.retry(ctx); err != nil {
		return err
	}
	if err := errors.Join(s.save(ctx), t.saveReceipt(ctx)); err != nil {
		return err
	}
	return t.close(ctx, tx, b)
}

func (t *taking) close(ctx context.Context, tx *database.Tx, b purchase.Batch) error {
	_, err := tx.Exec(ctx, "INSERT INTO provider_batches (merchant_id, number, sha256, taken_at, records) VALUES (?, ?, ?, ?, ?)",
		b.Merchant, b.Number, b.SHA256, b.Created.Unix(), t.told+int64(len(t.part.Results)))
	if err != nil {
		return err
	}
	receipt := purchase.Receipt{Merchant: b.Merchant, Number: b.Number, SHA256: b.SHA256, Taken: b.Created}
	_, err = say(ctx, tx, b.Merchant, "receipt", b.Created, strconv.FormatInt(b.Number, 10), receipt)
	return err
}

// A taking is one batch being applied.
type taking struct {
	*session
	batch int64
	part  purchase.ReceiptPart // of the receipt, what was not saved yet
	told  int64                // results that were
	parts int64
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
func (t *taking) feed(ctx context.Context, zip *formats.BatchFile, feed purchase.Feed) error {
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
	for r, err := range zip.Records(feed) {
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
