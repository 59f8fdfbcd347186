package intake

import (
	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// judgeReturn: i is the invoice that the row names, or the only one of the
// order that it names.
func judgeReturn(r purchase.Return, currency string, held []holding, o *order, i *invoice) verdict {
	if r.Currency != "" && r.Currency != currency {
		return wrongCurrency(r.Currency, currency)
	}
	if v, again := repeated(held, 0, digest(r.Material()), digest(r.Content())); again {
		return v
	}
	invoiceNo := r.InvoiceNo
	if invoiceNo == "" {
		if v, ends := returnOfOrder(r.OrderNo, o); ends {
			return v
		}
		invoiceNo = o.invoiceNo
	}
	if i == nil {
		return withoutInvoice(invoiceNo)
	}
	if r.Kind != purchase.ReturnReceived {
		return booked()
	}
	return judgeReduction(invoiceNo, purchase.Reduction{Number: r.ReturnNo, Kind: r.Kind, Amount: r.Gross}, i)
}

// returnOfOrder: no invoice yet means waiting, several mean that the row must
// name one.
func returnOfOrder(no string, o *order) (verdict, bool) {
	if v, ends := ofOrder(no, o); ends {
		return v, true
	}
	switch o.invoices {
	case 0:
		return parked(purchase.UnknownInvoice, formats.Cause{Why: formats.WhyWaitsInvoiceOf, Order: no}, awaitInvoiceOf(no)), true
	case 1:
		return verdict{}, false
	}
	return wrong(purchase.FieldRequired, "", formats.Cause{Why: formats.WhyWhichInvoice, Column: "invoice_no", Order: no}), true
}

// judgeReduction books a return or credit unless it makes the claim negative.
func judgeReduction(no string, d purchase.Reduction, i *invoice) verdict {
	_, before := i.fold(nil)
	k, pairs := i.fold(&d)
	if k < 0 || over(purchase.Claim{I: i.gross, D: i.direct}, k) {
		credited := i.credited
		if k >= 0 {
			credited = k - d.Amount // without a return that this document replaces
		}
		return wrong(purchase.OverCredit, d.Amount.String(), overCredit(no, "gross_amount", d.Amount, credited, i))
	}
	v := booked()
	if pairs > before {
		v.warning, v.cause.Cause = purchase.ReturnAssumed, assumed(i.docs, d)
	}
	return v
}

// fold is [purchase.Fold] over what is booked and perhaps one more document, by
// the setting under which the invoice was booked: a later one values nothing
// anew.
func (i *invoice) fold(more *purchase.Reduction) (k money.Amount, pairs int) {
	all := make([]purchase.Reduction, 0, len(i.docs)+1)
	for _, d := range i.docs {
		all = append(all, d.Reduction)
	}
	if more != nil {
		all = append(all, *more)
	}
	return purchase.Fold(all, i.assume)
}

// assumed says which return and credit are taken for one: of several with the
// same amount the first that none of the earlier documents has taken.
func assumed(docs []reduction, d purchase.Reduction) formats.Cause {
	named := map[string]bool{}
	for _, other := range docs {
		named[other.Names] = other.Names != ""
	}
	var mine, theirs []string
	for _, other := range docs {
		switch {
		case other.Amount != d.Amount || other.Kind == purchase.ReturnReceived && named[other.Number]:
		case other.Kind != purchase.ReturnReceived && (other.Kind != purchase.Correction || other.Names != ""):
		case other.Kind == d.Kind:
			mine = append(mine, other.Number)
		default:
			theirs = append(theirs, other.Number)
		}
	}
	c := formats.Cause{Why: formats.WhyReturnAssumed, Credit: d.Number, Amount: d.Amount}
	if len(mine) < len(theirs) {
		c.Return = theirs[len(mine)]
	}
	if d.Kind == purchase.ReturnReceived {
		c.Credit, c.Return = c.Return, d.Number
	}
	return c
}
