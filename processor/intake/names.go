package intake

import "github.com/kontor-exchange/kontor/processor/purchase"

// names are the keys that a chunk of rows touches.
type names struct {
	documents map[purchase.Feed]map[string]bool
	orders    map[string]bool
	invoices  map[string]bool
	reduced   map[string]bool // invoices whose returns and credits matter
	traces    map[string]bool // end-to-end ids of payments that are returned
}

func newNames() names {
	return names{
		documents: map[purchase.Feed]map[string]bool{},
		orders:    map[string]bool{}, invoices: map[string]bool{}, reduced: map[string]bool{},
		traces: map[string]bool{},
	}
}

func (n names) document(feed purchase.Feed, key string) {
	if n.documents[feed] == nil {
		n.documents[feed] = map[string]bool{}
	}
	n.documents[feed][key] = true
}

// add collects what the rule of a record will look at.
func (n names) add(r purchase.Record) {
	n.document(r.Feed(), r.Key())
	orderNo, invoiceNo := parents(r)
	if orderNo != "" {
		n.orders[orderNo] = true
	}
	if invoiceNo != "" {
		n.invoices[invoiceNo] = true
	}
	switch r := r.(type) {
	case purchase.Shipment:
		n.document(purchase.Invoices, r.InvoiceNo)
	case purchase.Payment:
		if r.Amount < 0 {
			n.document(purchase.Payments, purchase.PaymentKey(r.Account, r.PaymentID, false))
			if r.EndToEndID != "" {
				n.traces[r.EndToEndID] = true
			}
		}
	case purchase.Return, purchase.Credit:
		n.reduced[invoiceNo] = true
	}
}

// parents returns the order and the invoice that a record belongs to, as far
// as it names them; of a return that names both, the invoice counts.
func parents(r purchase.Record) (orderNo, invoiceNo string) {
	switch r := r.(type) {
	case purchase.Order:
		return r.OrderNo, ""
	case purchase.Invoice:
		return r.OrderNo, r.InvoiceNo
	case purchase.Shipment:
		return r.OrderNo, r.InvoiceNo
	case purchase.Return:
		if r.InvoiceNo != "" {
			return "", r.InvoiceNo
		}
		return r.OrderNo, ""
	case purchase.Credit:
		return "", r.InvoiceNo
	case purchase.Cancellation:
		return r.OrderNo, ""
	case purchase.Instruction:
		return "", r.InvoiceNo
	}
	return "", ""
}
