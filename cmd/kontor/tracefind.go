package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// This file finds out what ANYTHING is. Each finder looks by an index.

// A tracer answers one question.
type tracer struct {
	x        *exchange
	merchant string
	zone     *time.Location
	limit    int
	kind     string                // only this kind; "": all
	claims   map[string]*claimBook // by invoice; see traceclaim.go
}

// copies is how many rows of one document are told: an ERP that exports all its
// orders every day has many.
const copies = 20

func (t *tracer) wants(kind string) bool { return t.kind == "" || t.kind == kind }

func (t *tracer) find(ctx context.Context, what string) (all []finding, err error) {
	for _, finder := range []struct {
		kind string
		find func(context.Context, string) ([]finding, error)
	}{
		{"", t.documents},
		{"", t.unreadable},
		{"order", t.references},
		{"payout", t.payout},
		{"file", t.file},
		{"report", t.report},
		{"batch", t.batch},
		{"entry", t.entry},
	} {
		if finder.kind != "" && !t.wants(finder.kind) {
			continue
		}
		found, err := finder.find(ctx, what)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// kindOf is the kind of the documents of a feed.
func kindOf(feed purchase.Feed) string { return strings.TrimSuffix(feed.String(), "s") }

// documents finds the documents that have a number, in the order of the feeds.
func (t *tracer) documents(ctx context.Context, number string) (all []finding, err error) {
	rows, err := t.x.intake.RowsNumbered(ctx, t.merchant, number, copies)
	if err != nil {
		return nil, err
	}
	for _, feed := range purchase.Feeds() {
		if !t.wants(kindOf(feed)) {
			continue
		}
		own := rowsOfFeed(rows, feed)
		var f []finding
		switch feed {
		case purchase.Orders:
			f, err = t.order(ctx, number, own)
		case purchase.Invoices:
			f, err = t.invoice(ctx, number, own)
		default:
			f, err = t.document(ctx, feed, number, own)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, f...)
	}
	return all, nil
}

func rowsOfFeed(rows []intake.RowWay, feed purchase.Feed) []intake.RowWay {
	return slices.DeleteFunc(slices.Clone(rows), func(r intake.RowWay) bool { return r.Feed != feed })
}

// unreadable finds rows that could not be read, and refused files, in which a
// number stands.
func (t *tracer) unreadable(ctx context.Context, number string) (all []finding, err error) {
	const shortest = 4 // a shorter number stands in too many rows
	if len(number) < shortest {
		return nil, nil
	}
	rows, err := t.x.intake.RowsNaming(ctx, t.merchant, number, copies)
	if err != nil {
		return nil, err
	}
	for _, feed := range purchase.Feeds() {
		own := rowsOfFeed(rows, feed)
		if len(own) == 0 || !t.wants(kindOf(feed)) {
			continue
		}
		f := finding{Kind: kindOf(feed), ID: number, Text: "stands in " + count(len(own), "row that was", "rows that were") + " not readable"}
		if f.Ways, err = t.rowWays(ctx, own, nil); err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	if !t.wants("file") {
		return all, nil
	}
	for _, owner := range []string{t.merchant, purchase.Provider} {
		files, err := t.x.intake.FilesNaming(ctx, owner, number)
		if err != nil {
			return nil, err
		}
		for _, i := range files {
			f := t.fileFinding(viewOf(i.FileInfo))
			f.Text = fmt.Sprintf("line %d names %s: %s", i.Line, number, f.Text)
			all = append(all, f)
		}
	}
	return all, nil
}

// references finds the orders whose debtors pay with a reference.
func (t *tracer) references(ctx context.Context, reference string) (all []finding, err error) {
	numbers, err := t.x.provider.Referenced(ctx, t.merchant, reference)
	if err != nil {
		return nil, err
	}
	for _, number := range numbers {
		if number == reference {
			continue // found as the order that it is
		}
		rows, err := t.x.intake.RowsNumbered(ctx, t.merchant, number, copies)
		if err != nil {
			return nil, err
		}
		found, err := t.order(ctx, number, rowsOfFeed(rows, purchase.Orders))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// order tells an order, and all that came after it.
func (t *tracer) order(ctx context.Context, number string, rows []intake.RowWay) ([]finding, error) {
	if len(rows) == 0 {
		if _, kept, err := t.keptOrder(ctx, number); err != nil || !kept {
			return nil, err
		}
	}
	own, err := t.orderWay(ctx, number, rows)
	if err != nil {
		return nil, err
	}
	f := finding{Kind: "order", ID: number, Text: own.Text, Ways: []*way{own}}
	invoices, err := t.invoicesOf(ctx, number)
	if err != nil {
		return nil, err
	}
	more, err := t.claimWays(ctx, invoices)
	f.Ways = append(f.Ways, more...)
	return []finding{f}, err
}

// invoicesOf are the invoices of an order.
func (t *tracer) invoicesOf(ctx context.Context, order string) ([]string, error) {
	known, err := t.x.intake.Order(ctx, t.merchant, order)
	if errors.Is(err, intake.ErrUnknown) {
		kept, _, err := t.keptOrder(ctx, order)
		return kept.Invoices, err
	}
	return known.Invoices, err
}

// invoice tells an invoice from its order on.
func (t *tracer) invoice(ctx context.Context, number string, rows []intake.RowWay) ([]finding, error) {
	_, order, known, err := t.x.intake.InvoiceRow(ctx, t.merchant, number)
	if err == nil && !known {
		order, known, err = t.keptInvoice(ctx, number)
	}
	if err != nil || !known && len(rows) == 0 {
		return nil, err
	}
	f := finding{Kind: "invoice", ID: number}
	if !known {
		f.Ways, err = t.rowWays(ctx, rows, nil)
		f.Text = lastVerdict(rows)
		return []finding{f}, err
	}
	orders, err := t.x.intake.RowsNumbered(ctx, t.merchant, order, copies)
	if err != nil {
		return nil, err
	}
	own, err := t.orderWay(ctx, order, rowsOfFeed(orders, purchase.Orders))
	if err != nil {
		return nil, err
	}
	more, err := t.claimWays(ctx, []string{number}, rows...)
	if err != nil {
		return nil, err
	}
	f.Ways = append([]*way{own}, more...)
	f.Text, err = t.claimText(ctx, number)
	return []finding{f}, err
}

// lastVerdict tells the best verdict of the rows of a document, the last one of
// those that are equal.
func lastVerdict(rows []intake.RowWay) string {
	text := "being read"
	for _, r := range rows {
		if v := r.Now(); v.Status != "" {
			text = verdictText(v.Status, v.Code)
			if v.Status == purchase.Booked {
				return text
			}
		}
	}
	return text
}

// document tells one document of an invoice or an order, or a payment.
func (t *tracer) document(ctx context.Context, feed purchase.Feed, number string, rows []intake.RowWay) ([]finding, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	f := finding{Kind: kindOf(feed), ID: number, Text: lastVerdict(rows)}
	invoices, err := t.invoicesOfRows(ctx, rows)
	if err != nil {
		return nil, err
	}
	if feed == purchase.Payments {
		f.Text, invoices, err = t.paymentText(ctx, number, f.Text)
	} else if len(invoices) > 0 {
		f.Text += " on invoice " + strings.Join(invoices, ", ")
	}
	if err != nil {
		return nil, err
	}
	if f.Ways, err = t.rowWays(ctx, rows, invoices); err != nil {
		return nil, err
	}
	if feed == purchase.Payments {
		if err := t.matched(ctx, f.Ways[0]); err != nil {
			return nil, err
		}
	}
	more, err := t.payoutWays(ctx, f.Ways)
	f.Ways = append(f.Ways, more...)
	return []finding{f}, err
}

// invoicesOfRows are the invoices that rows name, or those of the order that
// they name.
func (t *tracer) invoicesOfRows(ctx context.Context, rows []intake.RowWay) (all []string, err error) {
	for _, r := range rows {
		invoice, order := namedBy(r.Record)
		some := []string{invoice}
		if invoice == "" {
			if some, err = t.invoicesOf(ctx, order); err != nil {
				return nil, err
			}
		}
		all = append(all, some...)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" }), nil
}

// namedBy is the invoice, else the order, that a record names.
func namedBy(r purchase.Record) (invoice, order string) {
	switch r := r.(type) {
	case purchase.Invoice:
		return r.InvoiceNo, r.OrderNo
	case purchase.Shipment:
		return r.InvoiceNo, r.OrderNo
	case purchase.Return:
		return r.InvoiceNo, r.OrderNo
	case purchase.Credit:
		return r.InvoiceNo, ""
	case purchase.Instruction:
		return r.InvoiceNo, ""
	case purchase.Cancellation:
		return "", r.OrderNo
	}
	return "", ""
}

// plainNumber reads a number such as 42 or, with a prefix, B000042.
func plainNumber(what, prefix string) (int64, bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(what, prefix), 10, 31)
	return int64(n), err == nil && n > 0
}
