package report

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func openItemColumns() []formats.Column {
	return []formats.Column{
		{Name: "date", German: "Stichtag", Kind: formats.Date},
		{Name: "customer_no", German: "Kundennummer", Kind: formats.ID},
		{Name: "order_no", German: "Auftragsnummer", Kind: formats.ID},
		{Name: "invoice_no", German: "Rechnungsnummer", Kind: formats.ID},
		{Name: "invoice_date", German: "Rechnungsdatum", Kind: formats.Date},
		{Name: "due_date", German: "Fällig", Kind: formats.Date},
		{Name: "days_overdue", German: "Tage überfällig", Kind: formats.Int},
		{Name: "bucket", German: "Altersklasse", Kind: formats.Text},
		{Name: "amount", German: "Rechnungsbetrag", Kind: formats.Amount},
		{Name: "credited", German: "Gutschriften und Retouren", Kind: formats.Amount},
		{Name: "paid", German: "Vom Kunden bezahlt", Kind: formats.Amount},
		{Name: "written_off", German: "Ausgebucht", Kind: formats.Amount},
		{Name: "outstanding", German: "Offen", Kind: formats.Amount},
		{Name: "currency", German: "Währung", Kind: formats.ID},
		{Name: "settled", German: "Mit Ihnen abgerechnet", Kind: formats.Amount},
		{Name: "guarantee_date", German: "Garantie ab", Kind: formats.Date},
		{Name: "state", German: "Zustand", Kind: formats.Text},
		{Name: "dunning_level", German: "Mahnstufe", Kind: formats.Int},
		{Name: "hold", German: "Grund", Kind: formats.Text},
	}
}

// OpenItemsCSV writes the list of open items (Offene-Posten-Liste) of a payout
// for accountants. Items that do not sum to the receivables of the books are an
// error; what was written by then must not leave.
func (r Renderer) OpenItemsCSV(ctx context.Context, w io.Writer, o purchase.OpenItems) error {
	t := r.Style.NewTable(w, openItemColumns())
	for i, err := range checkedItems(ctx, o) {
		if err != nil {
			return err
		}
		if err := t.Row(r.openItemCells(o, i, r.foreign)...); err != nil {
			return err
		}
	}
	return t.Flush()
}

// openItemCells is a row of the table; foreign prints numbers of others.
func (r Renderer) openItemCells(o purchase.OpenItems, i purchase.OpenItem, foreign func(string) string) []any {
	return []any{
		o.Day, foreign(i.CustomerNo), foreign(i.OrderNo), foreign(i.InvoiceNo), i.InvoiceDate, i.DueDate, i.DaysOverdue,
		r.bucket(purchase.BucketOf(i.DaysOverdue)), i.Amount, i.Credited, i.Paid, i.WrittenOff, i.Outstanding, o.Currency, i.Settled,
		i.GuaranteeDate, r.state(i.State), i.DunningLevel, r.holds(i.Holds),
	}
}

// checkedItems yields the items and, at their end, an error if they are not
// what the books say.
func checkedItems(ctx context.Context, o purchase.OpenItems) iter.Seq2[purchase.OpenItem, error] {
	return func(yield func(purchase.OpenItem, error) bool) {
		var sum money.Amount
		count := int64(0)
		for i, err := range o.Items(ctx) {
			if err != nil {
				yield(i, err)
				return
			}
			if i.Amount-i.Credited-i.Paid-i.WrittenOff != i.Outstanding {
				yield(i, fmt.Errorf("open items of %s on %s: invoice %s: its columns give %s, it says %s", o.Merchant, o.Day, i.InvoiceNo,
					i.Amount-i.Credited-i.Paid-i.WrittenOff, i.Outstanding))
				return
			}
			count++
			sum += i.Outstanding
			if !yield(i, nil) {
				return
			}
		}
		if count != o.Count || sum != o.Receivable {
			yield(purchase.OpenItem{}, fmt.Errorf("open items of %s on %s: %d items sum to %s; the books have %d with %s",
				o.Merchant, o.Day, count, sum, o.Count, o.Receivable))
		}
	}
}

// An aged sum is what one bucket holds.
type agedSum struct {
	Bucket      purchase.Bucket `json:"bucket"`
	Claims      int64           `json:"claims"`
	Outstanding money.Amount    `json:"outstanding_cents"`
}

// aged sums open items by bucket, all buckets in order.
func aged(ctx context.Context, o purchase.OpenItems) ([]agedSum, error) {
	at := map[purchase.Bucket]int{}
	var sums []agedSum
	for i, b := range purchase.Buckets() {
		at[b] = i
		sums = append(sums, agedSum{Bucket: b})
	}
	for i, err := range checkedItems(ctx, o) {
		if err != nil {
			return nil, err
		}
		s := &sums[at[purchase.BucketOf(i.DaysOverdue)]]
		s.Claims++
		s.Outstanding += i.Outstanding
	}
	return sums, nil
}

// An openItem is an item of the twin.
type openItem struct {
	purchase.OpenItem
	Bucket purchase.Bucket `json:"bucket"`
}

// OpenItemsJSON writes the twin of [Renderer.OpenItemsCSV], with the sum of each
// bucket before the items.
func (r Renderer) OpenItemsJSON(ctx context.Context, w io.Writer, o purchase.OpenItems) error {
	sums, err := aged(ctx, o)
	if err != nil {
		return err
	}
	t := r.twin(w, "date", o.Day)
	t.field("claims", o.Count)
	t.field("outstanding_cents", o.Receivable)
	t.list("buckets")
	for _, s := range sums {
		t.item(s)
	}
	t.endList()
	t.list("items")
	for i, err := range checkedItems(ctx, o) {
		if err != nil {
			return err
		}
		t.item(openItem{i, purchase.BucketOf(i.DaysOverdue)})
	}
	t.endList()
	return t.close()
}

// bucket names an age as the style does, in words that no spreadsheet takes for
// a date.
func (r Renderer) bucket(b purchase.Bucket) string {
	switch b {
	case purchase.BucketNotDue:
		return r.word("nicht fällig", "not due")
	case purchase.Bucket30:
		return r.word("1 bis 30 Tage", "1 to 30 days")
	case purchase.Bucket60:
		return r.word("31 bis 60 Tage", "31 to 60 days")
	case purchase.Bucket90:
		return r.word("61 bis 90 Tage", "61 to 90 days")
	}
	return r.word("über 90 Tage", "over 90 days")
}

// state names the state of a claim as the style does.
func (r Renderer) state(s string) string {
	german := map[string]string{
		"OPEN": "offen", "PARTIALLY_PAID": "teilweise bezahlt", "PAID": "bezahlt", "OVERPAID": "überzahlt", "GUARANTEED": "garantiert",
		"IN_DUNNING": "in Mahnung", "COLLECTION": "beim Inkasso", "CREDITED": "gutgeschrieben",
	}[s]
	if german == "" {
		german = s
	}
	return r.word(german, s)
}

// holds explains what stops dunning or the guarantee.
func (r Renderer) holds(reasons []string) string {
	said := make([]string, len(reasons))
	for i, reason := range reasons {
		said[i] = r.hold(reason)
	}
	return strings.Join(said, ", ")
}

// word picks a word by the style, as the headings are.
func (r Renderer) word(german, english string) string {
	if r.Style == formats.ExcelEN || r.Style == formats.RFC4180 {
		return english
	}
	return german
}

// A PaidOn says on which bank day a guarantee of a day is paid out.
type PaidOn func(schedules.Date) schedules.Date
