package intake

import "github.com/kontor-exchange/kontor/processor/purchase"

// judgeCredit: the invoice must be known, and the claim not become negative.
func judgeCredit(r purchase.Credit, currency string, held []holding, i *invoice) verdict {
	if r.Currency != "" && r.Currency != currency {
		return wrongCurrency(r.Currency, currency)
	}
	if v, again := repeated(held, 0, digest(r.Material()), digest(r.Content())); again {
		return v
	}
	if i == nil {
		return withoutInvoice(r.InvoiceNo)
	}
	return judgeReduction(r.InvoiceNo, reductionOf(r), i)
}

func reductionOf(r purchase.Credit) purchase.Reduction {
	return purchase.Reduction{Number: r.CreditNo, Kind: r.Kind, Names: r.ReturnNo, Amount: r.Gross}
}
