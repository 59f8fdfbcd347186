package report

import (
	"context"
	"io"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// PayoutCSV writes the payout report for accountants: OPENING, the lines,
// PAYOUT, CLOSING, so that the column amount sums to zero. OPENING has the line
// number 0, the lines those of the twin, PAYOUT and CLOSING the next two. A
// payout whose numbers do not agree is an error; what was written by then must
// not leave.
func (r Renderer) PayoutCSV(ctx context.Context, w io.Writer, p purchase.Payout) error {
	t := r.forPeople(w, formats.PayoutsReport)
	if err := r.payoutRow(t, p, r.opening(p)); err != nil {
		return err
	}
	last := int64(0)
	for line, err := range checkedLines(ctx, p) {
		if err == nil {
			err = r.payoutRow(t, p, line)
		}
		if err != nil {
			return err
		}
		last = line.LineNo
	}
	for _, line := range r.ending(p, last) {
		if err := r.payoutRow(t, p, line); err != nil {
			return err
		}
	}
	return t.Flush()
}

// opening is the first line of the table.
func (r Renderer) opening(p purchase.Payout) purchase.Line {
	return purchase.Line{
		Type: purchase.LineOpening, BookedOn: p.PeriodFrom,
		Amount: p.Opening, Balance: p.Opening, Source: slot(p),
	}
}

// ending are the last two lines of the table, booked with the slot.
func (r Renderer) ending(p purchase.Payout, last int64) []purchase.Line {
	booked := schedules.DateOf(p.Cutoff)
	return []purchase.Line{
		{
			LineNo: last + 1, Type: purchase.LinePayout, BookedOn: booked, DocumentNo: p.ID,
			Amount: -p.Amount, Balance: p.Closing, Source: slot(p),
		},
		{
			LineNo: last + 2, Type: purchase.LineClosing, BookedOn: booked,
			Amount: -p.Closing, Source: slot(p),
		},
	}
}

// slot is the source of what no document has caused.
func slot(p purchase.Payout) string { return "payout " + p.Cutoff.Format(time.RFC3339) }

func (r Renderer) payoutRow(t *formats.Table, p purchase.Payout, l purchase.Line) error {
	var gross any // empty where there is no claim
	if l.InvoiceNo != "" {
		gross = l.GrossClaim
	}
	foreign, lineType := r.foreign, r.lineType
	if r.forERP(formats.PayoutsReport) {
		foreign, lineType = asItIs, func(t purchase.LineType) string { return string(t) }
	}
	return t.Row(p.ID, p.Date, l.LineNo, lineType(l.Type), l.BookedOn,
		foreign(l.OrderNo), foreign(l.InvoiceNo), l.InvoiceDate, l.DueDate, foreign(l.DocumentNo), foreign(l.CustomerNo),
		gross, l.Amount, p.Currency, l.Balance, l.GuaranteeDate, r.lineText(p, l), foreign(l.Source))
}

// PayoutJSON writes the machine twin of a payout.
func (r Renderer) PayoutJSON(ctx context.Context, w io.Writer, p purchase.Payout) error {
	t := newTwin(w)
	t.field("payout_id", p.ID)
	t.field("merchant", p.Merchant)
	t.field("version", p.Version)
	if p.Version > 1 {
		t.field("supersedes", Versioned(PayoutName(p, JSON), p.Version-1))
	}
	t.field("period_from", p.PeriodFrom)
	t.field("period_to", p.PeriodTo)
	t.field("cutoff", p.Cutoff.Format(time.RFC3339))
	t.field("payout_date", p.Date)
	t.field("currency", p.Currency)
	t.field("opening_cents", p.Opening)
	t.field("payout_cents", p.Amount)
	t.field("closing_cents", p.Closing)
	t.field("totals", totals(p))
	t.list("lines")
	for line, err := range checkedLines(ctx, p) {
		if err != nil {
			return err
		}
		t.item(line)
	}
	t.endList()
	t.field("ledger_head", p.LedgerHead)
	return t.close()
}

// totals is never null.
func totals(p purchase.Payout) map[purchase.LineType]purchase.Total {
	if p.Totals == nil {
		return map[purchase.LineType]purchase.Total{}
	}
	return p.Totals
}

// feeSum is what the VAT line is computed from.
func feeSum(p purchase.Payout) money.Amount { return -p.Totals[purchase.LineFee].Cents }
