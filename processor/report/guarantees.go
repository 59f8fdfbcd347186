package report

import (
	"cmp"
	"context"
	"io"
	"iter"
	"slices"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// The forecast of guarantees says what the merchant is paid in the coming weeks
// if no debtor pays: for each payout a sum, then its claims. A claim in dispute,
// or with an announced return, has no day until that ends: it stands in a group
// of its own at the end.

func guaranteeColumns() []formats.Column {
	return []formats.Column{
		{Name: "date", German: "Stichtag", Kind: formats.Date},
		{Name: "record", German: "Art", Kind: formats.Text},
		{Name: "payout_date", German: "Auszahlung am", Kind: formats.Date},
		{Name: "claims", German: "Forderungen", Kind: formats.Int},
		{Name: "sum", German: "Summe", Kind: formats.Amount},
		{Name: "guarantee_date", German: "Garantie ab", Kind: formats.Date},
		{Name: "customer_no", German: "Kundennummer", Kind: formats.ID},
		{Name: "order_no", German: "Auftragsnummer", Kind: formats.ID},
		{Name: "invoice_no", German: "Rechnungsnummer", Kind: formats.ID},
		{Name: "due_date", German: "Fällig", Kind: formats.Date},
		{Name: "amount", German: "Betrag", Kind: formats.Amount},
		{Name: "currency", German: "Währung", Kind: formats.ID},
		{Name: "hold", German: "Grund", Kind: formats.Text},
	}
}

// A guaranteeSum is what one payout brings; without a date, what is held.
type guaranteeSum struct {
	PayoutDate schedules.Date `json:"payout_date"`
	Claims     int64          `json:"claims"`
	Amount     money.Amount   `json:"amount_cents"`
}

// GuaranteesCSV writes the forecast of guarantees of a payout. The column amount
// sums to the column sum. Of the claims only those of one payout are looked for
// at a time, so that memory does not grow with their number.
func (r Renderer) GuaranteesCSV(ctx context.Context, w io.Writer, o purchase.OpenItems, on PaidOn) error {
	t := r.Style.NewTable(w, guaranteeColumns())
	for cells, err := range r.guaranteeRows(ctx, o, on, r.foreign) {
		if err != nil {
			return err
		}
		if err := t.Row(cells...); err != nil {
			return err
		}
	}
	return t.Flush()
}

// guaranteeRows yields each sum and the claims of it.
func (r Renderer) guaranteeRows(ctx context.Context, o purchase.OpenItems, on PaidOn, foreign func(string) string) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		sums, err := guaranteeSums(ctx, o, on)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, s := range sums {
			if !yield(r.guaranteeSumCells(o, s), nil) {
				return
			}
			for i, err := range awaiting(ctx, o) {
				if err == nil && payoutOf(i, on) != s.PayoutDate {
					continue
				}
				if !yield(r.guaranteeCells(o, s, i, foreign), err) || err != nil {
					return
				}
			}
		}
	}
}

func (r Renderer) guaranteeSumCells(o purchase.OpenItems, s guaranteeSum) []any {
	record := r.word("Auszahlung", "PAYOUT")
	if s.PayoutDate.IsZero() {
		record = r.word("Angehalten", "HELD")
	}
	return []any{o.Day, record, s.PayoutDate, s.Claims, s.Amount, schedules.Date(0), "", "", "", schedules.Date(0), nil, o.Currency, ""}
}

func (r Renderer) guaranteeCells(o purchase.OpenItems, s guaranteeSum, i purchase.OpenItem, foreign func(string) string) []any {
	return []any{
		o.Day, r.word("Forderung", "CLAIM"), s.PayoutDate, nil, nil, i.GuaranteeDate, foreign(i.CustomerNo), foreign(i.OrderNo),
		foreign(i.InvoiceNo), i.DueDate, i.ToCome(), o.Currency, r.holds(i.Holds),
	}
}

// awaiting yields the items whose guarantee is still to come.
func awaiting(ctx context.Context, o purchase.OpenItems) iter.Seq2[purchase.OpenItem, error] {
	return func(yield func(purchase.OpenItem, error) bool) {
		for i, err := range checkedItems(ctx, o) {
			if err == nil && !i.Awaits() {
				continue
			}
			if !yield(i, err) {
				return
			}
		}
	}
}

// payoutOf is the day on which the guarantee of an item is paid out; none for
// one that is held.
func payoutOf(i purchase.OpenItem, on PaidOn) schedules.Date {
	if i.Held() {
		return 0
	}
	return on(i.GuaranteeDate)
}

// guaranteeSums sums by payout, in order of days, what is held last.
func guaranteeSums(ctx context.Context, o purchase.OpenItems, on PaidOn) ([]guaranteeSum, error) {
	byDay := map[schedules.Date]guaranteeSum{}
	for i, err := range awaiting(ctx, o) {
		if err != nil {
			return nil, err
		}
		s := byDay[payoutOf(i, on)]
		byDay[payoutOf(i, on)] = guaranteeSum{payoutOf(i, on), s.Claims + 1, s.Amount + i.ToCome()}
	}
	sums := []guaranteeSum{}
	for _, s := range byDay {
		sums = append(sums, s)
	}
	slices.SortFunc(sums, func(a, b guaranteeSum) int {
		return cmp.Or(cmp.Compare(held(a), held(b)), cmp.Compare(a.PayoutDate, b.PayoutDate))
	})
	return sums, nil
}

func held(s guaranteeSum) int {
	if s.PayoutDate.IsZero() {
		return 1
	}
	return 0
}

// A guaranteed claim of the twin.
type guaranteeClaim struct {
	PayoutDate    schedules.Date `json:"payout_date"`
	GuaranteeDate schedules.Date `json:"guarantee_date"`
	CustomerNo    string         `json:"customer_no"`
	OrderNo       string         `json:"order_no"`
	InvoiceNo     string         `json:"invoice_no"`
	DueDate       schedules.Date `json:"due_date"`
	Amount        money.Amount   `json:"amount_cents"`
	Holds         []string       `json:"holds"`
}

// GuaranteesJSON writes the twin of [Renderer.GuaranteesCSV]: the sums, then all
// claims by invoice.
func (r Renderer) GuaranteesJSON(ctx context.Context, w io.Writer, o purchase.OpenItems, on PaidOn) error {
	sums, err := guaranteeSums(ctx, o, on)
	if err != nil {
		return err
	}
	t := r.twin(w, "date", o.Day)
	t.list("payouts")
	var waits guaranteeSum
	for _, s := range sums {
		if s.PayoutDate.IsZero() {
			waits = s
			continue
		}
		t.item(s)
	}
	t.endList()
	t.field("held_claims", waits.Claims)
	t.field("held_cents", waits.Amount)
	t.list("claims")
	for i, err := range awaiting(ctx, o) {
		if err != nil {
			return err
		}
		t.item(guaranteeClaim{payoutOf(i, on), i.GuaranteeDate, i.CustomerNo, i.OrderNo, i.InvoiceNo, i.DueDate, i.ToCome(), i.Holds})
	}
	t.endList()
	return t.close()
}
