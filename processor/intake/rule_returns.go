package intake

import (
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// judgeReturn: i is the invoice that the row names, or the only one of the
// order that it names.
func judgeReturn(r purchase.Return, currency string, assume bool, held []holding, o *order, i *invoice) verdict {
	if r.Currency != "" && r.Currency != currency {
		return wrong(purchase.WrongCurrency, "currency", r.Currency)
	}
	if v, again := repeated(held, 0, digest(r.Material()), digest(r.Content())); again {
		return v
	}
	if r.InvoiceNo == "" {
		if v, ends := returnOfOrder(r.OrderNo, o); ends {
			return v
		}
	}
	if i == nil {
		return parked(purchase.UnknownInvoice, r.InvoiceNo, awaitInvoice(r.InvoiceNo))
	}
	if r.Kind != purchase.ReturnReceived {
		return booked()
	}
	return judgeReduction(purchase.Reduction{Number: r.ReturnNo, Kind: r.Kind, Amount: r.Gross}, assume, i)
}

// returnOfOrder: no invoice yet means waiting, several mean that the row must
// name one.
func returnOfOrder(no string, o *order) (verdict, bool) {
	if v, ends := ofOrder(no, o); ends {
		return v, true
	}
	switch o.invoices {
	case 0:
		return parked(purchase.UnknownInvoice, no, awaitInvoiceOf(no)), true
	case 1:
		return verdict{}, false
	}
	return wrong(purchase.FieldRequired, "invoice_no", ""), true
}

// judgeReduction books a return or credit unless it makes the claim negative.
func judgeReduction(d purchase.Reduction, assume bool, i *invoice) verdict {
	_, before := fold(i.docs, nil, assume)
	k, pairs := fold(i.docs, &d, assume)
	if k < 0 || over(purchase.Claim{I: i.gross, D: i.direct}, k) {
		return wrong(purchase.OverCredit, "gross_amount", d.Amount.String())
	}
	v := booked()
	if pairs > before {
		v.warning = purchase.ReturnAssumed
	}
	return v
}

// fold is [purchase.Fold] over what is booked and perhaps one more document.
func fold(docs []reduction, more *purchase.Reduction, assume bool) (k money.Amount, pairs int) {
	all := make([]purchase.Reduction, 0, len(docs)+1)
	for _, d := range docs {
		all = append(all, d.Reduction)
	}
	if more != nil {
		all = append(all, *more)
	}
	return purchase.Fold(all, assume)
}
