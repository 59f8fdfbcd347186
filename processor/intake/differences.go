package intake

import (
	"reflect"
	"slices"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// material are the columns that make a row with a known number a CONFLICT, see
// [purchase.Record]; of a shipment also the amount, where it makes invoices.
func material(feed purchase.Feed) []string {
	switch feed {
	case purchase.Orders:
		return []string{"order_date", "currency", "gross_amount", "customer_no"}
	case purchase.Invoices:
		return []string{"order_no", "invoice_date", "currency", "gross_amount", "due_date", "term_days"}
	case purchase.Shipments:
		return []string{"order_no", "invoice_no", "shipped_on", "gross_amount"}
	case purchase.Returns:
		return []string{"invoice_no", "order_no", "returned_on", "currency", "gross_amount"}
	case purchase.Credits:
		return []string{"kind", "invoice_no", "credited_on", "currency", "gross_amount", "return_no"}
	case purchase.Cancellations:
		return []string{"order_no"}
	case purchase.Payments:
		return []string{"booked_on", "amount", "currency", "reference"}
	case purchase.Instructions:
		return []string{"kind", "invoice_no", "date", "amount"}
	}
	return nil
}

// differences lists in what two rows with one number differ: of a conflict the
// material columns, of a duplicate all.
func differences(was, is purchase.Record, why formats.Why) []formats.Difference {
	if was == nil || is == nil {
		return nil
	}
	switch why {
	case formats.WhyConflictInvoice:
		return fromInvoice(was, is)
	case formats.WhyConflict, formats.WhyConflictUndecided:
		return differing(was, is, material(is.Feed()))
	}
	return differing(was, is, nil)
}

// fromInvoice compares what a shipment says of its invoice with the invoice, or
// with the shipment that made it.
func fromInvoice(was, is purchase.Record) (all []formats.Difference) {
	if s, ok := was.(purchase.Shipment); ok {
		was = invoiceOf(s, "")
	}
	for _, d := range differing(was, is, []string{"invoice_date", "gross_amount", "due_date"}) {
		if !reflect.ValueOf(d.Is).IsZero() {
			all = append(all, d)
		}
	}
	return all
}

// differing compares the columns of two records; nil means all.
func differing(was, is purchase.Record, columns []string) (all []formats.Difference) {
	before := map[string]any{}
	for column, value := range cells(was) {
		before[column] = value
	}
	for column, value := range cells(is) {
		if b, both := before[column]; both && b != value && (columns == nil || slices.Contains(columns, column)) {
			all = append(all, formats.Difference{Column: column, Was: b, Is: value})
		}
	}
	return all
}

// cells yields the columns of a record in their order.
func cells(r purchase.Record) func(yield func(string, any) bool) {
	v := reflect.ValueOf(r)
	return func(yield func(string, any) bool) {
		for i := range v.NumField() {
			if !yield(v.Type().Field(i).Tag.Get("csv"), v.Field(i).Interface()) {
				return
			}
		}
	}
}
