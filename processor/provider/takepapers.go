package provider

import (
	"context"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// takePapers files returns, credits and instructions with their claims.
func (t *taking) takePapers(ctx context.Context, items []item) error {
	if err := t.resolve(ctx, items); err != nil {
		return err
	}
	invoices := make([]string, 0, len(items))
	for _, i := range items {
		invoices = append(invoices, t.paperOf(i).InvoiceNo)
	}
	if err := t.loadClaims(ctx, invoices); err != nil {
		return err
	}
	if err := t.loadPapers(ctx, invoices); err != nil {
		return err
	}
	if err := t.loadCharged(ctx, invoices); err != nil {
		return err
	}
	for _, i := range items {
		code, err := t.takePaper(t.paperOf(i))
		if err != nil {
			return err
		}
		t.result(i, code)
	}
	return nil
}

func (t *taking) takePaper(p *paper) (purchase.Code, error) {
	c := t.claims[p.InvoiceNo]
	if c == nil {
		return purchase.UnknownInvoice, nil
	}
	for _, known := range c.papers {
		if known.Feed == p.Feed && known.Number == p.Number && known.Kind == p.Kind {
			return purchase.DuplicateRow, nil
		}
	}
	return t.file(c, p)
}

// resolve loads the claims of returns that name only their order, which has
// exactly one invoice.
func (t *taking) resolve(ctx context.Context, items []item) error {
	var numbers []string
	for _, i := range items {
		if r, ok := i.Record.(purchase.Return); ok && r.InvoiceNo == "" {
			numbers = append(numbers, r.OrderNo)
		}
	}
	if err := t.loadOrders(ctx, numbers); err != nil {
		return err
	}
	return t.loadOrderClaims(ctx, numbers)
}

func (t *taking) paperOf(i item) *paper {
	p := &paper{Feed: i.Record.Feed(), Number: i.Record.Number(), Day: i.Record.Date(), Source: i.source(), Cause: i.cause()}
	switch r := i.Record.(type) {
	case purchase.Return:
		p.InvoiceNo, p.Kind, p.Amount = r.InvoiceNo, r.Kind, r.Gross
		if p.InvoiceNo == "" && len(t.byOrder[r.OrderNo]) == 1 {
			p.InvoiceNo = t.byOrder[r.OrderNo][0].InvoiceNo
		}
	case purchase.Credit:
		p.InvoiceNo, p.Kind, p.Amount, p.Names = r.InvoiceNo, r.Kind, r.Gross, r.ReturnNo
	case purchase.Instruction:
		p.InvoiceNo, p.Kind, p.Amount = r.InvoiceNo, r.Kind, r.Amount
	}
	return p
}
